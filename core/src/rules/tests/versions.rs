//! A case is under the version of the profile that was in force when it was registered, until a head moves it.

use std::sync::Arc;

use super::*;
use crate::profile::words::Milestone;
use Role::*;

/// Another version of a shipped profile, changed by `edit`.
pub(super) fn version_of(
    profile: &Profile,
    version: u32,
    edit: impl Fn(&str) -> String,
) -> Arc<Profile> {
    let files = crate::profile::shipped_files();
    let text = files.iter().map(|file| file.toml).find(|text| {
        let id = format!("id = \"{}\"\n", profile.id);
        text.contains(&id)
    });
    let first_day = profile.valid_from;
    let text = Profile::stamped(text.unwrap(), version, first_day).unwrap();
    Arc::new(Profile::parse(&edit(&text)).unwrap())
}

fn move_to(version: u32) -> Command {
    Command::MoveProfile(MoveProfile {
        version,
        reason: line("SK baru"),
    })
}

#[test]
fn what_comes_after_a_move_is_judged_by_the_new_version() {
    let mut story = cilegon();
    story.versions = vec![version_of(&story.profile, 2, |text| {
        let plan = "agree_plan = { roles";
        let text = text.replace(plan, "agree_plan = { needs = [\"visit\"], roles");
        text.replace(
            "gates = \"triage\"\nmilestone",
            "gates = \"close\"\nmilestone",
        )
    })];
    story
        .ok(SocialWorker, approach())
        .ok(SocialWorker, triage(&[ServiceType::Counselling]))
        .ok(SocialWorker, plan(&[SocialWorker, Psychologist]));
    assert_eq!(story.judge().profile_version, 1);
    story.ok(HeadOfInstitution, move_to(2));
    assert_eq!(story.judge().profile_version, 2);
    // What stood under the first version stands; the next plan is asked for a visit.
    assert!(story.state().milestones.contains_key(&Milestone::Plan));
    story.refused(
        SocialWorker,
        plan(&[SocialWorker, Psychologist]),
        Refusal::VisitMissing,
    );
    story
        .ok(SocialWorker, visit())
        .ok(SocialWorker, plan(&[SocialWorker, Psychologist]));
    story.replays();
}

#[test]
fn a_move_shortens_no_deadline_that_was_told() {
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(SocialWorker, register());
    let shorter = |text: &str| {
        text.replace(
            "quote = \"7 Hari kerja\"\nunit = \"working_day\"\namount = 7",
            "quote = \"7 Hari kerja\"\nunit = \"working_day\"\namount = 3",
        )
    };
    let longer = |text: &str| text.replace("amount = 7\n", "amount = 9\n");
    story.versions = vec![
        version_of(&story.profile, 2, shorter),
        version_of(&story.profile, 3, longer),
    ];
    let clocks = |story: &Story, prior: &[ClockState]| {
        let log = CaseLog {
            profile: &story.profile,
            versions: &story.versions,
            calendar: &story.calendar,
            entries: &story.entries,
            elsewhere: &Elsewhere::default(),
            prior_clocks: prior,
        };
        judge(&log).state.clocks
    };
    let told = clocks(&story, &[]);
    story.ok(HeadOfInstitution, move_to(2));
    let moved = clocks(&story, &told);
    assert_eq!(moved[0].due, told[0].due);
    story.ok(HeadOfInstitution, move_to(3));
    assert!(clocks(&story, &moved)[0].due > told[0].due);
}

#[test]
fn a_requirement_may_narrow_who_waives_it() {
    let narrow = "substitutes = [\"KIA\", \"surat keterangan\"]\nwaiver_roles = [\"clerk\"]";
    let text = crate::profile::shipped_files()[0].toml;
    let text = text.replace("substitutes = [\"KIA\", \"surat keterangan\"]", narrow);
    let mut story = Story::with(Profile::parse(&text).unwrap());
    story.ok(SocialWorker, register());
    let waive = || {
        Command::WaiveDocument(WaiveDocument {
            requirement: "ktp".parse().unwrap(),
            reason: line("Terbakar"),
        })
    };
    story.refused(HeadOfInstitution, waive(), Refusal::RoleNotAllowed);
    story.waits(Clerk, waive(), Review::AwaitingHead);
}

#[test]
fn whom_the_standard_is_not_for_is_marked_and_served() {
    let check = |profile: &str, applicant, domiciled, expected: bool| {
        let mut story = Story::new(profile);
        let mut registration = register();
        if let Command::Register(register) = &mut registration {
            (register.applicant, register.domiciled) = (applicant, domiciled);
        }
        let registrar = if profile == "kaltim-puspaga" {
            Admin
        } else {
            SocialWorker
        };
        story.ok(registrar, registration);
        let flags = story.state().flags;
        assert_eq!(flags.contains(&Flag::NotEligible), expected, "{profile}");
    };
    check("mataram-lk3", ApplicantKind::Family, Some(false), true);
    check("mataram-lk3", ApplicantKind::Family, Some(true), false);
    check("mataram-lk3", ApplicantKind::Family, None, false);
    check(
        "cilegon-lk3-2023",
        ApplicantKind::Agency,
        Some(false),
        false,
    );
    check("kaltim-puspaga", ApplicantKind::Agency, None, false);
    let kinds = "applicant_kinds = [\"person\", \"family\", ";
    let text = crate::profile::shipped_files()[4].toml;
    let text = text.replace(kinds, "applicant_kinds = [");
    let mut story = Story::with(Profile::parse(&text).unwrap());
    story.ok(Admin, register());
    assert!(story.state().flags.contains(&Flag::NotEligible));
}
