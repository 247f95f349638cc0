//! Sealing what a version without keys left readable: once, in one transaction, when such a database is opened.

use std::collections::BTreeMap;

use jangkau_core::class::Class;
use jangkau_core::command::PlacedRecord;
use jangkau_core::id::{CaseId, ChangeHash, CommandId, DocumentId, EnvelopeHash, PersonId};
use rusqlite::{Row, params};

use super::institutions::{Tenant, place_of_key};
use super::{
    Db, StoreError, commands, decode, documents, envelopes, links, log, records, rulings, seq,
    shelf, staff,
};
use crate::keys::Owner;

/// Whether some row is still readable: the signing key of an institution is the first to be sealed.
pub(super) fn is_due(db: &Db) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM institution WHERE key_id = 0 LIMIT 1";
    Ok(db.prepare(sql)?.exists([])?)
}

/// Seals every row that is still readable.
pub(super) fn seal_all(db: &Db) -> Result<(), StoreError> {
    for tenant in column_of(
        db,
        "SELECT number FROM institution WHERE key_id = 0",
        |row| Ok(Tenant(row.get(0)?)),
    )? {
        signing_key(db, tenant)?;
        people(db, tenant)?;
        rows(db, tenant)?;
        changes(db, tenant)?;
        commands_of(db, tenant)?;
        envelopes_of(db, tenant)?;
        shelves(db, tenant)?;
        cases(db, tenant)?;
    }
    // Saved documents are made again.
    db.execute("DELETE FROM snapshot WHERE key_id = 0", [])?;
    Ok(())
}

fn column_of<T>(
    db: &Db,
    sql: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| read(row))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The rows of one institution, by what tells them from others.
fn of<T>(
    db: &Db,
    tenant: Tenant,
    sql: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([tenant.0], |row| read(row))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn signing_key(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql = "SELECT server_key FROM institution WHERE number = ?1";
    for key in of(db, tenant, sql, |row| row.get::<_, Vec<u8>>(0))? {
        let sealed = db.seal(tenant, Owner::Institution, &place_of_key(), &key)?;
        let sql = "UPDATE institution SET server_key = ?2, key_id = ?3 WHERE number = ?1";
        db.execute(sql, params![tenant.0, sealed.bytes, sealed.key])?;
    }
    Ok(())
}

fn people(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql = "SELECT id, name FROM person WHERE institution = ?1 AND sealed_name IS NULL";
    let read = |row: &Row<'_>| Ok((row.get::<_, PersonId>(0)?, row.get::<_, String>(1)?));
    for (person, name) in of(db, tenant, sql, read)? {
        let place = staff::place_of_name(person);
        let sealed = db.seal(tenant, Owner::Institution, &place, name.as_bytes())?;
        let sql = "UPDATE person SET name = '', sealed_name = ?3, key_id = ?4 \
                   WHERE institution = ?1 AND id = ?2";
        db.execute(sql, params![tenant.0, person, sealed.bytes, sealed.key])?;
    }
    Ok(())
}

fn rows(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql = "SELECT seq, kind FROM log WHERE institution = ?1 AND key_id = 0";
    let read = |row: &Row<'_>| Ok((seq(row.get(0)?), row.get::<_, u8>(1)?));
    for (at, kind) in of(db, tenant, sql, read)? {
        if log::RowKind::numbered(kind)?.is_sealed() {
            let sql = "SELECT bytes FROM log WHERE institution = ?1 AND seq = ?2";
            let at_column = super::column(at);
            let bytes: Vec<u8> =
                db.query_row(sql, params![tenant.0, at_column], |row| row.get(0))?;
            let sealed = db.seal(tenant, Owner::Institution, &log::place_of(at), &bytes)?;
            let sql = "UPDATE log SET bytes = ?3, key_id = ?4 WHERE institution = ?1 AND seq = ?2";
            db.execute(sql, params![tenant.0, at_column, sealed.bytes, sealed.key])?;
        }
    }
    Ok(())
}

fn changes(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql = "SELECT rowid, document, hash FROM change WHERE institution = ?1 AND key_id = 0";
    let read = |row: &Row<'_>| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, DocumentId>(1)?,
            row.get::<_, ChangeHash>(2)?,
        ))
    };
    for (number, document, hash) in of(db, tenant, sql, read)? {
        let sql = "SELECT bytes FROM change WHERE rowid = ?1";
        let bytes: Vec<u8> = db.query_row(sql, [number], |row| row.get(0))?;
        let place = documents::place_of_change(document, hash);
        let sealed = db.seal(tenant, Owner::Document(document), &place, &bytes)?;
        let sql = "UPDATE change SET bytes = ?2, key_id = ?3 WHERE rowid = ?1";
        db.execute(sql, params![number, sealed.bytes, sealed.key])?;
    }
    Ok(())
}

/// Which document of each class a command wrote.
type Written = BTreeMap<CommandId, BTreeMap<Class, DocumentId>>;

fn commands_of(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql = "SELECT command, class, document FROM change JOIN document \
               ON document.institution = change.institution AND document.id = change.document \
               WHERE change.institution = ?1";
    let read = |row: &Row<'_>| {
        Ok((
            row.get::<_, CommandId>(0)?,
            row.get::<_, u8>(1)?,
            row.get::<_, DocumentId>(2)?,
        ))
    };
    let mut written = Written::new();
    for (command, class, document) in of(db, tenant, sql, read)? {
        let class = Class::from_number(class).ok_or(StoreError::Undecodable)?;
        written.entry(command).or_default().insert(class, document);
    }
    let sql = "SELECT id, records FROM command WHERE institution = ?1 AND key_id = 0";
    let read = |row: &Row<'_>| Ok((row.get::<_, CommandId>(0)?, row.get::<_, Vec<u8>>(1)?));
    for (command, column) in of(db, tenant, sql, read)? {
        let mut by_document: BTreeMap<DocumentId, Vec<PlacedRecord>> = BTreeMap::new();
        for record in decode::<Vec<PlacedRecord>>(&column)? {
            let document = written.get(&command).and_then(|own| own.get(&record.class));
            let document = document.copied().ok_or(StoreError::Undecodable)?;
            by_document.entry(document).or_default().push(record);
        }
        let by_document: Vec<_> = by_document
            .iter()
            .map(|(id, own)| (*id, own.as_slice()))
            .collect();
        records::replace(db, tenant, command, &by_document)?;
    }
    Ok(())
}

fn envelopes_of(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql =
        "SELECT number, hash, content, bytes FROM envelope WHERE institution = ?1 AND key_id = 0";
    let read = |row: &Row<'_>| {
        let hash: EnvelopeHash = row.get(1)?;
        let content: [u8; 32] = row.get(2)?;
        Ok((
            row.get::<_, i64>(0)?,
            hash,
            content,
            row.get::<_, Vec<u8>>(3)?,
        ))
    };
    for (number, hash, content, bytes) in of(db, tenant, sql, read)? {
        let envelope = envelopes::read_envelope(&bytes)?;
        let place = commands::place_of_envelope(hash, &content);
        let sealed = envelopes::seal(db, tenant, &place, &envelope)?;
        let sql = "UPDATE envelope SET bytes = ?2, key_id = ?3, length = ?4 WHERE number = ?1";
        db.execute(
            sql,
            params![number, sealed.bytes, sealed.key, bytes.len() as u32],
        )?;
    }
    Ok(())
}

fn shelves(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql = "SELECT envelope, command, reason, class, bytes, number FROM quarantine \
               WHERE institution = ?1 AND key_id = 0";
    let turned = {
        let mut statement = db.prepare(sql)?;
        let mut rows = statement.query([tenant.0])?;
        let mut turned = Vec::new();
        while let Some(row) = rows.next()? {
            turned.push((shelf::turned_row(row)?, row.get::<_, i64>(5)?));
        }
        turned
    };
    for ((place, bytes), number) in turned {
        let sealed = match envelopes::read_envelope(&bytes) {
            Ok(envelope) => envelopes::seal(db, tenant, &place, &envelope)?,
            Err(_) => envelopes::seal_raw(db, tenant, &place, &bytes)?,
        };
        let sql = "UPDATE quarantine SET bytes = ?2, key_id = ?3 WHERE number = ?1";
        db.execute(sql, params![number, sealed.bytes, sealed.key])?;
    }
    let sql =
        "SELECT number, command, content, bytes FROM waiting WHERE institution = ?1 AND key_id = 0";
    let read = |row: &Row<'_>| {
        let (command, content): (CommandId, [u8; 32]) = (row.get(1)?, row.get(2)?);
        Ok((
            row.get::<_, i64>(0)?,
            shelf::place_of_waiting(command, &content),
            row.get::<_, Vec<u8>>(3)?,
        ))
    };
    for (number, place, bytes) in of(db, tenant, sql, read)? {
        let sealed = envelopes::seal(db, tenant, &place, &envelopes::read_envelope(&bytes)?)?;
        let sql = "UPDATE waiting SET bytes = ?2, key_id = ?3 WHERE number = ?1";
        db.execute(sql, params![number, sealed.bytes, sealed.key])?;
    }
    Ok(())
}

fn cases(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql = "SELECT id, state, links FROM case_file WHERE institution = ?1 AND key_id = 0";
    let read = |row: &Row<'_>| {
        Ok((
            row.get::<_, CaseId>(0)?,
            row.get::<_, Option<Vec<u8>>>(1)?,
            row.get::<_, Option<Vec<u8>>>(2)?,
        ))
    };
    for (case, state, ruled) in of(db, tenant, sql, read)? {
        for (column, place, plain) in [
            ("state", rulings::place_of_state(case), state),
            ("links", links::place_of_links(case), ruled),
        ] {
            let Some(plain) = plain else { continue };
            let sealed = db.seal(tenant, Owner::Institution, &place, &plain)?;
            let sql = format!(
                "UPDATE case_file SET {column} = ?3, key_id = ?4 WHERE institution = ?1 AND id = ?2"
            );
            db.execute(&sql, params![tenant.0, case, sealed.bytes, sealed.key])?;
        }
    }
    let sql = "SELECT kind, hash, case_id FROM likeness WHERE institution = ?1";
    let read = |row: &Row<'_>| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, [u8; 32]>(1)?,
            row.get::<_, CaseId>(2)?,
        ))
    };
    for (kind, hash, case) in of(db, tenant, sql, read)? {
        let sql = "UPDATE likeness SET hash = ?5 \
                   WHERE institution = ?1 AND kind = ?2 AND hash = ?3 AND case_id = ?4";
        db.execute(
            sql,
            params![tenant.0, kind, hash, case, db.blind(tenant, &hash)?],
        )?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    //! A database as a version without keys left it: every sealed row opened again and put back readable.
    #![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

    use super::*;
    use crate::store::{encode, institutions};

    /// Makes everything readable, as it was before there were keys.
    pub(crate) fn unseal_all(db: &Db) {
        for row in institutions::all(db).unwrap() {
            let tenant = row.tenant;
            unseal_documents(db, tenant);
            unseal_rest(db, tenant);
            let sql = "UPDATE institution SET server_key = ?2, key_id = 0 WHERE number = ?1";
            db.execute(sql, params![tenant.0, row.server_key]).unwrap();
        }
    }

    fn unseal_documents(db: &Db, tenant: Tenant) {
        let sql = "SELECT rowid, document, hash, key_id, bytes FROM change WHERE institution = ?1";
        let read = |row: &Row<'_>| {
            let place = documents::place_of_change(row.get(1)?, row.get(2)?);
            let (key, bytes): (i64, Vec<u8>) = (row.get(3)?, row.get(4)?);
            Ok((row.get::<_, i64>(0)?, place, key, bytes))
        };
        for (number, place, key, bytes) in of(db, tenant, sql, read).unwrap() {
            let plain = db.open(tenant, &place, key, &bytes).unwrap().unwrap();
            let sql = "UPDATE change SET bytes = ?2, key_id = 0 WHERE rowid = ?1";
            db.execute(sql, params![number, plain]).unwrap();
        }
        let sql = "SELECT id FROM command WHERE institution = ?1";
        for id in of(db, tenant, sql, |row| row.get::<_, CommandId>(0)).unwrap() {
            let records = commands::get(db, tenant, id).unwrap().unwrap().records;
            let sql =
                "UPDATE command SET records = ?3, key_id = 0 WHERE institution = ?1 AND id = ?2";
            db.execute(sql, params![tenant.0, id, encode(&records)])
                .unwrap();
        }
        for (table, place_columns) in [
            ("envelope", "hash, content"),
            ("waiting", "command, content"),
            ("quarantine", "envelope, command, reason, class"),
        ] {
            let sql = format!(
                "SELECT number, bytes, {place_columns} FROM {table} WHERE institution = ?1"
            );
            let read = |row: &Row<'_>| {
                let place = match table {
                    "envelope" => commands::place_of_envelope(row.get(2)?, &row.get(3)?),
                    "waiting" => shelf::place_of_waiting(row.get(2)?, &row.get(3)?),
                    _ => shelf::place_of_turned(
                        &row.get::<_, Vec<u8>>(2)?,
                        row.get(3)?,
                        &row.get::<_, String>(4)?,
                        row.get(5)?,
                    ),
                };
                Ok((row.get::<_, i64>(0)?, place, row.get::<_, Vec<u8>>(1)?))
            };
            for (number, place, column) in of(db, tenant, &sql, read).unwrap() {
                let plain = envelopes::open_bytes(db, tenant, &place, &column)
                    .unwrap()
                    .unwrap();
                let sql = format!("UPDATE {table} SET bytes = ?2, key_id = 0 WHERE number = ?1");
                db.execute(&sql, params![number, plain]).unwrap();
            }
        }
    }

    fn unseal_rest(db: &Db, tenant: Tenant) {
        let sql = "SELECT seq FROM log WHERE institution = ?1 AND key_id <> 0";
        for at in of(db, tenant, sql, |row| Ok(seq(row.get(0)?))).unwrap() {
            let (row, _) = log::get(db, tenant, at).unwrap();
            let sql = "UPDATE log SET bytes = ?3, key_id = 0 WHERE institution = ?1 AND seq = ?2";
            db.execute(
                sql,
                params![tenant.0, super::super::column(at), encode(&row)],
            )
            .unwrap();
        }
        for id in staff::people(db, tenant).unwrap() {
            let person = staff::person(db, tenant, id).unwrap().unwrap();
            let sql = "UPDATE person SET name = ?3, sealed_name = NULL, key_id = 0 \
                       WHERE institution = ?1 AND id = ?2";
            db.execute(sql, params![tenant.0, id, person.name]).unwrap();
        }
        for case in rulings::cases(db, tenant, None, u32::MAX).unwrap() {
            let state = rulings::file(db, tenant, case).unwrap().unwrap().state;
            let ruled = links::ruled(db, tenant, case).unwrap();
            let sql = "UPDATE case_file SET state = ?3, links = ?4, key_id = 0 \
                       WHERE institution = ?1 AND id = ?2";
            db.execute(sql, params![tenant.0, case, state, ruled])
                .unwrap();
        }
    }
}
