//! What those who run the server may see: who is enrolled, where logs end, how verdicts fell. Nothing about a case.

use jangkau_core::id::{CommandId, InstitutionId, PersonId, SeatId, ServerSeq};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::{Row, SeatStatus};

use super::{Engine, EngineError};
use crate::store::{StoreError, decode, institutions, staff, standing};

/// A person on the staff, and their seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolledPerson {
    /// Who.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Codes of the roles.
    pub roles: Vec<String>,
    /// Seats and what became of them, oldest first.
    pub seats: Vec<(SeatId, SeatStatus)>,
}

impl Engine {
    /// The institution of a seat, if there is such a seat.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn institution_of(&self, seat: SeatId) -> Result<Option<InstitutionId>, EngineError> {
        let db = self.store.db();
        let Some(seat) = staff::seat(&db, seat)? else {
            return Ok(None);
        };
        Ok(Some(institutions::get(&db, seat.tenant)?.id))
    }

    /// The staff of an institution and their seats.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn enrolled(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<EnrolledPerson>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let seats = standing::seats(&db, tenant)?;
        let mut enrolled = Vec::new();
        for id in staff::people(&db, tenant)? {
            let Some(person) = staff::person(&db, tenant, id)? else {
                continue;
            };
            let own = seats.iter().filter(|(_, person, _)| *person == id);
            enrolled.push(EnrolledPerson {
                person: id,
                name: person.name,
                roles: person.roles.iter().map(ToString::to_string).collect(),
                seats: own.map(|(seat, _, status)| (*seat, *status)).collect(),
            });
        }
        Ok(enrolled)
    }

    /// The verdicts of the rulings after a row, without what they are about.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn verdicts_after(
        &self,
        institution: &InstitutionId,
        after: ServerSeq,
    ) -> Result<Vec<Verdict>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let mut all = Vec::new();
        for row in standing::rulings_after(&self.store.db(), tenant, after)? {
            let Row::Ruling(signed) = row else {
                return Err(StoreError::Undecodable.into());
            };
            let body = signed.read().map_err(|_| StoreError::Undecodable)?;
            let verdicts: Vec<(CommandId, Verdict)> = decode(&body.verdicts)?;
            all.extend(verdicts.into_iter().map(|(_, verdict)| verdict));
        }
        Ok(all)
    }
}
