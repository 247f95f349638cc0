-- Documents that the server rewrote after an erasure: their epoch, and the row of the log that said so.
CREATE TABLE doc_epoch (
  document BLOB PRIMARY KEY,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  signed BLOB
);
