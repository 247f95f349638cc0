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
