-- The register of letters: each number is given once. Years, of which a restore left numbers out, say up to which.
CREATE TABLE letter (
    institution INTEGER NOT NULL,
    referral BLOB NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (institution, referral)
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_number ON letter (institution, year, number);
CREATE TABLE letter_skip (
    institution INTEGER NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (institution, year)
) STRICT, WITHOUT ROWID;
