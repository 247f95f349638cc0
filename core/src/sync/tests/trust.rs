//! What is said for the sake of trust, as bytes, and that asking for nothing stays small with it.

use expect_test::{Expect, expect};

use super::samples::{NONCE, SEAT, idle_reply, seat_key};
use crate::id::{LogEra, ServerSeq};
use crate::sync::{
    AUDIT_HASH_LEN, AuditHead, AuditStanding, Cursor, SYNC_ROUTE, SelfCheck, SignedRequest,
    SyncReply, SyncRequest, TrustAsk, TrustReply, decode_body, encode_body,
};

fn head() -> AuditHead {
    AuditHead {
        number: 4_000_000_000,
        hash: [17; AUDIT_HASH_LEN],
    }
}

fn request() -> SyncRequest {
    SyncRequest {
        cursor: Cursor {
            era: LogEra::new(1),
            seq: ServerSeq::new(123_456),
        },
        trust: Some(TrustAsk {
            head: Some(head()),
            left: None,
        }),
        ..SyncRequest::default()
    }
}

fn reply(standing: Option<AuditStanding>) -> SyncReply {
    SyncReply {
        trust: Some(TrustReply {
            head: head(),
            standing,
            parcels: None,
            set_aside: None,
        }),
        ..idle_reply()
    }
}

fn check<T>(value: &T, expected: &Expect)
where
    T: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()> + PartialEq + std::fmt::Debug,
{
    let bytes = minicbor::to_vec(value).unwrap();
    assert_eq!(minicbor::decode::<T>(&bytes).unwrap(), *value);
    assert_eq!(decode_body::<T>(&encode_body(value)).as_ref(), Ok(value));
    expected.assert_eq(&data_encoding::HEXLOWER.encode(&bytes));
}

#[test]
fn heads_of_the_audit_chain() {
    check(
        &request(),
        &expect![
            "8c82011a0001e240f6f6f6f6f6f6f6f6f6f681821aee6b28005011111111111111111111111111111111"
        ],
    );
    check(
        &reply(None),
        &expect![
            "8c4c0404040404040404040404041b0000018bcfe568001a0001e078810184808280801a0001e240f4f6f6f6f64c040404040404040404040404f681821aee6b28005011111111111111111111111111111111"
        ],
    );
    check(
        &reply(Some(AuditStanding::Forked)),
        &expect![
            "8c4c0404040404040404040404041b0000018bcfe568001a0001e078810184808280801a0001e240f4f6f6f6f64c040404040404040404040404f682821aee6b2800501111111111111111111111111111111166666f726b6564"
        ],
    );
}

/// Promised in the design: bodies under 200 bytes each way, also for a device that remembers a head.
#[test]
fn an_idle_exchange_with_a_head_is_small() {
    let request = SyncRequest {
        check: Some([15; 32]),
        ..request()
    };
    let body = encode_body(&request);
    let asked = SignedRequest::sign(SYNC_ROUTE, SEAT, NONCE, body, &seat_key()).to_bytes();
    let reply = SyncReply {
        check: Some(SelfCheck::Same),
        ..reply(None)
    };
    let answered = encode_body(&reply);
    assert!(
        asked.len() < 200 && answered.len() < 200,
        "{} bytes there, {} back",
        asked.len(),
        answered.len()
    );
}

/// A piece is as long as many others, and opens with one key alone.
#[test]
fn pieces_of_parcels_are_padded_and_sealed() {
    use rand_core::SeedableRng as _;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let server = ed25519_dalek::SigningKey::from_bytes(&[5; 32]);
    let content = crate::sync::ParcelContent {
        certificate: super::samples::certificate(),
        era: LogEra::new(2),
        envelopes: crate::sync::pack([&super::samples::envelope()]).unwrap(),
    };
    let key = server.verifying_key();
    let piece = crate::sync::seal_piece(&content, &key, &mut rng).unwrap();
    assert_eq!(piece.len(), 4 * 1024 + 8 + 32 + 16);
    assert_eq!(
        crate::sync::open_piece(&piece, &server),
        Ok(content.clone())
    );
    let again = crate::sync::seal_piece(&content, &key, &mut rng).unwrap();
    assert_ne!(again, piece);
    let other = ed25519_dalek::SigningKey::from_bytes(&[6; 32]);
    let error = crate::sync::ParcelError::OtherInstitution;
    assert_eq!(crate::sync::open_piece(&piece, &other), Err(error));
    let file = crate::sync::parcel_of(vec![piece.clone(), again.clone()]);
    assert_eq!(crate::sync::pieces_of(&file), Ok(vec![piece, again]));
}
