-- Grants that have ended and of which the server is still to be told that nothing is left here.
CREATE TABLE ended_grant (
  seq INTEGER PRIMARY KEY,
  case_id BLOB
);
