//! Sync protocol v1: what devices and server say to each other, as bytes. Sans-IO; `docs/PROTOCOL.md` tells the rest.

mod frame;
mod message;
mod pack;

pub use frame::{
    FRAME_BYTES_MAX, FrameError, INFLATED_BYTES_MAX, PROTOCOL_VERSION, SignedRequest, decode_body,
    encode_body, request_digest,
};
pub use message::{
    Answer, BUCKETS, Backfill, BackfillAt, Batch, Bucket, COMMANDS_PER_PUSH_MAX, CalendarRow,
    Cursor, Enrol, Enrolled, Era, FRAME_DOCUMENTS_MAX, GrantRow, GrantScope, InstallFrame,
    Installed, PAGE_BYTES_SOFT_MAX, Page, ProfileRow, PushBack, Refused, RefusedReply, Row,
    RulingBody, SeatCertificate, SeatStatus, Seen, SelfCheck, SignedRuling, StaffRow, SyncReply,
    SyncRequest, Turned, WireRow, bucket_of, digest_of_buckets, document_digest,
};
pub use pack::{
    PackError, Packed, Part, PartBody, SealedEnvelope, SealedPart, pack, seal, unpack, unpack_each,
};
