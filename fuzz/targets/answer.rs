//! What somebody in the server's place sends to a device: a reply, its rows and envelopes, and the documents of its frames.
#![no_main]

use jangkau_core::document::Document;
use jangkau_core::rules::CaseState;
use jangkau_core::sync::{Enrolled, RefusedReply, Row, SyncReply, decode_body, unpack_each};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = decode_body::<Enrolled>(input);
    let _ = decode_body::<RefusedReply>(input);
    let Ok(reply) = decode_body::<SyncReply>(input) else {
        return;
    };
    let _ = unpack_each(&reply.page.envelopes);
    for row in reply.page.rows {
        if let Row::Ruling(ruling) = row.row
            && let Ok(body) = ruling.read()
            && let Some(state) = body.state
        {
            let _ = minicbor::decode::<CaseState>(&state);
        }
    }
    for frame in reply.backfill.into_iter().flat_map(|page| page.frames) {
        for saved in frame.saved_documents().unwrap_or_default() {
            let _ = Document::load(&saved);
        }
    }
});
