-- The log of every institution, what it holds, and the caches over it.
-- Every table is keyed by the institution's number. Rows with personal data carry the id of the key that they are
-- encrypted under (0: none), so that encryption at rest and shredding need no rewrite.

CREATE TABLE institution (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    era INTEGER NOT NULL DEFAULT 0,
    -- The counter row: the last position that was given in the log.
    head INTEGER NOT NULL DEFAULT 0,
    backed_up_through INTEGER NOT NULL DEFAULT 0,
    -- The last number that was given to a case.
    last_case INTEGER NOT NULL DEFAULT 0,
    server_key BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Each era after the first: the last row that the restore before it had kept.
CREATE TABLE era (
    institution INTEGER NOT NULL REFERENCES institution (number),
    number INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    PRIMARY KEY (institution, number)
) STRICT;

CREATE TABLE profile (
    institution INTEGER NOT NULL REFERENCES institution (number),
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    toml TEXT NOT NULL,
    PRIMARY KEY (institution, seq)
) STRICT;

CREATE TABLE calendar (
    institution INTEGER NOT NULL REFERENCES institution (number),
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    csv TEXT NOT NULL,
    PRIMARY KEY (institution, seq)
) STRICT;

CREATE TABLE person (
    institution INTEGER NOT NULL REFERENCES institution (number),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    active INTEGER NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, id)
) STRICT;

CREATE TABLE seat (
    id BLOB PRIMARY KEY,
    institution INTEGER NOT NULL REFERENCES institution (number),
    person BLOB NOT NULL,
    device BLOB NOT NULL,
    public_key BLOB NOT NULL,
    status TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    FOREIGN KEY (institution, person) REFERENCES person (institution, id)
) STRICT;

CREATE TABLE invite (
    code_hash BLOB PRIMARY KEY,
    institution INTEGER NOT NULL REFERENCES institution (number),
    person BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by BLOB
) STRICT;

-- The log. `person` is the author of commands, and the one person who may see a grant, its end, or a seat.
CREATE TABLE log (
    institution INTEGER NOT NULL REFERENCES institution (number),
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    case_id BLOB,
    class INTEGER,
    person BLOB,
    seat BLOB,
    envelope INTEGER,
    received_at INTEGER NOT NULL,
    -- How far the pushing device's clock was ahead, in milliseconds: an input of the judgement.
    clock_offset INTEGER,
    bytes BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, seq)
) STRICT;

-- Envelopes as they came; one that came in pieces after a restore has several rows.
CREATE TABLE envelope (
    number INTEGER PRIMARY KEY,
    institution INTEGER NOT NULL REFERENCES institution (number),
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    content BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    UNIQUE (institution, hash, content)
) STRICT;

CREATE TABLE command (
    institution INTEGER NOT NULL REFERENCES institution (number),
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    envelope BLOB NOT NULL,
    via TEXT NOT NULL,
    seat BLOB NOT NULL,
    person BLOB NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    clock_offset INTEGER,
    base INTEGER NOT NULL,
    after BLOB NOT NULL,
    records BLOB NOT NULL,
    -- What its author's roles were when it was admitted: an input of the judgement.
    author_roles TEXT NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, id)
) STRICT;
CREATE INDEX command_case ON command (institution, case_id, seq, place);

-- The verdict that stands on each command, also on one that a restore forgot. `followed` says whether the grants that
-- follow from it were given.
CREATE TABLE verdict (
    institution INTEGER NOT NULL,
    command BLOB NOT NULL,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    followed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, command)
) STRICT;

-- Which commands each row of commands brought; `fresh` says whether for the first time.
CREATE TABLE log_command (
    institution INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    command BLOB NOT NULL,
    case_id BLOB NOT NULL,
    fresh INTEGER NOT NULL,
    PRIMARY KEY (institution, seq, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_command_case ON log_command (institution, case_id, seq);

CREATE TABLE change (
    institution INTEGER NOT NULL REFERENCES institution (number),
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    command BLOB NOT NULL,
    actor BLOB NOT NULL,
    actor_seq INTEGER NOT NULL,
    max_op INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, document, hash)
) STRICT;
CREATE UNIQUE INDEX change_actor ON change (institution, document, actor, actor_seq);
CREATE INDEX change_seq ON change (institution, document, seq);

CREATE TABLE record_key (
    institution INTEGER NOT NULL,
    document BLOB NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (institution, document, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    institution INTEGER NOT NULL REFERENCES institution (number),
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    class INTEGER NOT NULL,
    author BLOB,
    volume INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    heads BLOB NOT NULL,
    digest INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    PRIMARY KEY (institution, id)
) STRICT;
CREATE INDEX document_case ON document (institution, case_id, class);

-- Documents as of a row, saved: a cache.
CREATE TABLE snapshot (
    institution INTEGER NOT NULL,
    document BLOB NOT NULL,
    through INTEGER NOT NULL,
    heads BLOB NOT NULL,
    bytes BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, document)
) STRICT;

-- Cases: what has been appended and what has been judged. `state` is a cache over the rulings.
CREATE TABLE case_file (
    institution INTEGER NOT NULL REFERENCES institution (number),
    id BLOB NOT NULL,
    author BLOB,
    profile TEXT,
    profile_version INTEGER,
    -- The case's number, once it is registered.
    case_number INTEGER,
    touched INTEGER NOT NULL,
    judged INTEGER NOT NULL DEFAULT 0,
    ruling_seq INTEGER,
    state BLOB,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, id)
) STRICT;
CREATE INDEX case_unjudged ON case_file (touched) WHERE touched > judged;

CREATE TABLE ruling (
    institution INTEGER NOT NULL REFERENCES institution (number),
    seq INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    class INTEGER,
    hash BLOB NOT NULL,
    PRIMARY KEY (institution, seq),
    UNIQUE (institution, hash)
) STRICT;
CREATE INDEX ruling_case ON ruling (institution, case_id, seq);

-- Whose commands a ruling speaks about: an author sees the verdicts on what they wrote.
CREATE TABLE ruling_author (
    institution INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    person BLOB NOT NULL,
    PRIMARY KEY (institution, seq, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_grant (
    institution INTEGER NOT NULL REFERENCES institution (number),
    seq INTEGER NOT NULL,
    person BLOB NOT NULL,
    case_id BLOB,
    classes TEXT NOT NULL,
    ended INTEGER,
    dropped INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, seq)
) STRICT;
CREATE INDEX access_grant_person ON access_grant (institution, person, case_id);

-- What was turned away, in the class of its document. `bytes` is the envelope, pruned to the command where it could
-- be read.
CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY,
    institution INTEGER NOT NULL REFERENCES institution (number),
    command BLOB,
    envelope BLOB NOT NULL,
    case_id BLOB,
    class INTEGER,
    document BLOB,
    seat BLOB NOT NULL,
    person BLOB NOT NULL,
    reason TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    head INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX quarantine_once ON quarantine
    (institution, envelope, ifnull(command, x''), reason, ifnull(class, 0));
CREATE INDEX quarantine_command ON quarantine (institution, command);
CREATE INDEX quarantine_seat ON quarantine (institution, seat);

-- The changes of what was turned away: what depends on one of them is turned away too.
CREATE TABLE turned_change (
    institution INTEGER NOT NULL,
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (institution, document, hash)
) STRICT, WITHOUT ROWID;

-- Commands whose dependencies have not arrived.
CREATE TABLE waiting (
    number INTEGER PRIMARY KEY,
    institution INTEGER NOT NULL REFERENCES institution (number),
    command BLOB NOT NULL,
    envelope BLOB NOT NULL,
    content BLOB NOT NULL,
    case_id BLOB NOT NULL,
    seat BLOB NOT NULL,
    pusher BLOB NOT NULL,
    clock_offset INTEGER,
    bytes BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    UNIQUE (institution, command, content)
) STRICT;
CREATE INDEX waiting_case ON waiting (institution, case_id);
CREATE INDEX waiting_pusher ON waiting (institution, pusher);

-- The first answer to each push.
CREATE TABLE batch (
    institution INTEGER NOT NULL,
    seat BLOB NOT NULL,
    id BLOB NOT NULL,
    answers BLOB NOT NULL,
    PRIMARY KEY (institution, seat, id)
) STRICT;
