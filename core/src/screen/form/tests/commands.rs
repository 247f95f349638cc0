//! Every command can be recorded with a form, and every field of it.

use super::*;

/// Every command, and the forms that fill it.
const FORMS: &[(CommandKind, &[FormId])] = &[
    (CommandKind::Register, &[FormId::F01]),
    (CommandKind::EditIdentity, &[FormId::EditIdentity]),
    (
        CommandKind::SightDocument,
        &[FormId::F01, FormId::SightDocument],
    ),
    (CommandKind::WaiveDocument, &[FormId::WaiveDocument]),
    (CommandKind::RecordApproach, &[FormId::F02]),
    (CommandKind::Triage, &[FormId::F02]),
    (CommandKind::CloseInformation, &[FormId::CloseInformation]),
    (CommandKind::Assign, &[FormId::F15]),
    (CommandKind::Reassign, &[FormId::F26]),
    (CommandKind::InformClient, &[FormId::InformClient]),
    (CommandKind::SignConsent, &[FormId::F03]),
    (CommandKind::WithdrawConsent, &[FormId::F03]),
    (CommandKind::SignContract, &[FormId::F04]),
    (CommandKind::RecordVisit, &[FormId::F05]),
    (CommandKind::FinaliseAssessment, &[FormId::F06]),
    (CommandKind::DraftMinutes, &[FormId::F08]),
    (CommandKind::AgreePlan, &[FormId::F07]),
    (CommandKind::ScheduleSession, &[FormId::F02, FormId::F09]),
    (CommandKind::CancelAppointment, &[FormId::CancelAppointment]),
    (CommandKind::RecordSession, &[FormId::F09]),
    (CommandKind::WriteSummary, &[FormId::F10]),
    (CommandKind::ReportToHead, &[FormId::F14]),
    (CommandKind::DecideReferral, &[FormId::F11, FormId::F12]),
    (CommandKind::IssueReferral, &[FormId::F11, FormId::F12]),
    (CommandKind::RecordReply, &[FormId::F13]),
    (CommandKind::StartMonitoring, &[FormId::F16]),
    (CommandKind::Terminate, &[FormId::F17]),
    (CommandKind::RecordAftercare, &[FormId::F18]),
    (CommandKind::Close, &[FormId::Close]),
    (CommandKind::Reopen, &[FormId::Reopen]),
    (CommandKind::RejectOutOfScope, &[FormId::RejectOutOfScope]),
    (CommandKind::RaiseSafety, &[FormId::RaiseSafety]),
    (CommandKind::LowerSafety, &[FormId::LowerSafety]),
    (CommandKind::RecordService, &[FormId::RecordService]),
    (CommandKind::AnswerReview, &[FormId::AnswerReview]),
    (CommandKind::ExtendSessions, &[FormId::ExtendSessions]),
    (CommandKind::DeliverReferral, &[FormId::DeliverReferral]),
    (CommandKind::CancelReferral, &[FormId::CancelReferral]),
    (CommandKind::StartAftercare, &[FormId::F18]),
    (CommandKind::MarkDuplicate, &[FormId::MarkDuplicate]),
    (CommandKind::UndoDuplicate, &[FormId::UndoDuplicate]),
    (CommandKind::Restrict, &[FormId::F23]),
    (CommandKind::LiftRestriction, &[FormId::LiftRestriction]),
    (CommandKind::VoidRegistration, &[FormId::VoidRegistration]),
    (CommandKind::ConfirmConsent, &[FormId::ConfirmConsent]),
    (CommandKind::SettleEvent, &[FormId::SettleEvent]),
    (CommandKind::SetContact, &[FormId::F01, FormId::SetContact]),
    (
        CommandKind::ConfirmRegistration,
        &[FormId::ConfirmRegistration],
    ),
    (CommandKind::MoveRecord, &[FormId::MoveRecord]),
    (CommandKind::TakeRecord, &[FormId::TakeRecord]),
    (CommandKind::NoteClientDate, &[FormId::NoteClientDate]),
    (CommandKind::LinkFamily, &[FormId::LinkFamily]),
    (CommandKind::UnlinkFamily, &[FormId::UnlinkFamily]),
    (CommandKind::ReadAssignment, &[FormId::ReadAssignment]),
    (CommandKind::RecordActivity, &[FormId::RecordActivity]),
    (CommandKind::MoveProfile, &[FormId::MoveProfile]),
    (CommandKind::RecordScreening, &[FormId::RecordScreening]),
    (CommandKind::ContestConsent, &[FormId::ContestConsent]),
    (CommandKind::HideAddress, &[FormId::HideAddress]),
    (CommandKind::ShowAddress, &[FormId::ShowAddress]),
    (CommandKind::AddFinding, &[FormId::AddFinding]),
    (CommandKind::ConfirmRecords, &[FormId::ConfirmRecords]),
    (CommandKind::DeclareConflict, &[FormId::DeclareConflict]),
    (CommandKind::LiftConflict, &[FormId::LiftConflict]),
    (CommandKind::AskSeparation, &[FormId::AskSeparation]),
];

/// Commands that no form fills, and why.
const WITHOUT_FORM: &[(CommandKind, &str)] = &[
    (
        CommandKind::EditMinutes,
        "an edit is made on the text itself",
    ),
    (
        CommandKind::Attach,
        "bytes are chosen or taken with a camera, beside the record that they belong to",
    ),
];

fn fills() -> impl Iterator<Item = (FormId, CommandKind, &'static str)> {
    let fields = definitions()
        .iter()
        .flat_map(|form| form.fields.iter().map(|field| (form.id, field)));
    fields.flat_map(|(form, field)| {
        field.fills.iter().filter_map(move |fill| match fill {
            Fill::Command(kind, info) => Some((form, *kind, info.name)),
            Fill::Stamp(_) => None,
        })
    })
}

#[test]
fn every_command_has_its_forms_or_a_reason_for_none() {
    let found: Vec<(CommandKind, Vec<FormId>)> = CommandKind::ALL
        .iter()
        .map(|kind| {
            let forms: BTreeSet<FormId> = fills()
                .filter(|(_, filled, _)| filled == kind)
                .map(|(form, ..)| form)
                .collect();
            (*kind, forms.into_iter().collect())
        })
        .collect();
    let has_none: Vec<CommandKind> = found
        .iter()
        .filter(|(_, forms)| forms.is_empty())
        .map(|(kind, _)| *kind)
        .collect();
    let excused: Vec<CommandKind> = WITHOUT_FORM.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(has_none, excused);
    let listed: Vec<(CommandKind, Vec<FormId>)> = FORMS
        .iter()
        .map(|(kind, forms)| (*kind, forms.to_vec()))
        .collect();
    let filled: Vec<(CommandKind, Vec<FormId>)> = found
        .into_iter()
        .filter(|(_, forms)| !forms.is_empty())
        .collect();
    assert_eq!(filled, listed);
}

#[test]
fn a_command_that_has_a_form_has_a_field_for_each_of_its_own() {
    let asked: BTreeSet<(CommandKind, &str)> =
        fills().map(|(_, kind, name)| (kind, name)).collect();
    let has_form = |kind: &&CommandKind| FORMS.iter().any(|(listed, _)| listed == *kind);
    for kind in CommandKind::ALL.iter().filter(has_form) {
        for field in kind.fields() {
            assert!(
                asked.contains(&(*kind, field.name)),
                "{kind}.{}",
                field.name
            );
        }
    }
}

/// Form, profile, field, what may be chosen.
type Offer = (FormId, &'static str, &'static str, &'static [&'static str]);

const OFFERS: &[Offer] = &[
    (
        FormId::RejectOutOfScope,
        "karangasem-lk3",
        "reason",
        &["out_of_scope", "out_of_area"],
    ),
    (
        FormId::WaiveDocument,
        "cilegon-lk3-2023",
        "requirement",
        &["pendekatan_awal", "ktp", "kk"],
    ),
    (
        FormId::F03,
        "kaltim-puspaga",
        "signed_by",
        &["client", "guardian", "official"],
    ),
    (FormId::F01, "mataram-lk3", "kecamatan", &[]),
    (
        FormId::F01,
        "cilegon-lk3-2023",
        "kecamatan",
        &[
            "Cilegon",
            "Cibeber",
            "Citangkil",
            "Ciwandan",
            "Grogol",
            "Jombang",
            "Pulomerak",
            "Purwakarta",
        ],
    ),
];

#[test]
fn a_form_offers_what_can_be_chosen_there() {
    for (id, by, field, expected) in OFFERS {
        let fields = asked(*id, by).fields;
        let found = fields.into_iter().find(|asked| asked.id == *field);
        let choices = found.map(|field| field.choices).unwrap_or_default();
        let codes: Vec<&str> = choices.iter().map(|choice| choice.code.as_str()).collect();
        assert_eq!(&codes, expected, "{id} {by} {field}");
    }
}

/// Form, what was answered, and what has to be put right.
type Look = (
    FormId,
    &'static [(&'static str, &'static str)],
    &'static [(&'static str, FieldFault)],
);

const LOOKS: &[Look] = &[
    (
        FormId::F03,
        &[("withdrawn_purposes", "photos"), ("signed_by", "guardian")],
        &[
            ("guardian", FieldFault::Missing),
            ("assent", FieldFault::Missing),
        ],
    ),
    (
        FormId::F03,
        &[("withdrawn_purposes", "photos"), ("signed_by", "client")],
        &[],
    ),
    (
        FormId::RecordScreening,
        &[
            ("occurred_at", NOW),
            ("instrument", "srq_20"),
            ("self_harm", "false"),
            ("score", "-1"),
        ],
        &[("score", FieldFault::Negative)],
    ),
    (
        FormId::RecordScreening,
        &[
            ("occurred_at", NOW),
            ("instrument", "srq20"),
            ("score", "0"),
        ],
        &[
            ("instrument", FieldFault::UnknownChoice),
            ("self_harm", FieldFault::Missing),
        ],
    ),
    (FormId::HideAddress, &[], &[("note", FieldFault::Missing)]),
];

#[test]
fn what_a_step_needs_is_asked_for() {
    for (id, said, expected) in LOOKS {
        let form = asked(*id, "tarakan-rujukan-stres-2025");
        let found = form.check(&answers(said), false, now());
        let found: Vec<(&str, FieldFault)> = found
            .iter()
            .map(|found| (found.field.as_str(), found.fault))
            .collect();
        assert_eq!(&found, expected, "{id}");
    }
}
