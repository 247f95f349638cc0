//! Sessions: opened, shown again with every request, renewed, listed and ended.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use jangkau_core::console::ConsoleRefusal;
use jangkau_core::id::PersonId;
use jangkau_core::profile::words::Role;
use jangkau_core::time::Timestamp;

use super::second::{self, fresh_token, hash_of_token, known_token};
use super::{AccountEvent, By, Desk, Failure};
use crate::store::StoreError;
use crate::store::accounts::{self as store, SessionId, SessionRow};
use crate::store::institutions::{InstitutionRow, Tenant};
use crate::store::staff::{self, Person, role_words};

/// Sessions of one person at once: the oldest makes room.
const SESSIONS_MAX: usize = 8;

/// A session's use is written down this often, so that reading costs no write.
const TOUCH_MS: i64 = 60 * 1_000;

/// Longest life of a session that may only set the account up.
const SET_UP_MS_MAX: i64 = 30 * 60 * 1_000;

/// Which session a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Any, whatever has become of the person's roles: to end it, or to renew it.
    Any,
    /// Any whose roles are as they were.
    Current,
    /// One from a one-time code.
    SetUp,
    /// One with password and second factor.
    Full,
}

/// What a browser is given for a session.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// The token; this is the only time that it is told.
    pub(crate) token: String,
    pub(crate) is_set_up: bool,
    pub(crate) ends_at: Timestamp,
    /// By which the desk is known at the next sign-in; none for a session that only sets up.
    pub(crate) known: Option<String>,
}

/// A session that may do what it was asked for. Only this room makes one.
pub(crate) struct Present {
    pub(super) session: SessionRow,
    pub(super) person: Person,
    pub(super) institution: InstitutionRow,
}

/// What a person is told of themselves.
#[derive(Clone, Debug)]
pub(crate) struct Me {
    pub(crate) institution: InstitutionRow,
    pub(crate) person: Person,
    /// Roles whose powers are delegated to them now.
    pub(crate) delegated: BTreeSet<Role>,
    pub(crate) account: String,
    pub(crate) is_set_up: bool,
    pub(crate) began_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) recovery_left: u32,
}

/// A session as its person sees it.
#[derive(Clone, Debug)]
pub(crate) struct SessionListing {
    pub(crate) id: String,
    pub(crate) is_own: bool,
    pub(crate) began_at: Timestamp,
    pub(crate) seen_at: Timestamp,
    pub(crate) ends_at: Timestamp,
}

impl Present {
    pub(super) const fn whose(&self) -> (Tenant, PersonId) {
        (self.session.tenant, self.session.person)
    }
}

fn delegated(person: &Person, now: Timestamp) -> BTreeSet<Role> {
    person.terms.delegated(None, now)
}

/// The roles whose powers somebody holds now, in one line: when it changes, so does the token.
fn powers(person: &Person, now: Timestamp) -> String {
    let delegated = delegated(person, now);
    let all: BTreeSet<Role> = person.roles.union(&delegated).copied().collect();
    role_words(&all)
}

impl Desk<'_> {
    /// Opens a session.
    pub(super) fn open_session(
        &mut self,
        whose: (Tenant, PersonId),
        is_set_up: bool,
    ) -> Result<SignedIn, Failure> {
        let (tenant, id) = whose;
        let idle_since = self.now.plus_millis(-self.terms.idle_ms);
        store::sweep(self.db, idle_since, self.now)?;
        for oldest in store::sessions(self.db, tenant, id)?
            .iter()
            .skip(SESSIONS_MAX - 1)
        {
            store::end(self.db, &oldest.id)?;
        }
        let Some(person) = staff::person(self.db, tenant, id)? else {
            return Err(ConsoleRefusal::NoSession.into());
        };
        let life_ms = if is_set_up {
            SET_UP_MS_MAX.min(self.terms.absolute_ms)
        } else {
            self.terms.absolute_ms
        };
        let mut session = SessionRow {
            id: SessionId::default(),
            tenant,
            person: id,
            is_set_up,
            powers: powers(&person, self.now),
            began_at: self.now,
            seen_at: self.now,
            ends_at: self.now.plus_millis(life_ms),
            totp: None,
        };
        self.rng.fill_bytes(&mut session.id);
        let (token, hash) = fresh_token(self.rng);
        store::add_session(self.db, &session, &hash)?;
        let known = if is_set_up {
            None
        } else {
            let institution = self.institution(tenant)?;
            Some(known_token(&institution, id, self.rng))
        };
        Ok(SignedIn {
            token,
            is_set_up,
            ends_at: session.ends_at,
            known,
        })
    }

    /// Looks a token up: the session, if it lives, is its person's still, and may do what it is asked for.
    pub(crate) fn present(&mut self, token: &str, needs: Needs) -> Result<Present, Failure> {
        let Some(hash) = hash_of_token(token) else {
            return Err(ConsoleRefusal::NoSession.into());
        };
        let Some(session) = store::session(self.db, &hash)? else {
            self.end_if_copied(&hash)?;
            return Err(ConsoleRefusal::NoSession.into());
        };
        let idle_ms = self.now.as_millis() - session.seen_at.as_millis();
        if self.now >= session.ends_at || idle_ms >= self.terms.idle_ms {
            store::end(self.db, &session.id)?;
            return Err(ConsoleRefusal::NoSession.into());
        }
        let person = staff::person(self.db, session.tenant, session.person)?;
        let Some(person) = person.filter(|person| person.active) else {
            store::end_all(self.db, session.tenant, session.person)?;
            return Err(ConsoleRefusal::NoSession.into());
        };
        let is_current = session.is_set_up || session.powers == powers(&person, self.now);
        match needs {
            Needs::Any => {}
            Needs::Current | Needs::SetUp | Needs::Full if !is_current => {
                return Err(ConsoleRefusal::RenewSession.into());
            }
            Needs::SetUp if !session.is_set_up => {
                return Err(ConsoleRefusal::AlreadySetUp.into());
            }
            Needs::Full if session.is_set_up => return Err(ConsoleRefusal::SetUpFirst.into()),
            Needs::Current | Needs::SetUp | Needs::Full => {}
        }
        if idle_ms >= TOUCH_MS {
            store::touch(self.db, &session.id, self.now)?;
        }
        Ok(Present {
            institution: self.institution(session.tenant)?,
            session,
            person,
        })
    }

    /// A token that was renewed is shown by somebody who has a copy of it: the session ends, whoever of them goes on.
    fn end_if_copied(&mut self, hash: &store::Hash) -> Result<(), StoreError> {
        if let Some(session) = store::session_formerly(self.db, hash)? {
            store::end(self.db, &session.id)?;
            let whose = Some((session.tenant, session.person));
            self.note(whose, By::Holder, AccountEvent::TokenCopied)?;
        }
        Ok(())
    }

    /// Who is signed in.
    pub(crate) fn me(&mut self, token: &str) -> Result<Me, Failure> {
        let present = self.present(token, Needs::Current)?;
        let (tenant, person) = present.whose();
        let account = store::of_person(self.db, tenant, person)?;
        Ok(Me {
            delegated: delegated(&present.person, self.now),
            account: account.map(|account| account.name).unwrap_or_default(),
            is_set_up: present.session.is_set_up,
            began_at: present.session.began_at,
            ends_at: present.session.ends_at,
            recovery_left: store::recovery_left(self.db, tenant, person)?,
            institution: present.institution,
            person: present.person,
        })
    }

    /// Puts another token in the place of this one: its holder's roles have changed, or they wish so.
    pub(crate) fn renew(&mut self, token: &str) -> Result<SignedIn, Failure> {
        let present = self.present(token, Needs::Any)?;
        let (token, hash) = fresh_token(self.rng);
        let powers = powers(&present.person, self.now);
        store::renew(self.db, &present.session.id, &hash, &powers)?;
        self.note(
            Some(present.whose()),
            By::Holder,
            AccountEvent::SessionRenewed,
        )?;
        Ok(SignedIn {
            token,
            is_set_up: present.session.is_set_up,
            ends_at: present.session.ends_at,
            known: None,
        })
    }

    /// Ends the session of a token.
    pub(crate) fn sign_out(&mut self, token: &str) -> Result<(), Failure> {
        let present = self.present(token, Needs::Any)?;
        store::end(self.db, &present.session.id)?;
        self.note(Some(present.whose()), By::Holder, AccountEvent::SignedOut)?;
        Ok(())
    }

    /// The sessions of whoever is signed in.
    pub(crate) fn list_sessions(&mut self, token: &str) -> Result<Vec<SessionListing>, Failure> {
        let present = self.present(token, Needs::Full)?;
        let (tenant, person) = present.whose();
        let sessions = store::sessions(self.db, tenant, person)?;
        let alive = sessions.into_iter().filter(|session| {
            let idle_ms = self.now.as_millis() - session.seen_at.as_millis();
            session.ends_at > self.now && idle_ms < self.terms.idle_ms
        });
        Ok(alive
            .map(|session| SessionListing {
                id: HEXLOWER.encode(&session.id),
                is_own: session.id == present.session.id,
                began_at: session.began_at,
                seen_at: session.seen_at,
                ends_at: session.ends_at,
            })
            .collect())
    }

    /// Ends one of one's own sessions.
    pub(crate) fn end_session(&mut self, token: &str, id: &str) -> Result<(), Failure> {
        let present = self.present(token, Needs::Full)?;
        let (tenant, person) = present.whose();
        let sessions = store::sessions(self.db, tenant, person)?;
        let named = sessions
            .iter()
            .find(|session| HEXLOWER.encode(&session.id) == id);
        let Some(named) = named else {
            return Err(ConsoleRefusal::UnknownSession.into());
        };
        store::end(self.db, &named.id)?;
        self.note(
            Some(present.whose()),
            By::Holder,
            AccountEvent::SessionEnded,
        )?;
        Ok(())
    }

    /// Ends all sessions of a person, on an administrator's word. Gives how many there were.
    pub(crate) fn sign_out_all(
        &mut self,
        whose: (Tenant, PersonId),
        by: By,
    ) -> Result<usize, StoreError> {
        let ended = store::end_all(self.db, whose.0, whose.1)?;
        self.note(Some(whose), by, AccountEvent::AllSignedOut)?;
        Ok(ended)
    }

    /// The seed of an authenticator that this session has begun.
    pub(super) fn pending(present: &Present) -> Result<second::TotpSeed, Failure> {
        present
            .session
            .totp
            .ok_or_else(|| ConsoleRefusal::NoTotpBegun.into())
    }
}
