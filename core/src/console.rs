//! What the server's console refuses people who sign in to it: codes, with their texts in the catalogue.

use crate::code::codes;

codes!(
    /// Why the console did not do what it was asked.
    ConsoleRefusal {
        /// Account, password and second factor do not belong together; which of them, nobody is told.
        BadSignIn = "bad_sign_in",
        /// The one-time code is wrong, used, or too old.
        BadOneTimeCode = "bad_one_time_code",
        /// There is no session, or it is over.
        NoSession = "no_session",
        /// The person's roles have changed: the session goes on under another token.
        RenewSession = "renew_session",
        /// The session may only set the account up.
        SetUpFirst = "set_up_first",
        /// The account is set up.
        AlreadySetUp = "already_set_up",
        /// The password that was given again is not the account's.
        WrongPassword = "wrong_password",
        /// The authenticator's code is wrong, or was used.
        WrongTotp = "wrong_totp",
        /// No authenticator was begun in this session.
        NoTotpBegun = "no_totp_begun",
        /// The new password is too short, too long, or too easy.
        WeakPassword = "weak_password",
        /// Only an administrator or a head issues one-time codes; a head's only another head.
        NotAllowed = "not_allowed",
        /// Nobody of that id works here.
        UnknownPerson = "unknown_person",
        /// The account's name is not one, or somebody else's.
        BadName = "bad_name",
        /// The person has no such session.
        UnknownSession = "unknown_session",
        /// The request cannot be read.
        Malformed = "malformed",
        /// The request is too long.
        TooLong = "too_long",
        /// Too many tries: wait first.
        TooMany = "too_many",
        /// The server cannot now.
        Later = "later",
    }
);
