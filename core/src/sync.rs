//! Sync protocol v1: what devices and server say to each other, as bytes. Sans-IO; `docs/PROTOCOL.md` tells the rest.

mod blob;
mod check;
mod epoch;
mod frame;
mod glass;
mod grant;
mod lease;
mod message;
mod pack;
mod parcel;
mod row;
mod ruling;
mod sealed;
mod seat;
mod terms;
mod trust;
mod view;

pub use blob::{
    BLOB_BYTES_MAX, BLOB_CHUNKS_MAX, BLOB_ROUTE, BlobAnswer, BlobRefused, BlobReply, BlobRequest,
    RequestClaim,
};
pub use check::{BUCKETS, Bucket, SelfCheck, bucket_of, digest_of_buckets, document_digest};
pub use epoch::{EpochBody, EpochListing, RemovalReason, Removed, SignedEpoch, Survivor};
pub use frame::{
    FRAME_BYTES_MAX, FrameError, INFLATED_BYTES_MAX, PROTOCOL_VERSION, SYNC_ROUTE, SignedRequest,
    decode_body, encode_body, request_digest,
};
pub use glass::{
    GLASS_CLASSES, GLASS_REASON_CHARS_MAX, GLASS_ROUTE, GlassAsk, GlassCase, GlassRefusal,
    GlassReply, GlassSaid, NoticeRow,
};
pub use grant::{GrantRow, GrantScope, Term as GrantTerm};
pub use lease::Lease;
pub use message::{
    Answer, Backfill, BackfillAt, Batch, COMMANDS_PER_PUSH_MAX, Cursor, Era, FRAME_DOCUMENTS_MAX,
    InstallFrame, Installed, PAGE_BYTES_SOFT_MAX, Page, PushBack, Refused, RefusedReply, Seen,
    SyncReply, SyncRequest, Turned,
};
pub use pack::{PackError, Packed, pack, unpack, unpack_each};
pub use parcel::{
    PIECE_BYTES_MAX, ParcelAnswer, ParcelContent, ParcelError, check_piece, open_piece, parcel_of,
    piece_id, pieces_of, seal_piece,
};
pub use row::{CalendarRow, ProfileRow, Row, SeatStatus, StaffRow, WireRow};
pub use ruling::{RulingBody, SignedRuling};
pub use sealed::{Part, PartBody, SealedEnvelope, SealedPart, seal};
pub use seat::{Enrol, Enrolled, SeatCertificate};
pub use terms::{ActingTitle, Delegation, Terms};
pub use trust::{
    AUDIT_HASH_LEN, AdminAct, AuditHead, AuditKind, AuditStanding, BreachParty, StoreKind,
    TrustAsk, TrustReply,
};
pub use view::{
    AftercareTold, ConferenceTold, ContactTold, Extent, SessionTold, SummaryTold, View, ViewRow,
};

#[cfg(test)]
mod tests;
