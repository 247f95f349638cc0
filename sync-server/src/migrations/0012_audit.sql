-- The audit chain of every institution: each entry's hash covers the one before it. Rows are only ever appended.
CREATE TABLE audit (
    institution INTEGER NOT NULL REFERENCES institution (number),
    number INTEGER NOT NULL,
    entry BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (institution, number)
) STRICT, WITHOUT ROWID;

-- Where the chain ends; no hash before its first entry.
ALTER TABLE institution ADD COLUMN audit_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE institution ADD COLUMN audit_hash BLOB;

-- The entry with which each era began.
ALTER TABLE era ADD COLUMN audit_number INTEGER;

-- Heads that devices remember and the chain does not hold: each is told of once.
CREATE TABLE audit_dispute (
    institution INTEGER NOT NULL REFERENCES institution (number),
    seat BLOB NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    forked INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (institution, seat, number, hash)
) STRICT, WITHOUT ROWID;

-- Which classes of which cases went to a seat's device or were written there, until the device proves that they are gone. Of
-- seats from before this table: all that their person's grants ever covered.
CREATE TABLE delivery (
    institution INTEGER NOT NULL REFERENCES institution (number),
    seat BLOB NOT NULL,
    case_id BLOB NOT NULL,
    class INTEGER NOT NULL,
    PRIMARY KEY (institution, seat, case_id, class)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO delivery (institution, seat, case_id, class)
    SELECT seat.institution, seat.id, document.case_id, document.class
    FROM seat
    JOIN access_grant ON access_grant.institution = seat.institution AND access_grant.person = seat.person
    JOIN document ON document.institution = seat.institution
        AND (access_grant.case_id IS NULL OR access_grant.case_id = document.case_id)
    WHERE document.author IS NULL OR document.author = seat.person;

-- When a seat that is no longer in use proved that nothing is left on its device.
ALTER TABLE seat ADD COLUMN wiped_at INTEGER;

-- Lost and stolen devices (UU 27/2022 art. 46): what was on them, who was told, and how it ended.
CREATE TABLE breach (
    institution INTEGER NOT NULL REFERENCES institution (number),
    number INTEGER NOT NULL,
    seat BLOB NOT NULL,
    person BLOB NOT NULL,
    known_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    store TEXT NOT NULL,
    closed_at INTEGER,
    closed_with BLOB,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, number)
) STRICT;
CREATE TABLE breach_holding (
    institution INTEGER NOT NULL,
    breach INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    class INTEGER NOT NULL,
    PRIMARY KEY (institution, breach, case_id, class)
) STRICT, WITHOUT ROWID;
CREATE TABLE breach_told (
    institution INTEGER NOT NULL,
    breach INTEGER NOT NULL,
    place INTEGER NOT NULL,
    party TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    words BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, breach, place)
) STRICT, WITHOUT ROWID;
