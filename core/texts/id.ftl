# Kata-kata Jangkau dalam bahasa Indonesia. Setiap kunci ada juga di en.ftl.

## Apa yang dicatat atau diusulkan orang

command-register = pendaftaran kasus
command-edit_identity = perubahan data identitas
command-sight_document = pemeriksaan berkas
command-waive_document = pembebasan berkas
command-record_approach = pendekatan awal
command-triage = identifikasi kebutuhan
command-close_information = penutupan (informasi saja)
command-assign = penugasan petugas
command-reassign = pengalihan petugas
command-inform_client = pemberitahuan kepada klien
command-sign_consent = persetujuan klien
command-withdraw_consent = pencabutan persetujuan
command-sign_contract = kontrak pelayanan
command-record_visit = kunjungan
command-finalise_assessment = hasil asesmen
command-draft_minutes = notulen konferensi kasus
command-edit_minutes = perubahan notulen
command-agree_plan = rencana yang disepakati
command-schedule_session = janji temu sesi
command-cancel_appointment = pembatalan janji temu
command-record_session = sesi konseling
command-write_summary = ringkasan psikologis
command-report_to_head = laporan kepada pimpinan
command-decide_referral = keputusan merujuk
command-issue_referral = penerbitan surat rujukan
command-record_reply = jawaban atas rujukan
command-start_monitoring = mulai pemantauan
command-terminate = terminasi
command-record_aftercare = bimbingan lanjut
command-close = penutupan berkas
command-reopen = pembukaan kembali
command-reject_out_of_scope = penolakan (di luar layanan)
command-raise_safety = laporan bahaya
command-lower_safety = penurunan tingkat bahaya
command-record_service = layanan pendampingan
command-answer_review = jawaban atas tinjauan
command-extend_sessions = penambahan jumlah sesi
command-deliver_referral = penyerahan rujukan
command-cancel_referral = pembatalan rujukan
command-start_aftercare = mulai bimbingan lanjut
command-mark_duplicate = penandaan kasus ganda
command-undo_duplicate = pembatalan penandaan ganda
command-restrict = pembatasan pemrosesan data
command-lift_restriction = pencabutan pembatasan data
command-void_registration = pembatalan pendaftaran
command-confirm_consent = kepastian persetujuan dari klien
command-settle_event = penetapan kejadian yang sama
command-set_contact = keamanan kontak klien
command-confirm_registration = pemastian pendaftaran
command-move_record = pemindahan catatan ke kasus lain
command-take_record = penerimaan catatan dari kasus lain
command-note_client_date = hari pilihan klien
command-read_assignment = tugas sudah dibaca
command-move_profile = perpindahan ke versi standar yang baru
command-link_family = penghubungan kasus sekeluarga
command-unlink_family = pemisahan kasus yang bukan sekeluarga
command-record_activity = kegiatan tanpa kasus
command-record_screening = hasil skrining
command-contest_consent = persetujuan dipersoalkan
command-hide_address = alamat dirahasiakan
command-show_address = alamat boleh ditampilkan lagi
command-add_finding = temuan tambahan
command-confirm_records = pengesahan catatan

## Nasib catatan dan usulan

fate-on_device = di HP saja, belum terkirim
fate-waiting = terkirim, menunggu catatan lain yang mendahuluinya
fate-admitted = terkirim, belum diputuskan
fate-recorded = tercatat
fate-recorded-flags = tercatat, dengan tanda: { $flags }
fate-committed = diterima
fate-refused = ditolak: { $reason }
fate-needs_review = dalam tinjauan: { $reason }
fate-turned_away = tidak dapat masuk: { $reason }

## Mengapa usulan ditolak, dan apa yang dapat dilakukan

refusal-not_offered = Lembaga ini tidak menyediakan layanan itu. Sampaikan kepada klien ke mana dapat meminta bantuan.
refusal-role_not_allowed = Peran Anda, atau peran orang yang Anda tunjuk, tidak mengambil keputusan ini. Mintalah kepada yang berwenang.
refusal-number_online_only = Nomor surat hanya diberikan oleh server. Ulangi saat ada sinyal.
refusal-online_only = Keputusan ini hanya dapat diambil saat ada sinyal. Ulangi setelah tersambung.
refusal-wrong_status = Keadaan kasus tidak memungkinkan langkah ini. Periksa dulu status kasus.
refusal-unknown_target = Yang dirujuk tidak ditemukan pada kasus ini. Periksa kembali pilihan Anda.
refusal-reason_invalid = Alasan itu tidak cocok untuk langkah ini. Pilih alasan lain.
refusal-review_closed = Tinjauan ini sudah dijawab. Tidak ada yang perlu dilakukan.
refusal-consent_withdrawn = Klien telah mencabut persetujuannya. Bicarakan lagi dengan klien; tanpa persetujuan baru langkah ini tidak dapat dilakukan, kecuali pimpinan menyatakan dasar hukumnya.
refusal-consent_missing = Persetujuan klien belum ada. Jelaskan dan mintalah tanda tangan klien lebih dulu.
refusal-docs_missing = Berkas wajib belum lengkap. Lengkapi, atau mintalah pimpinan membebaskannya dengan alasan.
refusal-approach_missing = Pendekatan awal belum dicatat. Catat lebih dulu.
refusal-needs_missing = Kebutuhan klien belum diidentifikasi. Lakukan identifikasi lebih dulu.
refusal-visit_missing = Kunjungan belum ada. Kunjungi keluarga lebih dulu.
refusal-assessment_missing = Hasil asesmen belum ada. Selesaikan asesmen lebih dulu.
refusal-plan_missing = Rencana atau hasil konsultasi belum disepakati. Sepakati lebih dulu.
refusal-contract_missing = Kontrak pelayanan belum ditandatangani. Tanda tangani bersama klien lebih dulu.
refusal-session_missing = Belum ada sesi yang berlangsung.
refusal-report_missing = Laporan kepada pimpinan belum ada. Kirim laporan lebih dulu.
refusal-referral_missing = Rujukan belum ada. Putuskan dan terbitkan rujukan lebih dulu.
refusal-monitoring_missing = Hasil rujukan belum dipantau. Lakukan pemantauan lebih dulu.
refusal-survey_missing = Survei kepuasan belum ditawarkan kepada klien. Tawarkan lebih dulu; klien boleh menolak.
refusal-not_agreed = Waktu belum disepakati kedua belah pihak. Pastikan dengan klien dan petugas.
refusal-session_limit = Jumlah sesi menurut standar sudah habis. Mintalah pimpinan menambah sesi.
refusal-reason_missing = Sesi tambahan memerlukan alasan. Tuliskan alasannya.
refusal-participants_missing = Rencana memerlukan sedikitnya dua peserta, salah satunya tenaga profesional.
refusal-referral_exists = Rujukan ke penerima ini sudah ada. Tambahkan keterangan pada rujukan itu.
refusal-identity_conflict = Data identitas berbeda-beda. Cocokkan dengan dokumen asli, lalu ulangi.
refusal-services_beyond_information = Klien memerlukan lebih dari informasi. Lanjutkan ke penugasan.
refusal-safety_unchecked = Keselamatan klien belum diperiksa. Periksa dulu, lalu ulangi.
refusal-safety_open = Masih ada bahaya yang belum ditangani. Hanya pimpinan yang dapat mengakhiri kasus ini.
refusal-too_few_sessions = Sesi belum mencapai jumlah minimum standar. Lanjutkan, atau tuliskan alasan berakhir lebih awal.
refusal-attempts_missing = Upaya menghubungi klien belum cukup: sedikitnya tiga kali pada dua hari, sekali ke rumah.
refusal-reopen_too_late = Kasus sudah berakhir lebih dari enam bulan. Daftarkan kasus baru.
refusal-refused_in_review = Pimpinan tidak menyetujui setelah meninjau. Bicarakan dengan pimpinan.
refusal-restricted = Klien meminta pemrosesan datanya dibatasi. Tunggu pimpinan mencabut pembatasan; tindakan keselamatan tetap boleh.
refusal-no_effect = Langkah ini tidak mengubah apa pun. Tidak ada yang perlu dilakukan.
refusal-referral_pending = Masih ada rujukan tanpa surat. Terbitkan suratnya atau batalkan rujukannya lebih dulu.
refusal-others_worked = Petugas lain sudah bekerja pada kasus ini. Akhiri dengan alasan yang sesuai, jangan dibatalkan.
refusal-registration_unconfirmed = Pendaftaran lewat tautan atau hotline belum dipastikan. Hubungi klien dan pastikan pendaftarannya lebih dulu.
refusal-outside_area = Relawan ini bertugas di kecamatan lain. Pilih petugas kecamatan klien.
refusal-review_open = Masih ada yang menunggu keputusan Ketua dalam kasus ini. Jawab dahulu, lalu pindahkan kasus ke versi baru.
refusal-problem_missing = Permasalahan klien belum ditulis. Tuliskan menurut cerita klien, lalu daftarkan lagi.
refusal-consent_contested = Persetujuan ini dipersoalkan. Mintalah tanda tangan wali lain atau pejabat yang berwenang; perlindungan anak tetap berjalan.
refusal-lead_booked = Yang akan memimpin sesi sudah dijadwalkan untuk kasus lain pada jam itu. Sepakati jam lain dengan klien, lalu jadwalkan lagi; jadwal ini belum pasti, jadi beri tahu klien.
refusal-referral_questioned = Tenaga profesional menyarankan langkah lain daripada merujuk. Tunggu jawaban pimpinan, paling lama satu hari kerja.

## Mengapa sesuatu ditinjau pimpinan

review-stale_base = Saat diusulkan, sudah ada keputusan orang lain yang belum terlihat di perangkat. Pimpinan akan menjawab.
review-appointment_open = Masih ada janji temu. Batalkan atau pertahankan dulu; pimpinan akan menjawab.
review-awaiting_head = Keputusan ada pada pimpinan; usulan sudah diteruskan.
review-danger_after_ending = Ada tanda bahaya padahal kasus sudah berakhir. Pimpinan segera diberi tahu.
review-new_evidence = Catatan yang baru tiba menyarankan langkah lain daripada pengakhiran. Pimpinan diminta meninjau.
review-post_termination = Layanan berlangsung setelah kasus berakhir. Pimpinan menentukan tindak lanjutnya.
review-exceeds_max = Sesi melebihi jumlah menurut standar. Pimpinan diminta memutuskan penambahan.
review-unconfirmed = Pendaftaran datang lewat tautan atau hotline. Petugas menghubungi klien dan memastikannya; setelah itu kasus mendapat nomor.
review-outside_mandate = Masa tugas pengusul sudah berakhir. Pimpinan yang memutuskan.
review-lead_booked = Yang akan memimpin sesi sudah dijadwalkan untuk kasus lain pada jam itu, sedangkan klien ini dalam bahaya. Pimpinan diminta memindahkan salah satunya.
review-referral_questioned = Tenaga profesional, yang belum melihat keputusan merujuk, menyarankan langkah lain. Pimpinan diminta meninjau.

## Tanda pada catatan dan kasus

flag-role_not_allowed = dilakukan peran lain
flag-docs_missing = berkas belum lengkap saat itu
flag-consent_missing = tanpa persetujuan klien
flag-consent_withdrawn = setelah persetujuan dicabut
flag-exceeds_max = melebihi jumlah sesi standar
flag-out_of_order = mendahului urutan
flag-unknown_target = yang dirujuk tidak dikenal
flag-possible_same_event = mungkin kejadian yang sama
flag-new_evidence_before_termination = terjadi sebelum terminasi, baru diketahui sesudahnya
flag-post_termination = setelah kasus berakhir
flag-clock_future = jam HP mendahului server
flag-time_unverified = waktu belum dipastikan
flag-self_decided = diusulkan dan diputuskan sendiri
flag-identity_conflict = data identitas berbeda
flag-missing_docs = menunggu kelengkapan berkas
flag-reopen_proposed = diusulkan dibuka kembali
flag-restricted = saat pemrosesan data dibatasi
flag-danger_sign = jenis masalahnya menandakan bahaya
flag-out_of_authority = di luar kewenangan lembaga, usulkan rujukan
flag-moved = dipindahkan ke kasus lain
flag-outside_mandate = di luar masa tugas
flag-other_area = didaftarkan relawan kecamatan lain
flag-not_eligible = di luar sasaran standar pelayanan: beri informasi dan arahkan, atau mintakan pengecualian kepada Ketua
flag-guardian_missing = anak menandatangani sendiri, mintalah tanda tangan wali
flag-assent_missing = persetujuan anak belum ditanyakan
flag-consent_contested = persetujuan dipersoalkan
flag-address_hidden = alamat dirahasiakan
flag-addendum_open = ada temuan setelah asesmen ditandatangani, usulkan asesmen baru

## Mengapa catatan tidak dapat masuk

turned-bad_signature = tanda tangan digitalnya tidak sah
turned-unknown_seat = perangkat ini tidak dikenal lembaga
turned-revoked_seat = akses pada perangkat ini telah dicabut; isinya disimpan untuk ditinjau pimpinan
turned-wrong_institution = ditujukan kepada lembaga lain
turned-no_grant = Anda tidak lagi memegang kasus ini; isinya disimpan
turned-shape = bentuk datanya tidak dikenal
turned-too_long = terlalu panjang
turned-incomplete = sebagian datanya tidak ikut
turned-wrong_actor = bukan dari perangkat yang menandatangani
turned-reused_sequence = nomor urutnya sudah dipakai catatan lain
turned-wrong_counter = hitungannya tidak cocok
turned-wrong_dependencies = catatan yang mendahuluinya tidak ada
turned-record_exists = catatan itu sudah ada
turned-command_exists = sudah ada dengan isi lain
turned-unloadable = akan merusak berkas
turned-wrong_epoch = berkasnya sudah diganti
turned-wrong_author = penulisnya bukan yang menandatangani
turned-unknown_command = jenisnya tidak dikenal server ini

## Mengapa sambungan ditolak

request-stale_nonce = Sambungan diulang otomatis.
request-unknown_seat = Perangkat ini tidak dikenal. Daftarkan kembali.
request-retired_seat = Akses perangkat ini telah diakhiri.
request-stolen_seat = Perangkat ini dilaporkan hilang.
request-bad_signature = Tanda tangan digital tidak sah.
request-malformed = Pesan rusak di jalan. Coba lagi.
request-too_long = Pesan terlalu panjang.
request-version = Aplikasi perlu diperbarui.
request-bad_code = Kode pendaftaran salah, sudah dipakai, atau kedaluwarsa. Mintalah kode baru.
request-later = Server sedang penuh. Catatan aman di HP; coba lagi nanti.

## Mengapa perangkat tidak dapat mencatat

cannot-no_such_case = Kasus itu tidak ada di perangkat ini.
cannot-no_such_target = Yang dirujuk tidak ada di perangkat ini.
cannot-too_long = Teksnya terlalu panjang.
cannot-seat_revoked = Akses pada perangkat ini telah dicabut.

## Keadaan kasus

status-draft = draf
status-registered = terdaftar
status-triaged = kebutuhan teridentifikasi
status-assigned = ditugaskan
status-intervening = layanan berjalan
status-monitoring = pemantauan
status-terminated = terminasi
status-aftercare = bimbingan lanjut
status-closed = selesai

ending-information_only = cukup informasi
ending-goals_met = tujuan tercapai
ending-referred_out = dirujuk ke lembaga lain
ending-client_withdrew = klien mengundurkan diri
ending-unreachable = klien tidak dapat dihubungi
ending-out_of_scope = di luar layanan
ending-out_of_area = di luar wilayah
ending-moved = klien pindah
ending-deceased = klien meninggal
ending-duplicate_of = kasus ganda
ending-registered_in_error = salah daftar

milestone-approach = pendekatan awal
milestone-needs = kebutuhan
milestone-consent = persetujuan
milestone-contract = kontrak
milestone-visit = kunjungan
milestone-screening = asesmen awal
milestone-assessment = asesmen
milestone-consultation = konsultasi
milestone-plan = rencana
milestone-session = sesi
milestone-report = laporan
milestone-referral_issued = rujukan terbit
milestone-referral_reply = rujukan dijawab
milestone-monitoring = pemantauan
milestone-termination = terminasi
milestone-aftercare = bimbingan lanjut
milestone-survey_offered = survei ditawarkan

outcome-running = berjalan
outcome-paused = jeda, menunggu berkas
outcome-no_date = tanpa tanggal
outcome-on_time = tepat waktu
outcome-late_excused_closed = terlambat karena kantor tutup
outcome-late = terlambat
outcome-ended_by_death = berhenti karena klien meninggal
outcome-late_client_choice = terlambat atas pilihan klien
outcome-late_sync_delay = terlambat karena sambungan

reminder-appointment_or_outreach = buat janji temu dengan tenaga profesional atau tugaskan penjangkauan
reminder-choice_after_session = tentukan tindak lanjut sesi: selesai, janji temu berikutnya, atau surat pengantar
reminder-visit_and_assessment = lengkapi kunjungan dan asesmen awal; yang satu belum ada

safety-p1 = darurat (P1)
safety-p2 = tinggi (P2)
safety-p3 = biasa

role-volunteer = relawan sosial
role-social_worker = pekerja sosial
role-counsellor = konselor
role-psychologist = psikolog
role-clergy = rohaniwan
role-legal_practitioner = praktisi hukum
role-education_practitioner = praktisi pendidikan
role-secretary = sekretaris
role-clerk = petugas administrasi
role-admin = admin
role-hotline_admin = admin hotline
role-head_of_institution = ketua
role-division_head = kepala bidang
role-head_of_office = kepala dinas
role-direct_superior = atasan langsung
role-dpo = pejabat pelindungan data
role-auditor = auditor
role-system_administrator = administrator sistem

## Kata-kata isian

channel-walk_in = datang langsung
channel-volunteer_hotline = lewat relawan kecamatan
channel-instagram = Instagram
channel-online = daring
channel-hotline = hotline
channel-referred_in = dirujuk lembaga lain
channel-proactive_outreach = jemput bola
channel-public_link = tautan pendaftaran

applicant-person = perorangan
applicant-family = keluarga
applicant-community_org = organisasi masyarakat
applicant-professional_body = organisasi profesi
applicant-agency = instansi pemerintah

service-information = informasi
service-consultation = konsultasi
service-counselling = konseling
service-advocacy = advokasi
service-outreach = penjangkauan
service-referral = rujukan
service-accompaniment = pendampingan
service-family_strengthening = penguatan keluarga
service-psychoeducation = psikoedukasi
service-proactive_outreach = jemput bola
service-community_guidance = bimbingan masyarakat

purpose-service = layanan
purpose-record = pencatatan data
purpose-team_consultation = pembahasan dalam tim
purpose-referral = rujukan
purpose-photos = foto
purpose-contact = dihubungi
purpose-aftercare = bimbingan lanjut
purpose-survey = survei

visit_place-home = di rumah
visit_place-office = di kantor
visit_place-phone = lewat telepon
visit_place-elsewhere = di tempat lain

stage-screening = penapisan
stage-initial = asesmen awal
stage-in_depth = asesmen mendalam

attendance-held = terlaksana
attendance-no_show = klien tidak datang
attendance-cancelled = dibatalkan

mode-in_person = tatap muka
mode-online = daring
mode-phone = lewat telepon

recommendation-finished = selesai
recommendation-continue = lanjut
recommendation-refer = rujuk

paper-present = ada
paper-absent = tidak ada
paper-to_follow = menyusul

sex-female = perempuan
sex-male = laki-laki

answer-commit = disetujui
answer-refuse = tidak disetujui

class-intake = pendaftaran dan identitas
class-record = catatan kasus
class-notes = catatan pribadi psikolog
class-sessions = data sesi
class-summary = ringkasan psikologis
class-practitioner = catatan praktisi
class-safety = keselamatan
class-reporter = pelapor
class-links = hubungan antarkasus
class-activity = kegiatan

identity-name = nama
identity-nik = NIK
identity-family_card = No. KK
identity-birth_date = tanggal lahir
identity-sex = jenis kelamin
identity-address = alamat

likeness-nik = NIK sama
likeness-name_and_birth = nama dan tanggal lahir sama
likeness-family_card = No. KK sama

## Waktu

weekday-mon = Sen
weekday-tue = Sel
weekday-wed = Rab
weekday-thu = Kam
weekday-fri = Jum
weekday-sat = Sab
weekday-sun = Min
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = Mei
month-6 = Jun
month-7 = Jul
month-8 = Agu
month-9 = Sep
month-10 = Okt
month-11 = Nov
month-12 = Des
instant-day = { $weekday } { $day } { $month } { $year }
instant-time = { $hour }.{ $minute }
instant-short = { $weekday } { $day } { $month } { $hour }.{ $minute }
instant-full = { $weekday } { $day } { $month } { $year } pukul { $hour }.{ $minute } { $zone }

## Layar

screen-practice = LATIHAN: bukan kasus sungguhan, tidak dihitung dalam laporan, dan dapat dihapus.
screen-unknown_person = petugas lain
screen-name_unknown = nama belum diketahui
screen-name_not_held = nama tidak ditampilkan
screen-no_number = belum bernomor
screen-number = no. { $number }
screen-title = { $number }, { $name }
screen-not_held = usulan atau catatan yang tidak Anda pegang
screen-contact = { $contact }: { $safety }
screen-contact_hours = waktu: { $value }
screen-contact_code_word = kata sandi: { $value }
status-and-reason = { $status } ({ $reason })

contact-do_not_contact = JANGAN DIHUBUNGI
contact-ask = tanyakan dulu kepada petugas yang mengenal klien
contact-safe = aman dihubungi

consent-granted = disetujui
consent-withdrawn = dicabut
consent-contested = dipersoalkan
consent-missing = belum ada

referral-decided = diputuskan, surat belum terbit
referral-issued = surat terbit
referral-accepted = diterima
referral-declined = ditolak penerima
referral-delivered = sudah sampai
referral-cancelled = dibatalkan

hotline-danger = bahaya
hotline-violence = kekerasan
hotline-child = anak
hotline-medical = medis
hotline-registration = pendaftaran

category-relasi_pasutri = relasi suami istri
category-kdrt_fisik = KDRT fisik
category-kdrt_psikis = KDRT psikis
category-kdrt_seksual = KDRT seksual
category-penelantaran = penelantaran
category-perceraian_hak_asuh = perceraian dan hak asuh
category-pengasuhan_anak = pengasuhan anak
category-perilaku_remaja = perilaku remaja
category-pernikahan_dini = pernikahan dini
category-kehamilan_tidak_diinginkan = kehamilan tidak diinginkan
category-anak_berhadapan_hukum = anak berhadapan dengan hukum
category-kekerasan_terhadap_anak = kekerasan terhadap anak
category-kekerasan_seksual = kekerasan seksual
category-perundungan = perundungan
category-putus_sekolah = putus sekolah
category-abk_disabilitas = anak berkebutuhan khusus, disabilitas
category-kesehatan_jiwa_stres = kesehatan jiwa, stres
category-risiko_bunuh_diri = risiko bunuh diri
category-napza = napza
category-judi_gawai = judi, gawai
category-ekonomi_utang = ekonomi, utang
category-pengangguran = pengangguran
category-lansia = lansia
category-penelantaran_lansia = penelantaran lansia
category-waris_adminduk = waris, administrasi kependudukan
category-tppo_migran = perdagangan orang, pekerja migran
category-pra_nikah = pra-nikah
category-lainnya = lainnya

sync-turned_away = tidak dapat masuk
sync-on_device = di HP saja
sync-refused = ditolak
sync-in_review = dalam tinjauan
sync-sent = terkirim
sync-accepted = diterima

secrecy-general = umum
secrecy-limited = terbatas
secrecy-confidential = rahasia
secrecy-secret = sangat rahasia

urgency-overdue = lewat tenggat
urgency-due = jatuh tempo sekarang
urgency-later = nanti

span-minutes = { $minutes } menit
span-hours = { $hours } jam
span-hours-minutes = { $hours } jam { $minutes } menit
span-days = { $days } hari

clock-dated = { $label }: { $due } ({ $outcome })
clock-undated = { $label }: { $outcome }
clock-overdue = lewat { $span }
clock-provisional = sementara, daftar libur belum lengkap
clock-estimated = perkiraan, catatan Anda belum dinilai server

header-status = Status: { $status }
header-responsible = Petugas: { $name }
header-danger = Tingkat bahaya: { $level }
header-restricted = Pemrosesan data dibatasi atas permintaan klien; hanya tindakan keselamatan yang boleh.
header-flags = Tanda: { $flags }
header-consent = Persetujuan: { $consent }
header-consent_not_held = Persetujuan: tidak ditampilkan bagi peran Anda
header-papers = Berkas yang belum ada: { $papers }

timeline-offline = Dicatat tanpa sinyal; tiba di server { $received }.
timeline-offline-later = Dicatat { $recorded } tanpa sinyal; tiba di server { $received }.
timeline-offline-kept = Dicatat tanpa sinyal.
timeline-recorded-later = Dicatat { $recorded }.
timeline-session = { $attendance }, { $mode }, { $minutes } menit
timeline-booking = { $at } dengan { $name }
timeline-identity = { $field } { $value }
timeline-contact_now = sekarang: { $safety }
timeline-referral = kepada { $recipient }

## Hari ini, dan yang perlu diperhatikan

today-summary = { $overdue } lewat tenggat, { $due } jatuh tempo, { $to_answer } menunggu jawaban Anda, { $appointments } janji temu hari ini
calendar-missing = Daftar libur { $name } tahun { $year } belum dimuat, sehingga tenggatnya sementara. Minta administrator memuatnya.
daily-line = { $what } oleh { $name }, { $at }: { $why }
today-unsent = { $count } catatan belum terkirim; yang terlama sudah { $span } di HP ini.
today-appointment = { $at } { $case }, dengan { $name }

attention-unsent_danger = BELUM TERKIRIM
attention-reopen_proposed = diusulkan dibuka kembali
attention-overdue = lewat tenggat
attention-turned_away = tidak dapat masuk
attention-refused = ditolak
attention-to_answer = menunggu jawaban Anda
attention-to_confirm = menunggu kepastian dari Anda
attention-same_event = mungkin tercatat dua kali
attention-identity_conflict = data identitas berbeda
attention-missing_papers = berkas belum lengkap
attention-in_review = dalam tinjauan

attention-reminder = langkah berikut menurut standar

attention-says-unsent_danger = BELUM TERKIRIM: bahaya { $level } pada { $case }. Sudah { $span } hanya di HP ini; belum ada orang lain yang tahu.
attention-says-reopen_proposed = { $case } sudah berakhir, tetapi ada bahaya yang belum diketahui saat diakhiri.
attention-says-overdue = { $case }. { $clock }
attention-says-turned_away = { $case }: { $what } { $fate }.
attention-says-refused = { $case }: { $what } ditolak.
attention-says-to_answer = { $case }: { $what } oleh { $who }. { $reason }
attention-says-to_confirm = { $case }: tanda tangan persetujuan yang Anda terima dibuat tanpa mengetahui pencabutan sebelumnya.
attention-says-same_event = { $case }: { $what } { $at } mungkin tercatat dua kali.
attention-says-identity_conflict = { $case }: data identitas berbeda ({ $fields }).
attention-says-missing_papers = { $case }: sebelum { $step } masih perlu { $papers }.
attention-says-in_review = { $case }: { $what } Anda menunggu jawaban pimpinan. { $reason }

attention-says-reminder = { $case }: standar mengharapkan satu langkah lagi.

do-unsent_danger = Telepon sekarang, jangan menunggu sinyal: { $numbers }. Beri tahu pimpinan lewat telepon.
do-on_device = Tidak perlu diulang; terkirim sendiri saat ada sinyal.
do-waiting = Tidak perlu diulang; masuk sendiri setelah catatan yang mendahuluinya tiba.
do-turned_away = Isinya tetap tersimpan di HP ini. Perlihatkan kepada pimpinan, lalu catat kembali bila perlu.
do-overdue = Lakukan langkahnya sekarang dan catat. Catatan yang terlambat tetap diterima.
do-to_answer = Baca catatannya, lalu setujui atau tolak dengan alasan.
do-to_confirm = Tanyakan kepada klien apa yang berlaku, lalu catat kepastiannya.
do-missing_papers = Minta atau lihat berkasnya dan catat; bila tidak ada, mintalah pimpinan membebaskannya dengan alasan.
do-confirm_registration = Hubungi klien dan periksa keterangannya, lalu pastikan pendaftarannya; bila keliru, mintalah pimpinan membatalkannya.
do-in_review = Tunggu jawaban pimpinan; pekerjaan lain pada kasus ini dapat berjalan.
do-flag-docs_missing = Lengkapi berkas sebelum sesi berikutnya.
do-flag-consent_missing = Jelaskan dan mintalah persetujuan klien.
do-flag-consent_withdrawn = Hentikan dulu, dan bicarakan dengan klien.
do-flag-exceeds_max = Mintalah pimpinan menambah sesi, dengan kontrak baru.
do-flag-unknown_target = Periksa pilihan Anda, dan catat kembali bila keliru.
do-flag-possible_same_event = Tentukan catatan mana yang berlaku.
do-flag-post_termination = Tunggu pimpinan menentukan tindak lanjutnya.
do-flag-clock_future = Betulkan jam HP.
do-flag-time_unverified = Sahkan waktunya, atau minta pimpinan mengesahkannya.
do-flag-identity_conflict = Cocokkan dengan dokumen asli, lalu catat nilai yang benar.
do-flag-missing_docs = Lengkapi berkasnya.
do-flag-reopen_proposed = Tinjau bahayanya, dan buka kembali kasus bila perlu.
do-flag-danger_sign = Periksa keselamatan klien.
do-flag-out_of_authority = Usulkan rujukan kepada lembaga yang berwenang.
do-flag-guardian_missing = Mintalah tanda tangan wali atau pejabat.
do-flag-assent_missing = Tanyakan juga kepada anak.
do-flag-consent_contested = Mintalah tanda tangan wali lain atau pejabat.
do-flag-addendum_open = Bacalah temuannya, dan tanda tangani asesmen baru.

## Formulir

form-f01 = Formulir Pendaftaran
field-f01-place = Di mana klien berada atau dapat ditemui
field-f01-problem = Apa yang terjadi, dengan kata-kata klien
field-f01-danger = Bahaya yang terlihat
field-f01-channel = Cara datang
field-f01-applicant = Siapa yang mengajukan
field-f01-report_received_at = Laporan diterima pada
field-f01-phone = Nomor telepon atau akun klien
field-f01-contact_safety = Apakah aman dihubungi?
field-f01-contact_in_person = Klien sendiri yang mengatakannya, bertatap muka
field-f01-contact_hours = Kapan boleh dihubungi
field-f01-contact_code_word = Kata sandi dengan klien
field-f01-alias = Nama panggilan
field-f01-birth_place = Tempat lahir
field-f01-religion = Agama (boleh kosong)
field-f01-education = Pendidikan (boleh kosong)
field-f01-occupation = Pekerjaan (boleh kosong)
field-f01-address = Alamat menurut KK
field-f01-living_address = Alamat tinggal sekarang
field-f01-region = Kode wilayah kelurahan atau kecamatan
field-f01-domiciled = Berdomisili di wilayah lembaga
field-f01-relation = Hubungan pemohon dengan klien
field-f01-reporter = Pelapor, bila bukan klien (dilindungi)
field-f01-family_members = Anggota keluarga
field-f01-needs = Kebutuhan yang dicentang
field-f01-papers = Berkas: ada, tidak ada, atau menyusul
field-f01-helper = Petugas yang membantu mengisi
field-f01-signature = Tanda tangan pemohon
form-f02 = Formulir Pendekatan Awal dan Identifikasi Kebutuhan
field-f02-met_how = Di mana dan bagaimana bertemu
field-f02-observation = Hasil pendekatan awal
field-f02-services = Jenis layanan yang dibutuhkan
field-f02-safety = Tingkat bahaya
field-f02-categories = Jenis masalah
field-f02-social_categories = Kode PPKS atau PAS
field-f02-note = Keterangan
field-f02-result = Hasil: informasi selesai, janji temu, penjangkauan, atau rujukan
field-f02-lead = Janji temu dengan
field-f02-starts_at = Waktu janji temu
field-f02-both_agreed = Disepakati klien dan petugas
form-f03 = Persetujuan (Informed Consent)
field-f03-text_version = Versi teks yang dibacakan
field-f03-purposes = Disetujui untuk (satu per satu)
field-f03-recipient = Rujukan kepada
field-f03-after_withdrawals = Pencabutan yang sudah diketahui
field-f03-limits_read = Batas kerahasiaan dibacakan
field-f03-notice_given = Pemberitahuan pelindungan data diberikan
field-f03-language = Bahasa yang dipakai, juru bahasa
field-f03-capacity = Klien mampu memberi persetujuan
field-f03-guardian = Wali yang menyetujui, bila klien anak
field-f03-assent = Anak setuju
field-f03-guardian_suspected = Wali diduga pelaku: cari wali lain
field-f03-signature = Tanda tangan atau cap jempol
field-f03-witness = Saksi
field-f03-withdrawn_purposes = Dicabut untuk
field-f03-withdrawn_how = Bagaimana dan oleh siapa dicabut
form-f04 = Kontrak Pelayanan
field-f04-parties = Para pihak
field-f04-goals = Tujuan dan layanan
field-f04-sessions = Jumlah pertemuan
field-f04-schedule = Jadwal dan tempat
field-f04-rights = Hak dan kewajiban klien dan lembaga
field-f04-confidentiality = Kerahasiaan
field-f04-cost = Biaya: Rp 0
field-f04-end_conditions = Kapan layanan berakhir
field-f04-complaint_channel = Ke mana mengadu
field-f04-signatures = Tanda tangan kedua pihak
form-f05 = Laporan Kunjungan atau Penjangkauan
field-f05-occurred_at = Mulai
field-f05-ended_at = Selesai
field-f05-performed_by = Dilakukan oleh, bila bukan yang mengetik
field-f05-place = Tempat
field-f05-gps = Lokasi kasar (tidak untuk rumah aman)
field-f05-met = Klien bertemu
field-f05-reason_unmet = Mengapa tidak bertemu
field-f05-present = Siapa yang hadir
field-f05-observation = Yang dilihat dan dilakukan
field-f05-housing = Keadaan rumah
field-f05-danger = Tanda bahaya
field-f05-photos = Foto, dengan persetujuan
field-f05-next_step = Langkah berikutnya
form-f06 = Laporan Hasil Asesmen
field-f06-stage = Asesmen yang mana
field-f06-sources = Sumber data dan metode
field-f06-presented = Masalah yang disampaikan
field-f06-history = Riwayat
field-f06-family = Keluarga (genogram) dan lingkungan (ecomap)
field-f06-bpss = Bio-psiko-sosial-spiritual
field-f06-strengths = Kekuatan dan sumber
field-f06-instruments = Hasil instrumen
field-f06-risk = Risiko dan keamanan
field-f06-conclusion = Kesimpulan, fokus masalah
field-f06-recommendation = Rekomendasi
field-f06-signatures = Asesor, mengetahui supervisor
form-f07 = Rencana Intervensi atau Pemecahan Masalah
field-f07-participants = Peserta (sedikitnya dua, satu tenaga profesional)
field-f07-goals = Tujuan, kegiatan, siapa, kapan
field-f07-indicators = Indikator
field-f07-client_agrees = Klien menyetujui
field-f07-target_at = Tanggal yang dituju
form-f08 = Berita Acara Konferensi Kasus
field-f08-title = Judul
field-f08-participants = Peserta dan perannya
field-f08-body = Ringkasan, pilihan, keputusan, tindak lanjut (tanpa catatan sesi)
form-f09 = Catatan Sesi Konseling
field-f09-occurred_at = Waktu
field-f09-attendance = Terlaksana?
field-f09-mode = Cara
field-f09-minutes = Lama (menit)
field-f09-appointment = Janji temu yang mana
field-f09-participants = Siapa yang hadir
field-f09-danger = Risiko
field-f09-session_note = Catatan pribadi: isi, teknik, tugas (hanya Anda yang memegangnya)
field-f09-next_lead = Sesi berikutnya dengan
field-f09-next_at = Waktu sesi berikutnya
field-f09-next_agreed = Disepakati klien dan petugas
field-f09-next_reason = Alasan sesi tambahan
form-f10 = Ringkasan Psikologis
field-f10-text = Tanggal, tema umum, keberfungsian, saran keselamatan
field-f10-recommendation = Rekomendasi
form-f11 = Surat Pengantar
field-f11-referral = Rujukan yang sudah diputuskan, bila suratnya diterbitkan
field-f11-recipient = Kepada
field-f11-reason = Alasan
field-f11-legal_basis = Dasar hukum, bila tanpa persetujuan
field-f11-asked = Yang diminta
form-f12 = Surat Rujukan
field-f12-referral = Rujukan yang sudah diputuskan, bila suratnya diterbitkan
field-f12-recipient = Kepada
field-f12-reason = Alasan
field-f12-legal_basis = Dasar hukum, bila tanpa persetujuan
field-f12-asked = Yang diminta
field-f12-basis = Dasar
field-f12-history = Riwayat penanganan (tanggal, tindakan)
field-f12-attachments = Lampiran: persetujuan, ringkasan psikologis, kronologis
field-f12-contact = Petugas yang dapat dihubungi
form-f13 = Surat Balasan Rujukan
field-f13-referral = Rujukan yang mana
field-f13-accepted = Klien diterima
field-f13-note = Rencana dan narahubung penerima
form-f14 = Laporan Tenaga Profesional kepada Ketua
field-f14-text = Hasil konsultasi
field-f14-recommendation = Rekomendasi
form-f15 = Lembar Disposisi atau Surat Tugas
field-f15-assignee = Kepada
field-f15-instruction = Instruksi
field-f15-due = Selesai sebelum
form-f16 = Lembar Monitoring dan Evaluasi
field-f16-note = Kemajuan tiap tujuan, hambatan, keputusan
form-f17 = Berita Acara Terminasi
field-f17-reason = Alasan
field-f17-note = Hasil tiap tujuan, pandangan klien, risiko yang tersisa
field-f17-early_reason = Mengapa sesi kurang dari standar sudah cukup
field-f17-safety_checked = Keselamatan sudah diperiksa, tidak ada bahaya tersisa
field-f17-aftercare_plan = Rencana bimbingan lanjut
field-f17-survey_offered = Survei kepuasan sudah ditawarkan
form-f18 = Catatan Bimbingan Lanjut
field-f18-occurred_at = Waktu
field-f18-plan = Rencana, bila bimbingan lanjut baru dimulai
field-f18-until = Sampai
field-f18-note = Keadaan klien
field-f18-reopen_needed = Perlu dibuka kembali?
form-f19 = Kuesioner Survei Kepuasan Masyarakat
field-f19-u1 = Persyaratan
field-f19-u2 = Sistem, mekanisme, prosedur
field-f19-u3 = Waktu penyelesaian
field-f19-u4 = Biaya (gratis = 4)
field-f19-u5 = Produk layanan
field-f19-u6 = Kompetensi pelaksana
field-f19-u7 = Perilaku pelaksana
field-f19-u8 = Penanganan pengaduan, saran, masukan
field-f19-u9 = Sarana dan prasarana
field-f19-is_complaint = Ini pengaduan
form-f20 = Formulir Pengaduan Layanan
field-f20-complainant = Pengadu (boleh tanpa nama)
field-f20-channel = Saluran
field-f20-about = Tentang siapa atau apa
field-f20-wish = Yang diharapkan
field-f20-evidence = Bukti
form-f21 = Surat Permohonan Bimbingan Masyarakat dan Surat Jawaban
field-f21-group = Kelompok pemohon
field-f21-theme = Tema
field-f21-place = Tempat
field-f21-date = Tanggal
field-f21-count = Jumlah peserta
field-f21-contact = Narahubung
field-f21-answer = Jawaban, tanggal, narasumber
form-f22 = Kronologis Penanganan (masuk)
field-f22-entries = Tanggal, tindakan, oleh siapa
form-f23 = Permintaan Hak Subjek Data
field-f23-kind = Jenis permintaan
field-f23-identity_check = Pemeriksaan identitas
field-f23-reason = Yang diminta dibatasi
field-f23-decision = Keputusan dan tanggal
form-f24 = Laporan ke Kepolisian (TPKS) dan pemberitahuan UPTD PPA
field-f24-incident = Kejadian
field-f24-reporter = Pelapor
field-f24-victim = Korban
field-f24-reported_at = Waktu korban melapor
field-f24-receipt = Nomor tanda terima
form-f25 = Laporan bulanan atau semester
field-f25-period = Periode
form-f26 = Serah Terima Kasus
field-f26-assignee = Diserahkan kepada
field-f26-reason = Alasan
field-f26-open_work = Pekerjaan yang masih berjalan

## Pemeriksaan isian

fault-missing = Belum diisi. Isi lebih dulu.
fault-too_long = Terlalu panjang. Persingkat.
fault-unknown_choice = Pilihan itu tidak ada. Pilih dari daftar.
fault-not_a_number = Bukan angka. Tulis angka saja.
fault-not_a_date = Bukan tanggal. Tulis seperti 1990-12-31.
fault-not_an_instant = Bukan waktu. Pilih tanggal dan jam.
fault-not_a_flag = Jawab ya atau tidak.
fault-nik_digits = NIK seharusnya 16 angka. Periksa kartunya; boleh disimpan dulu.
fault-nik_date = Tanggal lahir di dalam NIK tidak mungkin. Periksa kartunya; boleh disimpan dulu.
fault-nik_serial = Nomor urut di dalam NIK tidak mungkin 0000. Periksa kartunya; boleh disimpan dulu.
fault-nik_sex = NIK menyebut jenis kelamin lain. Cocokkan dengan kartunya; boleh disimpan dulu.
fault-nik_birth_date = NIK menyebut tanggal lahir lain. Cocokkan dengan kartunya; boleh disimpan dulu.
fault-family_card_digits = No. KK seharusnya 16 angka. Periksa kartunya; boleh disimpan dulu.
fault-family_card_date = Tanggal terbit di dalam No. KK tidak mungkin. Periksa kartunya; boleh disimpan dulu.
fault-phone_shape = Nomor ini tidak seperti nomor telepon. Periksa lagi; boleh disimpan dulu.
fault-region_shape = Kode wilayah terdiri atas 2, 4, 6, atau 10 angka, misalnya 52.71. Betulkan.
fault-in_future = Tanggal ini belum terjadi. Betulkan.
fault-time_in_future = Waktu ini belum terjadi menurut jam HP. Periksa waktunya, atau jam HP.
fault-in_past = Waktu ini sudah lewat. Periksa lagi.
fault-not_positive = Seharusnya lebih dari nol. Betulkan.
fault-odd_minutes = Lamanya tidak lazim. Periksa lagi; boleh disimpan.
fault-survey_range = Jawaban 1 sampai 4. Betulkan.

## Peragaan

demo-title = Satu hari kerja di lima lembaga
demo-server = Server di { $address }, data di { $folder }
demo-case = Kasus: { $case }
demo-number = Kasus no. { $number }
demo-step = { $who } ({ $role }): { $what }
demo-performed_by = dilakukan oleh { $name }
demo-deadlines = Tenggat:
demo-reviews = Menunggu jawaban pimpinan:
demo-review = { $what } oleh { $who }. { $reason }
demo-summary = Seluruhnya { $recorded } tercatat, { $committed } diterima, { $refused } ditolak, { $needs_review } dalam tinjauan, { $turned_away } tidak dapat masuk.
demo-kept = Data disimpan di { $folder }. Server tetap berjalan di { $address }; hentikan dengan Ctrl+C.
