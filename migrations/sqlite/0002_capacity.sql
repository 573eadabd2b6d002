-- How many fit into a room; null: as many as come.
ALTER TABLE room ADD COLUMN capacity INTEGER;
