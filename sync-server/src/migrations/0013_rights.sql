-- Documents that were rewritten after an erasure. `base` is the one change of the new document, while it is of the last epoch.
CREATE TABLE doc_epoch (
    institution INTEGER NOT NULL,
    document BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    base BLOB,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, document, epoch)
) STRICT;
CREATE INDEX doc_epoch_seq ON doc_epoch (institution, seq);

-- Changes of former epochs: their hashes stay when their bytes have gone, so that what comes again is known.
CREATE TABLE past_change (
    institution INTEGER NOT NULL,
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    command BLOB NOT NULL,
    PRIMARY KEY (institution, document, hash)
) STRICT, WITHOUT ROWID;

-- Commands of which something was erased, and in which row of the log.
CREATE TABLE erased (
    institution INTEGER NOT NULL,
    command BLOB NOT NULL,
    document BLOB NOT NULL,
    reason TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (institution, command, document)
) STRICT, WITHOUT ROWID;

-- What clients ask for, as the law gives them a right to: by case, with its strict line, who asked, who decided, what came of it.
CREATE TABLE rights_request (
    number INTEGER PRIMARY KEY,
    institution INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    asked_by BLOB NOT NULL,
    scope BLOB NOT NULL,
    note BLOB NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    decision TEXT,
    decision_note BLOB,
    -- The row of the log that carried it out, or that devices have to have read.
    position INTEGER,
    closed_by BLOB,
    closed_at INTEGER,
    closing_note BLOB,
    -- Whether the client still has to be told by letter (UU 27/2022 art. 45).
    letter_due INTEGER NOT NULL DEFAULT 0,
    key_id INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX rights_request_case ON rights_request (institution, case_id);

-- What keeps a case from being erased: a legal process. Two people set it, two lift it.
CREATE TABLE legal_hold (
    number INTEGER PRIMARY KEY,
    institution INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    reason BLOB NOT NULL,
    asked_by BLOB NOT NULL,
    set_by BLOB NOT NULL,
    set_at INTEGER NOT NULL,
    lifted_by BLOB,
    lift_asked_by BLOB,
    lifted_at INTEGER,
    key_id INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX legal_hold_case ON legal_hold (institution, case_id);

-- How far each device says that it has read, at the last row that somebody waits for all devices to have read.
CREATE TABLE seat_read (
    institution INTEGER NOT NULL,
    seat BLOB NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (institution, seat)
) STRICT;

-- Exports for clients: who asked, who approved, what was left out. The trail of access reads it.
CREATE TABLE access_export (
    number INTEGER PRIMARY KEY,
    institution INTEGER NOT NULL,
    request INTEGER NOT NULL,
    approved_by BLOB NOT NULL,
    at INTEGER NOT NULL,
    left_out BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0
) STRICT;

-- When it was found that a withdrawal had reached every device in use, and after which row of the log: an input of the judgement.
CREATE TABLE processing_stop (
    institution INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (institution, case_id, at)
) STRICT, WITHOUT ROWID;
