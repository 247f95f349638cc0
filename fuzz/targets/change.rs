//! A change as a peer sends it: inspected, and where it passes, applied to an empty document, saved and loaded again.
#![no_main]

use jangkau_core::chunk::Chunk;
use jangkau_core::document::{Document, inspect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // What follows the actor is free; head, length and checksum are made right, so that the fuzzer need not find them.
    let chunk = Chunk {
        dependencies: Vec::new(),
        actor: jangkau_core::id::ActorId::from_bytes([7; 16]),
        rest: input.to_vec(),
    };
    let bytes = chunk.to_bytes();
    let Ok((facts, written)) = inspect(&bytes) else {
        return;
    };
    if facts.seq != 1 || facts.start_op != 1 || written.edits_text {
        return;
    }
    let mut document = Document::default();
    if document.apply([bytes.as_slice()]).is_ok() {
        let loaded = Document::load(&document.save()).expect("what is admitted loads");
        assert_eq!(loaded.records(), document.records());
    }
});
