-- A person's vault on one device. Forward only; expand first, contract later.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
);

-- Documents of which anything is here. Accepted = snapshot or frame, then the rows of `change`.
CREATE TABLE document (
  id BLOB PRIMARY KEY,
  key BLOB NOT NULL,
  case_id BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  branch BLOB,
  frame INTEGER,
  place INTEGER,
  snapshot BLOB,
  heads BLOB NOT NULL,
  granted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX document_case ON document (case_id);

-- Install frames as they came: several documents compressed together.
CREATE TABLE frame (
  id INTEGER PRIMARY KEY,
  saved BLOB NOT NULL
);

-- Changes that the server sequenced and that no snapshot holds yet.
CREATE TABLE change (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  document BLOB NOT NULL,
  hash BLOB NOT NULL,
  seq INTEGER,
  bytes BLOB NOT NULL,
  UNIQUE (document, hash)
);

-- Every command that is known here: own ones whole, others' by the records that this person may see.
CREATE TABLE command (
  ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  case_id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  author BLOB NOT NULL,
  own INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER,
  received_at INTEGER,
  base INTEGER NOT NULL DEFAULT 0,
  after BLOB NOT NULL,
  records BLOB NOT NULL,
  state TEXT NOT NULL,
  code TEXT,
  envelope BLOB,
  attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX command_case ON command (case_id, occurred_at);
CREATE INDEX command_state ON command (state);

-- The parts of own commands that the log does not hold yet.
CREATE TABLE part (
  command BLOB NOT NULL,
  document BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  branch BLOB NOT NULL,
  hash BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (command, document)
);
CREATE INDEX part_document ON part (document);

-- Envelopes that a restored server could have forgotten.
CREATE TABLE envelope (
  hash BLOB PRIMARY KEY,
  seq INTEGER,
  forgotten INTEGER NOT NULL DEFAULT 0,
  -- Whether its commands moved aside before the server had them: they go into its quarantine.
  unsent INTEGER NOT NULL DEFAULT 0,
  bytes BLOB NOT NULL
);
CREATE INDEX envelope_unsent ON envelope (unsent) WHERE unsent;
CREATE INDEX envelope_seq ON envelope (seq);
CREATE INDEX envelope_forgotten ON envelope (forgotten);

-- Rulings, as signed; own ones speak of what this seat recorded.
CREATE TABLE ruling (
  seq INTEGER PRIMARY KEY,
  case_id BLOB NOT NULL,
  own INTEGER NOT NULL,
  bytes BLOB NOT NULL
);
CREATE INDEX ruling_case ON ruling (case_id);
CREATE TABLE verdict (
  command BLOB PRIMARY KEY,
  seq INTEGER NOT NULL,
  bytes BLOB NOT NULL
);
CREATE TABLE case_state (
  case_id BLOB PRIMARY KEY,
  seq INTEGER NOT NULL,
  number INTEGER,
  bytes BLOB NOT NULL
);

-- What a restored server forgot and is to be told again: rulings, in their old order. Own ones that were told stay until
-- they come again in the log: the server may be restored once more.
CREATE TABLE forgotten_ruling (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  own INTEGER NOT NULL,
  told INTEGER NOT NULL DEFAULT 0,
  bytes BLOB NOT NULL
);

-- Grants that have not ended; without a case, of the whole institution.
CREATE TABLE active_grant (
  seq INTEGER PRIMARY KEY,
  case_id BLOB,
  bytes BLOB NOT NULL
);
CREATE INDEX active_grant_case ON active_grant (case_id);
-- Cases in which something may have to go.
CREATE TABLE unswept (
  case_id BLOB PRIMARY KEY
);
-- The queue of documents that a grant newly covers.
CREATE TABLE backfill (
  grant_seq INTEGER PRIMARY KEY,
  priority INTEGER NOT NULL,
  at BLOB NOT NULL
);

CREATE TABLE staff (
  person BLOB PRIMARY KEY,
  bytes BLOB NOT NULL
);
CREATE TABLE profile (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  toml TEXT NOT NULL,
  PRIMARY KEY (id, version)
);
CREATE TABLE calendar (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  csv TEXT NOT NULL,
  PRIMARY KEY (name, version)
);
