-- A case's state as told to the holders of a class; what everybody sees of it who holds anything stands in case_state.
CREATE TABLE told_state (
  case_id BLOB NOT NULL,
  class INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (case_id, class)
);

-- What the server tells of a case to those who may not hold its documents; the newest of each kind.
CREATE TABLE view (
  case_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  seq INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (case_id, kind)
);
