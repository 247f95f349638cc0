//! What the vault remembers of the server's audit chain, and what it says when the chain is not the same any more.

use std::collections::BTreeSet;

use super::exchange::Asked;
use super::{Replica, ReplicaError, SeatState};
use crate::profile::Profile;
use crate::profile::words::Role;
use crate::screen::Notice;
use crate::sync::{AuditHead, AuditStanding, TrustAsk, TrustReply};
use crate::text::{self, Language};
use crate::time::Timestamp;

/// How long a device goes on telling that the chain was not the one that it remembered. DEFAULT: a quarter of a year, until
/// which somebody has looked.
const FORK_SHOWN_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// The server's audit chain was not the one that the device remembered, and no restore explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AuditFork {
    /// When that was found, by the device's clock.
    #[n(0)]
    pub found_at: Timestamp,
    /// What the device remembered.
    #[n(1)]
    pub remembered: AuditHead,
    /// What it was shown instead.
    #[n(2)]
    pub shown: AuditHead,
}

impl Replica {
    /// Where the audit chain ended when the server last said so.
    #[must_use]
    pub const fn audit_head(&self) -> Option<AuditHead> {
        self.session.audit
    }

    /// The last time that the chain was not the one that this device remembered, if ever.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn audit_fork(&self) -> Result<Option<AuditFork>, ReplicaError> {
        Ok(self.store.meta("audit_fork")?)
    }

    /// What goes with every request for the sake of trust.
    pub(super) fn trust(&self) -> Result<Option<TrustAsk>, ReplicaError> {
        let head = self.session.audit;
        let left = self.left()?;
        Ok((head.is_some() || left.is_some()).then_some(TrustAsk { head, left }))
    }

    /// How many envelopes and attachments are left on a seat that is no longer in use and has let go of every document; none before
    /// that, and once the server knows that nothing is left.
    pub(super) fn left(&self) -> Result<Option<u32>, ReplicaError> {
        let is_leaving = self.session.state == SeatState::Retired
            && !self.keeps_log
            && self.store.unsent()? == 0
            && self.store.blobs_unsent()? == 0
            && self.store.documents()?.is_empty()
            && !self.store.meta("wipe_told")?.unwrap_or(false);
        if !is_leaving {
            return Ok(None);
        }
        let left = self.store.envelope_count()?;
        Ok(Some(left.saturating_add(self.store.blobs_here()?)))
    }

    /// Whether the server is to be told at once of something that is gone from here.
    pub(super) fn has_gone_to_tell(&self) -> Result<bool, ReplicaError> {
        if self.session.state == SeatState::Active {
            return Ok(!self.keeps_log && !self.store.let_go(1)?.is_empty());
        }
        Ok(self.left()? == Some(0))
    }

    /// The server has been told of what is gone from here.
    pub(super) fn note_let_go(&self, asked: &Asked) -> Result<(), ReplicaError> {
        for grant in &asked.dropped {
            self.store.let_go_told(*grant)?;
        }
        if asked.left == Some(0) {
            self.store.set_meta("wipe_told", &true)?;
        }
        Ok(())
    }

    /// Takes what the server says of its chain. A device does not rest on the server's word alone: a chain that has grown
    /// shorter, or another entry of the same number, it sees itself.
    pub(super) fn take_trust(
        &mut self,
        told: &TrustReply,
        was_restored: bool,
        now: Timestamp,
    ) -> Result<(), ReplicaError> {
        if let Some(remembered) = self.session.audit {
            let shown = told.head;
            let is_shorter = shown.number < remembered.number;
            let is_other = shown.number == remembered.number && shown.hash != remembered.hash;
            let is_forked = told.standing == Some(AuditStanding::Forked)
                || (!was_restored && (is_shorter || is_other));
            if is_forked {
                let fork = AuditFork {
                    found_at: now,
                    remembered,
                    shown,
                };
                self.store.set_meta("audit_fork", &fork)?;
            }
        }
        self.session.audit = Some(told.head);
        if let (SeatState::Retired, Some(set_aside)) = (self.session.state, &told.set_aside) {
            self.store.forget_aside(set_aside)?;
        }
        Ok(())
    }

    /// What everybody on this device is told first, whatever their cases.
    pub(super) fn notices(
        &self,
        now: Timestamp,
        language: Language,
    ) -> Result<Vec<Notice>, ReplicaError> {
        let Some(profile) = self.profile(now)? else {
            return Ok(Vec::new());
        };
        let forked = self.fork_notice(&profile, now, language)?;
        let zoned = self.zone_notice(&profile, now, language);
        Ok(forked.into_iter().chain(zoned).collect())
    }

    fn fork_notice(
        &self,
        profile: &Profile,
        now: Timestamp,
        language: Language,
    ) -> Result<Option<Notice>, ReplicaError> {
        let fork = self.audit_fork()?;
        let Some(fork) = fork.filter(|fork| now.millis_since(fork.found_at) < FORK_SHOWN_MS) else {
            return Ok(None);
        };
        let at = text::instant(language, fork.found_at, profile.institution.zone);
        let todo = if profile.is_head(&self.own_roles()?) {
            "do-audit_fork-head"
        } else {
            "do-audit_fork"
        };
        Ok(Some(Notice {
            says: text::text(language, "notice-audit_fork", &[("at", &at)]),
            what_to_do: text::text(language, todo, &[]),
        }))
    }

    /// A device whose clock shows another time of day than the office's wall: dates that are typed there are easily mistaken.
    fn zone_notice(&self, profile: &Profile, now: Timestamp, language: Language) -> Option<Notice> {
        let (here, office) = (self.zone.get()?, profile.institution.zone);
        let now = now.to_utc();
        let differs =
            now.with_timezone(&here).naive_local() != now.with_timezone(&office).naive_local();
        differs.then(|| Notice {
            says: text::text(
                language,
                "notice-zone",
                &[("here", here.name()), ("office", office.name())],
            ),
            what_to_do: text::text(language, "do-zone", &[]),
        })
    }

    /// What this person is here, by their own row.
    fn own_roles(&self) -> Result<BTreeSet<Role>, ReplicaError> {
        let me = self
            .staff()?
            .into_iter()
            .find(|one| one.person == self.person());
        let codes = me.map(|me| me.roles).unwrap_or_default();
        Ok(codes.iter().filter_map(|role| role.parse().ok()).collect())
    }
}
