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

identity-name = name
identity-nik = NIK
identity-family_card = family card
identity-birth_date = date of birth
identity-sex = sex
identity-address = address

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

## The demo

demo-title = A working day in five institutions
demo-server = Server at { $address }, data in { $folder }
demo-case = Case: { $case }
demo-status = Status: { $status }
demo-status-ended = Status: { $status } ({ $reason })
demo-number = Case no. { $number }
demo-assignee = Worker: { $name }
demo-danger = Danger: { $level }
demo-flags = Marks: { $flags }
demo-step = { $who } ({ $role }): { $what }
demo-performed_by = done by { $name }
demo-offline = Recorded without signal; reached the server { $received }.
demo-offline-later = Recorded { $recorded } without signal; reached the server { $received }.
demo-offline-kept = Recorded without signal.
demo-session = { $attendance }, { $mode }, { $minutes } minutes
demo-booking = { $at } with { $name }
demo-identity = { $field } { $value }
demo-referral = to { $recipient }
demo-deadlines = Deadlines:
demo-deadline = { $label }: { $due } ({ $outcome })
demo-deadline-undated = { $label }: { $outcome }
demo-provisional = provisional, the list of holidays is incomplete
demo-reviews = Waiting for the head:
demo-review = { $what } by { $who }. { $reason }
demo-summary = In all { $recorded } recorded, { $committed } accepted, { $refused } refused, { $needs_review } in review, { $turned_away } could not enter.
demo-kept = The data are in { $folder }. The server goes on at { $address }; stop it with Ctrl+C.
