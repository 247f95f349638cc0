-- Files of activities: they have a document and an author, and no case.
ALTER TABLE case_file ADD COLUMN is_activity INTEGER NOT NULL DEFAULT 0;
