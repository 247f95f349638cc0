-- Attachments whose record stands in the log, and which of their bytes have arrived. The bytes lie beside the database, under
-- their document and hash, sealed with a key that only the record holds.
CREATE TABLE blob (
    institution INTEGER NOT NULL REFERENCES institution (number),
    -- The command that attached it.
    command BLOB NOT NULL,
    case_id BLOB NOT NULL,
    class INTEGER NOT NULL,
    -- Whose compartment of the class it is sealed for; none: the shared one.
    author BLOB,
    -- The same document, under which its bytes lie.
    document BLOB NOT NULL,
    -- Who attached it.
    person BLOB NOT NULL,
    hash BLOB NOT NULL,
    -- Length of the plain bytes.
    length INTEGER NOT NULL,
    referred_at INTEGER NOT NULL,
    -- The row of the log that says that the bytes have arrived, and when that was.
    stored INTEGER,
    stored_at INTEGER,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, command)
) STRICT;
CREATE INDEX blob_case ON blob (institution, case_id);
CREATE INDEX blob_hash ON blob (institution, document, hash);
CREATE INDEX blob_person ON blob (institution, person, stored_at);

-- Bytes whose record was erased: nobody is given them, and the folder's are deleted after the commit.
CREATE TABLE blob_gone (
    institution INTEGER NOT NULL REFERENCES institution (number),
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (institution, document, hash)
) STRICT;
