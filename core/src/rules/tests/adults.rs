//! A file for each adult of a couple or family (section 9, rule 1).

use super::*;
use Role::*;

/// A family that registered as one.
fn couple() -> Story {
    let mut story = Story::new("cilegon-lk3-2023");
    let mut register = register();
    if let Command::Register(register) = &mut register {
        register.applicant = ApplicantKind::Family;
    }
    story
        .ok(SocialWorker, register)
        .ok(SocialWorker, approach());
    story
}

fn told(category: Category) -> Command {
    let mut triage = triage(&[ServiceType::Counselling]);
    if let Command::Triage(triage) = &mut triage {
        triage.categories = Some(BTreeSet::from([category]));
    }
    triage
}

fn asked() -> Command {
    Command::AskSeparation(AskSeparation {
        reason: line("Tidak mau dibaca petugas suaminya."),
    })
}

fn tie(other: usize, tie: FamilyTie) -> Command {
    Command::LinkFamily(LinkFamily {
        related: CaseId::from(id(other)),
        tie: Some(tie),
        reason: line("Suami istri."),
    })
}

/// Whether the adults should have files, and whether they have.
fn marks(story: &Story) -> (bool, bool) {
    let flags = story.state().flags;
    let has = |flag| flags.contains(&flag);
    (has(Flag::SeparationDue), has(Flag::AdultsApart))
}

#[test]
fn section9_files_are_due_where_there_is_violence_at_home_or_one_asks() {
    for (category, is_due) in [
        (Category::DomesticPhysical, true),
        (Category::DomesticPsychological, true),
        (Category::DomesticSexual, true),
        (Category::Couple, false),
        (Category::ViolenceAgainstChild, false),
    ] {
        let mut story = couple();
        story.ok(SocialWorker, told(category));
        assert_eq!(marks(&story), (is_due, false), "{category}");
        story.replays();
    }
    // One person's file is one adult's already; but who asks is heard.
    let mut alone = cilegon();
    alone.ok(SocialWorker, approach());
    alone.ok(SocialWorker, told(Category::DomesticPhysical));
    assert_eq!(marks(&alone), (false, false));
    let mut story = couple();
    assert_eq!(marks(&story), (false, false));
    story.ok(SocialWorker, asked());
    assert_eq!(marks(&story), (true, false));
    story.replays();
}

#[test]
fn section9_a_head_ties_a_file_for_each_adult() {
    let mut story = couple();
    story.ok(SocialWorker, asked());
    story.refused(
        SocialWorker,
        tie(200, FamilyTie::Adult),
        Refusal::RoleNotAllowed,
    );
    let before = story.state().decisions;
    story.ok(HeadOfInstitution, tie(200, FamilyTie::Adult));
    assert_eq!(marks(&story), (true, false), "one adult is not yet apart");
    story.ok(HeadOfInstitution, tie(201, FamilyTie::Adult));
    assert_eq!(marks(&story), (false, true));
    assert_eq!(
        story.state().decisions,
        before,
        "nobody else hears of a number"
    );
    let untied = Command::UnlinkFamily(UnlinkFamily {
        related: CaseId::from(id(201)),
        reason: line("Salah nomor."),
    });
    story.ok(HeadOfInstitution, untied);
    assert_eq!(marks(&story), (true, false));
    story.replays();
}

#[test]
fn section9_two_files_of_one_family_are_apart_already() {
    let mut here = couple();
    here.ok(SocialWorker, told(Category::DomesticPhysical));
    here.ok(HeadOfInstitution, tie(200, FamilyTie::Family));
    assert_eq!(marks(&here), (false, false));
    let mut there = couple();
    there.ok(SocialWorker, told(Category::DomesticPhysical));
    there.elsewhere.is_tied = true;
    assert_eq!(marks(&there), (false, false));
}
