-- On which terms people serve, and when what is delegated to them next changes.
ALTER TABLE person ADD COLUMN terms BLOB;
ALTER TABLE person ADD COLUMN next_change INTEGER;
CREATE INDEX person_next_change ON person (next_change);

-- The terms on which a command's author served when the server had it: an input of the judgement.
ALTER TABLE command ADD COLUMN standing BLOB;
