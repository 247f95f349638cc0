//! What a stranger sends to the server: a signed request, its frame, and the envelopes in it.
#![no_main]

use jangkau_core::sync::{Enrol, SignedRequest, SyncRequest, decode_body, unpack, unpack_each};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = decode_body::<Enrol>(input);
    let signed = SignedRequest::from_bytes(input);
    let body = signed.as_ref().map_or(input, |signed| &signed.body);
    let Ok(request) = decode_body::<SyncRequest>(body) else {
        return;
    };
    let pushed = request.push.iter().map(|batch| &batch.envelopes);
    let told = request.push_back.iter().map(|back| &back.envelopes);
    for packed in pushed.chain(told) {
        let _ = unpack_each(packed);
        let _ = unpack(packed);
    }
});
