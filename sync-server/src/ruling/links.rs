//! What judging a case says about others: which look alike, which are linked, and which takes its clock over.
//!
//! It follows within the same round of judging, and what it says is a signed row of the class that only heads hold: a
//! replay of the log comes to the same.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::class::Class;
use jangkau_core::command::CommandKind;
use jangkau_core::id::CaseId;
use jangkau_core::rules::{
    CaseLinks, CaseState, Judgement, LogEntry, family_decisions, identity_of, papers_seen,
    suggestion,
};
use jangkau_core::sync::RulingBody;

use super::Bench;
use super::bars::with_verdicts;
use crate::library::server_key;
use crate::store::{StoreError, bars, decode, elsewhere, encode, institutions, links, rulings};

/// What judging one case means for others.
#[derive(Debug, Default)]
pub(super) struct Meaning {
    /// Cases whose connections may be others now.
    pub(super) relink: BTreeSet<CaseId>,
    /// Cases that take a clock over, or do so no more, or that a head tied to this one or told apart: they are judged again.
    pub(super) again: BTreeSet<CaseId>,
}

impl Bench<'_> {
    /// Keeps what a judged case tells about others.
    pub(super) fn note_links(
        &self,
        case: CaseId,
        entries: &[LogEntry],
        judgement: &Judgement,
    ) -> Result<Meaning, StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let mut relink: BTreeSet<CaseId> = links::alike(db, tenant, case)?.into_keys().collect();
        relink.extend(links::decisions(db, tenant, case)?.into_keys());
        let mut hashed = BTreeSet::new();
        for (kind, value) in identity_of(entries) {
            // What people are told apart by is short: without the key it could be guessed from its hash.
            let hash = blake3::derive_key("jangkau v1 likeness", value.as_bytes());
            hashed.insert((kind, db.blind(tenant, &hash)?));
        }
        // Most commands change nothing here: then nothing is written.
        if links::identity(db, tenant, case)? != hashed {
            links::set_identity(db, tenant, case, &hashed)?;
            relink.extend(links::alike(db, tenant, case)?.into_keys());
        }
        let kinds = [CommandKind::LinkFamily, CommandKind::UnlinkFamily];
        let about = with_verdicts(entries, judgement, &kinds);
        let mut again = BTreeSet::new();
        if !about.is_empty() {
            let decisions = family_decisions(&about);
            if links::set_decisions(db, tenant, case, &decisions)? {
                again.extend(decisions.into_keys());
            }
            relink.extend(links::decisions(db, tenant, case)?.into_keys());
        }
        if !relink.is_empty() {
            relink.insert(case);
        }
        let registered_at = entries
            .iter()
            .find(|entry| entry.entry.command.kind() == CommandKind::Register)
            .map(LogEntry::at);
        let now = judgement.state.duplicate_of;
        let before = links::set_registration(db, tenant, case, registered_at, now)?;
        let is_more_passed = self.note_elsewhere(case, entries, &judgement.state)?;
        if before != now || is_more_passed {
            again.extend(before.into_iter().chain(now));
        }
        Ok(Meaning { relink, again })
    }

    /// The cases whose connections may name a case, and itself.
    pub(super) fn near(&self, case: CaseId) -> Result<BTreeSet<CaseId>, StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let mut near: BTreeSet<CaseId> = links::alike(db, tenant, case)?.into_keys().collect();
        near.extend(links::decisions(db, tenant, case)?.into_keys());
        near.insert(case);
        Ok(near)
    }

    /// Keeps when the case needs whom, and the papers that a duplicate passes on. Says whether these are others than before.
    fn note_elsewhere(
        &self,
        case: CaseId,
        entries: &[LogEntry],
        state: &CaseState,
    ) -> Result<bool, StoreError> {
        let booked = state.appointments.iter();
        let booked = booked.map(|booked| (booked.lead, booked.starts_at));
        elsewhere::set_bookings(self.db, self.tenant, case, &booked.collect())?;
        let papers = match state.duplicate_of {
            Some(_) => papers_seen(entries),
            None => BTreeMap::new(),
        };
        elsewhere::set_papers(self.db, self.tenant, case, &papers)
    }

    /// Signs and appends the connections of a case, if they are others than those last ruled.
    pub(super) fn relink(&self, case: CaseId) -> Result<(), StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let Some(file) = rulings::file(db, tenant, case)? else {
            return Ok(());
        };
        let (Some(pin), Some(state)) = (&file.profile, &file.state) else {
            return Ok(());
        };
        let connections = self.connections(case, &decode(state)?)?;
        let ruled = links::ruled(db, tenant, case)?;
        let encoded = encode(&connections);
        let is_said = match &ruled {
            Some(ruled) => *ruled == encoded,
            None => connections == CaseLinks::default(),
        };
        if is_said {
            return Ok(());
        }
        let profile = self.profile_of(pin)?;
        let (_, calendar_version) = self.library.calendar(db, tenant)?;
        let body = RulingBody {
            class: Some(Class::Links),
            links: Some(encoded),
            ..self.header(
                case,
                &file,
                (profile.id.clone(), profile.version),
                calendar_version,
            )
        };
        let key = server_key(&institutions::get(db, tenant)?);
        self.say(&body, &key)
    }

    fn connections(&self, case: CaseId, own: &CaseState) -> Result<CaseLinks, StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let decisions = links::decisions(db, tenant, case)?;
        // A case that is hidden from somebody is named by no other: its own connections tell those who may know.
        let hidden = bars::cases(db, tenant)?;
        let mut connections = CaseLinks::default();
        for (other, tie) in decisions
            .iter()
            .filter(|(other, _)| !hidden.contains(other))
        {
            let is_case =
                rulings::file(db, tenant, *other)?.is_some_and(|file| file.state.is_some());
            if tie.is_some() && is_case {
                connections.related.insert(*other);
            }
        }
        for (other, alike) in links::alike(db, tenant, case)? {
            let file = rulings::file(db, tenant, other)?;
            let Some(state) = file.and_then(|file| file.state) else {
                continue;
            };
            if decisions.contains_key(&other) || hidden.contains(&other) {
                continue;
            }
            let suggested = suggestion(alike, own, &decode(&state)?);
            connections
                .suggested
                .extend(suggested.map(|suggested| (other, suggested)));
        }
        Ok(connections)
    }
}
