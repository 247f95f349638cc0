-- Attachments of which there is something to do or to keep. The row of the attachment itself is a record like any other.
CREATE TABLE blob (
  ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
  command BLOB NOT NULL UNIQUE,
  case_id BLOB NOT NULL,
  class INTEGER NOT NULL,
  own INTEGER NOT NULL,
  length INTEGER NOT NULL,
  -- Sealed chunks that are here; all of them make it whole.
  here INTEGER NOT NULL DEFAULT 0,
  -- Whether this device is to send it, and the chunks that the server has of it; none: it has to be asked.
  sends INTEGER NOT NULL DEFAULT 0,
  sent INTEGER,
  -- Whether this device is to fetch it.
  wanted INTEGER NOT NULL DEFAULT 0,
  -- Whether its document was let go: then it is kept only to be sent.
  let_go INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL DEFAULT 0,
  code TEXT
);
CREATE INDEX blob_case ON blob (case_id, class);
CREATE INDEX blob_sends ON blob (tries, ordinal) WHERE sends;
CREATE INDEX blob_wanted ON blob (tries, ordinal) WHERE wanted;

-- The sealed chunks.
CREATE TABLE blob_chunk (
  id INTEGER PRIMARY KEY,
  blob INTEGER NOT NULL REFERENCES blob (ordinal) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (blob, number)
);

-- Attachments whose bytes have arrived at the server, and the row of the log that says so.
CREATE TABLE blob_stored (
  command BLOB PRIMARY KEY,
  case_id BLOB NOT NULL,
  seq INTEGER NOT NULL
);
CREATE INDEX blob_stored_case ON blob_stored (case_id);
