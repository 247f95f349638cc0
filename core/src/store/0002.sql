-- The version of the profile that a case stands under, as its last ruling says; none in rows from before.
ALTER TABLE case_state ADD COLUMN profile_version INTEGER;
