-- What a grant holds in part only, and what is told beside it; none if there is neither.
ALTER TABLE access_grant ADD COLUMN extent BLOB;

-- Whether a ruling tells a case's state, to the holders of its class; until now only those of K1 did.
ALTER TABLE ruling ADD COLUMN has_state INTEGER NOT NULL DEFAULT 0;
UPDATE ruling SET has_state = 1 WHERE class IS NULL;

-- What was last told of a case to those who hold its registration, and to those who hold anything of it.
ALTER TABLE case_file ADD COLUMN desk_state BLOB;
ALTER TABLE case_file ADD COLUMN index_state BLOB;

-- What was last told of a case to those who may not hold its documents.
CREATE TABLE view (
    institution INTEGER NOT NULL REFERENCES institution (number),
    case_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, case_id, kind)
) STRICT;
