-- What lists ask of each file (`screen::Glance`, or that it is an activity), so that they open no document. None where it is to be looked
-- at again: whatever is written of a file says so here, by the triggers below, and whoever makes the next list looks.
CREATE TABLE glance (
  case_id BLOB PRIMARY KEY,
  bytes BLOB
);
CREATE INDEX glance_stale ON glance (case_id) WHERE bytes IS NULL;
INSERT INTO glance (case_id)
  SELECT case_id FROM case_state UNION SELECT case_id FROM document UNION SELECT case_id FROM command;

CREATE TRIGGER glance_command_in AFTER INSERT ON command BEGIN
  DELETE FROM glance WHERE case_id = NEW.case_id; INSERT INTO glance (case_id) VALUES (NEW.case_id); END;
CREATE TRIGGER glance_command_on AFTER UPDATE ON command BEGIN
  DELETE FROM glance WHERE case_id = NEW.case_id; INSERT INTO glance (case_id) VALUES (NEW.case_id); END;
CREATE TRIGGER glance_command_out AFTER DELETE ON command BEGIN
  DELETE FROM glance WHERE case_id = OLD.case_id; INSERT INTO glance (case_id) VALUES (OLD.case_id); END;
CREATE TRIGGER glance_document_in AFTER INSERT ON document BEGIN
  DELETE FROM glance WHERE case_id = NEW.case_id; INSERT INTO glance (case_id) VALUES (NEW.case_id); END;
CREATE TRIGGER glance_document_on AFTER UPDATE ON document BEGIN
  DELETE FROM glance WHERE case_id = NEW.case_id; INSERT INTO glance (case_id) VALUES (NEW.case_id); END;
CREATE TRIGGER glance_document_out AFTER DELETE ON document BEGIN
  DELETE FROM glance WHERE case_id = OLD.case_id; INSERT INTO glance (case_id) VALUES (OLD.case_id); END;
CREATE TRIGGER glance_state_in AFTER INSERT ON case_state BEGIN
  DELETE FROM glance WHERE case_id = NEW.case_id; INSERT INTO glance (case_id) VALUES (NEW.case_id); END;
CREATE TRIGGER glance_state_on AFTER UPDATE ON case_state BEGIN
  DELETE FROM glance WHERE case_id = NEW.case_id; INSERT INTO glance (case_id) VALUES (NEW.case_id); END;
CREATE TRIGGER glance_state_out AFTER DELETE ON case_state BEGIN
  DELETE FROM glance WHERE case_id = OLD.case_id; INSERT INTO glance (case_id) VALUES (OLD.case_id); END;

-- What only changes files that are known.
CREATE TRIGGER glance_told_in AFTER INSERT ON told_state BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = NEW.case_id; END;
CREATE TRIGGER glance_told_on AFTER UPDATE ON told_state BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = NEW.case_id; END;
CREATE TRIGGER glance_told_out AFTER DELETE ON told_state BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = OLD.case_id; END;
CREATE TRIGGER glance_view_in AFTER INSERT ON view BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = NEW.case_id; END;
CREATE TRIGGER glance_view_on AFTER UPDATE ON view BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = NEW.case_id; END;
CREATE TRIGGER glance_view_out AFTER DELETE ON view BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = OLD.case_id; END;
CREATE TRIGGER glance_ruling_in AFTER INSERT ON ruling BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = NEW.case_id; END;
CREATE TRIGGER glance_ruling_out AFTER DELETE ON ruling BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = OLD.case_id; END;
CREATE TRIGGER glance_change_in AFTER INSERT ON change BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = (SELECT case_id FROM document WHERE id = NEW.document); END;
CREATE TRIGGER glance_part_in AFTER INSERT ON part BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = (SELECT case_id FROM command WHERE id = NEW.command); END;
CREATE TRIGGER glance_part_out AFTER DELETE ON part BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = (SELECT case_id FROM command WHERE id = OLD.command); END;
CREATE TRIGGER glance_verdict_in AFTER INSERT ON verdict BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = (SELECT case_id FROM command WHERE id = NEW.command); END;
CREATE TRIGGER glance_verdict_on AFTER UPDATE ON verdict BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = (SELECT case_id FROM command WHERE id = NEW.command); END;
CREATE TRIGGER glance_verdict_out AFTER DELETE ON verdict BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id = (SELECT case_id FROM command WHERE id = OLD.command); END;

-- Cases of which the server has said nothing are reckoned here, by the standard, the calendar and the roles of who wrote.
CREATE TRIGGER glance_staff_in AFTER INSERT ON staff BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id NOT IN (SELECT case_id FROM case_state); END;
CREATE TRIGGER glance_staff_on AFTER UPDATE ON staff BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id NOT IN (SELECT case_id FROM case_state); END;
CREATE TRIGGER glance_profile_in AFTER INSERT ON profile BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id NOT IN (SELECT case_id FROM case_state); END;
CREATE TRIGGER glance_profile_on AFTER UPDATE ON profile BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id NOT IN (SELECT case_id FROM case_state); END;
CREATE TRIGGER glance_calendar_in AFTER INSERT ON calendar BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id NOT IN (SELECT case_id FROM case_state); END;
CREATE TRIGGER glance_calendar_on AFTER UPDATE ON calendar BEGIN
  UPDATE glance SET bytes = NULL WHERE case_id NOT IN (SELECT case_id FROM case_state); END;
