//! The log: gap-free rows of each institution, in one order.

use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, EnvelopeHash, PersonId, SeatId, ServerSeq};
use jangkau_core::sync::Row;
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::institutions::{Tenant, next_seq};
use super::{Db, Place, StoreError, audit, column, decode, encode, instant, seq};
use crate::keys::Owner;

/// What a row is about, as far as it decides who may see it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heading {
    /// Its one case; none for rows of no case, and for commands of several.
    pub(crate) case: Option<CaseId>,
    /// The class of a ruling; none for K1.
    pub(crate) class: Option<Class>,
    /// The author of commands, or who broke glass; the only reader of a grant, its end, a bar, or a seat.
    pub(crate) person: Option<PersonId>,
    /// The seat that signed commands.
    pub(crate) seat: Option<SeatId>,
    /// Where the envelope of commands is kept.
    pub(crate) envelope: Option<i64>,
    /// How far the clock of the device that pushed commands was ahead, in milliseconds.
    pub(crate) clock_offset_ms: Option<i64>,
}

/// The kinds of row, as numbered in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum RowKind {
    Commands,
    Ruling,
    Grant,
    GrantEnd,
    Staff,
    Profile,
    Calendar,
    Seat,
    View = 9,
    Epoch = 10,
    Bar = 11,
    Stored = 12,
    Notice = 13,
}

impl RowKind {
    const ALL: [Self; 13] = [
        Self::Commands,
        Self::Ruling,
        Self::Grant,
        Self::GrantEnd,
        Self::Staff,
        Self::Profile,
        Self::Calendar,
        Self::Seat,
        Self::View,
        Self::Epoch,
        Self::Bar,
        Self::Stored,
        Self::Notice,
    ];

    pub(super) fn numbered(number: u8) -> Result<Self, StoreError> {
        let mut kinds = Self::ALL.into_iter();
        kinds
            .find(|known| *known as u8 == number)
            .ok_or(StoreError::Undecodable)
    }

    /// Whether its bytes tell of people: rulings say where cases stand, rows of the staff name it, views name clients and how to
    /// reach them, checkpoints say what was erased, notices say why glass was broken. The others hold ids, words of closed lists,
    /// profiles and calendars.
    pub(super) const fn is_sealed(self) -> bool {
        match self {
            Self::Ruling | Self::Staff | Self::View | Self::Epoch | Self::Notice => true,
            Self::Commands
            | Self::Grant
            | Self::GrantEnd
            | Self::Profile
            | Self::Calendar
            | Self::Seat
            | Self::Bar
            | Self::Stored => false,
        }
    }

    pub(super) const fn of(row: &Row) -> Self {
        match row {
            Row::Commands(_) | Row::Own(_, _) => Self::Commands,
            Row::Ruling(_) => Self::Ruling,
            Row::Grant(_) => Self::Grant,
            Row::GrantEnd(_) => Self::GrantEnd,
            Row::Staff(_) => Self::Staff,
            Row::Profile(_) => Self::Profile,
            Row::Calendar(_) => Self::Calendar,
            Row::Seat(_, _) => Self::Seat,
            Row::Epoch(_) => Self::Epoch,
            Row::View(_) => Self::View,
            Row::Bar(_, _) => Self::Bar,
            Row::Notice(_) => Self::Notice,
            Row::Stored(_, _, _) => Self::Stored,
        }
    }
}

pub(super) fn place_of(at: ServerSeq) -> Place {
    Place::new("log", &[&at.get().to_be_bytes()])
}

/// A row without its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LightRow {
    pub(crate) seq: ServerSeq,
    pub(crate) kind: RowKind,
    pub(crate) heading: Heading,
    pub(crate) received_at: Timestamp,
}

pub(crate) fn append(
    db: &Db,
    tenant: Tenant,
    row: &Row,
    heading: &Heading,
    now: Timestamp,
) -> Result<ServerSeq, StoreError> {
    let at = next_seq(db, tenant)?;
    append_at(db, tenant, at, row, heading, now)?;
    Ok(at)
}

/// Appends a row at a position that was taken for it in this transaction, and its entry of the audit chain.
pub(crate) fn append_at(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    row: &Row,
    heading: &Heading,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO log \
               (institution, seq, kind, case_id, class, person, seat, envelope, received_at, bytes, \
               clock_offset, key_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let (kind, bytes) = (RowKind::of(row), encode(row));
    let (kept, key) = if kind.is_sealed() {
        let sealed = db.seal(tenant, Owner::Institution, &place_of(at), &bytes)?;
        (sealed.bytes, sealed.key)
    } else {
        (bytes.clone(), 0)
    };
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        column(at),
        kind as u8,
        heading.case,
        heading.class.map(Class::number),
        heading.person,
        heading.seat,
        heading.envelope,
        now.as_millis(),
        kept,
        heading.clock_offset_ms,
        key,
    ])?;
    audit::append_row(db, tenant, at, (row, &bytes), heading, now)
}

/// The rows after a position, without their bytes.
pub(crate) fn scan(
    db: &Db,
    tenant: Tenant,
    after: ServerSeq,
    limit: u32,
) -> Result<Vec<LightRow>, StoreError> {
    let sql = "SELECT seq, kind, case_id, class, person, seat, envelope, received_at, clock_offset \
               FROM log \
               WHERE institution = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    read_rows(db, sql, params![tenant.0, column(after), limit])
}

/// The rows of commands that brought commands of a case, between two positions.
pub(crate) fn rows_of_case(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    after: ServerSeq,
    upto: ServerSeq,
) -> Result<Vec<LightRow>, StoreError> {
    let sql = "SELECT seq, kind, case_id, class, person, seat, envelope, received_at, clock_offset \
               FROM log WHERE institution = ?1 AND seq IN \
               (SELECT seq FROM log_command \
               WHERE institution = ?1 AND case_id = ?2 AND seq > ?3 AND seq <= ?4) \
               ORDER BY seq";
    read_rows(
        db,
        sql,
        params![tenant.0, case, column(after), column(upto)],
    )
}

fn read_rows(
    db: &Db,
    sql: &str,
    arguments: &[&dyn rusqlite::ToSql],
) -> Result<Vec<LightRow>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(arguments)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: u8 = row.get(1)?;
        let class: Option<u8> = row.get(3)?;
        let class = class.map(|number| Class::from_number(number).ok_or(StoreError::Undecodable));
        found.push(LightRow {
            seq: seq(row.get(0)?),
            kind: RowKind::numbered(kind)?,
            heading: Heading {
                case: row.get(2)?,
                class: class.transpose()?,
                person: row.get(4)?,
                seat: row.get(5)?,
                envelope: row.get(6)?,
                clock_offset_ms: row.get(8)?,
            },
            received_at: instant(row.get(7)?),
        });
    }
    Ok(found)
}

/// A row as it was appended, and the length of its bytes.
pub(crate) fn get(db: &Db, tenant: Tenant, at: ServerSeq) -> Result<(Row, usize), StoreError> {
    let sql = "SELECT bytes, kind, key_id FROM log WHERE institution = ?1 AND seq = ?2";
    let (bytes, kind, key): (Vec<u8>, u8, i64) = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, column(at)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let kind = RowKind::numbered(kind)?;
    let bytes = if kind.is_sealed() {
        db.open_own(tenant, &place_of(at), key, &bytes)?
    } else {
        bytes
    };
    let row = decode(&bytes)?;
    // The column alone says what is sealed: it must be true.
    if RowKind::of(&row) != kind {
        return Err(StoreError::Forged);
    }
    Ok((row, bytes.len()))
}

/// A row as the audit chain tells of it.
pub(crate) struct RawRow {
    pub(crate) kind: RowKind,
    pub(crate) bytes: Vec<u8>,
    pub(crate) envelope: Option<EnvelopeHash>,
}

/// A row's kind, bytes and envelope; none if there is no such row. Bytes that do not open are given as they lie there: the chain
/// says that they are others.
pub(crate) fn raw(db: &Db, tenant: Tenant, at: ServerSeq) -> Result<Option<RawRow>, StoreError> {
    let sql = "SELECT kind, bytes, envelope, key_id FROM log WHERE institution = ?1 AND seq = ?2";
    let found: Option<(u8, Vec<u8>, Option<i64>, i64)> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, column(at)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((kind, bytes, envelope, key)) = found else {
        return Ok(None);
    };
    let kind = RowKind::numbered(kind)?;
    let bytes = if kind.is_sealed() {
        match db.open_own(tenant, &place_of(at), key, &bytes) {
            Ok(plain) => plain,
            Err(StoreError::Forged | StoreError::Keys) => bytes,
            Err(error) => return Err(error),
        }
    } else {
        bytes
    };
    Ok(Some(RawRow {
        kind,
        bytes,
        envelope: envelope
            .map(|number| audit::envelope(db, number))
            .transpose()?,
    }))
}
