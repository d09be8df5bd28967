-- What rules ask for first, kept twice: with its record, so that an edit writes it with the row it writes anyway, and by
-- value. Paths stand under numbers: they were a third of the database.

-- What the numbers of fields mean: the indexed fields of the build that wrote this database (facts.rs). One that knows
-- others makes the facts of its kinds again from the documents.
CREATE TABLE field (
    number  INTEGER PRIMARY KEY,
    pattern TEXT NOT NULL UNIQUE
) STRICT;

-- All facts of a record in one value (facts.rs); NULL where there are none, or none are made yet.
ALTER TABLE record ADD COLUMN facts BLOB;

-- The same by value. `member` is what stands for the pattern's `*`. No key leads to it from `record`: whoever removes a
-- record takes its facts out, as `record.facts` names them.
DROP TABLE fact;
CREATE TABLE fact (
    field  INTEGER NOT NULL,
    member TEXT    NOT NULL,
    value  ANY     NOT NULL,
    rid    INTEGER NOT NULL,
    PRIMARY KEY (field, member, value, rid)
) STRICT, WITHOUT ROWID;
