//! Who asks: a signed request becomes an [`Authenticated`] one, or a refusal. Writes nothing.

use std::collections::{BTreeMap, VecDeque};

use ed25519_dalek::VerifyingKey;
use jangkau_core::id::{Nonce, SeatId};
use jangkau_core::plant::{Plant, planted};
use jangkau_core::sync::{
    FrameError, GLASS_ROUTE, GlassAsk, Refused, RefusedReply, RequestClaim, SYNC_ROUTE,
    SeatCertificate, SeatStatus, SignedRequest, SyncRequest, decode_body,
};
use rand_core::CryptoRng;

use crate::library::server_key;
use crate::store::institutions::{self, InstitutionRow};
use crate::store::staff::{self, Seat};
use crate::store::{Db, StoreError};

/// Nonces that a seat may use: as many requests as a device has under way at once, and their repeats.
const NONCES_MAX: usize = 8;

/// The nonces that seats were given and have not used. Not kept over a restart: the first request is then told a
/// fresh one.
#[derive(Debug, Default)]
pub(crate) struct Nonces(BTreeMap<SeatId, VecDeque<Nonce>>);

impl Nonces {
    /// Gives a seat a fresh nonce; its oldest may fall out of the window.
    pub(crate) fn fresh(&mut self, seat: SeatId, rng: &mut dyn CryptoRng) -> Nonce {
        let nonce = Nonce::generate(rng);
        let window = self.0.entry(seat).or_default();
        window.push_back(nonce);
        if window.len() > NONCES_MAX {
            window.pop_front();
        }
        nonce
    }

    fn holds(&self, seat: SeatId, nonce: Nonce) -> bool {
        self.0
            .get(&seat)
            .is_some_and(|window| window.contains(&nonce))
    }

    fn take(&mut self, seat: SeatId, nonce: Nonce) {
        if let Some(window) = self.0.get_mut(&seat) {
            window.retain(|held| *held != nonce);
        }
    }
}

/// A request whose seat is known, whose nonce was fresh, and whose signature holds. Only this room makes one.
#[derive(Debug)]
pub(crate) struct Authenticated {
    seat: Seat,
    institution: InstitutionRow,
    nonce: Nonce,
    request: SyncRequest,
    adopt: Option<SeatCertificate>,
}

impl Authenticated {
    pub(crate) const fn seat(&self) -> &Seat {
        &self.seat
    }

    /// The institution as it was when the request came.
    pub(crate) const fn institution(&self) -> &InstitutionRow {
        &self.institution
    }

    pub(crate) const fn nonce(&self) -> Nonce {
        self.nonce
    }

    pub(crate) const fn request(&self) -> &SyncRequest {
        &self.request
    }

    /// The certificate of a seat that a restore forgot.
    pub(crate) const fn adopt(&self) -> Option<&SeatCertificate> {
        self.adopt.as_ref()
    }

    /// Whether the person may read and write: an active seat of somebody who works here.
    pub(crate) fn is_in_good_standing(&self) -> bool {
        self.seat.status == SeatStatus::Active && self.seat.is_person_active
    }
}

/// What came of one request at the door.
#[derive(Debug)]
pub(crate) enum Entry {
    /// It may go on.
    In(Box<Authenticated>),
    /// It may not.
    Refused(RefusedReply),
    /// It came from a stolen seat; a copy is kept.
    Stolen {
        /// What it is told.
        reply: RefusedReply,
        /// Its seat.
        seat: Seat,
        /// Its bytes.
        copy: Vec<u8>,
    },
}

impl Entry {
    /// What one is told that may not go on.
    pub(crate) fn refusal(&self) -> RefusedReply {
        match self {
            Self::Refused(reply) | Self::Stolen { reply, .. } => *reply,
            Self::In(_) => Refused::Malformed.into(),
        }
    }

    fn refused(code: Refused, nonce: Option<Nonce>) -> Self {
        Self::Refused(RefusedReply { code, nonce })
    }
}

/// A seat that was recognised: known, nonce fresh, signature good. Only this room makes one.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) seat: Seat,
}

/// Recognises who asks about a blob. The bytes of the request stay outside.
pub(crate) fn recognise(
    db: &Db,
    nonces: &mut Nonces,
    claim: &RequestClaim,
    rng: &mut dyn CryptoRng,
) -> Result<Result<Known, RefusedReply>, StoreError> {
    let Some(seat) = staff::seat(db, claim.seat)? else {
        return Ok(Err(Refused::UnknownSeat.into()));
    };
    let is_signed =
        VerifyingKey::from_bytes(&seat.public_key).is_ok_and(|key| claim.verify(&key).is_ok());
    if !is_signed {
        return Ok(Err(Refused::BadSignature.into()));
    }
    let mut refuse = |nonces: &mut Nonces, code| {
        let nonce = Some(nonces.fresh(seat.id, rng));
        Ok(Err(RefusedReply { code, nonce }))
    };
    if seat.status == SeatStatus::Stolen {
        return refuse(nonces, Refused::StolenSeat);
    }
    if !nonces.holds(seat.id, claim.nonce) {
        return refuse(nonces, Refused::StaleNonce);
    }
    nonces.take(seat.id, claim.nonce);
    Ok(Ok(Known { seat }))
}

/// What a frame's error means to the one who sent it.
pub(crate) const fn refusal_of(error: FrameError) -> Refused {
    match error {
        FrameError::TooLong => Refused::TooLong,
        FrameError::Version => Refused::Version,
        FrameError::Malformed => Refused::Malformed,
    }
}

/// Whose request it is, and with which key it must be signed.
struct Claim {
    seat: Seat,
    adopt: Option<SeatCertificate>,
}

/// Checks one request. `Err` means that the machine is broken.
pub(crate) fn authenticate(
    db: &Db,
    nonces: &mut Nonces,
    bytes: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Entry, StoreError> {
    let (claim, signed) = match knock(db, nonces, bytes, SYNC_ROUTE, rng)? {
        Ok(knock) => knock,
        Err(stopped) => return Ok(stopped),
    };
    let seat = claim.seat;
    let mut refuse =
        |nonces: &mut Nonces, code| Entry::refused(code, Some(nonces.fresh(seat.id, rng)));
    let request: SyncRequest = match decode_body(&signed.body) {
        Ok(request) => request,
        Err(error) => return Ok(refuse(nonces, refusal_of(error))),
    };
    let institution = institutions::get(db, seat.tenant)?;
    // Who has not heard of a restore yet is told, since it may be the last to hold what was forgotten.
    let says_nothing = request.push.is_none()
        && request.push_back.is_none()
        && request.trust.is_none_or(|trust| trust.left.is_none())
        && request.cursor.era >= institution.era;
    if seat.status == SeatStatus::Retired && says_nothing {
        return Ok(refuse(nonces, Refused::RetiredSeat));
    }
    Ok(Entry::In(Box::new(Authenticated {
        seat,
        institution,
        nonce: signed.nonce,
        request,
        adopt: claim.adopt,
    })))
}

/// Who asks to break glass, and for what.
#[derive(Debug)]
pub(crate) struct AskedGlass {
    pub(crate) seat: Seat,
    pub(crate) nonce: Nonce,
    pub(crate) ask: GlassAsk,
}

/// What came of a request to break glass at the door.
#[derive(Debug)]
pub(crate) enum GlassEntry {
    /// It may be judged.
    In(Box<AskedGlass>),
    /// It may not.
    Stopped(Box<Entry>),
}

/// The same for a request to break glass: of a seat that is in use and known here.
pub(crate) fn authenticate_glass(
    db: &Db,
    nonces: &mut Nonces,
    bytes: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<GlassEntry, StoreError> {
    let (claim, signed) = match knock(db, nonces, bytes, GLASS_ROUTE, rng)? {
        Ok(knock) => knock,
        Err(stopped) => return Ok(GlassEntry::Stopped(Box::new(stopped))),
    };
    let seat = claim.seat;
    let ask: Result<GlassAsk, Refused> = decode_body(&signed.body).map_err(refusal_of);
    let code = match ask {
        // A seat that a restore forgot shows its certificate with an exchange first.
        Ok(_) if claim.adopt.is_some() => Refused::UnknownSeat,
        Ok(_) if seat.status != SeatStatus::Active => Refused::RetiredSeat,
        Ok(ask) => {
            let nonce = signed.nonce;
            return Ok(GlassEntry::In(Box::new(AskedGlass { seat, nonce, ask })));
        }
        Err(code) => code,
    };
    let refused = Entry::refused(code, Some(nonces.fresh(seat.id, rng)));
    Ok(GlassEntry::Stopped(Box::new(refused)))
}

/// Whose request it is: its signature over the route holds, its nonce was fresh and is taken.
fn knock(
    db: &Db,
    nonces: &mut Nonces,
    bytes: &[u8],
    route: &str,
    rng: &mut dyn CryptoRng,
) -> Result<Result<(Claim, SignedRequest), Entry>, StoreError> {
    let signed = match SignedRequest::from_bytes(bytes) {
        Ok(signed) => signed,
        Err(error) => return Ok(Err(Entry::refused(refusal_of(error), None))),
    };
    let Some(claim) = claim(db, &signed)? else {
        return Ok(Err(Entry::refused(Refused::UnknownSeat, None)));
    };
    let seat = &claim.seat;
    let is_signed = VerifyingKey::from_bytes(&seat.public_key)
        .is_ok_and(|key| signed.verify(route, &key).is_ok());
    // Nobody but the seat itself gets a nonce, or learns what became of the seat.
    if !is_signed {
        return Ok(Err(Entry::refused(Refused::BadSignature, None)));
    }
    if seat.status == SeatStatus::Stolen && !planted(Plant::ServeStolen) {
        let nonce = Some(nonces.fresh(seat.id, rng));
        let reply = RefusedReply {
            code: Refused::StolenSeat,
            nonce,
        };
        let (seat, copy) = (claim.seat, signed.body);
        return Ok(Err(Entry::Stolen { reply, seat, copy }));
    }
    if !nonces.holds(seat.id, signed.nonce) {
        let nonce = Some(nonces.fresh(seat.id, rng));
        return Ok(Err(Entry::refused(Refused::StaleNonce, nonce)));
    }
    nonces.take(seat.id, signed.nonce);
    Ok(Ok((claim, signed)))
}

fn claim(db: &Db, signed: &SignedRequest) -> Result<Option<Claim>, StoreError> {
    if let Some(seat) = staff::seat(db, signed.seat)? {
        return Ok(Some(Claim { seat, adopt: None }));
    }
    let Ok(request) = decode_body::<SyncRequest>(&signed.body) else {
        return Ok(None);
    };
    let Some(certificate) = request.certificate.filter(|own| own.seat == signed.seat) else {
        return Ok(None);
    };
    let Some(institution) = institutions::find(db, &certificate.institution)? else {
        return Ok(None);
    };
    let key = server_key(&institution).verifying_key();
    if certificate.verify(&key).is_err() {
        return Ok(None);
    }
    let Some(person) = staff::person(db, institution.tenant, certificate.person)? else {
        // An administrator adds them again under this id.
        tracing::warn!(person = %certificate.person, "a restore forgot a person whose device is back");
        return Ok(None);
    };
    let seat = Seat {
        id: certificate.seat,
        tenant: institution.tenant,
        person: certificate.person,
        public_key: certificate.public_key,
        status: SeatStatus::Active,
        is_person_active: person.active,
    };
    Ok(Some(Claim {
        seat,
        adopt: Some(certificate),
    }))
}
