-- The register of an institution counts its own requests, and says who could read what a request asks to erase, when it was asked (X23, C4).
CREATE TABLE register (
    institution INTEGER NOT NULL,
    number INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    asked_by BLOB NOT NULL,
    scope BLOB NOT NULL,
    readers BLOB NOT NULL DEFAULT x'80',
    note BLOB NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    decision TEXT,
    decision_note BLOB,
    -- The row of the log that carried it out, or that devices have to have read.
    position INTEGER,
    closed_by BLOB,
    closed_at INTEGER,
    closing_note BLOB,
    -- Whether the client still has to be told by letter (UU 27/2022 art. 45).
    letter_due INTEGER NOT NULL DEFAULT 0,
    key_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (institution, number)
) STRICT;
INSERT INTO register (institution, number, case_id, kind, received_at, due, asked_by, scope, note, decided_by, decided_at, decision,
                      decision_note, position, closed_by, closed_at, closing_note, letter_due, key_id)
    SELECT institution, number, case_id, kind, received_at, due, asked_by, scope, note, decided_by, decided_at, decision,
           decision_note, position, closed_by, closed_at, closing_note, letter_due, key_id
    FROM rights_request;
DROP TABLE rights_request;
ALTER TABLE register RENAME TO rights_request;
CREATE INDEX rights_request_case ON rights_request (institution, case_id);
