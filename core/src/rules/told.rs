//! What facts alone tell a screen, by the same readings as the rules: what the client agrees to, which legal values stand.
//!
//! A device holds the facts of its own classes only, so it may know less than the server; nothing here is a ruling.

use std::collections::{BTreeMap, BTreeSet};

use super::LogEntry;
use super::facts::{Consent, Facts};
use crate::code::codes;
use crate::command::{Command, Purpose};
use crate::id::CommandId;
use crate::record::Line;

codes!(
    /// Whether the client agrees to something, as far as the facts at hand tell.
    ConsentStanding {
        /// Signed, and every withdrawal was seen by a later signature.
        Granted = "granted",
        /// Taken back.
        Withdrawn = "withdrawn",
        /// Signed, but every signature is in doubt.
        Contested = "contested",
        /// Never signed.
        Missing = "missing",
    }
);

codes!(
    /// A field that identifies a person by law (D8).
    LegalField {
        /// Name.
        Name = "name",
        /// NIK.
        Nik = "nik",
        /// No. KK.
        FamilyCard = "family_card",
        /// Date of birth.
        BirthDate = "birth_date",
        /// Sex.
        Sex = "sex",
        /// Address.
        Address = "address",
    }
);

/// What the facts at hand tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactsTold {
    /// Consent by purpose, for the purposes that were ever signed or taken back.
    pub consent: BTreeMap<Purpose, ConsentStanding>,
    /// Signatures that were made apart from a withdrawal: their worker has to ask the client (C1).
    pub unconfirmed: BTreeMap<CommandId, BTreeSet<CommandId>>,
    /// The values of each legal field that no other replaced; two of one field contradict each other.
    pub identity: BTreeMap<LegalField, BTreeSet<Line>>,
}

/// A value that somebody gave a legal field.
#[derive(Clone, PartialEq, Eq)]
pub struct LegalValue {
    /// The field.
    pub field: LegalField,
    /// The value, for the sex its code.
    pub value: String,
    /// The command that gave it.
    pub command: CommandId,
    /// Whether no other has replaced it.
    pub stands: bool,
}

impl std::fmt::Debug for LegalValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LegalValue(…)")
    }
}

/// The values that were ever given to legal fields by some commands of one case, in the order in which they were given.
#[must_use]
pub fn legal_values_told(entries: &[LogEntry]) -> Vec<LegalValue> {
    let mut facts = Facts::default();
    for entry in entries {
        facts.insert(entry);
    }
    let told = |(field, value, command, stands): (&str, &str, CommandId, bool)| {
        Some(LegalValue {
            field: field.parse().ok()?,
            value: value.to_owned(),
            command,
            stands,
        })
    };
    facts.given_values().into_iter().filter_map(told).collect()
}

/// Reads the facts among some commands of one case.
#[must_use]
pub fn facts_told(entries: &[LogEntry]) -> FactsTold {
    let mut facts = Facts::default();
    for entry in entries {
        facts.insert(entry);
    }
    let mut identity: BTreeMap<LegalField, BTreeSet<Line>> = BTreeMap::new();
    for (field, values) in facts.open_values() {
        if let Ok(field) = field.parse() {
            let values = values.into_iter().filter_map(|value| Line::new(value).ok());
            identity.insert(field, values.collect());
        }
    }
    FactsTold {
        consent: standing(&facts),
        unconfirmed: unconfirmed(&facts),
        identity,
    }
}

fn standing(facts: &Facts<'_>) -> BTreeMap<Purpose, ConsentStanding> {
    let mut spoken_of = BTreeSet::new();
    for entry in facts.iter() {
        if let Command::SignConsent(signed) = &entry.entry.command {
            spoken_of.extend(&signed.purposes);
        }
        if let Command::WithdrawConsent(withdrawn) = &entry.entry.command {
            spoken_of.extend(&withdrawn.purposes);
        }
    }
    let stands = |purpose: Purpose| match facts.consent(purpose, None) {
        Consent::Granted => ConsentStanding::Granted,
        Consent::Withdrawn => ConsentStanding::Withdrawn,
        Consent::Contested => ConsentStanding::Contested,
        Consent::Missing => ConsentStanding::Missing,
    };
    spoken_of
        .into_iter()
        .map(|purpose: &Purpose| (*purpose, stands(*purpose)))
        .collect()
}

/// The signatures that were made after a withdrawal which their worker had not seen, and which nobody has settled since.
fn unconfirmed(facts: &Facts<'_>) -> BTreeMap<CommandId, BTreeSet<CommandId>> {
    let mut signatures = Vec::new();
    let mut withdrawals = Vec::new();
    for entry in facts.iter() {
        if let Command::SignConsent(signed) = &entry.entry.command {
            signatures.push((entry, signed));
        }
        if let Command::WithdrawConsent(withdrawn) = &entry.entry.command {
            withdrawals.push((entry, withdrawn));
        }
    }
    let mut open: BTreeMap<CommandId, BTreeSet<CommandId>> = BTreeMap::new();
    for (withdrawal, withdrawn) in withdrawals {
        let id = withdrawal.entry.id;
        let about: Vec<_> = signatures
            .iter()
            .filter(|(_, signed)| !signed.purposes.is_disjoint(&withdrawn.purposes))
            .collect();
        let is_settled = about.iter().any(|(entry, signed)| {
            signed.after_withdrawals.contains(&id) || facts.is_confirmed(entry, id)
        });
        if is_settled {
            continue;
        }
        for (signature, _) in about
            .iter()
            .filter(|(entry, _)| entry.at() >= withdrawal.at())
        {
            open.entry(signature.entry.id).or_default().insert(id);
        }
    }
    open
}
