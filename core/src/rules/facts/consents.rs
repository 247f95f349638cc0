//! What the client agreed to, and when that changed (amendment C1).

use std::collections::BTreeSet;

use super::{Facts, is_same_name, place_of};
use crate::command::{Command, CommandKind, ConfirmConsent, Purpose};
use crate::id::{CommandId, PersonId};
use crate::rules::LogEntry;
use crate::time::Timestamp;

/// Whether the client agrees to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Consent {
    /// Signed, and every withdrawal was seen by a later signature.
    Granted,
    /// Taken back.
    Withdrawn,
    /// Signed, but every signature is in doubt (X22).
    Contested,
    /// Never signed by who can.
    Missing,
}

/// The facts that consent follows from.
pub(super) const KINDS: &[CommandKind] = &[
    CommandKind::SignConsent,
    CommandKind::WithdrawConsent,
    CommandKind::ConfirmConsent,
    CommandKind::ContestConsent,
];

/// Consent to one thing in the course of time: each moment at which it may have changed, and what held from then on.
#[derive(Clone, Debug)]
pub(super) struct Consents(Vec<(Timestamp, Consent)>);

impl Consents {
    /// As it stood when everything up to then had happened.
    fn as_of(&self, then: Timestamp) -> Consent {
        let known = self.0.partition_point(|(at, _)| *at <= then);
        let last = known.checked_sub(1).and_then(|index| self.0.get(index));
        last.map_or(Consent::Missing, |(_, consent)| *consent)
    }

    fn last(&self) -> Consent {
        self.0
            .last()
            .map_or(Consent::Missing, |(_, consent)| *consent)
    }
}

impl Facts<'_> {
    /// Consent to a purpose (amendment C1). For a referral, `recipient` names to whom; a signature that names nobody
    /// covers every recipient.
    pub(in crate::rules) fn consent(&self, purpose: Purpose, recipient: Option<&str>) -> Consent {
        if purpose == Purpose::Service && recipient.is_none() {
            self.service_consents().last()
        } else {
            self.consents(purpose, recipient).last()
        }
    }

    /// Consent to the service, as it stood then.
    pub(in crate::rules) fn service_consent_at(&self, then: Timestamp) -> Consent {
        self.service_consents().as_of(then)
    }

    fn service_consents(&self) -> &Consents {
        self.service_consents
            .get_or_init(|| self.consents(Purpose::Service, None))
    }

    fn consents(&self, purpose: Purpose, recipient: Option<&str>) -> Consents {
        let mut facts: Vec<&LogEntry> = KINDS.iter().flat_map(|kind| self.of(*kind)).collect();
        facts.sort_by_key(|entry| place_of(entry));
        let mut ledger = Ledger::default();
        let mut consents: Vec<(Timestamp, Consent)> = Vec::with_capacity(facts.len());
        for entry in facts {
            if let Command::SignConsent(signed) = &entry.entry.command {
                let covers = match (&signed.recipient, recipient) {
                    (Some(named), Some(asked)) => is_same_name(named.as_str(), asked),
                    (Some(_) | None, None) | (None, Some(_)) => true,
                };
                if covers && signed.purposes.contains(&purpose) && !self.lacks_guardian(entry) {
                    let seen = &signed.after_withdrawals;
                    ledger
                        .signed
                        .push((entry.entry.id, entry.performer(), seen));
                }
            } else if let Command::WithdrawConsent(withdrawn) = &entry.entry.command {
                if withdrawn.purposes.contains(&purpose) {
                    ledger.withdrawn.push(entry.entry.id);
                }
            } else if let Command::ConfirmConsent(confirmed) = &entry.entry.command {
                ledger.confirmed.push((entry.performer(), confirmed));
            } else if let Command::ContestConsent(contest) = &entry.entry.command {
                ledger.contested.insert(contest.signature);
            }
            consents.push((entry.at(), ledger.consent()));
        }
        Consents(consents)
    }
}

/// Signatures and withdrawals as far as they are known.
#[derive(Default)]
struct Ledger<'a> {
    /// Signatures, who took each, and which withdrawals they had seen.
    signed: Vec<(CommandId, PersonId, &'a BTreeSet<CommandId>)>,
    withdrawn: Vec<CommandId>,
    confirmed: Vec<(PersonId, &'a ConfirmConsent)>,
    /// Signatures in doubt.
    contested: BTreeSet<CommandId>,
}

impl Ledger<'_> {
    fn consent(&self) -> Consent {
        let is_standing = |signed: &&(CommandId, PersonId, &BTreeSet<CommandId>)| {
            !self.contested.contains(&signed.0)
        };
        let mut answered: BTreeSet<CommandId> = BTreeSet::new();
        for (signature, by, seen) in self.signed.iter().filter(is_standing) {
            answered.extend(seen.iter());
            // Whoever took it says that they asked the client about a withdrawal made apart from it.
            let about_it = |(who, confirmed): &&(PersonId, &ConfirmConsent)| {
                confirmed.signature == *signature && who == by
            };
            let asked = self.confirmed.iter().filter(about_it);
            answered.extend(asked.flat_map(|(_, confirmed)| &confirmed.withdrawals));
        }
        if self.withdrawn.iter().any(|id| !answered.contains(id)) {
            Consent::Withdrawn
        } else if self.signed.iter().any(|signed| is_standing(&signed)) {
            Consent::Granted
        } else if self.signed.is_empty() {
            Consent::Missing
        } else {
            Consent::Contested
        }
    }
}
