//! Bytes that nobody should send: an answer, never a panic, and never more memory than was promised.

use super::samples::*;
use crate::sync::*;

/// Envelopes that a flip may have reached; those that are as they were sent unpack, as other tests show.
fn survive_envelopes(packed: &Packed, sent: &[Packed]) {
    if !sent.contains(packed) {
        let _ = unpack(packed);
    }
}

/// Whatever the bytes are, they are a message or an error, and so are the envelopes in it.
fn survive(frame: &[u8], sent: &[Packed]) {
    if let Ok(request) = decode_body::<SyncRequest>(frame) {
        let pushed = request.push.iter().map(|batch| &batch.envelopes);
        let told = request.push_back.iter().map(|back| &back.envelopes);
        for packed in pushed.chain(told) {
            survive_envelopes(packed, sent);
        }
    } else if let Ok(reply) = decode_body::<SyncReply>(frame) {
        for frame in reply.backfill.into_iter().flat_map(|page| page.frames) {
            let _ = frame.saved_documents();
        }
    }
    let _ = SignedRequest::from_bytes(frame);
    // The small messages; trying the long frames as these too would only take time.
    if frame.len() < 400 {
        let _ = decode_body::<Enrol>(frame);
        let _ = decode_body::<Enrolled>(frame);
        let _ = decode_body::<RefusedReply>(frame);
    }
}

/// The envelopes of the requests below, as they are sent.
fn sent() -> [Packed; 2] {
    [envelope(), pruned()].map(|envelope| pack([&envelope]).unwrap())
}

/// Frames as they are sent, and the same uncompressed, so that a flip reaches the decoder behind.
fn frames() -> Vec<Vec<u8>> {
    let plain = |bytes: Vec<u8>| [&[PROTOCOL_VERSION, 0], bytes.as_slice()].concat();
    let body = encode_body(&SyncRequest::default());
    vec![
        encode_body(&full_request()),
        plain(minicbor::to_vec(full_request()).unwrap()),
        plain(minicbor::to_vec(full_reply()).unwrap()),
        SignedRequest::sign("POST /v1/sync", SEAT, NONCE, body, &seat_key()).to_bytes(),
        encode_body(&enrol()),
        encode_body(&enrolled()),
    ]
}

#[test]
fn every_truncation_is_an_error() {
    let sent = sent();
    for frame in frames() {
        for len in 0..frame.len() {
            let cut = &frame[..len];
            survive(cut, &sent);
            assert!(decode_body::<SyncRequest>(cut).is_err());
            assert!(SignedRequest::from_bytes(cut).is_err());
        }
        let longer = [frame.as_slice(), &[0]].concat();
        assert!(decode_body::<SyncRequest>(&longer).is_err());
        assert!(decode_body::<SyncReply>(&longer).is_err());
        assert!(SignedRequest::from_bytes(&longer).is_err());
    }
}

#[test]
fn every_flipped_bit_is_survived() {
    let sent = sent();
    for mut frame in frames() {
        for place in 0..frame.len() * 8 {
            frame[place / 8] ^= 1 << (place % 8);
            survive(&frame, &sent);
            frame[place / 8] ^= 1 << (place % 8);
        }
    }
}

#[test]
fn a_signed_request_does_not_survive_a_flip() {
    let body = encode_body(&SyncRequest::default());
    let mut bytes = SignedRequest::sign("POST /v1/sync", SEAT, NONCE, body, &seat_key()).to_bytes();
    let key = seat_key().verifying_key();
    for place in 0..bytes.len() * 8 {
        bytes[place / 8] ^= 1 << (place % 8);
        let verified = SignedRequest::from_bytes(&bytes)
            .is_ok_and(|request| request.verify("POST /v1/sync", &key).is_ok());
        assert!(!verified, "bit {place}");
        bytes[place / 8] ^= 1 << (place % 8);
    }
}

#[test]
fn other_versions_and_kinds_are_named() {
    let mut frame = encode_body(&SyncRequest::default());
    frame[0] = PROTOCOL_VERSION + 1;
    assert_eq!(decode_body::<SyncRequest>(&frame), Err(FrameError::Version));
    frame[0] = PROTOCOL_VERSION;
    frame[1] = 2;
    assert_eq!(
        decode_body::<SyncRequest>(&frame),
        Err(FrameError::Malformed)
    );
    assert_eq!(decode_body::<SyncRequest>(&[]), Err(FrameError::Malformed));
}

#[test]
fn long_frames_are_refused_unread() {
    let long = vec![0; FRAME_BYTES_MAX + 1];
    assert_eq!(decode_body::<SyncRequest>(&long), Err(FrameError::TooLong));
    assert_eq!(SignedRequest::from_bytes(&long), Err(FrameError::TooLong));
}

#[test]
fn a_bomb_is_refused() {
    let bomb = minicbor::bytes::ByteVec::from(vec![0; INFLATED_BYTES_MAX + 1]);
    let frame = encode_body(&bomb);
    assert!(frame.len() < 10_000);
    let decoded = decode_body::<minicbor::bytes::ByteVec>(&frame);
    assert_eq!(decoded, Err(FrameError::TooLong));
}

#[test]
fn the_longest_message_fits_the_window() {
    let long = minicbor::bytes::ByteVec::from(vec![7; INFLATED_BYTES_MAX - 5]);
    assert_eq!(decode_body(&encode_body(&long)), Ok(long));
}

#[test]
fn a_wider_window_is_refused() {
    let plain = minicbor::to_vec(minicbor::bytes::ByteVec::from(vec![7; 4 << 20])).unwrap();
    let mut compressor = zstd::bulk::Compressor::new(3).unwrap();
    let window = zstd::zstd_safe::CParameter::WindowLog(22);
    compressor.set_parameter(window).unwrap();
    let wide = compressor.compress(&plain).unwrap();
    let frame = [&[PROTOCOL_VERSION, 1], wide.as_slice()].concat();
    let decoded = decode_body::<minicbor::bytes::ByteVec>(&frame);
    assert_eq!(decoded, Err(FrameError::Malformed));
}

#[test]
fn a_second_compressed_frame_is_refused() {
    let frame = encode_body(&full_request());
    let twice = [frame.as_slice(), &frame[2..]].concat();
    assert_eq!(
        decode_body::<SyncRequest>(&twice),
        Err(FrameError::Malformed)
    );
}

#[test]
fn what_no_signature_covers_is_malformed() {
    let packed = |change: &dyn Fn(&mut SealedEnvelope)| {
        let mut envelope = pruned();
        change(&mut envelope);
        unpack(&pack([&envelope]).unwrap()).map(|_| ())
    };
    assert_eq!(packed(&|_| {}), Ok(()));
    let malformed = Err(PackError::Malformed);
    let seed = envelope().seed;
    assert_eq!(packed(&|envelope| envelope.seed = seed), malformed);
    let unnamed = envelope().commands[1].clone();
    assert_eq!(
        packed(&|envelope| envelope.commands.push(unnamed.clone())),
        malformed
    );
    assert_eq!(packed(&|envelope| envelope.commands.reverse()), Ok(()));
    assert_eq!(
        packed(&|envelope| envelope.commands[1] = envelope.commands[0].clone()),
        malformed
    );
    assert_eq!(packed(&|envelope| envelope.slots.reverse()), malformed);
    assert_eq!(packed(&|envelope| envelope.head.leaves += 1), malformed);
    let too_many = Err(PackError::TooMany);
    assert_eq!(packed(&|envelope| envelope.head.leaves = 0), too_many);
    assert_eq!(packed(&|envelope| envelope.head.leaves = 257), too_many);
}
