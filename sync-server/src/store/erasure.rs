//! Deleting what a destroyed key had sealed. It could not be read any more; here it goes from the file, too.

use std::collections::BTreeSet;

use jangkau_core::id::{CommandId, DocumentId};
use jangkau_core::plant::crash_point;
use rusqlite::params;

use super::institutions::{self, Tenant};
use super::{Db, Store, StoreError, commands, erase, parse, records, shelf};
use crate::keys::{Erasure, Found, KeyId, ReasonCode};

impl Store {
    /// Destroys the keys of which nothing is left since documents were written anew: the ledger is first. Asked again, also at the
    /// next opening, it goes on where it stopped.
    pub(crate) fn shred_due(&self) -> Result<(), StoreError> {
        let due = erase::due_keys(&self.db())?;
        if due.is_empty() {
            return Ok(());
        }
        for one in &due {
            let institution = self.db().institution(one.tenant)?;
            let reason: ReasonCode = parse(&one.reason)?;
            let erasure = Erasure {
                institution,
                document: one.document,
                key: one.key,
                at: one.at,
                reason,
            };
            self.db().keys().shred(erasure)?;
            crash_point("erase.shredded")?;
        }
        self.transact(None, |db| {
            db.execute("DELETE FROM key_due", [])?;
            Ok(())
        })
    }

    /// Deletes what destroyed keys had sealed, wherever it still lies. Done again at every opening: the database may be an
    /// older one, or the power went out before the rows were gone.
    pub(crate) fn drop_erased(&self) -> Result<(), StoreError> {
        self.shred_due()?;
        let erasures = self.db().keys().erasures();
        if erasures.is_empty() {
            return Ok(());
        }
        self.transact(None, |db| {
            for institution in institutions::all(db)? {
                let erased = erasures
                    .iter()
                    .filter(|one| one.institution == institution.id);
                let mut is_any = false;
                for one in erased {
                    drop_rows(db, institution.tenant, one.document, one.key.get())?;
                    is_any = true;
                }
                if is_any {
                    shelf::drop_erased(db, institution.tenant)?;
                }
            }
            Ok(())
        })?;
        // The log beside the database still holds what was deleted.
        let db = self.db();
        let emptied: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if emptied != 0 {
            tracing::warn!("somebody reads the database: its log is emptied later");
        }
        Ok(())
    }
}

/// How many documents cannot be read because nobody knows a key of theirs, and how many because it was destroyed.
pub(crate) fn unreadable(db: &Db, tenant: Tenant) -> Result<(usize, usize), StoreError> {
    let sql = "SELECT DISTINCT document, key_id FROM change WHERE institution = ?1";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([tenant.0])?;
    let (mut unknown, mut hollow) = (BTreeSet::new(), BTreeSet::new());
    while let Some(row) = rows.next()? {
        let (document, key): (DocumentId, i64) = (row.get(0)?, row.get(1)?);
        let Some(key) = KeyId::new(key) else { continue };
        match db.keys().by_id(key)? {
            Found::Key(_) => {}
            Found::Missing => drop(unknown.insert(document)),
            Found::Erased => drop(hollow.insert(document)),
        }
    }
    Ok((unknown.len(), hollow.len()))
}

/// Deletes what one key had sealed of one document.
fn drop_rows(db: &Db, tenant: Tenant, document: DocumentId, key: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM snapshot WHERE institution = ?1 AND document = ?2 AND key_id = ?3";
    db.execute(sql, params![tenant.0, document, key])?;
    let sql = "SELECT DISTINCT command FROM change WHERE institution = ?1 AND document = ?2 \
               AND key_id = ?3 AND length(bytes) > 0";
    let commands: Vec<CommandId> = {
        let mut statement = db.prepare(sql)?;
        let rows = statement.query_map(params![tenant.0, document, key], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for command in commands {
        records::drop_erased(db, tenant, command)?;
        commands::drop_erased_of_envelopes(db, tenant, command)?;
    }
    let sql = "UPDATE change SET bytes = x'' WHERE institution = ?1 AND document = ?2 \
               AND key_id = ?3 AND length(bytes) > 0";
    db.execute(sql, params![tenant.0, document, key])?;
    Ok(())
}
