# Jangkau's words in English. Every key is also in id.ftl.

## What people record or propose

command-register = registration of a case
command-edit_identity = change of identity data
command-sight_document = check of a paper
command-waive_document = waiver of a paper
command-record_approach = initial approach
command-triage = identification of needs
command-close_information = closing (information only)
command-assign = assignment of a worker
command-reassign = reassignment
command-inform_client = client informed
command-sign_consent = client's consent
command-withdraw_consent = consent withdrawn
command-sign_contract = service contract
command-record_visit = visit
command-finalise_assessment = result of an assessment
command-draft_minutes = minutes of a case conference
command-edit_minutes = change to minutes
command-agree_plan = agreed plan
command-schedule_session = booked session
command-cancel_appointment = booking called off
command-record_session = counselling session
command-write_summary = psychological summary
command-report_to_head = report to the head
command-decide_referral = decision to refer
command-issue_referral = referral letter
command-record_reply = reply to a referral
command-start_monitoring = start of monitoring
command-terminate = termination
command-record_aftercare = aftercare
command-close = closing of the file
command-reopen = reopening
command-reject_out_of_scope = rejection (out of scope)
command-raise_safety = report of danger
command-lower_safety = danger lowered
command-record_service = accompaniment
command-answer_review = answer to a review
command-extend_sessions = more sessions
command-deliver_referral = referral handed over
command-cancel_referral = referral called off
command-start_aftercare = aftercare begun
command-mark_duplicate = marked as a duplicate
command-undo_duplicate = no duplicate after all
command-restrict = use of data limited
command-lift_restriction = limit on data lifted
command-void_registration = registration voided
command-confirm_consent = consent confirmed with the client
command-settle_event = records of one event settled
command-set_contact = safety of a contact
command-confirm_registration = registration confirmed
command-move_record = record moved to another case
command-take_record = record taken over from another case
command-note_client_date = day that the client chose
command-read_assignment = assignment read
command-move_profile = move to a newer version of the standard
command-link_family = cases of one family linked
command-unlink_family = cases of two families told apart
command-record_activity = activity without a case
command-record_screening = screening
command-contest_consent = consent put in doubt
command-hide_address = address hidden
command-show_address = address shown again
command-add_finding = further finding
command-confirm_records = records confirmed

## What became of it

fate-on_device = on this phone only, not sent yet
fate-waiting = sent, waiting for what comes before it
fate-admitted = sent, not decided yet
fate-recorded = recorded
fate-recorded-flags = recorded, marked: { $flags }
fate-committed = accepted
fate-refused = refused: { $reason }
fate-needs_review = in review: { $reason }
fate-turned_away = could not enter: { $reason }

## Why a proposal is refused, and what can be done

refusal-not_offered = This institution does not offer that. Tell the client where to ask for help.
refusal-role_not_allowed = Your role, or that of the person you named, does not take this decision. Ask whoever may.
refusal-number_online_only = Letter numbers come from the server only. Try again with a signal.
refusal-online_only = This is decided online only. Try again once connected.
refusal-wrong_status = The case's status does not allow this step. Look at the status first.
refusal-unknown_target = What this refers to is not in the case. Check what you chose.
refusal-reason_invalid = That reason does not go with this step. Choose another.
refusal-review_closed = This review was already answered. Nothing needs to be done.
refusal-consent_withdrawn = The client has taken the consent back. Talk with the client again; without new consent this cannot be done, unless the head states a legal basis.
refusal-consent_missing = The client has not agreed yet. Explain, and ask for the signature first.
refusal-docs_missing = Mandatory papers are missing. Complete them, or ask the head to waive them with a reason.
refusal-approach_missing = The initial approach has not been recorded. Record it first.
refusal-needs_missing = The client's needs have not been identified. Identify them first.
refusal-visit_missing = There was no visit yet. Visit the family first.
refusal-assessment_missing = There is no assessment yet. Finish it first.
refusal-plan_missing = No plan or consultation has been agreed. Agree on one first.
refusal-contract_missing = The service contract has not been signed. Sign it with the client first.
refusal-session_missing = No session has been held.
refusal-report_missing = The head has no report yet. Send the report first.
refusal-referral_missing = There is no referral. Decide and issue one first.
refusal-monitoring_missing = Results of the referral were not followed. Do so first.
refusal-survey_missing = The survey has not been offered to the client. Offer it first; the client may decline.
refusal-not_agreed = Both sides have not agreed to the time. Ask the client and the worker.
refusal-session_limit = The standard's number of sessions is used up. Ask the head for more.
refusal-reason_missing = A further session needs a reason. Write it down.
refusal-participants_missing = A plan needs at least two participants, one of them a professional.
refusal-referral_exists = There already is a referral to this recipient. Add to that one.
refusal-identity_conflict = The identity data contradict each other. Compare with the original papers, then try again.
refusal-services_beyond_information = The client needs more than information. Go on to an assignment.
refusal-safety_unchecked = The client's safety was not checked. Check it, then try again.
refusal-safety_open = A danger is still open. Only the head can end this case.
refusal-too_few_sessions = There were fewer sessions than the standard's least. Go on, or write why it ends early.
refusal-attempts_missing = Too few attempts to reach the client: at least three on two days, one of them at home.
refusal-reopen_too_late = The case ended more than six months ago. Register a new one.
refusal-refused_in_review = The head looked at it and said no. Talk with the head.
refusal-restricted = The client asked that use of their data be limited. Wait until the head lifts the limit; acts of safety are allowed.
refusal-no_effect = This would change nothing. There is nothing to do.
refusal-referral_pending = A referral has no letter yet. Issue the letter or call the referral off first.
refusal-others_worked = Others have worked on this case. End it with a fitting reason instead.
refusal-registration_unconfirmed = What came by the public link or the hotline is not confirmed yet. Ask the client and confirm the registration first.
refusal-outside_area = This volunteer serves another kecamatan. Choose somebody who serves the client's.
refusal-review_open = Something in this case still waits for the head. Answer it first, then move the case to the new version.
refusal-problem_missing = The client's problem is not written down. Write it as the client tells it, and register again.
refusal-consent_contested = This consent is in doubt. Ask another guardian or an official to sign; protecting the child goes on.
refusal-lead_booked = Who is to lead the session is booked for another case at that hour. Agree on another hour with the client and book again; tell the client that this one does not hold.
refusal-referral_questioned = A professional advises another course than referring. Wait for the head's answer, one working day at most.

## Why something waits for the head

review-stale_base = When this was proposed, somebody else's decision had not reached the device yet. The head will answer.
review-appointment_open = A session is still booked. Call it off or keep it first; the head will answer.
review-awaiting_head = The head decides this; the proposal has been passed on.
review-danger_after_ending = There is a sign of danger although the case has ended. The head is told at once.
review-new_evidence = What has just arrived speaks for another course than ending. The head is asked to look.
review-post_termination = A service took place after the case had ended. The head says what follows.
review-exceeds_max = More sessions than the standard allows. The head is asked to extend them.
review-unconfirmed = It came by the public link or the hotline. A worker asks the client and confirms it; then the case gets its number.
review-outside_mandate = The author's mandate has lapsed. The head decides.
review-lead_booked = Who is to lead the session is booked for another case at that hour, and this client is in danger. The head is asked to move one of them.
review-referral_questioned = A professional who had not seen the decision to refer advises another course. The head is asked to look.

## Marks on records and cases

flag-role_not_allowed = done by another role
flag-docs_missing = papers were missing then
flag-consent_missing = without the client's consent
flag-consent_withdrawn = after consent was withdrawn
flag-exceeds_max = beyond the standard's sessions
flag-out_of_order = out of order
flag-unknown_target = refers to something unknown
flag-possible_same_event = perhaps the same event
flag-new_evidence_before_termination = happened before the termination, known after it
flag-post_termination = after the case had ended
flag-clock_future = the phone's clock is ahead of the server
flag-time_unverified = time not confirmed
flag-self_decided = proposed and decided by one person
flag-identity_conflict = identity data contradict each other
flag-missing_docs = papers missing
flag-reopen_proposed = reopening proposed
flag-restricted = while use of data is limited
flag-danger_sign = the kind of problem is a sign of danger
flag-out_of_authority = beyond this office's authority, propose a referral
flag-moved = moved to another case
flag-outside_mandate = outside the mandate
flag-other_area = registered by a volunteer of another kecamatan
flag-not_eligible = the standard is not for this applicant: inform and refer, or ask the head for an exception
flag-guardian_missing = a child signed alone, ask a guardian to sign
flag-assent_missing = nobody asked the child
flag-consent_contested = consent in doubt
flag-address_hidden = address not to be shown
flag-addendum_open = found after the assessment was signed, propose a new one

## Why something could not enter

turned-bad_signature = its digital signature is wrong
turned-unknown_seat = this device is unknown to the institution
turned-revoked_seat = this device's access was revoked; the content is kept for the head
turned-wrong_institution = it is for another institution
turned-no_grant = you do not hold this case any more; the content is kept
turned-shape = its form is unknown
turned-too_long = it is too long
turned-incomplete = part of it is missing
turned-wrong_actor = it is not from the device that signed
turned-reused_sequence = its number is used by another record
turned-wrong_counter = its count is out of line
turned-wrong_dependencies = what comes before it is missing
turned-record_exists = the record is already there
turned-command_exists = it is already there with other content
turned-unloadable = it would damage the file
turned-wrong_epoch = the file was replaced
turned-wrong_author = its author is not who signed
turned-unknown_command = its kind is unknown to this server

## Why an exchange is refused

request-stale_nonce = The exchange is repeated by itself.
request-unknown_seat = This device is unknown. Enrol it again.
request-retired_seat = This device's access has ended.
request-stolen_seat = This device was reported stolen.
request-bad_signature = The digital signature is wrong.
request-malformed = The message broke on its way. Try again.
request-too_long = The message is too long.
request-version = The app needs an update.
request-bad_code = The enrolment code is wrong, used or too old. Ask for a new one.
request-later = The server is full right now. Your records are safe on the phone; try again later.

## Why the device cannot record

cannot-no_such_case = That case is not on this device.
cannot-no_such_target = What it refers to is not on this device.
cannot-too_long = The text is too long.
cannot-seat_revoked = This device's access was revoked.

## Where a case stands

status-draft = draft
status-registered = registered
status-triaged = needs identified
status-assigned = assigned
status-intervening = in service
status-monitoring = monitoring
status-terminated = terminated
status-aftercare = aftercare
status-closed = closed

ending-information_only = information was enough
ending-goals_met = goals met
ending-referred_out = referred to another office
ending-client_withdrew = the client withdrew
ending-unreachable = the client cannot be reached
ending-out_of_scope = out of scope
ending-out_of_area = out of area
ending-moved = the client moved
ending-deceased = the client died
ending-duplicate_of = duplicate
ending-registered_in_error = registered by mistake

milestone-approach = initial approach
milestone-needs = needs
milestone-consent = consent
milestone-contract = contract
milestone-visit = visit
milestone-screening = first assessment
milestone-assessment = assessment
milestone-consultation = consultation
milestone-plan = plan
milestone-session = session
milestone-report = report
milestone-referral_issued = referral issued
milestone-referral_reply = referral answered
milestone-monitoring = monitoring
milestone-termination = termination
milestone-aftercare = aftercare
milestone-survey_offered = survey offered

outcome-running = running
outcome-paused = paused, waiting for papers
outcome-no_date = without a date
outcome-on_time = on time
outcome-late_excused_closed = late because the office was closed
outcome-late = late
outcome-ended_by_death = ended by the client's death
outcome-late_client_choice = late by the client's choice
outcome-late_sync_delay = late by a slow connection

reminder-appointment_or_outreach = book a professional or order a visit
reminder-choice_after_session = say what follows the session: solved, another appointment, or a letter
reminder-visit_and_assessment = visit and initial assessment belong together: one is missing

safety-p1 = emergency (P1)
safety-p2 = high (P2)
safety-p3 = ordinary

role-volunteer = volunteer
role-social_worker = social worker
role-counsellor = counsellor
role-psychologist = psychologist
role-clergy = member of the clergy
role-legal_practitioner = legal practitioner
role-education_practitioner = education practitioner
role-secretary = secretary
role-clerk = clerk
role-admin = administrator
role-hotline_admin = hotline administrator
role-head_of_institution = head
role-division_head = head of division
role-head_of_office = head of office
role-direct_superior = direct superior
role-dpo = data protection officer
role-auditor = auditor
role-system_administrator = system administrator

## Words of forms

channel-walk_in = came to the office
channel-volunteer_hotline = through the volunteer
channel-instagram = Instagram
channel-online = online
channel-hotline = hotline
channel-referred_in = referred by another office
channel-proactive_outreach = visited by the office
channel-public_link = registration link

applicant-person = person
applicant-family = family
applicant-community_org = community organisation
applicant-professional_body = professional body
applicant-agency = government agency

service-information = information
service-consultation = consultation
service-counselling = counselling
service-advocacy = advocacy
service-outreach = outreach
service-referral = referral
service-accompaniment = accompaniment
service-family_strengthening = family strengthening
service-psychoeducation = psycho-education
service-proactive_outreach = proactive outreach
service-community_guidance = community guidance

purpose-service = service
purpose-record = record
purpose-team_consultation = consultation within the team
purpose-referral = referral
purpose-photos = photographs
purpose-contact = contact
purpose-aftercare = aftercare
purpose-survey = survey

visit_place-home = at home
visit_place-office = at the office
visit_place-phone = by telephone
visit_place-elsewhere = elsewhere

stage-screening = screening
stage-initial = first assessment
stage-in_depth = in-depth assessment

attendance-held = held
attendance-no_show = the client did not come
attendance-cancelled = called off

mode-in_person = face to face
mode-online = online
mode-phone = by telephone

recommendation-finished = finished
recommendation-continue = continue
recommendation-refer = refer

paper-present = present
paper-absent = absent
paper-to_follow = to follow

sex-female = female
sex-male = male

answer-commit = approved
answer-refuse = not approved

class-intake = registration and identity
class-record = case record
class-notes = psychologist's own notes
class-sessions = session data
class-summary = psychological summary
class-practitioner = practitioner's notes
class-safety = safety
class-reporter = reporter
class-links = connections of cases
class-activity = activities

identity-name = name
identity-nik = NIK
identity-family_card = family card
identity-birth_date = date of birth
identity-sex = sex
identity-address = address

likeness-nik = the same NIK
likeness-name_and_birth = the same name and date of birth
likeness-family_card = the same No. KK

## Time

weekday-mon = Mon
weekday-tue = Tue
weekday-wed = Wed
weekday-thu = Thu
weekday-fri = Fri
weekday-sat = Sat
weekday-sun = Sun
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
instant-day = { $weekday } { $day } { $month } { $year }
instant-time = { $hour }:{ $minute }
instant-short = { $weekday } { $day } { $month } { $hour }:{ $minute }
instant-full = { $weekday } { $day } { $month } { $year } at { $hour }:{ $minute } { $zone }

## Screens

screen-practice = PRACTICE: no real case, not counted in any report, and may be wiped.
screen-unknown_person = another worker
screen-name_unknown = name not known yet
screen-name_not_held = name not shown
screen-no_number = no number yet
screen-number = no. { $number }
screen-title = { $number }, { $name }
screen-not_held = a proposal or record that you do not hold
screen-contact = { $contact }: { $safety }
screen-contact_hours = when: { $value }
screen-contact_code_word = code word: { $value }
status-and-reason = { $status } ({ $reason })

contact-do_not_contact = NEVER CONTACT
contact-ask = ask the worker who knows the client first
contact-safe = safe to contact

consent-granted = agreed
consent-withdrawn = taken back
consent-contested = in doubt
consent-missing = none yet

referral-decided = decided, no letter yet
referral-issued = letter issued
referral-accepted = accepted
referral-declined = declined by the recipient
referral-delivered = delivered
referral-cancelled = called off

hotline-danger = danger
hotline-violence = violence
hotline-child = children
hotline-medical = medical
hotline-registration = registration

category-relasi_pasutri = a couple's relation
category-kdrt_fisik = domestic violence, physical
category-kdrt_psikis = domestic violence, psychological
category-kdrt_seksual = domestic violence, sexual
category-penelantaran = neglect
category-perceraian_hak_asuh = divorce and custody
category-pengasuhan_anak = raising a child
category-perilaku_remaja = a young person's conduct
category-pernikahan_dini = early marriage
category-kehamilan_tidak_diinginkan = unwanted pregnancy
category-anak_berhadapan_hukum = a child in conflict with the law
category-kekerasan_terhadap_anak = violence against a child
category-kekerasan_seksual = sexual violence
category-perundungan = bullying
category-putus_sekolah = leaving school
category-abk_disabilitas = special needs, disability
category-kesehatan_jiwa_stres = mental health, stress
category-risiko_bunuh_diri = risk of suicide
category-napza = substance abuse
category-judi_gawai = gambling, devices
category-ekonomi_utang = livelihood, debt
category-pengangguran = unemployment
category-lansia = old age
category-penelantaran_lansia = neglect of an old person
category-waris_adminduk = inheritance, civil papers
category-tppo_migran = trafficking, migrant work
category-pra_nikah = before marriage
category-lainnya = something else

sync-turned_away = could not enter
sync-on_device = on this phone only
sync-refused = refused
sync-in_review = in review
sync-sent = sent
sync-accepted = accepted

secrecy-general = general
secrecy-limited = limited
secrecy-confidential = confidential
secrecy-secret = secret

urgency-overdue = overdue
urgency-due = due now
urgency-later = later

span-minutes = { $minutes } min
span-hours = { $hours } h
span-hours-minutes = { $hours } h { $minutes } min
span-days = { $days } d

clock-dated = { $label }: { $due } ({ $outcome })
clock-undated = { $label }: { $outcome }
clock-overdue = overdue by { $span }
clock-provisional = provisional, the list of holidays is not complete
clock-estimated = an estimate, the server has not judged your records yet

header-status = Status: { $status }
header-responsible = Responsible: { $name }
header-danger = Danger: { $level }
header-restricted = Use of the data is limited at the client's wish; only safety measures are allowed.
header-flags = Marks: { $flags }
header-consent = Consent: { $consent }
header-consent_not_held = Consent: not shown to your role
header-papers = Papers still missing: { $papers }

timeline-offline = Recorded without signal; reached the server { $received }.
timeline-offline-later = Recorded { $recorded } without signal; reached the server { $received }.
timeline-offline-kept = Recorded without signal.
timeline-recorded-later = Recorded { $recorded }.
timeline-session = { $attendance }, { $mode }, { $minutes } minutes
timeline-booking = { $at } with { $name }
timeline-identity = { $field } { $value }
timeline-contact_now = now: { $safety }
timeline-referral = to { $recipient }

## Today, and what asks for attention

today-summary = { $overdue } overdue, { $due } due, { $to_answer } waiting for your answer, { $appointments } appointments today
calendar-missing = The list of holidays { $name } of { $year } is not loaded, so that deadlines are provisional. Ask the administrator to load it.
daily-line = { $what } by { $name }, { $at }: { $why }
today-unsent = { $count } records not sent; the oldest has been on this phone for { $span }.
today-appointment = { $at } { $case }, with { $name }

attention-unsent_danger = NOT SENT
attention-reopen_proposed = proposed to be reopened
attention-overdue = overdue
attention-turned_away = could not enter
attention-refused = refused
attention-to_answer = waiting for your answer
attention-to_confirm = waiting for your confirmation
attention-same_event = perhaps recorded twice
attention-identity_conflict = identity data differ
attention-missing_papers = papers missing
attention-in_review = in review

attention-reminder = next step of the standard

attention-says-unsent_danger = NOT SENT: danger { $level } on { $case }. It has been on this phone alone for { $span }; nobody else knows.
attention-says-reopen_proposed = { $case } has ended, and there is a danger that its ending did not know of.
attention-says-overdue = { $case }. { $clock }
attention-says-turned_away = { $case }: { $what } { $fate }.
attention-says-refused = { $case }: { $what } was refused.
attention-says-to_answer = { $case }: { $what } by { $who }. { $reason }
attention-says-to_confirm = { $case }: the consent that you had signed was signed without knowing of an earlier withdrawal.
attention-says-same_event = { $case }: { $what } { $at } may have been recorded twice.
attention-says-identity_conflict = { $case }: identity data differ ({ $fields }).
attention-says-missing_papers = { $case }: before the { $step }, still needed: { $papers }.
attention-says-in_review = { $case }: your { $what } waits for the head. { $reason }

attention-says-reminder = { $case }: the standard expects one more step.

do-unsent_danger = Call now, do not wait for a signal: { $numbers }. Tell the head by telephone.
do-on_device = No need to repeat it; it is sent by itself when there is a signal.
do-waiting = No need to repeat it; it enters by itself once what precedes it has come.
do-turned_away = Its content is kept on this phone. Show it to the head, and record it again if needed.
do-overdue = Take the step now and record it. A late record is accepted all the same.
do-to_answer = Read the records, then agree or refuse with a reason.
do-to_confirm = Ask the client what holds, and record the answer.
do-missing_papers = Ask for the papers or look at them, and record it; if there are none, ask the head to waive them with a reason.
do-confirm_registration = Contact the client and check what was told, then confirm the registration; if it is wrong, ask the head to void it.
do-in_review = Wait for the head's answer; other work on this case can go on.
do-flag-docs_missing = Complete the papers before the next session.
do-flag-consent_missing = Explain, and ask for the client's consent.
do-flag-consent_withdrawn = Stop for now, and talk with the client.
do-flag-exceeds_max = Ask the head to extend the sessions, under a new contract.
do-flag-unknown_target = Check your choice, and record it again if it was wrong.
do-flag-possible_same_event = Say which record counts.
do-flag-post_termination = Wait for the head to say what follows.
do-flag-clock_future = Put the phone's clock right.
do-flag-time_unverified = Confirm the time, or ask the head to.
do-flag-identity_conflict = Compare with the original document, and record the right value.
do-flag-missing_docs = Complete the papers.
do-flag-reopen_proposed = Look at the danger, and reopen the case if needed.
do-flag-danger_sign = Check the client's safety.
do-flag-out_of_authority = Propose a referral to the office in charge.
do-flag-guardian_missing = Ask a guardian or an official to sign.
do-flag-assent_missing = Ask the child, too.
do-flag-consent_contested = Ask another guardian or an official to sign.
do-flag-addendum_open = Read what was found, and sign a new assessment.

## Forms

form-f01 = Registration form
field-f01-place = Where the client is or can be found
field-f01-problem = What happened, in the client's words
field-f01-danger = Danger seen
field-f01-channel = How the need arrived
field-f01-applicant = Who applies
field-f01-report_received_at = Report received at
field-f01-phone = The client's number or account
field-f01-contact_safety = Is it safe to contact?
field-f01-contact_in_person = The client said so in person
field-f01-contact_hours = When to call
field-f01-contact_code_word = Code word with the client
field-f01-alias = Called
field-f01-birth_place = Place of birth
field-f01-religion = Religion (may stay empty)
field-f01-education = Education (may stay empty)
field-f01-occupation = Occupation (may stay empty)
field-f01-address = Address on the family card
field-f01-living_address = Where the client lives now
field-f01-region = Region code of the kelurahan or kecamatan
field-f01-domiciled = Lives in the institution's area
field-f01-relation = The applicant's relation to the client
field-f01-reporter = Who reported, if not the client (protected)
field-f01-family_members = Family members
field-f01-needs = Needs ticked
field-f01-papers = Papers: there, not there, or to follow
field-f01-helper = Who helped to fill it in
field-f01-signature = The applicant's signature
form-f02 = Initial approach and identification of needs
field-f02-met_how = Where and how they met
field-f02-observation = What the first contact showed
field-f02-services = Services needed
field-f02-safety = Danger
field-f02-categories = Kind of problem
field-f02-social_categories = PPKS or PAS code
field-f02-note = Remarks
field-f02-result = Result: information given, appointment, outreach or referral
field-f02-lead = Appointment with
field-f02-starts_at = Time of the appointment
field-f02-both_agreed = Agreed by client and worker
form-f03 = Informed consent
field-f03-text_version = Version of the text read aloud
field-f03-purposes = Agreed to (one by one)
field-f03-recipient = Referral to
field-f03-after_withdrawals = Withdrawals that were known
field-f03-limits_read = Limits of confidentiality read aloud
field-f03-notice_given = Data-protection notice given
field-f03-language = Language used, interpreter
field-f03-capacity = The client is able to consent
field-f03-guardian = Guardian who consents, for a child
field-f03-assent = The child assents
field-f03-guardian_suspected = The guardian is a suspected perpetrator: find another
field-f03-signature = Signature or thumbprint
field-f03-witness = Witness
field-f03-withdrawn_purposes = Taken back for
field-f03-withdrawn_how = How and by whom it was taken back
form-f04 = Service contract
field-f04-parties = Parties
field-f04-goals = Goals and services
field-f04-sessions = Number of sessions
field-f04-schedule = Schedule and place
field-f04-rights = Rights and duties of client and institution
field-f04-confidentiality = Confidentiality
field-f04-cost = Cost: Rp 0
field-f04-end_conditions = When the service ends
field-f04-complaint_channel = Where to complain
field-f04-signatures = Both signatures
form-f05 = Report of a visit or outreach
field-f05-occurred_at = Began
field-f05-ended_at = Ended
field-f05-performed_by = Done by, if not whoever types
field-f05-place = Place
field-f05-gps = Coarse location (never for safe houses)
field-f05-met = The client was met
field-f05-reason_unmet = Why not met
field-f05-present = Who was present
field-f05-observation = What was seen and done
field-f05-housing = Housing
field-f05-danger = Danger signs
field-f05-photos = Photos, with consent
field-f05-next_step = Next step
form-f06 = Assessment report
field-f06-stage = Which assessment
field-f06-sources = Sources and method
field-f06-presented = Problem presented
field-f06-history = History
field-f06-family = Family (genogram) and surroundings (ecomap)
field-f06-bpss = Bio-psycho-social-spiritual
field-f06-strengths = Strengths and resources
field-f06-instruments = Results of instruments
field-f06-risk = Risk and safety
field-f06-conclusion = Conclusion, focus of the problem
field-f06-recommendation = Recommendation
field-f06-signatures = Assessor, seen by the supervisor
form-f07 = Intervention plan
field-f07-participants = Participants (at least two, one of them a professional)
field-f07-goals = Goals, activities, who, when
field-f07-indicators = Indicators
field-f07-client_agrees = The client agrees
field-f07-target_at = Date aimed at
form-f08 = Minutes of a case conference
field-f08-title = Title
field-f08-participants = Participants and their roles
field-f08-body = Summary, options, decision, follow-ups (without session notes)
form-f09 = Counselling session
field-f09-occurred_at = Time
field-f09-attendance = Held?
field-f09-mode = How
field-f09-minutes = Length (minutes)
field-f09-appointment = Which appointment
field-f09-participants = Who was present
field-f09-danger = Risk
field-f09-session_note = Own notes: content, technique, homework (only you hold them)
field-f09-next_lead = Next session with
field-f09-next_at = Time of the next session
field-f09-next_agreed = Agreed by client and worker
field-f09-next_reason = Reason for a further session
form-f10 = Psychological summary
field-f10-text = Dates, general theme, functioning, safety advice
field-f10-recommendation = Recommendation
form-f11 = Cover letter
field-f11-referral = The referral that was decided, if its letter is issued
field-f11-recipient = To
field-f11-reason = Reason
field-f11-legal_basis = Legal basis, where there is no consent
field-f11-asked = What is asked
form-f12 = Referral letter
field-f12-referral = The referral that was decided, if its letter is issued
field-f12-recipient = To
field-f12-reason = Reason
field-f12-legal_basis = Legal basis, where there is no consent
field-f12-asked = What is asked
field-f12-basis = Basis
field-f12-history = Handling so far (date, act)
field-f12-attachments = Attachments: consent, psychological summary, chronology
field-f12-contact = Worker to contact
form-f13 = Reply to a referral
field-f13-referral = Which referral
field-f13-accepted = The client is taken on
field-f13-note = The recipient's plan and contact
form-f14 = Report of the professional to the head
field-f14-text = Result of the consultation
field-f14-recommendation = Recommendation
form-f15 = Disposition or assignment order
field-f15-assignee = To
field-f15-instruction = Instruction
field-f15-due = Due
form-f16 = Monitoring and evaluation
field-f16-note = Progress for each goal, obstacles, decision
form-f17 = Record of termination
field-f17-reason = Reason
field-f17-note = Results for each goal, the client's view, remaining risk
field-f17-early_reason = Why fewer sessions than the standard's were enough
field-f17-safety_checked = Safety was checked, no danger remains
field-f17-aftercare_plan = Aftercare plan
field-f17-survey_offered = The satisfaction survey was offered
form-f18 = Aftercare record
field-f18-occurred_at = Time
field-f18-plan = The plan, if aftercare begins now
field-f18-until = Until
field-f18-note = The client's condition
field-f18-reopen_needed = Does it need reopening?
form-f19 = Satisfaction survey
field-f19-u1 = Requirements
field-f19-u2 = System, mechanism, procedure
field-f19-u3 = Time taken
field-f19-u4 = Cost (free = 4)
field-f19-u5 = Product of the service
field-f19-u6 = Competence of the staff
field-f19-u7 = Conduct of the staff
field-f19-u8 = Handling of complaints and suggestions
field-f19-u9 = Facilities
field-f19-is_complaint = This is a complaint
form-f20 = Complaint about the service
field-f20-complainant = Complainant (may be anonymous)
field-f20-channel = Channel
field-f20-about = About whom or what
field-f20-wish = What is wished
field-f20-evidence = Evidence
form-f21 = Request for community guidance, and its answer
field-f21-group = Group that asks
field-f21-theme = Theme
field-f21-place = Place
field-f21-date = Date
field-f21-count = Number of participants
field-f21-contact = Contact
field-f21-answer = Answer, date, speaker
form-f22 = Chronology of earlier handling
field-f22-entries = Date, act, by whom
form-f23 = Request of a data subject
field-f23-kind = Kind of request
field-f23-identity_check = Identity check
field-f23-reason = What is to be limited
field-f23-decision = Decision and dates
form-f24 = Report to the police, notice to the UPTD PPA
field-f24-incident = Incident
field-f24-reporter = Reporter
field-f24-victim = Victim
field-f24-reported_at = When the victim told
field-f24-receipt = Receipt number
form-f25 = Monthly or half-yearly report
field-f25-period = Period
form-f26 = Hand-over of a case
field-f26-assignee = Handed over to
field-f26-reason = Reason
field-f26-open_work = Work under way

## Checks of what was filled in

fault-missing = Not filled in. Fill it in first.
fault-too_long = Too long. Shorten it.
fault-unknown_choice = There is no such choice. Choose from the list.
fault-not_a_number = Not a number. Write digits only.
fault-not_a_date = Not a date. Write it like 1990-12-31.
fault-not_an_instant = Not a time. Choose date and hour.
fault-not_a_flag = Answer yes or no.
fault-nik_digits = A NIK has 16 digits. Check the card; it may be saved for now.
fault-nik_date = The birth date inside the NIK is impossible. Check the card; it may be saved for now.
fault-nik_serial = The serial inside the NIK cannot be 0000. Check the card; it may be saved for now.
fault-nik_sex = The NIK says another sex. Compare with the card; it may be saved for now.
fault-nik_birth_date = The NIK says another birth date. Compare with the card; it may be saved for now.
fault-family_card_digits = A family card number has 16 digits. Check the card; it may be saved for now.
fault-family_card_date = The date of issue inside the family card number is impossible. Check the card; it may be saved for now.
fault-phone_shape = This does not look like a telephone number. Check it; it may be saved for now.
fault-region_shape = A region code has 2, 4, 6 or 10 digits, for instance 52.71. Put it right.
fault-in_future = This date has not come yet. Put it right.
fault-time_in_future = By the phone's clock this has not happened yet. Check the time, or the phone's clock.
fault-in_past = This time has passed. Check it.
fault-not_positive = It should be more than zero. Put it right.
fault-odd_minutes = An unusual length. Check it; it may be saved.
fault-survey_range = Answers are 1 to 4. Put it right.

## The demo

demo-title = A working day in five institutions
demo-server = Server at { $address }, data in { $folder }
demo-case = Case: { $case }
demo-number = Case no. { $number }
demo-step = { $who } ({ $role }): { $what }
demo-performed_by = done by { $name }
demo-deadlines = Deadlines:
demo-reviews = Waiting for the head:
demo-review = { $what } by { $who }. { $reason }
demo-summary = In all { $recorded } recorded, { $committed } accepted, { $refused } refused, { $needs_review } in review, { $turned_away } could not enter.
demo-kept = The data are in { $folder }. The server goes on at { $address }; stop it with Ctrl+C.
