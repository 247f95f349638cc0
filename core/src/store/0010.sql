-- Grants that ended, until every backup knows it: a server that is restored to before that gives them again, and does not say so.
CREATE TABLE lapsed_grant (
  seq INTEGER PRIMARY KEY,
  ended_at INTEGER NOT NULL,
  bytes BLOB NOT NULL
);
