-- Sessions that are booked and were not held: who leads them and when they begin. Written anew whenever the case is judged.
CREATE TABLE booking (
    institution INTEGER NOT NULL,
    lead BLOB NOT NULL,
    starts_at INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    PRIMARY KEY (institution, lead, starts_at, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_case ON booking (institution, case_id);

-- Papers that were seen for a case which is a duplicate: they count for the one that goes on.
CREATE TABLE passed_paper (
    institution INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    requirement TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (institution, case_id, requirement)
) STRICT, WITHOUT ROWID;
