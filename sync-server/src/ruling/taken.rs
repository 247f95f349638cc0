//! What a replay takes as it stands from before the last checkpoint: rulings, and what cases tell of each other.

use std::collections::BTreeSet;

use jangkau_core::id::CaseId;
use jangkau_core::rules::{CaseState, leads};
use jangkau_core::sync::{RulingBody, SignedRuling};
use jangkau_core::time::Timestamp;

use super::{Bench, append, entries, judged};
use crate::library::Library;
use crate::store::institutions::Tenant;
use crate::store::{Db, StoreError, commands, decode, elsewhere, letters, rulings};

/// Takes a ruling as it stands, signed by whoever: an input of a replay, from before the checkpoint at which it begins to judge.
pub(crate) fn take(
    db: &Db,
    tenant: Tenant,
    ruling: &SignedRuling,
    now: Timestamp,
) -> Result<RulingBody, StoreError> {
    let body = ruling.read().map_err(|_| StoreError::Undecodable)?;
    append(db, tenant, &body, ruling, now)?;
    keep_letters(db, tenant, &body)?;
    Ok(body)
}

pub(super) fn keep_letters(db: &Db, tenant: Tenant, body: &RulingBody) -> Result<(), StoreError> {
    let Some(state) = &body.state else {
        return Ok(());
    };
    let state: CaseState = decode(state)?;
    for referral in state.referrals {
        if let Some(given) = referral.letter {
            letters::put(db, tenant, referral.referral, given)?;
        }
    }
    Ok(())
}

/// Writes what cases tell of each other again, as the last judgement of each left it, and rules nothing.
pub(crate) fn refresh(
    db: &Db,
    tenant: Tenant,
    library: &Library,
    cases: &BTreeSet<CaseId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let bench = Bench {
        db,
        tenant,
        library,
        now,
    };
    // What one case passes on, another is judged by.
    for _ in 0..2 {
        for case in cases {
            bench.refresh_case(*case)?;
        }
    }
    Ok(())
}

impl Bench<'_> {
    fn refresh_case(&self, case: CaseId) -> Result<(), StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let Some(file) = rulings::file(db, tenant, case)? else {
            return Ok(());
        };
        let Some(pin) = &file.profile else {
            return Ok(());
        };
        let entries = entries(db, tenant, &commands::of_case(db, tenant, case)?)?;
        if entries.is_empty() {
            return Ok(());
        }
        let profile = self.profile_of(pin)?;
        let (calendar, _) = self.library.calendar(db, tenant)?;
        let versions = self.library.profiles(db, tenant)?;
        let told = elsewhere::of(db, tenant, case, &leads(&entries))?;
        let judgement = judged((&profile, &versions), &calendar, &file, &entries, &told)?;
        self.take_untold_bars(case, &entries, &judgement)?;
        self.note_links(case, &entries, &judgement).map(drop)
    }
}
