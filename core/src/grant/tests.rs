//! What follows from the matrix for a person, and what a grant covers.

use super::*;
use crate::profile::shipped;

fn cilegon() -> Profile {
    shipped().unwrap().remove(0)
}

const PERSON: PersonId = PersonId::from_bytes([1; 16]);
const OTHER: PersonId = PersonId::from_bytes([2; 16]);
const CASE: CaseId = CaseId::from_bytes([9; 16]);

fn words(grant: Option<GrantRow>) -> String {
    let Some(grant) = grant else {
        return "nothing".to_owned();
    };
    let extent = grant.extent.clone().unwrap_or_default();
    let whole = grant
        .classes
        .iter()
        .filter(|class| !extent.own.contains(class));
    let whole: Vec<&str> = whole.map(|class| class.code()).collect();
    let own: Vec<&str> = extent.own.iter().map(|class| class.code()).collect();
    let views: Vec<&str> = extent.views.iter().map(|view| view.code()).collect();
    format!(
        "{} / {} / {}",
        whole.join(" "),
        own.join(" "),
        views.join(" ")
    )
}

const fn tie(is_own: bool) -> Tie {
    Tie {
        is_own,
        confers: false,
        registered_at: Timestamp::from_millis(0),
    }
}

/// The one grant that a case gives to who has no role for hours alone.
fn by_case(profile: &Profile, roles: &BTreeSet<Role>, tie: Tie) -> Option<GrantRow> {
    let mut grants = case_grants(profile, (PERSON, roles), (CASE, tie));
    assert!(grants.len() < 2, "{grants:?}");
    grants.pop()
}

/// What a role gives of every case, of an own case, and of one that is somebody else's now: whole classes / own entries / views.
fn check(roles: &[Role], every: &str, own: &str, former: &str) {
    let profile = cilegon();
    let roles: BTreeSet<Role> = roles.iter().copied().collect();
    let found = (
        words(institution_grant(&profile, PERSON, &roles)),
        words(by_case(&profile, &roles, tie(true))),
        words(by_case(&profile, &roles, tie(false))),
    );
    let expected = (every.to_owned(), own.to_owned(), former.to_owned());
    assert_eq!(found, expected, "{roles:?}");
}

#[test]
fn grants_follow_from_the_matrix() {
    check(
        &[Role::Volunteer],
        "nothing",
        "intake / record reporter / contact aftercare",
        " / record reporter / contact aftercare",
    );
    check(
        &[Role::SocialWorker],
        "nothing",
        "intake record notes sessions summary safety reporter /  / ",
        "nothing",
    );
    check(
        &[Role::Psychologist],
        "nothing",
        "intake record notes sessions summary safety /  / ",
        "nothing",
    );
    check(
        &[Role::Clergy],
        "nothing",
        "intake notes sessions practitioner / record summary / summary",
        " / record summary / summary",
    );
    let office = "intake activity / record sessions reporter / metadata";
    check(&[Role::Clerk], office, "nothing", "nothing");
    check(
        &[Role::HotlineAdmin],
        "activity /  / ",
        "intake / record reporter / ",
        " / record reporter / ",
    );
    let head = "intake record sessions summary safety links activity /  / ";
    check(&[Role::HeadOfInstitution], head, "nothing", "nothing");
    check(
        &[Role::DivisionHead],
        " /  / masked metadata summary",
        "nothing",
        "nothing",
    );
    check(&[Role::HeadOfOffice], " /  / ", "nothing", "nothing");
    for role in [
        Role::DirectSuperior,
        Role::Dpo,
        Role::Auditor,
        Role::SystemAdministrator,
    ] {
        check(&[role], "nothing", "nothing", "nothing");
    }
    // One person who is head and leads sessions has notes of their own, and nobody else's.
    check(
        &[Role::HeadOfInstitution, Role::Psychologist],
        head,
        "notes /  / ",
        "nothing",
    );
    // Who has two roles has what either gives, whole where either gives the whole.
    check(
        &[Role::Volunteer, Role::SocialWorker],
        "nothing",
        "intake record notes sessions summary safety reporter /  / contact aftercare",
        " / record reporter / contact aftercare",
    );
}

#[test]
fn the_hotline_keeps_a_case_for_a_day_and_another_role_keeps_the_rest() {
    let profile = cilegon();
    let given = |roles: &[Role], is_own| {
        let roles = roles.iter().copied().collect();
        let grants = case_grants(&profile, (PERSON, &roles), (CASE, tie(is_own)));
        let told = |grant: GrantRow| {
            let until = grant.until().map(Timestamp::as_millis);
            (words(Some(grant)), until)
        };
        grants.into_iter().map(told).collect::<Vec<_>>()
    };
    let row = |words: &str, until| (words.to_owned(), until);
    let day = Some(86_400_000);
    let hotline = [Role::HotlineAdmin];
    let own = [row("intake / record reporter / ", day)];
    assert_eq!(given(&hotline, true), own);
    assert_eq!(given(&hotline, false), [row(" / record reporter / ", day)]);
    // A volunteer on the hotline holds as a volunteer what both roles give.
    let both = [Role::HotlineAdmin, Role::Volunteer];
    let volunteer = [row("intake / record reporter / contact aftercare", None)];
    assert_eq!(given(&both, true), volunteer);
}

#[test]
fn who_took_part_in_a_conference_is_told_its_record_and_nothing_else() {
    let tie = Tie {
        confers: true,
        ..tie(false)
    };
    let roles = BTreeSet::from([Role::Psychologist]);
    assert_eq!(words(by_case(&cilegon(), &roles, tie)), " /  / conference");
}

#[test]
fn an_office_may_show_its_workers_the_index_of_every_case() {
    let file = crate::profile::shipped_files()[0].toml;
    let row = "[[access]]\nholders = [\"social_worker\"]\nclass = \"index\"\nread = \"institution\"\nsource = \"DEFAULT\"\n";
    let profile = Profile::parse(&format!("{file}\n{row}")).unwrap();
    let roles = BTreeSet::from([Role::SocialWorker]);
    let every = words(institution_grant(&profile, PERSON, &roles));
    assert_eq!(every, " /  / masked");
}

#[test]
fn where_a_person_writes_follows_from_the_matrix() {
    let profile = cilegon();
    let check = |role: Role, class: Class, is_shared: bool| {
        let found = compartment(&profile, (PERSON, &BTreeSet::from([role])), class);
        let apart = Compartment::Author(PERSON);
        let expected = if is_shared {
            Compartment::Shared
        } else {
            apart
        };
        assert_eq!(found, expected, "{role} {class}");
    };
    check(Role::Volunteer, Class::Intake, true);
    check(Role::Volunteer, Class::Record, false);
    check(Role::SocialWorker, Class::Record, true);
    check(Role::SocialWorker, Class::Notes, false);
    check(Role::Psychologist, Class::Record, false);
    check(Role::Psychologist, Class::Sessions, true);
    check(Role::Clerk, Class::Record, false);
    check(Role::HeadOfInstitution, Class::Record, true);
    check(Role::HeadOfOffice, Class::Record, false);
}

#[test]
fn own_entries_cover_their_authors_document_and_no_other() {
    let check = |own: &[Class], compartment, class, expected: bool| {
        let grant = GrantRow {
            person: PERSON,
            scope: GrantScope::Case(CASE),
            classes: vec![Class::Record, Class::Notes],
            extent: Some(Extent {
                own: own.to_vec(),
                views: Vec::new(),
            }),
            term: None,
        };
        let key = DocumentKey {
            case: CASE,
            class,
            compartment,
            volume: 0,
        };
        assert_eq!(grant.covers(&key), expected, "{own:?} {key:?}");
        let elsewhere = DocumentKey {
            case: CaseId::from_bytes([8; 16]),
            ..key
        };
        assert!(!grant.covers(&elsewhere));
    };
    let (mine, theirs) = (Compartment::Author(PERSON), Compartment::Author(OTHER));
    check(&[Class::Record], mine, Class::Record, true);
    check(&[Class::Record], theirs, Class::Record, false);
    check(&[Class::Record], Compartment::Shared, Class::Record, false);
    check(&[], theirs, Class::Record, true);
    check(&[], Compartment::Shared, Class::Record, true);
    check(&[], mine, Class::Notes, true);
    check(&[], theirs, Class::Notes, false);
    check(&[], mine, Class::Intake, false);
}

#[test]
fn nobody_breaks_glass_to_notes_and_only_who_works_with_families_to_the_rest() {
    let profile = cilegon();
    let mut may = Vec::new();
    for role in Role::ALL.iter().copied() {
        for class in Class::ALL.iter().copied() {
            if may_break_glass(&profile, &BTreeSet::from([role]), class) {
                may.push((role, class));
            }
        }
    }
    may.sort();
    let mut expected = [
        (Role::SocialWorker, Class::Record),
        (Role::SocialWorker, Class::Safety),
        (Role::Psychologist, Class::Safety),
    ];
    expected.sort();
    assert_eq!(may, expected);
}

#[test]
fn a_grant_of_activities_alone_is_about_no_case() {
    let shipped = crate::profile::shipped().unwrap().remove(4);
    let roles = BTreeSet::from([Role::HotlineAdmin]);
    let alone = institution_grant(&shipped, PERSON, &roles).unwrap();
    assert_eq!(alone.classes, [Class::Activity]);
    assert!(!alone.tells_index(CASE) && !alone.gives_documents());
    // An office that lets them see where every case stands says so in the grant.
    let row = "[[access]]\nholders = [\"hotline_admin\"]\nclass = \"index\"\nread = \"institution\"\nsource = \"DEFAULT\"\n";
    let text = format!("{}\n{row}", crate::profile::shipped_files()[4].toml);
    let profile = Profile::parse(&text).unwrap();
    let beside = institution_grant(&profile, PERSON, &roles).unwrap();
    assert!(beside.tells_index(CASE));
}

#[test]
fn a_case_is_opened_by_whom_the_matrix_or_the_profile_says() {
    let [cilegon, kaltim] = [0, 4].map(|number| {
        let file = &crate::profile::shipped_files()[number];
        Profile::parse(file.toml).unwrap()
    });
    let opens = |profile: &Profile, role| may_create(profile, &BTreeSet::from([role]));
    for (role, may) in [
        // Their row of the matrix says so, and the profile.
        (Role::Volunteer, true),
        (Role::Clerk, true),
        (Role::HeadOfInstitution, true),
        // The profile has them register or propose it; their row lets them write nothing there.
        (Role::Psychologist, true),
        (Role::Clergy, true),
        // Their row alone.
        (Role::HotlineAdmin, true),
        // Neither.
        (Role::Counsellor, false),
        (Role::HeadOfOffice, false),
        (Role::Auditor, false),
    ] {
        assert_eq!(opens(&cilegon, role), may, "{role}");
    }
    // Here counsellors register, and nobody only proposes it.
    assert!(opens(&kaltim, Role::Counsellor));
    assert!(!opens(&kaltim, Role::Clergy));
    assert!(!may_create(&kaltim, &BTreeSet::new()));
}

/// A grant of a case: what it gives whole, as own entries, and as views.
fn grant(whole: &[Class], own: &[Class], views: &[ViewKind]) -> GrantRow {
    GrantRow {
        person: PERSON,
        scope: GrantScope::Case(CASE),
        classes: whole.iter().chain(own).copied().collect(),
        extent: Some(Extent {
            own: own.to_vec(),
            views: views.to_vec(),
        }),
        term: None,
    }
}

#[test]
fn a_grant_adds_what_none_of_the_others_gives() {
    use Class::{Intake, Record};
    use ViewKind::{Contact, Masked};
    let intake = || grant(&[Intake], &[], &[]);
    let entries = || grant(&[], &[Intake], &[]);
    let contact = || grant(&[], &[], &[Contact]);
    for (given, held, adds) in [
        (intake(), vec![], true),
        (intake(), vec![intake()], false),
        // Own entries are less than the whole class, and the whole is more than they.
        (intake(), vec![entries()], true),
        (entries(), vec![intake()], false),
        (entries(), vec![entries()], false),
        (grant(&[Intake, Record], &[], &[]), vec![intake()], true),
        (
            grant(&[Intake, Record], &[], &[]),
            vec![intake(), grant(&[Record], &[], &[])],
            false,
        ),
        (contact(), vec![intake()], true),
        (contact(), vec![contact()], false),
        (contact(), vec![grant(&[], &[], &[Masked])], true),
        (grant(&[Intake], &[], &[Contact]), vec![contact()], true),
        (grant(&[Intake], &[], &[Contact]), vec![intake()], true),
        (
            grant(&[Intake], &[], &[Contact]),
            vec![intake(), contact()],
            false,
        ),
    ] {
        assert_eq!(given.adds_to(&held), adds, "{given:?} beside {held:?}");
    }
}

#[test]
fn a_view_is_of_its_case_and_no_document() {
    let told = grant(&[], &[], &[ViewKind::Contact]);
    let elsewhere = CaseId::from_bytes([8; 16]);
    assert!(told.gives_view(CASE, ViewKind::Contact));
    assert!(!told.gives_view(CASE, ViewKind::Masked));
    assert!(!told.gives_view(elsewhere, ViewKind::Contact));
    assert!(!told.gives_documents());
    assert!(!activity_grant(PERSON, CASE).gives_documents());
    assert!(grant(&[Class::Intake], &[], &[]).gives_documents());
    assert!(grant(&[], &[Class::Record], &[]).gives_documents());
}

#[test]
fn the_views_of_an_office_are_those_of_every_role_and_of_conferences() {
    let told = views_told(&cilegon());
    let told: Vec<&str> = told.iter().map(|view| view.code()).collect();
    // Its standard names no division head; whoever is given that role all the same sees masked names.
    let expected = [
        "masked",
        "contact",
        "metadata",
        "summary",
        "aftercare",
        "conference",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_was_theirs_is_kept_by_those_alone_who_only_see_their_own() {
    let file = crate::profile::shipped_files()[0].toml;
    let row = "[[access]]\nholders = [\"psychologist\"]\nclass = \"reporter\"\nwrite = \"own_entries\"\nsource = \"DEFAULT\"\n";
    let profile = Profile::parse(&format!("{file}\n{row}")).unwrap();
    let roles = BTreeSet::from([Role::Psychologist]);
    let own = words(by_case(&profile, &roles, tie(true)));
    assert_eq!(
        own,
        "intake record notes sessions summary safety / reporter / "
    );
    // They see where every case of their unit stands.
    assert_eq!(words(by_case(&profile, &roles, tie(false))), "nothing");
}
