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

identity-name = nama
identity-nik = NIK
identity-family_card = No. KK
identity-birth_date = tanggal lahir
identity-sex = jenis kelamin
identity-address = alamat

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

## Peragaan

demo-title = Satu hari kerja di lima lembaga
demo-server = Server di { $address }, data di { $folder }
demo-case = Kasus: { $case }
demo-status = Status: { $status }
demo-status-ended = Status: { $status } ({ $reason })
demo-number = Kasus no. { $number }
demo-assignee = Petugas: { $name }
demo-danger = Tingkat bahaya: { $level }
demo-flags = Tanda: { $flags }
demo-step = { $who } ({ $role }): { $what }
demo-performed_by = dilakukan oleh { $name }
demo-offline = Dicatat tanpa sinyal; tiba di server { $received }.
demo-offline-later = Dicatat { $recorded } tanpa sinyal; tiba di server { $received }.
demo-offline-kept = Dicatat tanpa sinyal.
demo-session = { $attendance }, { $mode }, { $minutes } menit
demo-booking = { $at } dengan { $name }
demo-identity = { $field } { $value }
demo-referral = kepada { $recipient }
demo-deadlines = Tenggat:
demo-deadline = { $label }: { $due } ({ $outcome })
demo-deadline-undated = { $label }: { $outcome }
demo-provisional = sementara, daftar libur belum lengkap
demo-reviews = Menunggu jawaban pimpinan:
demo-review = { $what } oleh { $who }. { $reason }
demo-summary = Seluruhnya { $recorded } tercatat, { $committed } diterima, { $refused } ditolak, { $needs_review } dalam tinjauan, { $turned_away } tidak dapat masuk.
demo-kept = Data disimpan di { $folder }. Server tetap berjalan di { $address }; hentikan dengan Ctrl+C.
