-- What the office is called, for whoever is about to enrol a phone; empty for one that was never told.
ALTER TABLE office ADD COLUMN name TEXT NOT NULL DEFAULT '';
