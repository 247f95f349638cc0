//! An office for the smoke stories: answers one enrolment from standard input on standard output.

use std::io::{Read as _, Write as _};

use ed25519_dalek::SigningKey;
use jangkau_core::id::{Nonce, PersonId, SeatId};
use jangkau_core::sync::{Enrol, Enrolled, SeatCertificate, decode_body, encode_body};
use jangkau_core::time::Timestamp;

/// Gives the answer to an enrolment, as a server would whose key is all ones. Nothing, if it is no enrolment.
pub(crate) fn enrol(request: &[u8]) -> Option<Vec<u8>> {
    let request: Enrol = decode_body(request).ok()?;
    let key = SigningKey::from_bytes(&[1; 32]);
    let certificate = SeatCertificate {
        seat: SeatId::from_bytes([2; 16]),
        institution: "cilegon".parse().ok()?,
        person: PersonId::from_bytes([3; 16]),
        device: request.device,
        public_key: request.public_key,
        issued_at: Timestamp::from_millis(0),
        signature: [0; 64],
    }
    .signed(&key);
    Some(encode_body(&Enrolled {
        certificate,
        server_key: key.verifying_key().to_bytes(),
        nonce: Nonce::from_bytes([4; 12]),
    }))
}

fn main() -> std::io::Result<()> {
    let mut request = Vec::new();
    std::io::stdin().read_to_end(&mut request)?;
    let reply = enrol(&request).ok_or(std::io::ErrorKind::InvalidData)?;
    std::io::stdout().write_all(&reply)
}
