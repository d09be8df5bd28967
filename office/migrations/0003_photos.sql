-- The photos accepted edits name, whether or not their bytes have come: which device named them first, and when. Of what was
-- accepted before this table was there nothing is known.
CREATE TABLE photo_named (
    record BLOB NOT NULL REFERENCES record (id),
    photo BLOB NOT NULL,
    device BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (record, photo)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_by_action ON audit (action, seq);
