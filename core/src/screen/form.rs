//! The forms of the catalogue (LK3.md 8.2), F01 to F26, and one for each command that the catalogue has no form for, under its name: what
//! is asked, of whom it is required, how it is checked, and which command and record field it fills.
//!
//! Definitions are data (`core/data/forms.toml`), read at the border by `definition`. A form is asked with a profile and then holds its
//! fields in order; `check` looks at the answers as they were typed. Checks warn where the world may be odder than the rule
//! (LK3.md 4.2: no victim of violence is blocked because a NIK looks odd) and stop only what could not be recorded.

mod check;
mod definition;
mod fill;
mod numbers;

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use crate::class::Class;
use crate::code::codes;
use crate::command::CommandKind;
use crate::profile::Profile;
use crate::screen::{Secrecy, secrecy};
use crate::text::{Language, text};

pub use check::{FieldFault, Finding, Weight};
pub use definition::{
    Check, ChoiceSource, Condition, FieldDefinition, FieldKind, Fill, FormDefinition, ProfileAsk,
    StampField, definition_of, definitions,
};
pub use fill::CannotFill;
pub use numbers::dotted_region;

codes!(
    /// The forms of the catalogue, and one for each command that it has no form for.
    FormId {
        /// Formulir Pendaftaran.
        F01 = "f01",
        /// Formulir Pendekatan Awal dan Identifikasi Kebutuhan.
        F02 = "f02",
        /// Persetujuan.
        F03 = "f03",
        /// Kontrak Pelayanan.
        F04 = "f04",
        /// Laporan Kunjungan.
        F05 = "f05",
        /// Laporan Hasil Asesmen.
        F06 = "f06",
        /// Rencana Intervensi.
        F07 = "f07",
        /// Berita Acara Konferensi Kasus.
        F08 = "f08",
        /// Catatan Sesi Konseling.
        F09 = "f09",
        /// Ringkasan Psikologis.
        F10 = "f10",
        /// Surat Pengantar.
        F11 = "f11",
        /// Surat Rujukan.
        F12 = "f12",
        /// Surat Balasan Rujukan.
        F13 = "f13",
        /// Laporan kepada Ketua.
        F14 = "f14",
        /// Lembar Disposisi.
        F15 = "f15",
        /// Lembar Monitoring dan Evaluasi.
        F16 = "f16",
        /// Berita Acara Terminasi.
        F17 = "f17",
        /// Catatan Bimbingan Lanjut.
        F18 = "f18",
        /// Kuesioner SKM.
        F19 = "f19",
        /// Formulir Pengaduan Layanan.
        F20 = "f20",
        /// Surat Permohonan Bimbingan Masyarakat.
        F21 = "f21",
        /// Kronologis Penanganan.
        F22 = "f22",
        /// Permintaan Hak Subjek Data.
        F23 = "f23",
        /// Laporan ke Kepolisian.
        F24 = "f24",
        /// Laporan bulanan atau semester.
        F25 = "f25",
        /// Serah Terima Kasus.
        F26 = "f26",
        /// Perubahan Data Identitas.
        EditIdentity = "edit_identity",
        /// Pemeriksaan Berkas.
        SightDocument = "sight_document",
        /// Pembebasan Berkas.
        WaiveDocument = "waive_document",
        /// Keamanan Kontak Klien.
        SetContact = "set_contact",
        /// Pemastian Pendaftaran.
        ConfirmRegistration = "confirm_registration",
        /// Pemberitahuan kepada Klien.
        InformClient = "inform_client",
        /// Hari Pilihan Klien.
        NoteClientDate = "note_client_date",
        /// Tugas Sudah Dibaca.
        ReadAssignment = "read_assignment",
        /// Hasil Skrining.
        RecordScreening = "record_screening",
        /// Temuan Tambahan.
        AddFinding = "add_finding",
        /// Pengesahan Catatan.
        ConfirmRecords = "confirm_records",
        /// Layanan Pendampingan.
        RecordService = "record_service",
        /// Kegiatan Tanpa Kasus.
        RecordActivity = "record_activity",
        /// Kepastian Persetujuan.
        ConfirmConsent = "confirm_consent",
        /// Persetujuan Dipersoalkan.
        ContestConsent = "contest_consent",
        /// Laporan Bahaya.
        RaiseSafety = "raise_safety",
        /// Penurunan Tingkat Bahaya.
        LowerSafety = "lower_safety",
        /// Merahasiakan Alamat.
        HideAddress = "hide_address",
        /// Alamat Boleh Ditampilkan.
        ShowAddress = "show_address",
        /// Benturan Kepentingan.
        DeclareConflict = "declare_conflict",
        /// Benturan Kepentingan Berakhir.
        LiftConflict = "lift_conflict",
        /// Pembatalan Janji Temu.
        CancelAppointment = "cancel_appointment",
        /// Penambahan Jumlah Sesi.
        ExtendSessions = "extend_sessions",
        /// Penetapan Kejadian yang Sama.
        SettleEvent = "settle_event",
        /// Penyerahan Rujukan.
        DeliverReferral = "deliver_referral",
        /// Pembatalan Rujukan.
        CancelReferral = "cancel_referral",
        /// Jawaban atas Tinjauan.
        AnswerReview = "answer_review",
        /// Penutupan: Cukup Informasi.
        CloseInformation = "close_information",
        /// Penolakan: di Luar Layanan.
        RejectOutOfScope = "reject_out_of_scope",
        /// Pembatalan Pendaftaran.
        VoidRegistration = "void_registration",
        /// Penandaan Kasus Ganda.
        MarkDuplicate = "mark_duplicate",
        /// Pembatalan Penandaan Ganda.
        UndoDuplicate = "undo_duplicate",
        /// Kasus Sekeluarga.
        LinkFamily = "link_family",
        /// Permintaan Berkas Tersendiri.
        AskSeparation = "ask_separation",
        /// Bukan Sekeluarga.
        UnlinkFamily = "unlink_family",
        /// Pemindahan Catatan ke Kasus Lain.
        MoveRecord = "move_record",
        /// Penerimaan Catatan dari Kasus Lain.
        TakeRecord = "take_record",
        /// Perpindahan ke Versi Standar yang Baru.
        MoveProfile = "move_profile",
        /// Pencabutan Pembatasan Data.
        LiftRestriction = "lift_restriction",
        /// Penutupan Berkas.
        Close = "close",
        /// Pembukaan Kembali.
        Reopen = "reopen",
    }
);

/// What somebody typed, by field. Choices and flags by their words, dates and instants as ISO 8601, sets as words apart by spaces,
/// papers as `requirement:state`.
pub type Answers = BTreeMap<String, String>;

/// A form as one institution asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Which.
    pub id: FormId,
    /// Its title.
    pub title: String,
    /// The class of what it records; none for what is no document of a case.
    pub class: Option<Class>,
    /// How secret it is; none for what is no document of a case. A field may be more secret.
    pub secrecy: Option<Secrecy>,
    /// The commands that it fills, each once, in the order of its fields.
    pub commands: Vec<CommandKind>,
    /// Its fields, in order.
    pub fields: Vec<FormField>,
    /// The zone in which its dates are meant.
    pub zone: Tz,
    /// The language of its labels and findings.
    pub language: Language,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// Its id within the form.
    pub id: String,
    /// What it asks.
    pub label: String,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether a first contact asks it (C11).
    pub first: bool,
    /// When it has to be filled: never or always, or if another answer is so.
    pub required: Condition,
    /// What stands there until somebody says otherwise.
    pub preset: Option<String>,
    /// How the answer is checked.
    pub check: Option<Check>,
    /// What it fills; empty for what stands on the printed form only.
    pub fills: Vec<Fill>,
    /// How secret the record is that it fills; none for what it does not record.
    pub secrecy: Option<Secrecy>,
    /// What may be chosen.
    pub choices: Vec<Choice>,
}

/// Something that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its word, as it is stored.
    pub code: String,
    /// Its words for people.
    pub label: String,
}

/// A form as this profile asks it; none where every command that it fills is not offered.
#[must_use]
pub fn form(id: FormId, profile: &Profile, language: Language) -> Option<Form> {
    let definition = definitions().iter().find(|form| form.id == id)?;
    let is_offered = |fill: &Fill| match fill {
        Fill::Command(kind, _) => profile.transition(*kind).is_some(),
        Fill::Stamp(_) => true,
    };
    let is_asked = |field: &&FieldDefinition| {
        field.shown.in_profile(profile) != Condition::Never
            && (field.fills.is_empty() || field.fills.iter().any(is_offered))
    };
    let fields: Vec<FormField> = definition
        .fields
        .iter()
        .filter(is_asked)
        .map(|field| FormField {
            id: field.id.clone(),
            label: text(language, &field.label_key(id), &[]),
            kind: field.kind,
            first: field.first,
            required: field.required.in_profile(profile),
            preset: field.preset.clone(),
            check: field.check,
            fills: field.fills.clone(),
            secrecy: field.fills.iter().filter_map(secrecy_of).max(),
            choices: choices(field, profile, language),
        })
        .collect();
    let mut commands: Vec<CommandKind> = Vec::new();
    for kind in fields.iter().flat_map(|field| &field.fills) {
        if let Fill::Command(kind, _) = kind
            && !commands.contains(kind)
        {
            commands.push(*kind);
        }
    }
    let has_use = definition.commands().is_empty() || !commands.is_empty();
    has_use.then(|| Form {
        id,
        title: text(language, &format!("form-{id}"), &[]),
        class: definition.class,
        secrecy: definition.class.map(secrecy),
        commands,
        fields,
        zone: profile.institution.zone,
        language,
    })
}

fn secrecy_of(fill: &Fill) -> Option<Secrecy> {
    let Fill::Command(kind, info) = fill else {
        return None;
    };
    let sections = kind.sections();
    let (class, _) = sections.iter().find(|(_, name)| *name == info.collection)?;
    Some(secrecy(*class))
}

/// What may be chosen in a field, as far as the profile offers it.
fn choices(field: &FieldDefinition, profile: &Profile, language: Language) -> Vec<Choice> {
    if let Some(own) = field.own_choices(profile) {
        return own;
    }
    let Some(words) = &field.words else {
        return Vec::new();
    };
    let offered: BTreeSet<&str> = match field.choices {
        Some(ChoiceSource::Channels) => profile.channels.iter().map(|word| word.code()).collect(),
        Some(ChoiceSource::Services) => {
            let services = profile.service_types.iter();
            services.map(|word| word.code()).collect()
        }
        Some(ChoiceSource::Applicants) => {
            let kinds = profile.eligibility.applicant_kinds.iter();
            kinds.map(|word| word.code()).collect()
        }
        Some(ChoiceSource::Areas | ChoiceSource::Papers) | None => BTreeSet::new(),
    };
    // An empty list limits nothing: without applicants named, anybody may apply.
    let is_offered = |code: &&str| offered.is_empty() || offered.contains(code);
    let codes = field.codes().into_iter().filter(is_offered);
    codes
        .map(|code| Choice {
            code: code.to_owned(),
            label: text(language, &format!("{words}-{code}"), &[]),
        })
        .collect()
}

#[cfg(test)]
mod tests;
