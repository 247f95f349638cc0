-- Accounts of people who sign in to the server, their codes, and their sessions. Secrets stand here as hashes, but for
-- the seed of the authenticator, which the server must know to reckon a code.

CREATE TABLE account (
    institution INTEGER NOT NULL REFERENCES institution (number),
    person BLOB NOT NULL,
    name TEXT NOT NULL,
    -- CBOR of salt, hash and costs; none before the account is set up.
    password BLOB,
    totp BLOB,
    -- The last step of the authenticator that was accepted.
    totp_step INTEGER NOT NULL DEFAULT 0,
    -- Counts changes of password and authenticator.
    revision INTEGER NOT NULL DEFAULT 0,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, person),
    UNIQUE (institution, name),
    FOREIGN KEY (institution, person) REFERENCES person (institution, id)
) STRICT;

-- One-time codes, which expire, and recovery codes, which do not.
CREATE TABLE account_code (
    hash BLOB PRIMARY KEY,
    institution INTEGER NOT NULL REFERENCES institution (number),
    person BLOB NOT NULL,
    expires_at INTEGER
) STRICT;

CREATE INDEX account_code_of ON account_code (institution, person);

CREATE TABLE console_session (
    id BLOB PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    -- The token before the last renewal: whoever shows it has a copy.
    former BLOB UNIQUE,
    institution INTEGER NOT NULL REFERENCES institution (number),
    person BLOB NOT NULL,
    -- 1 for a session that may only set the account up.
    is_set_up INTEGER NOT NULL,
    -- The roles whose powers the person held when the token was made.
    powers TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    -- The seed of an authenticator that is not proved yet.
    totp BLOB,
    key_id INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX console_session_of ON console_session (institution, person);
