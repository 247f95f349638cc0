//! The screens' doors, on real vaults.

use super::*;
use crate::profile::{Profile, shipped_files};
use crate::screen::form::{Answers, FormId};
use crate::screen::{AttentionKind, LIST_LEN_MAX, ListFilter, SyncState};
use crate::sync::{ProfileRow, StaffRow};
use crate::text::Language::{English, Indonesian};

/// What the office tells every vault: its profile, and who works there.
pub(super) fn office(phone: &Phone) -> Vec<Row> {
    let file = shipped_files()[0].toml;
    let profile = Profile::parse(file).unwrap();
    let staff = StaffRow {
        terms: None,
        person: phone.replica.person(),
        name: "Ratna".into(),
        roles: vec!["social_worker".into()],
        active: true,
    };
    vec![
        Row::Profile(ProfileRow {
            id: profile.id,
            version: profile.version,
            toml: file.into(),
        }),
        Row::Staff(staff),
    ]
}

/// A phone that knows its office, with a case and a danger that nobody else knows of.
fn in_danger() -> (Phone, CaseId, CommandId) {
    let mut phone = phone();
    phone.ask();
    let told = office(&phone);
    phone.answer(None, told);
    let register = phone.record(None, register());
    let case = CaseId::from(register);
    let danger = RaiseSafety {
        level: SafetyLevel::P1,
        note: Prose::new("Ancaman.").unwrap(),
    };
    let danger = phone.record(Some(case), danger);
    (phone, case, danger)
}

#[test]
fn the_first_screen_cries_until_a_danger_has_been_sent() {
    let (mut phone, case, danger) = in_danger();
    let later = NOW.plus_millis(90 * 60_000);
    let today = phone.replica.today(later, Indonesian).unwrap();
    assert_eq!(today.unsent.as_ref().map(|unsent| unsent.count), Some(2));
    assert_eq!(today.alarms.len(), 1);
    assert_eq!(today.alarms[0].command, Some(danger));
    let says = &today.alarms[0].says;
    assert!(says.starts_with("BELUM TERKIRIM"), "{says}");
    assert!(
        says.contains("Ibu S") && says.contains("1 jam 30 menit"),
        "{says}"
    );
    let numbers = &today.alarms[0].numbers;
    assert!(
        numbers.iter().any(|line| line.number == "129"),
        "{numbers:?}"
    );
    let english = phone.replica.attention(Some(case), later, English).unwrap();
    assert_eq!(english[0].kind, AttentionKind::UnsentDanger);
    assert!(
        english[0].says.starts_with("NOT SENT"),
        "{}",
        english[0].says
    );
    let request = phone.ask();
    let (hash, ids) = pushed(&request).remove(0);
    let admitted = |command: &CommandId| Answer {
        command: *command,
        seen: Seen::Admitted(ServerSeq::new(9)),
    };
    let answers = ids.iter().map(admitted).collect();
    phone.answer(Some(answers), vec![Row::Own(hash, ids)]);
    let today = phone.replica.today(later, Indonesian).unwrap();
    assert_eq!((today.alarms.len(), today.unsent), (0, None));
}

#[test]
fn every_screen_shows_what_the_server_has_not_seen() {
    let (phone, case, _) = in_danger();
    let later = NOW.plus_millis(90 * 60_000);
    let header = phone.replica.header(case, later, Indonesian).unwrap();
    let reckoned = header
        .clocks
        .iter()
        .find(|line| line.clock.as_str() == "first_outcome");
    assert!(
        reckoned.is_some_and(|line| line.estimated && line.due.is_some()),
        "{:?}",
        header.clocks
    );
    let filter = ListFilter::default();
    let list = phone.replica.list(&filter, 0, later, Indonesian).unwrap();
    assert_eq!((list.total, list.next), (1, None));
    assert_eq!(list.rows[0].sync, SyncState::OnDevice);
    assert_eq!(list.rows[0].danger, SafetyLevel::P1);
    assert!(
        header.lines.iter().any(|line| line.contains("darurat")),
        "{:?}",
        header.lines
    );
    assert_eq!(
        phone
            .replica
            .timeline_told(case, later, English)
            .unwrap()
            .len(),
        2
    );
    let form = phone
        .replica
        .form(Some(case), FormId::F05, later, Indonesian);
    assert_eq!(
        form.unwrap().unwrap().title,
        "Laporan Kunjungan atau Penjangkauan"
    );
}

#[test]
fn a_long_list_comes_in_pages() {
    let mut phone = phone();
    for _ in 0..=LIST_LEN_MAX {
        phone.record(None, register());
    }
    let filter = ListFilter {
        unsent: true,
        search: Some("ibu".into()),
        ..ListFilter::default()
    };
    let page = |from| phone.replica.list(&filter, from, NOW, Indonesian).unwrap();
    let first = page(0);
    assert_eq!(
        (first.rows.len(), first.total),
        (LIST_LEN_MAX, LIST_LEN_MAX + 1)
    );
    let second = page(first.next.unwrap());
    assert_eq!((second.rows.len(), second.next), (1, None));
    assert!(first.rows.iter().all(|row| row.case != second.rows[0].case));
    assert_eq!(page(99).rows, []);
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

impl Phone {
    fn fill(
        &mut self,
        case: Option<CaseId>,
        form: FormId,
        told: &[(&str, &str)],
    ) -> Result<Vec<CommandId>, CannotRecordForm> {
        self.replica
            .record_form(case, form, &answers(told), NOW, &mut self.rng)
            .unwrap()
    }
}

/// A phone that knows its office, with a case that a form opened, with a contact and two papers.
fn opened() -> (Phone, CaseId, usize) {
    let mut phone = phone();
    phone.ask();
    let told = office(&phone);
    phone.answer(None, told);
    let told = [
        ("name", "Ibu S"),
        ("place", "Jombang"),
        ("problem", "Pertengkaran."),
        ("danger", "p3"),
        ("phone", "0812 3456 789"),
        ("contact_safety", "do_not_contact"),
        ("contact_in_person", "true"),
        ("papers", "ktp:present kk:to_follow"),
    ];
    let ids = phone.fill(None, FormId::F01, &told).unwrap();
    let case = CaseId::from(ids[0]);
    (phone, case, ids.len())
}

#[test]
fn a_form_is_recorded_with_all_that_it_fills() {
    let (mut phone, case, _) = opened();
    let items = phone.replica.timeline(case).unwrap();
    let mut kinds: Vec<String> = items.iter().map(|item| item.kind.to_string()).collect();
    kinds.sort_unstable();
    let expected = [
        "register",
        "set_contact",
        "sight_document",
        "sight_document",
    ];
    assert_eq!(kinds, expected);
    let header = phone.replica.header(case, NOW, Indonesian).unwrap();
    assert_eq!(header.contacts[0].dial, None);
    let earlier = [
        ("occurred_at", "2026-09-01T08:00:00+07:00"),
        ("place", "home"),
        ("met", "true"),
        ("observation", "Di rumah."),
    ];
    let visit = phone.fill(Some(case), FormId::F05, &earlier).unwrap();
    let items = phone.replica.timeline(case).unwrap();
    let visit = items.iter().find(|item| item.id == visit[0]).unwrap();
    let happened = "2026-09-01T08:00:00+07:00".parse().unwrap();
    assert_eq!(visit.stamp.occurred_at, happened);
}

#[test]
fn a_form_may_open_a_file_without_a_case() {
    let (mut phone, case, _) = opened();
    let told = [
        ("occurred_at", "2026-09-01T08:00:00+07:00"),
        ("kind", "information"),
        ("place", "Balai kelurahan"),
        ("group", "PKK"),
        ("attendance", "0"),
    ];
    let recorded = phone.fill(None, FormId::RecordActivity, &told).unwrap();
    let activities = phone.replica.activities().unwrap();
    assert_eq!((activities[0].id, activities.len()), (recorded[0], 1));
    assert_eq!(phone.replica.cases().unwrap(), [case]);
    let in_a_case = phone.fill(Some(case), FormId::RecordActivity, &told);
    let reason = CannotRecord::NoSuchCase;
    assert_eq!(in_a_case, Err(CannotRecordForm::Record(reason)));
}

#[test]
fn a_form_that_cannot_be_recorded_leaves_nothing() {
    let (mut phone, case, recorded) = opened();
    let unclear = [("occurred_at", "kemarin"), ("observation", "x")];
    let stopped = phone.fill(Some(case), FormId::F05, &unclear);
    assert_eq!(stopped, Err(CannotRecordForm::Stopped));
    let nothing = phone.fill(None, FormId::F01, &[]);
    assert_eq!(nothing, Err(CannotRecordForm::Stopped));
    let half = phone.fill(Some(case), FormId::F05, &[("place", "home")]);
    assert!(matches!(half, Err(CannotRecordForm::Fill(_))), "{half:?}");
    let nowhere = Some(CaseId::from_bytes([9; 16]));
    let seen = [("place", "home"), ("met", "true"), ("observation", "x")];
    let elsewhere = phone.fill(nowhere, FormId::F05, &seen);
    let reason = CannotRecord::NoSuchCase;
    assert_eq!(elsewhere, Err(CannotRecordForm::Record(reason)));
    assert_eq!(phone.replica.unsent().unwrap(), recorded);
}

#[test]
fn a_list_of_holidays_that_cannot_be_read_takes_no_other_with_it() {
    let mut phone = phone();
    phone.ask();
    let list = |name: &str, csv: &str| {
        Row::Calendar(crate::sync::CalendarRow {
            name: name.into(),
            version: 1,
            csv: csv.into(),
        })
    };
    let [(national, csv), _] = crate::calendar::Calendar::shipped_files();
    phone.answer(
        None,
        vec![list(national, csv), list("bali", "of a later format")],
    );
    let calendar = phone.replica.calendar().unwrap();
    let independence = "2026-08-17".parse().unwrap();
    assert_eq!(calendar.on(independence).count(), 1);
}

#[test]
fn what_is_recorded_under_a_chosen_id_may_be_repeated() {
    let (mut phone, case, recorded) = opened();
    let before = phone.replica.unsent().unwrap();
    let id = CommandId::generate(NOW, &mut phone.rng);
    let mut once = |id, case, command: Command, at, now| {
        let (replica, rng) = (&mut phone.replica, &mut phone.rng);
        let done = replica.record_once(id, (case, command), at, None, now, rng);
        done.unwrap().map(|recorded| recorded.repeated)
    };
    let later = NOW.plus_millis(5_000);
    let seen = |words| Command::from(visit(words));
    assert_eq!(once(id, Some(case), seen("x"), None, NOW), Ok(false));
    assert_eq!(once(id, Some(case), seen("x"), None, later), Ok(true));
    assert_eq!(once(id, Some(case), seen("x"), Some(NOW), later), Ok(true));
    let taken = Err(CannotRecord::IdTaken);
    assert_eq!(once(id, Some(case), seen("y"), None, later), taken);
    assert_eq!(once(id, Some(case), seen("x"), Some(later), later), taken);
    let elsewhere = CaseId::from_bytes([9; 16]);
    assert_eq!(once(id, Some(elsewhere), seen("x"), None, later), taken);
    assert_eq!(phone.replica.unsent().unwrap(), before + 1);
    assert!(before >= recorded);
}

#[test]
fn a_form_under_a_chosen_id_may_be_repeated() {
    let (mut phone, case, _) = opened();
    let id = CommandId::generate(NOW, &mut phone.rng);
    let mut once = |observation: &str, now| {
        let told = [
            ("place", "home"),
            ("met", "true"),
            ("observation", observation),
        ];
        let told: Answers = told
            .map(|(field, value)| (field.to_owned(), value.to_owned()))
            .into();
        let (replica, rng) = (&mut phone.replica, &mut phone.rng);
        let done = replica.record_form_once(id, Some(case), (FormId::F05, &told), now, rng);
        done.unwrap()
    };
    let first = once("Di rumah.", NOW).unwrap();
    assert_eq!((first.ids[0], first.repeated), (id, false));
    let again = once("Di rumah.", NOW.plus_millis(1)).unwrap();
    assert_eq!((&again.ids, again.repeated), (&first.ids, true));
    let other = once("Di jalan.", NOW);
    assert_eq!(other, Err(CannotRecord::IdTaken.into()));
}

#[test]
fn a_list_follows_what_is_written_whether_or_not_somebody_looked_ahead() {
    let (mut phone, case, _) = in_danger();
    let found = |phone: &Phone, words: &str| {
        let filter = ListFilter {
            search: Some(words.to_owned()),
            ..ListFilter::default()
        };
        let list = phone.replica.list(&filter, 0, NOW, Indonesian).unwrap();
        list.rows.iter().map(|row| row.case).collect::<Vec<_>>()
    };
    assert_eq!(found(&phone, "081234"), []);
    let contact = crate::command::SetContact {
        contact: Line::new("0812345678").unwrap(),
        safety: crate::command::ContactSafety::Safe,
        in_person: true,
        hours: None,
        code_word: None,
    };
    phone.record(Some(case), contact);
    assert_eq!(found(&phone, "081234"), [case], "looked at by the list");
    let second = CaseId::from(phone.record(None, register()));
    assert!(phone.replica.look_ahead(NOW, 1).unwrap());
    assert!(!phone.replica.look_ahead(NOW, 1).unwrap());
    assert_eq!(found(&phone, "ibu s"), [case, second]);
    let image = phone.replica.image().unwrap();
    phone.replica = Replica::from_image(&image, false).unwrap();
    assert_eq!(found(&phone, "ibu s"), [case, second], "kept in the file");
}
