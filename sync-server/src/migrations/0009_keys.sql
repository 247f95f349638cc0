-- Rows are sealed under keys that are kept apart from this file. What an older version left readable is sealed when the
-- database is opened next (store/upgrade.rs).

-- How long an envelope is that lies sealed in its row: pages are filled by it.
ALTER TABLE envelope ADD COLUMN length INTEGER NOT NULL DEFAULT 0;

-- A person's name, sealed; `name` is empty from now on.
ALTER TABLE person ADD COLUMN sealed_name BLOB;

-- Former keys of documents that were written anew: to be destroyed once that is on the disk.
CREATE TABLE key_due (
    institution INTEGER NOT NULL REFERENCES institution (number),
    document BLOB NOT NULL,
    key_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (institution, key_id)
) STRICT, WITHOUT ROWID;
