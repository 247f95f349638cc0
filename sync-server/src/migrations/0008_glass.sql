-- From when on a grant gives nothing any more; none until a row ends it.
ALTER TABLE access_grant ADD COLUMN until INTEGER;
-- Whether that is so because glass was broken.
ALTER TABLE access_grant ADD COLUMN by_glass INTEGER NOT NULL DEFAULT 0;
CREATE INDEX access_grant_until ON access_grant (until) WHERE until IS NOT NULL AND ended IS NULL;

-- From whom a case is hidden, and whether their devices were told to let go of it. It can be rebuilt.
CREATE TABLE bar (
    institution INTEGER NOT NULL REFERENCES institution (number),
    person BLOB NOT NULL,
    case_id BLOB NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (institution, person, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bar_case ON bar (institution, case_id);
