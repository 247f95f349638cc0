//! An engine with blobs beside it, and devices that carry them.

use jangkau_core::attachment::{self, BlobKey};
use jangkau_core::class::Class;
use jangkau_core::command::{Attach, AttachmentKind, MediaType};
use jangkau_core::id::{CaseId, CommandId, PersonId};
use jangkau_core::replica::{NewAttachment, Presence, Replica};
use jangkau_core::rights::{Asked, ErasureScope, RightsKind};
use jangkau_core::sync::{
    BLOB_ROUTE, BlobAnswer, BlobReply, BlobRequest, RefusedReply, RemovalReason, Seen,
    SignedRequest, decode_body, encode_body,
};
use minicbor::bytes::ByteVec;
use tokio::runtime::Builder;

use super::super::bench::{Bench, Hand, registration, visit};
use crate::blobs::Blobs;

/// Most steps until nothing is to be sent or fetched.
pub(super) const STEPS_MAX: usize = 100;

/// An engine with blobs beside it.
pub(super) struct World {
    pub(super) bench: Bench,
    pub(super) blobs: Blobs,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            bench: Bench::new(),
            blobs: Blobs::in_memory(),
        }
    }

    pub(super) fn answer(&mut self, body: &[u8]) -> Result<Vec<u8>, RefusedReply> {
        let now = self.bench.later();
        let (engine, rng) = (&mut self.bench.engine, &mut self.bench.rng);
        self.blobs.answer(engine, body, now, rng)
    }

    /// One step. Gives whether there was one to take.
    pub(super) fn step(&mut self, replica: &mut Replica) -> bool {
        let now = self.bench.now;
        let Some(request) = replica.blob_request(now).unwrap() else {
            return false;
        };
        match self.answer(&request) {
            Ok(reply) => {
                replica.blob_receive(&reply, now).unwrap();
            }
            Err(refused) => {
                let bytes = minicbor::to_vec(refused).unwrap();
                replica.blob_refused(&bytes, now).unwrap();
            }
        }
        true
    }

    /// Erased bytes leave the folder, as they do each minute.
    pub(super) fn delete_erased(&mut self) {
        let runtime = Builder::new_current_thread().build().unwrap();
        for (institution, names) in self.bench.engine.erased_blobs().unwrap() {
            let deleted = self.blobs.delete(&institution, &names);
            runtime.block_on(deleted).unwrap();
            let engine = &mut self.bench.engine;
            engine.blobs_deleted(&institution, &names).unwrap();
        }
    }

    /// What is in every backup from now on.
    pub(super) fn back_up(&mut self) {
        let institution = self.bench.institution.clone();
        let engine = &mut self.bench.engine;
        let head = engine.head(&institution).unwrap();
        engine.mark_backed_up(&institution, head).unwrap();
    }

    /// Steps until nothing is to be done now.
    pub(super) fn carry(&mut self, replica: &mut Replica) {
        for _ in 0..STEPS_MAX {
            if !self.step(replica) {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    pub(super) fn attach(
        &mut self,
        replica: &mut Replica,
        case: CaseId,
        target: CommandId,
        bytes: &[u8],
    ) -> CommandId {
        let now = self.bench.later();
        let new = NewAttachment {
            case,
            target,
            kind: AttachmentKind::Photo,
            media: MediaType::Jpeg,
            bytes,
        };
        let attached = replica.attach(&new, now, &mut self.bench.rng);
        attached.unwrap().unwrap()
    }

    /// What a seat is told to a request made by hand.
    pub(super) fn ask(
        &mut self,
        hand: &mut Hand,
        request: &BlobRequest,
    ) -> Result<BlobAnswer, RefusedReply> {
        let body = encode_body(request);
        let signed = SignedRequest::sign(BLOB_ROUTE, hand.seat, hand.nonce, body, &hand.key);
        match self.answer(&signed.to_bytes()) {
            Ok(reply) => {
                let reply: BlobReply = decode_body(&reply).unwrap();
                assert_eq!(reply.to, hand.nonce);
                hand.nonce = reply.nonce;
                Ok(reply.answer)
            }
            Err(refused) => {
                hand.nonce = refused.nonce.unwrap_or(hand.nonce);
                Err(refused)
            }
        }
    }

    /// Erases records: one person asks for it, and another decides.
    pub(super) fn erase(&mut self, case: CaseId, ids: &[CommandId], people: (PersonId, PersonId)) {
        let scope = ErasureScope::Records(ids.to_vec());
        self.erase_scope(case, (scope, RemovalReason::Erasure), people);
    }

    pub(super) fn erase_scope(
        &mut self,
        case: CaseId,
        (scope, reason): (ErasureScope, RemovalReason),
        (asks, decides): (PersonId, PersonId),
    ) {
        let institution = self.bench.institution.clone();
        let what = (RightsKind::Erasure, case);
        let asked = Asked {
            scope: Some(scope),
            reason: Some(reason),
        };
        let now = self.bench.later();
        let engine = &mut self.bench.engine;
        let opened = engine.open_right(&institution, what, asked, (asks, "Diminta."), now);
        let number = opened.unwrap().unwrap();
        let now = self.bench.later();
        let engine = &mut self.bench.engine;
        let decided = engine.decide_right(&institution, number, (decides, true, "Ya."), now);
        decided.unwrap().unwrap();
    }

    /// Pushes an attachment of which the record names these chunks, whatever they are.
    pub(super) fn attach_by_hand(
        &mut self,
        hand: &mut Hand,
        case: CaseId,
        plain: &[u8],
    ) -> (CommandId, Vec<ByteVec>) {
        let key = BlobKey::generate(&mut self.bench.rng);
        let document = hand.key_of(case, Class::Intake);
        let sealed = attachment::seal(document.id(), plain, &key).unwrap();
        let attach = Attach {
            class: Class::Intake,
            target: CommandId::from_bytes(*case.as_bytes()),
            kind: AttachmentKind::Photo,
            media: MediaType::Jpeg,
            length: sealed.length,
            blob: sealed.blob,
            content: sealed.content,
            key,
        };
        let entry = self.bench.entry(hand, case, attach.into());
        let envelope = self.bench.sealed(hand, &entry);
        let answers = self.bench.push(hand, &[envelope]);
        assert!(matches!(answers[0].seen, Seen::Admitted(_)), "{answers:?}");
        let chunks = sealed.chunks.into_iter().map(ByteVec::from).collect();
        (entry.id, chunks)
    }
}

/// Bytes that no two places share.
pub(super) fn photo(length: usize) -> Vec<u8> {
    (0..length).map(|byte| (byte * 31 % 251) as u8).collect()
}

pub(super) fn presence(replica: &Replica, case: CaseId, command: CommandId) -> Option<Presence> {
    let all = replica.attachments(case).unwrap();
    let found = all.into_iter().find(|one| one.command == command);
    found.map(|attachment| attachment.presence)
}

/// A worker's case that a head holds, too, and a visit in it.
pub(super) fn visited(world: &mut World, field: &mut Replica) -> (CaseId, CommandId) {
    let register = world.bench.record(field, None, registration());
    let case = CaseId::from(register);
    let seen = world.bench.record(field, Some(case), visit());
    (case, seen)
}
