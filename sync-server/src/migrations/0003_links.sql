-- What of a case's identity others may share, as hashes: written anew whenever the case is judged.
CREATE TABLE likeness (
    institution INTEGER NOT NULL,
    kind TEXT NOT NULL,
    hash BLOB NOT NULL,
    case_id BLOB NOT NULL,
    PRIMARY KEY (institution, kind, hash, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX likeness_case ON likeness (institution, case_id);

-- What heads decided about two cases, in the case where they decided it: what ties them, or nothing where they were told apart.
CREATE TABLE family_decision (
    institution INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    other BLOB NOT NULL,
    tie TEXT,
    seq INTEGER NOT NULL,
    PRIMARY KEY (institution, case_id, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX family_decision_other ON family_decision (institution, other);

-- A case's connections as last ruled, when it was registered, and the case that goes on where it is a duplicate.
ALTER TABLE case_file ADD COLUMN links BLOB;
ALTER TABLE case_file ADD COLUMN registered_at INTEGER;
ALTER TABLE case_file ADD COLUMN duplicate_of BLOB;
CREATE INDEX case_duplicate_of ON case_file (institution, duplicate_of);
