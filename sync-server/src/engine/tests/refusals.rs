//! Every code by which a whole request is refused, each with an input that earns it.

use jangkau_core::id::{DeviceId, SeatId};
use jangkau_core::sync::{
    Enrol, FRAME_BYTES_MAX, Refused, SYNC_ROUTE, SeatStatus, SignedRequest, SyncRequest,
    encode_body,
};

use super::bench::Bench;
use super::trial::Trial;

fn refused(trial: &mut Trial, bytes: Vec<u8>, expected: Refused) {
    let now = trial.bench.later();
    let answer = trial
        .bench
        .engine
        .sync(&[bytes], now, &mut trial.bench.rng)
        .remove(0);
    assert_eq!(
        trial
            .hand
            .take(answer)
            .map(|_| ())
            .map_err(|refused| refused.code),
        Err(expected)
    );
}

#[test]
fn every_refusal_of_a_request() {
    let mut trial = Trial::new();
    let request = trial.hand.sign(trial.hand.asking());
    trial
        .bench
        .send(&mut trial.hand, SyncRequest::default())
        .unwrap();
    refused(&mut trial, request, Refused::StaleNonce);
    let seat = std::mem::replace(&mut trial.hand.seat, SeatId::from_bytes([8; 16]));
    let request = trial.hand.sign(trial.hand.asking());
    refused(&mut trial, request, Refused::UnknownSeat);
    trial.hand.seat = seat;
    let mut request = SignedRequest::from_bytes(&trial.hand.sign(trial.hand.asking())).unwrap();
    request.signature[0] ^= 1;
    refused(&mut trial, request.to_bytes(), Refused::BadSignature);
    refused(&mut trial, b"\xffnot cbor".to_vec(), Refused::Malformed);
    refused(&mut trial, vec![0; FRAME_BYTES_MAX + 1], Refused::TooLong);
    let signed = |trial: &Trial, body: Vec<u8>| {
        let (seat, nonce) = (trial.hand.seat, trial.hand.nonce);
        let route = SYNC_ROUTE;
        SignedRequest::sign(route, seat, nonce, body, &trial.hand.key).to_bytes()
    };
    let request = signed(&trial, vec![9, 0, 0]);
    refused(&mut trial, request, Refused::Version);
    let request = signed(&trial, vec![1, 0, 0xff]);
    refused(&mut trial, request, Refused::Malformed);
}

#[test]
fn a_retired_seat_with_nothing_to_say_and_a_stolen_one() {
    let mut trial = Trial::new();
    let (now, institution) = (trial.bench.later(), trial.bench.institution.clone());
    let seat = trial.hand.seat;
    trial
        .bench
        .engine
        .revoke(&institution, seat, SeatStatus::Retired, now)
        .unwrap();
    let request = trial.hand.sign(trial.hand.asking());
    refused(&mut trial, request, Refused::RetiredSeat);
    trial
        .bench
        .engine
        .revoke(&institution, seat, SeatStatus::Stolen, now)
        .unwrap();
    let request = trial.hand.sign(trial.hand.asking());
    refused(&mut trial, request, Refused::StolenSeat);
    let kept = trial.bench.engine.turned_away(&institution).unwrap();
    assert_eq!(kept.len(), 1, "a copy is kept");
}

#[test]
fn a_code_is_used_once_and_not_for_ever() {
    let mut bench = Bench::new();
    let person = bench.person(&["clerk"]);
    let institution = bench.institution.clone();
    let enrol = |bench: &mut Bench, code: String, now| {
        let device = DeviceId::from_bytes([1; 16]);
        let body = encode_body(&Enrol {
            code,
            device,
            public_key: [7; 32],
        });
        let done = bench.engine.enrol(&body, now, &mut bench.rng);
        done.map(|_| ()).map_err(|refused| refused.code)
    };
    let now = bench.later();
    let code = bench
        .engine
        .invite(&institution, person, now, &mut bench.rng)
        .unwrap();
    assert_eq!(
        enrol(&mut bench, "NOTACODE".to_owned(), now),
        Err(Refused::BadCode)
    );
    assert_eq!(enrol(&mut bench, code.to_lowercase(), now), Ok(()));
    assert_eq!(enrol(&mut bench, code, now), Err(Refused::BadCode));
    let code = bench
        .engine
        .invite(&institution, person, now, &mut bench.rng)
        .unwrap();
    let late = now.plus_millis(8 * 24 * 60 * 60 * 1_000);
    assert_eq!(enrol(&mut bench, code, late), Err(Refused::BadCode));
}
