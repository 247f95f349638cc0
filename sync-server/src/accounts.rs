//! Who may sign in to the server as a person: accounts, passwords, second factors, sessions. Decides; `http` carries the
//! bytes, and whoever calls computes the slow hashes beside the writer's thread.
//!
//! There is one way in for everybody. An administrator or a head hands over a one-time code, which opens a session that
//! may do nothing but set the account up; with password and authenticator in place every further session takes both.
//! No e-mail is needed, and nobody works in a session with one factor, volunteers neither (DEFAULT). A recovery code stands
//! in for the authenticator once. No failure ever locks an account: tries are slowed down (`throttle`), a desk that the
//! person has signed in from keeps a line of its own, and a one-time code is never slowed by what others try on the account.

mod change;
mod password;
mod second;
mod session;
mod throttle;

use jangkau_core::console::ConsoleRefusal;
use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::sync::AuditKind;
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use crate::audit::{Actor, AuditEntry};
use crate::store::accounts::{self as store, AccountRow};
use crate::store::institutions::{self, InstitutionRow, Tenant};
use crate::store::{Db, StoreError, audit, staff};

pub(crate) use change::Renewed;
pub(crate) use password::{HASHES_AT_ONCE, PasswordHash, is_good_password};
pub(crate) use second::{CodeHash, Second, TotpSeed};
pub(crate) use session::{Me, Needs, Present, SignedIn};
pub(crate) use throttle::{Asker, Throttle};

/// Longest life of a one-time code: long enough to be handed over in person, no longer (ASVS 6.4.1).
pub(crate) const ONE_TIME_MS_MAX: i64 = 24 * 60 * 60 * 1_000;

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionTerms {
    /// Without a request, in milliseconds.
    pub(crate) idle_ms: i64,
    /// At most, in milliseconds.
    pub(crate) absolute_ms: i64,
}

/// Why something was not done, and when it is worth another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ConsoleRefusal,
    pub(crate) wait_seconds: Option<u32>,
}

impl From<ConsoleRefusal> for Refusal {
    fn from(code: ConsoleRefusal) -> Self {
        let wait_seconds = None;
        Self { code, wait_seconds }
    }
}

/// A refusal, or a machine that is broken.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Refusal),
    Broken(StoreError),
}

impl From<ConsoleRefusal> for Failure {
    fn from(code: ConsoleRefusal) -> Self {
        Self::Refused(code.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

/// What happens to accounts, for the log and for the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountEvent {
    SignedIn,
    SignedInByRecoveryCode,
    SignInFailed,
    CodeIssued,
    CodeUsed,
    CodeFailed,
    SetUp,
    PasswordChanged,
    TotpChanged,
    RecoveryCodesMade,
    ProofFailed,
    SignedOut,
    SessionEnded,
    SessionRenewed,
    TokenCopied,
    AllSignedOut,
}

impl AccountEvent {
    /// The word that is logged.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignedInByRecoveryCode => "signed_in_by_recovery_code",
            Self::SignInFailed => "sign_in_failed",
            Self::CodeIssued => "code_issued",
            Self::CodeUsed => "code_used",
            Self::CodeFailed => "code_failed",
            Self::SetUp => "set_up",
            Self::PasswordChanged => "password_changed",
            Self::TotpChanged => "totp_changed",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::ProofFailed => "proof_failed",
            Self::SignedOut => "signed_out",
            Self::SessionEnded => "session_ended",
            Self::SessionRenewed => "session_renewed",
            Self::TokenCopied => "token_copied",
            Self::AllSignedOut => "all_signed_out",
        }
    }
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Whoever holds, or claims, the account.
    Holder,
    /// Somebody else on the staff, over the console.
    Person(PersonId),
    /// The administrator of the machine, at its command line.
    Machine,
}

impl By {
    const fn code(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Person(_) => "person",
            Self::Machine => "machine",
        }
    }
}

/// One piece of work on accounts, inside one transaction.
pub(crate) struct Desk<'a> {
    pub(crate) db: &'a Db,
    pub(crate) throttle: &'a mut Throttle,
    pub(crate) terms: SessionTerms,
    pub(crate) now: Timestamp,
    pub(crate) rng: &'a mut dyn CryptoRng,
}

/// What a person signs in with.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) institution: InstitutionId,
    pub(crate) account: String,
    /// What the last sign-in from the same desk was given.
    pub(crate) known: Option<String>,
}

/// Whose password has to be computed. For an account that there is not, it is a decoy that costs the same.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) password: PasswordHash,
    holder: Option<(Tenant, PersonId, u32)>,
    totp: TotpSeed,
    asker: Asker,
}

impl Desk<'_> {
    /// Tells what happened, in the log and in the audit chain. Tries on accounts that nobody has belong to no chain.
    fn note(
        &self,
        whose: Option<(Tenant, PersonId)>,
        by: By,
        event: AccountEvent,
    ) -> Result<(), StoreError> {
        let (word, is_known, at) = (event.code(), whose.is_some(), self.now.as_millis());
        tracing::info!(event = word, by = by.code(), is_known, at, "account");
        let Some((tenant, person)) = whose else {
            return Ok(());
        };
        let actor = match by {
            By::Holder => Actor::Person(person),
            By::Person(other) => Actor::Person(other),
            By::Machine => Actor::Admin,
        };
        let entry = AuditEntry {
            subject: Some(person),
            word: Some(word.to_owned()),
            ..AuditEntry::new(AuditKind::SignIn, actor, self.now)
        };
        audit::append(self.db, tenant, entry)?;
        Ok(())
    }

    /// First half of a sign-in: counts the try, and gives what the password must be compared with.
    pub(crate) fn begin(&mut self, asked: &SignIn, address: &[u8]) -> Result<Claim, Failure> {
        let institution = institutions::find(self.db, &asked.institution)?;
        let account = match &institution {
            Some(institution) => store::by_name(self.db, institution.tenant, &asked.account)?,
            None => None,
        };
        let line = match (&institution, &account, &asked.known) {
            (Some(institution), Some(account), Some(known)) => {
                second::known_line(institution, account.person, known)
            }
            (Some(_), Some(_), None) | (Some(_) | None, None, _) | (None, Some(_), _) => None,
        };
        let named = format!("{}/{}", asked.institution, asked.account);
        let asker = Asker::new(named.as_bytes(), line.as_ref(), Some(address));
        self.slow_down(&asker)?;
        Ok(claim(account, asker))
    }

    /// Counts a try; refuses it while the delay after the last ones runs.
    fn slow_down(&mut self, asker: &Asker) -> Result<(), Failure> {
        match self.throttle.attempt(asker, self.now) {
            Ok(()) => Ok(()),
            Err(wait_seconds) => Err(Failure::Refused(Refusal {
                code: ConsoleRefusal::TooMany,
                wait_seconds: Some(wait_seconds),
            })),
        }
    }

    /// Second half: a session, if everything is right. Every path does the same work up to its last step.
    pub(crate) fn finish(
        &mut self,
        claim: &Claim,
        is_password_right: bool,
        second: &Second,
    ) -> Result<SignedIn, Failure> {
        let step = second::step_of(&claim.totp, second, self.now);
        let recovery = second.hash();
        let recovers = store::recovery_owner(self.db, &recovery.0)?;
        let account = self.holder_of(claim)?;
        let is_fresh = |account: &AccountRow| step.is_some_and(|step| step > account.totp_step);
        let is_recovered =
            |account: &AccountRow| recovers == Some((account.tenant, account.person));
        let account = account
            .filter(|account| is_password_right && (is_fresh(account) || is_recovered(account)));
        let Some(account) = account else {
            let whose = claim.holder.map(|(tenant, person, _)| (tenant, person));
            self.note(whose, By::Holder, AccountEvent::SignInFailed)?;
            return Err(ConsoleRefusal::BadSignIn.into());
        };
        let whose = (account.tenant, account.person);
        let event = match step {
            Some(step) => {
                store::set_step(self.db, &account, step)?;
                AccountEvent::SignedIn
            }
            None => {
                store::drop_code(self.db, &recovery.0)?;
                AccountEvent::SignedInByRecoveryCode
            }
        };
        self.throttle.succeed(&claim.asker);
        self.note(Some(whose), By::Holder, event)?;
        self.open_session(whose, false)
    }

    /// The account of a claim, if it is set up, as it was, and of somebody who works here.
    fn holder_of(&self, claim: &Claim) -> Result<Option<AccountRow>, StoreError> {
        let Some((tenant, person, revision)) = claim.holder else {
            return Ok(None);
        };
        let works_here = self.works_here(tenant, person)?;
        let account = store::of_person(self.db, tenant, person)?;
        Ok(account.filter(|account| {
            works_here && account.revision == revision && account.credentials.is_some()
        }))
    }

    fn works_here(&self, tenant: Tenant, person: PersonId) -> Result<bool, StoreError> {
        let person = staff::person(self.db, tenant, person)?;
        Ok(person.is_some_and(|person| person.active))
    }

    /// Trades a one-time code for a session that may set the account up.
    pub(crate) fn open_with_code(
        &mut self,
        code: &str,
        address: &[u8],
    ) -> Result<SignedIn, Failure> {
        // By address alone: a code cannot be guessed, and what others try on the account must not keep its holder out.
        let asker = Asker::new(&[], None, Some(address)).by_address_alone();
        self.slow_down(&asker)?;
        let hash = CodeHash::of(code);
        let taken = store::take_one_time(self.db, &hash.0, self.now)?;
        let whose = match taken {
            Some((tenant, person)) if self.works_here(tenant, person)? => (tenant, person),
            Some(_) | None => {
                self.note(taken, By::Holder, AccountEvent::CodeFailed)?;
                return Err(ConsoleRefusal::BadOneTimeCode.into());
            }
        };
        self.throttle.succeed(&asker);
        self.note(Some(whose), By::Holder, AccountEvent::CodeUsed)?;
        self.open_session(whose, true)
    }

    fn institution(&self, tenant: Tenant) -> Result<InstitutionRow, StoreError> {
        institutions::get(self.db, tenant)
    }
}

fn claim(account: Option<AccountRow>, asker: Asker) -> Claim {
    let holder = account
        .as_ref()
        .map(|account| (account.tenant, account.person, account.revision));
    match account.and_then(|account| account.credentials) {
        Some(credentials) => Claim {
            password: credentials.password,
            totp: credentials.totp,
            holder,
            asker,
        },
        None => Claim {
            password: PasswordHash::decoy(),
            totp: TotpSeed::default(),
            holder,
            asker,
        },
    }
}
