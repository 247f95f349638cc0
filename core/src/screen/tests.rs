//! The pure functions, on cases that are written here by hand.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::class::Class;
use crate::command::{
    ApplicantKind, Channel, Command, CommandEntry, ContactSafety, Purpose, RaiseSafety,
    RecordVisit, Register, SafetyLevel, SetContact, SignConsent, Stamp, Terminate, VisitPlace,
    WithdrawConsent,
};
use crate::id::{CaseId, CaseNumber, CommandId, DecisionCount, ServerSeq};
use crate::profile::words::Status;
use crate::profile::{HotlineUse, shipped};
use crate::record::{Line, Prose};
use crate::replica::{CaseView, Fate, TimelineItem};
use crate::rules::{
    Appointment, CaseState, ClockOutcome, ClockState, Flag, Refusal, Review, ReviewItem, Verdict,
};
use crate::sync::Turned;

const CASE: CaseId = CaseId::from_bytes([1; 16]);
const HOUR: i64 = 3_600_000;

/// Monday noon in Mataram.
fn now() -> Timestamp {
    "2026-11-23T12:00:00+08:00".parse().unwrap()
}

const fn person(n: u8) -> PersonId {
    PersonId::from_bytes([n; 16])
}

const CLERK: PersonId = person(1);
const WORKER: PersonId = person(2);
const HEAD: PersonId = person(3);
const PSYCHOLOGIST: PersonId = person(4);

/// An office in Mataram, and somebody who looks.
struct Bureau {
    profile: Profile,
    staff: Vec<StaffRow>,
}

impl Bureau {
    fn new() -> Self {
        let people = [
            (CLERK, "Sari", "clerk"),
            (WORKER, "Baiq", "social_worker"),
            (HEAD, "Hasan", "head_of_institution"),
            (PSYCHOLOGIST, "Dr. Lale", "psychologist"),
        ];
        let row = |(person, name, role): (PersonId, &str, &str)| StaffRow {
            person,
            name: name.to_owned(),
            roles: vec![role.to_owned()],
            active: true,
            terms: None,
        };
        Self {
            profile: shipped().unwrap().remove(1),
            staff: people.into_iter().map(row).collect(),
        }
    }

    fn viewer(&self, person: PersonId) -> Viewer<'_> {
        Viewer {
            person,
            staff: &self.staff,
            profile: Some(&self.profile),
            now: now(),
            language: Language::Indonesian,
        }
    }
}

fn line(text: &str) -> Line {
    Line::new(text).unwrap()
}

fn prose(text: &str) -> Prose {
    Prose::new(text).unwrap()
}

fn id(n: u8) -> CommandId {
    CommandId::from_bytes([n; 16])
}

fn recorded() -> Fate {
    Fate::Judged(Verdict::Recorded(BTreeSet::new()))
}

/// Something that somebody recorded, `hours` before now.
fn item(n: u8, by: PersonId, hours: i64, command: impl Into<Command>, fate: Fate) -> TimelineItem {
    let at = now().plus_millis(-hours * HOUR);
    let command = command.into();
    let stamp = Stamp {
        by,
        occurred_at: at,
        performed_by: None,
    };
    let received_at = match fate {
        Fate::OnDevice | Fate::TurnedAway(_) | Fate::Waiting => None,
        Fate::Admitted | Fate::Judged(_) => Some(at.plus_millis(1_000)),
    };
    TimelineItem {
        id: id(n),
        kind: command.kind(),
        stamp,
        recorded_at: Some(at),
        received_at,
        fate,
        entry: CommandEntry {
            id: id(n),
            case: CASE,
            stamp,
            command,
        },
    }
}

fn register() -> Register {
    Register {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Family,
        report_received_at: None,
        problem: Some(prose("Pertengkaran.")),
        place: Some(line("Ampenan")),
        phone: Some(line("0812 3456 789")),
        domiciled: None,
        danger: None,
        name: Some(line("Ibu S")),
        nik: Some(line("5271015203900001")),
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
        reporter: None,
        helper: None,
        kecamatan: None,
    }
}

fn state() -> CaseState {
    CaseState {
        status: Status::Assigned,
        closure: None,
        ended_at: None,
        milestones: BTreeMap::new(),
        services: BTreeSet::new(),
        safety: SafetyLevel::P3,
        assignee: Some(WORKER),
        referrals: Vec::new(),
        sessions: Vec::new(),
        appointments: Vec::new(),
        missing_papers: Vec::new(),
        flags: BTreeSet::new(),
        fact_flags: BTreeMap::new(),
        reviews: Vec::new(),
        clocks: Vec::new(),
        decisions: DecisionCount::default(),
        judged_through: ServerSeq::default(),
        duplicate_of: None,
        assignment_read_at: None,
        reminders: None,
        acting: None,
    }
}

fn seen(state: Option<CaseState>, items: Vec<TimelineItem>) -> CaseSeen {
    let pending = items.iter().filter(|item| item.fate == Fate::OnDevice);
    let view = CaseView {
        case: CASE,
        number: state.is_some().then(|| CaseNumber::new(12)),
        pending: pending.map(|item| item.id).collect(),
        state,
    };
    CaseSeen::new(view, items, [Class::Intake, Class::Record].into())
}

fn registered() -> TimelineItem {
    item(1, CLERK, 48, register(), Fate::Judged(Verdict::Committed))
}

fn danger(level: SafetyLevel) -> RaiseSafety {
    RaiseSafety {
        level,
        note: prose("Ancaman pisau."),
    }
}

fn set_contact(contact: &str, safety: ContactSafety, in_person: bool) -> SetContact {
    SetContact {
        contact: line(contact),
        safety,
        in_person,
        hours: None,
        code_word: None,
    }
}

fn clock(id: &str, due: Timestamp) -> ClockState {
    ClockState {
        clock: id.parse().unwrap(),
        subject: None,
        started_at: now().plus_millis(-72 * HOUR),
        due: Some(due),
        provisional: false,
        stopped_at: None,
        outcome: ClockOutcome::Running,
    }
}

fn kinds(found: &[Attention]) -> Vec<AttentionKind> {
    found.iter().map(|item| item.kind).collect()
}

#[test]
fn a_danger_that_was_not_sent_says_so_and_whom_to_call() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    for (fate, level, is_alarm) in [
        (Fate::OnDevice, SafetyLevel::P1, true),
        (Fate::Waiting, SafetyLevel::P1, true),
        (Fate::TurnedAway(Turned::NoGrant), SafetyLevel::P1, true),
        (Fate::OnDevice, SafetyLevel::P2, true),
        (Fate::OnDevice, SafetyLevel::P3, false),
        (Fate::Admitted, SafetyLevel::P1, false),
        (recorded(), SafetyLevel::P1, false),
    ] {
        let raised = item(2, WORKER, 2, danger(level), fate.clone());
        let case = seen(Some(state()), vec![registered(), raised]);
        let today = today(&viewer, std::slice::from_ref(&case));
        assert_eq!(!today.alarms.is_empty(), is_alarm, "{fate:?} {level}");
        if !is_alarm {
            continue;
        }
        let alarm = &today.alarms[0];
        assert_eq!(alarm.kind, AttentionKind::UnsentDanger);
        assert!(alarm.says.starts_with("BELUM TERKIRIM"), "{}", alarm.says);
        assert!(alarm.says.contains("no. 12, Ibu S"), "{}", alarm.says);
        assert!(alarm.says.contains("2 jam"), "{}", alarm.says);
        let numbers: Vec<&str> = alarm
            .numbers
            .iter()
            .map(|line| line.number.as_str())
            .collect();
        assert_eq!(numbers, ["110", "119", "129", "1500771", "0370623037"]);
        for number in numbers {
            assert!(alarm.what_to_do.contains(number), "{}", alarm.what_to_do);
        }
        assert_eq!(list_row(&viewer, &case).danger, level);
    }
    assert_eq!(hotlines(&viewer, HotlineUse::Child).len(), 2);
}

#[test]
fn what_is_on_the_device_alone_is_counted_with_its_age() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(CLERK);
    let draft = item(1, CLERK, 30, register(), Fate::OnDevice);
    let case = seen(None, vec![draft]);
    let first = today(&viewer, std::slice::from_ref(&case));
    let unsent = first.unsent.unwrap();
    assert_eq!(unsent.count, 1);
    assert_eq!(unsent.oldest, now().plus_millis(-30 * HOUR));
    assert!(unsent.says.contains("30 jam"), "{}", unsent.says);
    let row = list_row(&viewer, &case);
    assert_eq!(row.number_words, "belum bernomor");
    assert_eq!(row.status_words, "draf");
    assert_eq!(
        (row.sync, row.sync_words.as_str()),
        (SyncState::OnDevice, "di HP saja")
    );
    let sent = seen(Some(state()), vec![registered()]);
    assert_eq!(today(&viewer, &[sent]).unsent, None);
}

#[test]
fn a_row_tells_how_far_own_work_has_come() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let visit = |fate| {
        let visit = RecordVisit {
            place: VisitPlace::Home,
            met: true,
            observation: prose("Di rumah."),
            danger: None,
            ended_at: None,
            next_step: None,
        };
        item(2, WORKER, 3, visit, fate)
    };
    let refused = Fate::Judged(Verdict::Refused(Refusal::DocsMissing));
    let cases = [
        (Fate::OnDevice, "di HP saja"),
        (Fate::Admitted, "terkirim"),
        (Fate::Waiting, "terkirim"),
        (recorded(), "diterima"),
        (
            Fate::Judged(Verdict::NeedsReview(Review::StaleBase)),
            "dalam tinjauan",
        ),
        (refused, "ditolak: Berkas wajib belum lengkap."),
        (
            Fate::TurnedAway(Turned::NoGrant),
            "tidak dapat masuk: Anda tidak lagi",
        ),
    ];
    for (fate, words) in cases {
        let row = list_row(
            &viewer,
            &seen(Some(state()), vec![registered(), visit(fate)]),
        );
        assert!(row.sync_words.starts_with(words), "{}", row.sync_words);
    }
    // Somebody else's unsent work cannot be here; their refusals are theirs.
    let theirs = seen(Some(state()), vec![registered()]);
    assert_eq!(list_row(&viewer, &theirs).sync, SyncState::Accepted);
}

#[test]
fn a_refusal_asks_until_it_is_settled() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let terminate = || Terminate {
        reason: crate::command::EndingReason::GoalsMet,
        note: prose("Selesai."),
        early_reason: None,
        safety_checked: true,
    };
    let refused = |code| Fate::Judged(Verdict::Refused(code));
    let first = |code| item(2, WORKER, 5, terminate(), refused(code));
    let asks = |state: CaseState, items: Vec<TimelineItem>| {
        kinds(&attention(&viewer, &seen(Some(state), items)))
    };
    let missing = Refusal::TooFewSessions;
    assert_eq!(
        asks(state(), vec![first(missing)]),
        [AttentionKind::Refused]
    );
    assert_eq!(asks(state(), vec![first(Refusal::NoEffect)]), []);
    let again = item(3, WORKER, 1, terminate(), Fate::OnDevice);
    assert_eq!(asks(state(), vec![first(missing), again]), []);
    let again = item(3, WORKER, 1, terminate(), refused(missing));
    assert_eq!(asks(state(), vec![first(missing), again]).len(), 2);
    let ended = CaseState {
        ended_at: Some(now()),
        status: Status::Terminated,
        ..state()
    };
    assert_eq!(asks(ended, vec![first(missing)]), []);
    let told = attention(
        &viewer,
        &seen(Some(state()), vec![registered(), first(missing)]),
    );
    assert_eq!(told[0].says, "no. 12, Ibu S: terminasi ditolak.");
    assert!(told[0].what_to_do.starts_with("Sesi belum mencapai"));
}

#[test]
fn only_who_may_answer_is_asked() {
    let bureau = Bureau::new();
    let waits = item(2, WORKER, 4, danger(SafetyLevel::P3), recorded());
    let review = ReviewItem {
        command: id(2),
        reason: Review::PostTermination,
        since: now(),
    };
    let state = CaseState {
        reviews: vec![review],
        ..state()
    };
    let case = seen(Some(state), vec![registered(), waits]);
    let asked = |person| kinds(&attention(&bureau.viewer(person), &case));
    assert_eq!(asked(HEAD), [AttentionKind::ToAnswer]);
    assert_eq!(asked(WORKER), [AttentionKind::InReview]);
    assert_eq!(asked(CLERK), []);
    let today = today(&bureau.viewer(HEAD), std::slice::from_ref(&case));
    assert_eq!(today.to_answer.len(), 1);
    assert!(
        today.to_answer[0].says.contains("oleh Baiq"),
        "{}",
        today.to_answer[0].says
    );
}

#[test]
fn a_signature_apart_from_a_withdrawal_asks_its_worker() {
    let bureau = Bureau::new();
    let consent = |after: &[CommandId]| SignConsent {
        purposes: [Purpose::Service].into(),
        text_version: line("1"),
        recipient: None,
        after_withdrawals: after.iter().copied().collect(),
    };
    let withdrawal = WithdrawConsent {
        purposes: [Purpose::Service].into(),
        note: None,
    };
    let case = |signed: SignConsent| {
        let items = vec![
            item(2, CLERK, 9, withdrawal.clone(), recorded()),
            item(3, WORKER, 5, signed, recorded()),
        ];
        seen(Some(state()), items)
    };
    let apart = case(consent(&[]));
    let asked = |person| kinds(&attention(&bureau.viewer(person), &apart));
    assert_eq!(asked(WORKER), [AttentionKind::ToConfirm]);
    assert_eq!(asked(CLERK), []);
    let header = header(&bureau.viewer(WORKER), &apart);
    let stands = header.consent.unwrap()[&Purpose::Service];
    assert_eq!(stands, crate::rules::ConsentStanding::Withdrawn);
    let knowing = case(consent(&[id(2)]));
    assert_eq!(attention(&bureau.viewer(WORKER), &knowing), []);
    // A withdrawal after the signature is the client's last word.
    let items = vec![
        item(2, WORKER, 9, consent(&[]), recorded()),
        item(3, CLERK, 5, withdrawal.clone(), recorded()),
    ];
    assert_eq!(
        attention(&bureau.viewer(WORKER), &seen(Some(state()), items)),
        []
    );
}

#[test]
fn a_number_that_is_never_to_be_used_is_shown_and_not_offered() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let number = "0812 3456 789";
    let said = |n, by, safety, in_person| {
        item(
            n,
            by,
            i64::from(20 - n),
            set_contact("+62 812-3456-789", safety, in_person),
            recorded(),
        )
    };
    let (never, ask, safe) = (
        ContactSafety::DoNotContact,
        ContactSafety::Ask,
        ContactSafety::Safe,
    );
    // What was said, in order: whether it may be dialled, whether the system may send, how it stands.
    let cases: &[(
        &[(PersonId, ContactSafety, bool)],
        bool,
        bool,
        ContactSafety,
    )] = &[
        (&[], true, false, ask),
        (&[(WORKER, safe, true)], true, true, safe),
        (&[(WORKER, safe, false)], true, false, ask),
        (&[(WORKER, never, false)], false, false, never),
        (
            &[(WORKER, never, false), (CLERK, safe, true)],
            false,
            false,
            never,
        ),
        (
            &[(CLERK, safe, true), (WORKER, never, false)],
            false,
            false,
            never,
        ),
        (
            &[(WORKER, never, true), (WORKER, safe, true)],
            true,
            true,
            safe,
        ),
        (
            &[(CLERK, safe, true), (WORKER, ask, true)],
            true,
            false,
            ask,
        ),
    ];
    for (words, may_dial, may_send, stands) in cases {
        let mut items = vec![registered()];
        for (n, (by, safety, in_person)) in (2..).zip(words.iter()) {
            items.push(said(n, *by, *safety, *in_person));
        }
        let lines = contacts(&viewer, &seen(Some(state()), items));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].dial.is_some(), *may_dial, "{words:?}");
        assert_eq!(lines[0].may_send, *may_send, "{words:?}");
        assert_eq!(lines[0].safety, *stands, "{words:?}");
    }
    let items = vec![registered(), said(2, WORKER, never, false)];
    let shown = header(&viewer, &seen(Some(state()), items)).contacts;
    assert_eq!(shown[0].says, "+62 812-3456-789: JANGAN DIHUBUNGI");
    assert!(is_same_contact(number, "628123456789"));
    assert!(is_same_contact("@Ibu_S", " @ibu_s "));
    assert!(!is_same_contact("129", "62129"));
}

#[test]
fn clocks_are_told_by_how_urgent_they_are() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    // Due; urgency; whether it stands on the first screen.
    let cases = [
        (-50, Some(Urgency::Overdue), true),
        (-1, Some(Urgency::Overdue), true),
        (0, Some(Urgency::Due), true),
        (4, Some(Urgency::Due), true),
        (12 + 6, Some(Urgency::Later), false),
    ];
    for (hours, urgency, is_shown) in cases {
        let due = now().plus_millis(hours * HOUR);
        let state = CaseState {
            clocks: vec![clock("serah_kasus", due)],
            ..state()
        };
        let case = seen(Some(state), vec![registered()]);
        let told = &open_clocks(&viewer, &case)[0];
        assert_eq!(told.urgency, urgency, "{hours}");
        let today = today(&viewer, std::slice::from_ref(&case));
        assert_eq!(
            today.overdue.len() + today.due.len() > 0,
            is_shown,
            "{hours}"
        );
        let is_late = kinds(&attention(&viewer, &case)) == [AttentionKind::Overdue];
        assert_eq!(is_late, hours < 0, "{hours}");
        // Another worker's clocks are not this one's.
        assert_eq!(
            super::today(&bureau.viewer(PSYCHOLOGIST), &[case]).overdue,
            []
        );
    }
    let late = clock_line(
        &viewer,
        &clock("serah_kasus", now().plus_millis(-50 * HOUR)),
        false,
    );
    assert_eq!(
        late.says,
        "Menyerahkan kasus: Sab 21 Nov 2026 pukul 10.00 WITA (lewat 2 hari)"
    );
    let mut guessed = clock("serah_kasus", now().plus_millis(50 * HOUR));
    guessed.provisional = true;
    let guessed = clock_line(&viewer, &guessed, true).says;
    assert!(
        guessed.contains("sementara") && guessed.contains("perkiraan"),
        "{guessed}"
    );
}

#[test]
fn danger_comes_first_then_what_is_due() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let case = |n: u8, safety, hours: i64| {
        let state = CaseState {
            safety,
            clocks: vec![clock("penjangkauan", now().plus_millis(hours * HOUR))],
            ..state()
        };
        let mut case = seen(Some(state), vec![registered()]);
        case.view.case = CaseId::from_bytes([n; 16]);
        case
    };
    let cases = [
        case(1, SafetyLevel::P3, -9),
        case(2, SafetyLevel::P1, -1),
        case(3, SafetyLevel::P2, -2),
        case(4, SafetyLevel::P3, -30),
        case(5, SafetyLevel::P3, 1),
    ];
    let today = today(&viewer, &cases);
    let order: Vec<u8> = today
        .overdue
        .iter()
        .map(|line| line.case.as_bytes()[0])
        .collect();
    assert_eq!(order, [2, 3, 4, 1]);
    assert_eq!(today.due.len(), 1);
    assert!(
        today.says.starts_with("4 lewat tenggat, 1 jatuh tempo"),
        "{}",
        today.says
    );
}

#[test]
fn papers_hold_up_the_next_step_but_never_a_danger() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let state = CaseState {
        missing_papers: vec!["kk".to_owned(), "ktp_or_kia".to_owned()],
        flags: [Flag::MissingDocs].into(),
        ..state()
    };
    let told = attention(&viewer, &seen(Some(state.clone()), vec![registered()]));
    assert_eq!(kinds(&told), [AttentionKind::MissingPapers]);
    assert_eq!(
        told[0].says,
        "no. 12, Ibu S: sebelum janji temu sesi masih perlu Foto Copy KTP/KIA; Foto Copy Kartu Keluarga."
    );
    let urgent = CaseState {
        safety: SafetyLevel::P1,
        ..state
    };
    assert_eq!(
        attention(&viewer, &seen(Some(urgent), vec![registered()])),
        []
    );
}

#[test]
fn what_this_person_does_not_hold_is_not_told() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(HEAD);
    let index = CaseSeen {
        classes: BTreeSet::new(),
        ..seen(Some(state()), Vec::new())
    };
    let row = list_row(&viewer, &index);
    assert_eq!(row.name, "nama tidak ditampilkan");
    assert_eq!(row.number_words, "no. 12");
    let told = header(&viewer, &index);
    assert_eq!(told.consent, None);
    assert_eq!(told.contacts, []);
    let unknown = Register {
        name: None,
        ..register()
    };
    let nameless = item(1, CLERK, 1, unknown, recorded());
    let row = list_row(&viewer, &seen(Some(state()), vec![nameless]));
    assert_eq!(row.name, "nama belum diketahui");
}

#[test]
fn two_values_of_a_legal_field_are_both_shown() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let other = crate::command::EditIdentity {
        basis: None,
        supersedes: BTreeSet::new(),
        name: Some(line("Siti")),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
    };
    let items = vec![registered(), item(2, WORKER, 1, other.clone(), recorded())];
    let case = seen(Some(state()), items);
    assert_eq!(list_row(&viewer, &case).name, "Ibu S / Siti");
    let told = attention(&viewer, &case);
    assert_eq!(kinds(&told), [AttentionKind::IdentityConflict]);
    assert!(
        told[0].says.contains("nama Ibu S / Siti"),
        "{}",
        told[0].says
    );
    let settled = crate::command::EditIdentity {
        supersedes: [id(1)].into(),
        ..other
    };
    let items = vec![registered(), item(2, WORKER, 1, settled, recorded())];
    let case = seen(Some(state()), items);
    assert_eq!(list_row(&viewer, &case).name, "Siti");
    assert_eq!(attention(&viewer, &case), []);
}

#[test]
fn a_list_is_filtered_and_searched() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let state = CaseState {
        clocks: vec![clock("penjangkauan", now().plus_millis(-HOUR))],
        ..state()
    };
    let case = seen(Some(state), vec![registered()]);
    let any = ListFilter::default();
    let filters = [
        (any.clone(), true),
        (
            ListFilter {
                mine: true,
                ..any.clone()
            },
            true,
        ),
        (
            ListFilter {
                status: Some(Status::Closed),
                ..any.clone()
            },
            false,
        ),
        (
            ListFilter {
                status: Some(Status::Assigned),
                ..any.clone()
            },
            true,
        ),
        (
            ListFilter {
                overdue: true,
                ..any.clone()
            },
            true,
        ),
        (
            ListFilter {
                unsent: true,
                ..any.clone()
            },
            false,
        ),
    ];
    for (filter, passes) in filters {
        assert_eq!(
            matches_filter(&viewer, &case, &filter),
            passes,
            "{filter:?}"
        );
    }
    let mine = ListFilter { mine: true, ..any };
    assert!(!matches_filter(&bureau.viewer(PSYCHOLOGIST), &case, &mine));
    for (words, is_found) in [
        ("ibu s", true),
        ("S IBU", true),
        ("12", true),
        ("52710152", true),
        ("ampenan", true),
        ("0812 3456", true),
        ("pertengkaran", false),
        ("ibu t", false),
    ] {
        assert_eq!(matches_search(&viewer, &case, words), is_found, "{words}");
    }
}

#[test]
fn todays_sessions_are_those_of_own_cases_and_those_that_one_leads() {
    let bureau = Bureau::new();
    let booked = |n, hours: i64| Appointment {
        appointment: id(n),
        lead: PSYCHOLOGIST,
        starts_at: now().plus_millis(hours * HOUR),
    };
    let state = CaseState {
        appointments: vec![booked(8, 3), booked(9, 30)],
        ..state()
    };
    let case = seen(Some(state), vec![registered()]);
    for (who, count) in [(PSYCHOLOGIST, 1), (WORKER, 1), (HEAD, 0), (CLERK, 0)] {
        let told = today(&bureau.viewer(who), std::slice::from_ref(&case)).appointments;
        assert_eq!(told.len(), count);
        if let Some(line) = told.first() {
            assert_eq!(line.says, "15.00 no. 12, Ibu S, dengan Dr. Lale");
        }
    }
}

#[test]
fn a_timeline_tells_who_when_what_became_of_it_and_what_to_do() {
    let bureau = Bureau::new();
    let mut late = item(2, WORKER, 5, danger(SafetyLevel::P1), Fate::OnDevice);
    late.recorded_at = Some(now().plus_millis(-HOUR));
    let flagged = Fate::Judged(Verdict::Recorded([Flag::ClockFuture].into()));
    let contact = set_contact("@ibu_s", ContactSafety::DoNotContact, true);
    let items = vec![registered(), late, item(3, CLERK, 1, contact, flagged)];
    let case = seen(Some(state()), items);
    let told = timeline(&bureau.viewer(WORKER), &case);
    let first = &told[0];
    assert_eq!(first.who, "Sari");
    assert_eq!(first.role, "Petugas Pendataan");
    assert_eq!(
        (first.day.as_str(), first.time.as_str()),
        ("Sab 21 Nov 2026", "12.00")
    );
    assert_eq!(first.quote.as_deref(), Some("Pertengkaran."));
    assert_eq!(
        (first.sync, first.what_to_do.as_deref()),
        (SyncState::Accepted, None)
    );
    assert_eq!(told[1].way.as_deref(), Some("Dicatat 11.00."));
    assert_eq!(told[1].verdict, "di HP saja, belum terkirim");
    let todo = told[1].what_to_do.as_deref().unwrap();
    assert!(todo.contains("terkirim sendiri"), "{todo}");
    assert_eq!(told[2].detail.as_deref(), Some("@ibu_s: JANGAN DIHUBUNGI"));
    assert_eq!(told[2].what_to_do.as_deref(), Some("Betulkan jam HP."));
    let english = Viewer {
        language: Language::English,
        ..bureau.viewer(WORKER)
    };
    let told = timeline(&english, &case);
    assert_eq!(told[1].way.as_deref(), Some("Recorded 11:00."));
    assert_eq!(
        told[2].what_to_do.as_deref(),
        Some("Put the phone's clock right.")
    );
}

#[test]
fn every_mark_that_asks_for_something_says_what() {
    for flag in Flag::ALL {
        for language in Language::ALL {
            let key = format!("do-flag-{flag}");
            let is_said = text::text(*language, &key, &[]) != key;
            assert_eq!(is_said, super::timeline::asks_something(*flag), "{flag}");
        }
    }
}

#[test]
fn before_the_first_exchange_nothing_breaks() {
    let viewer = Viewer {
        profile: None,
        staff: &[],
        ..Bureau::new().viewer(WORKER)
    };
    let raised = item(1, WORKER, 1, danger(SafetyLevel::P1), Fate::OnDevice);
    let case = seen(None, vec![raised]);
    let today = today(&viewer, std::slice::from_ref(&case));
    assert_eq!(today.alarms.len(), 1);
    assert_eq!(header(&viewer, &case).status, Status::Draft);
    assert_eq!(timeline(&viewer, &case)[0].who, "petugas lain");
}
