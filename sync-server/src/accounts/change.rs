//! Changes to an account: set up from a one-time code, password, authenticator, recovery codes, and codes for others.

use jangkau_core::console::ConsoleRefusal;
use jangkau_core::id::PersonId;
use jangkau_core::profile::words::Role;

use super::second::{CodeHash, fresh_code, fresh_seed, seed_text, totp_step};
use super::{
    AccountEvent, Asker, By, Claim, Desk, Failure, Needs, ONE_TIME_MS_MAX, PasswordHash, Present,
    SignedIn, claim, is_good_password,
};
use crate::store::accounts::{self as store, AccountRow, Credentials};
use crate::store::institutions::Tenant;
use crate::store::{StoreError, staff};

/// Recovery codes that a person has.
const RECOVERY_CODES: usize = 10;

/// Fewest and most characters of an account's name.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 3..=64;

/// An authenticator that was begun and is not proved yet.
#[derive(Clone, Debug)]
pub(crate) struct TotpBegun {
    /// The seed as one types it.
    pub(crate) secret: String,
    /// The same as authenticators scan it.
    pub(crate) uri: String,
}

/// What follows a change: every session has ended but this new one.
#[derive(Clone, Debug)]
pub(crate) struct Renewed {
    pub(crate) session: SignedIn,
    /// Shown this once; none where they were not made anew.
    pub(crate) recovery_codes: Vec<String>,
}

impl Desk<'_> {
    /// Makes the seed of an authenticator, to be proved by a code of it.
    pub(crate) fn begin_totp(&mut self, token: &str) -> Result<TotpBegun, Failure> {
        let present = self.present(token, Needs::Current)?;
        let account = self.account_of(&present)?;
        let seed = fresh_seed(self.rng);
        store::set_pending(
            self.db,
            (present.session.tenant, &present.session.id),
            &seed,
        )?;
        let secret = seed_text(&seed);
        let label = format!("Jangkau:{}%2F{}", present.institution.id, account.name);
        Ok(TotpBegun {
            uri: format!("otpauth://totp/{label}?secret={secret}&issuer=Jangkau"),
            secret,
        })
    }

    /// Whether a password may be set up under this session, and a salt to hash it with.
    pub(crate) fn begin_set_up(
        &mut self,
        token: &str,
        password: &str,
        digits: &str,
    ) -> Result<PasswordHash, Failure> {
        let present = self.present(token, Needs::SetUp)?;
        self.check_new(&present, password)?;
        self.proved(&present, digits)?;
        Ok(PasswordHash::salted(self.rng))
    }

    /// Sets the account up, and opens the first full session.
    pub(crate) fn set_up(
        &mut self,
        token: &str,
        password: PasswordHash,
        digits: &str,
    ) -> Result<Renewed, Failure> {
        let present = self.present(token, Needs::SetUp)?;
        let (totp, step) = self.proved(&present, digits)?;
        let account = self.account_of(&present)?;
        let credentials = Credentials { password, totp };
        store::set_credentials(self.db, &account, &credentials, step)?;
        store::drop_codes(self.db, present.whose(), true)?;
        let recovery_codes = self.make_recovery_codes(&present)?;
        self.after_change(&present, AccountEvent::SetUp, recovery_codes)
    }

    /// Asks for the password once more before something grave. Tries count for the session.
    pub(crate) fn claim_again(&mut self, token: &str) -> Result<Claim, Failure> {
        let present = self.present(token, Needs::Full)?;
        let asker = Asker::new(&present.session.id, None, None);
        self.slow_down(&asker)?;
        let account = self.account_of(&present)?;
        Ok(claim(Some(account), asker))
    }

    /// A salt for a new password, if it is good enough.
    pub(crate) fn begin_password(
        &mut self,
        token: &str,
        password: &str,
    ) -> Result<PasswordHash, Failure> {
        let present = self.present(token, Needs::Full)?;
        self.check_new(&present, password)?;
        Ok(PasswordHash::salted(self.rng))
    }

    /// Changes the password; ends every session and opens another.
    pub(crate) fn change_password(
        &mut self,
        token: &str,
        (claim, is_right): (&Claim, bool),
        password: PasswordHash,
    ) -> Result<Renewed, Failure> {
        let (present, account) = self.proved_again(token, claim, is_right)?;
        let Some(kept) = &account.credentials else {
            return Err(ConsoleRefusal::SetUpFirst.into());
        };
        let totp = kept.totp;
        let credentials = Credentials { password, totp };
        store::set_credentials(self.db, &account, &credentials, account.totp_step)?;
        self.after_change(&present, AccountEvent::PasswordChanged, Vec::new())
    }

    /// Puts the authenticator in force that this session began; ends every session and opens another.
    pub(crate) fn change_totp(
        &mut self,
        token: &str,
        (claim, is_right): (&Claim, bool),
        digits: &str,
    ) -> Result<Renewed, Failure> {
        let (present, account) = self.proved_again(token, claim, is_right)?;
        let (totp, step) = self.proved(&present, digits)?;
        let Some(kept) = account.credentials.clone() else {
            return Err(ConsoleRefusal::SetUpFirst.into());
        };
        let password = kept.password;
        let credentials = Credentials { password, totp };
        store::set_credentials(self.db, &account, &credentials, step)?;
        self.after_change(&present, AccountEvent::TotpChanged, Vec::new())
    }

    /// Makes recovery codes anew; the former ones are void.
    pub(crate) fn new_recovery_codes(
        &mut self,
        token: &str,
        claim: &Claim,
        is_right: bool,
    ) -> Result<Vec<String>, Failure> {
        let (present, _) = self.proved_again(token, claim, is_right)?;
        let codes = self.make_recovery_codes(&present)?;
        let whose = Some(present.whose());
        self.note(whose, By::Holder, AccountEvent::RecoveryCodesMade)?;
        Ok(codes)
    }

    /// Issues a one-time code for somebody, on the word of whoever is signed in.
    pub(crate) fn issue_code(
        &mut self,
        token: &str,
        person: PersonId,
        name: Option<&str>,
    ) -> Result<String, Failure> {
        let present = self.present(token, Needs::Full)?;
        let tenant = present.session.tenant;
        let own = &present.person.roles;
        let Some(theirs) = staff::person(self.db, tenant, person)? else {
            return Err(ConsoleRefusal::UnknownPerson.into());
        };
        let is_head = own.contains(&Role::HeadOfInstitution);
        // Whoever has a code has the account: an administrator, who reads no cases, must not become a head by one.
        let is_administrator = own.contains(&Role::SystemAdministrator)
            && !theirs.roles.contains(&Role::HeadOfInstitution);
        if !(is_head || is_administrator) {
            return Err(ConsoleRefusal::NotAllowed.into());
        }
        self.make_code((tenant, person), name, By::Person(present.session.person))
    }

    /// Issues a one-time code: for the first sign-in, or when password or authenticator are lost. Until it is used
    /// nothing changes for the account.
    pub(crate) fn make_code(
        &mut self,
        (tenant, person): (Tenant, PersonId),
        name: Option<&str>,
        by: By,
    ) -> Result<String, Failure> {
        if !self.works_here(tenant, person)? {
            return Err(ConsoleRefusal::UnknownPerson.into());
        }
        let account = store::of_person(self.db, tenant, person)?;
        let name = match (name, account) {
            (Some(name), _) => name.to_owned(),
            (None, Some(account)) => account.name,
            (None, None) => return Err(ConsoleRefusal::BadName.into()),
        };
        let taken = store::by_name(self.db, tenant, &name)?;
        let is_taken = taken.is_some_and(|taken| taken.person != person);
        if is_taken || !is_name(&name) {
            return Err(ConsoleRefusal::BadName.into());
        }
        store::put(self.db, tenant, person, &name)?;
        store::drop_codes(self.db, (tenant, person), true)?;
        let code = fresh_code(self.rng);
        let expires_at = self.now.plus_millis(ONE_TIME_MS_MAX);
        let hash = CodeHash::of(&code).0;
        store::add_code(self.db, (tenant, person), &hash, Some(expires_at))?;
        self.note(Some((tenant, person)), by, AccountEvent::CodeIssued)?;
        Ok(code)
    }

    fn account_of(&self, present: &Present) -> Result<AccountRow, Failure> {
        let (tenant, person) = present.whose();
        let account = store::of_person(self.db, tenant, person)?;
        account.ok_or_else(|| ConsoleRefusal::NoSession.into())
    }

    fn check_new(&self, present: &Present, password: &str) -> Result<(), Failure> {
        let account = self.account_of(present)?;
        if is_good_password(password, &account.name) {
            Ok(())
        } else {
            Err(ConsoleRefusal::WeakPassword.into())
        }
    }

    /// The seed that the session began, and the step of it that these digits prove.
    fn proved(&self, present: &Present, digits: &str) -> Result<(super::TotpSeed, u64), Failure> {
        let seed = Self::pending(present)?;
        let step = totp_step(&seed, digits, self.now);
        step.map(|step| (seed, step))
            .ok_or_else(|| ConsoleRefusal::WrongTotp.into())
    }

    /// The session and account of somebody who has just given their password again.
    fn proved_again(
        &mut self,
        token: &str,
        claim: &Claim,
        is_right: bool,
    ) -> Result<(Present, AccountRow), Failure> {
        let present = self.present(token, Needs::Full)?;
        let account = self.holder_of(claim)?;
        let account = account
            .filter(|account| is_right && (account.tenant, account.person) == present.whose());
        let Some(account) = account else {
            let whose = Some(present.whose());
            self.note(whose, By::Holder, AccountEvent::ProofFailed)?;
            return Err(ConsoleRefusal::WrongPassword.into());
        };
        self.throttle.succeed(&claim.asker);
        Ok((present, account))
    }

    fn make_recovery_codes(&mut self, present: &Present) -> Result<Vec<String>, StoreError> {
        store::drop_codes(self.db, present.whose(), false)?;
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let code = fresh_code(self.rng);
            store::add_code(self.db, present.whose(), &CodeHash::of(&code).0, None)?;
            codes.push(code);
        }
        Ok(codes)
    }

    /// Ends every session of the person, and opens another in the place of the present one.
    fn after_change(
        &mut self,
        present: &Present,
        event: AccountEvent,
        recovery_codes: Vec<String>,
    ) -> Result<Renewed, Failure> {
        store::end_all(self.db, present.session.tenant, present.session.person)?;
        self.note(Some(present.whose()), By::Holder, event)?;
        Ok(Renewed {
            session: self.open_session(present.whose(), false)?,
            recovery_codes,
        })
    }
}

/// Whether a name is one that an account may have: it is typed at every sign-in, and stands in the authenticator.
fn is_name(name: &str) -> bool {
    NAME_CHARS.contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}
