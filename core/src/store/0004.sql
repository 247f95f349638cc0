-- From when on a grant gives nothing any more, in milliseconds; none until a row ends it.
ALTER TABLE active_grant ADD COLUMN until INTEGER;

-- What this person is told of broken glass. No call takes a row out of it but the end of the vault, or of what its person may know of the case.
CREATE TABLE notice (
  position INTEGER PRIMARY KEY,
  case_id BLOB NOT NULL,
  bytes BLOB NOT NULL UNIQUE
);

-- Cases that are hidden from this person.
CREATE TABLE bar (
  case_id BLOB PRIMARY KEY
);
