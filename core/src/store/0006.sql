-- Grants that have ended and of which the server is still to be told that nothing is left here.
CREATE TABLE ended_grant (
  seq INTEGER PRIMARY KEY,
  case_id BLOB
);

-- Pieces of colleagues' parcels, sealed for the server alone. `refused` says that it could not open one.
CREATE TABLE parcel (
  id BLOB PRIMARY KEY,
  bytes BLOB NOT NULL,
  refused INTEGER NOT NULL DEFAULT 0
);
