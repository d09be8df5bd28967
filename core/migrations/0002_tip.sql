-- Records at their one head, for whoever edits or reads one without its document (crdt/tip.rs): a cache, made when an edit
-- needs it and good only while its head is the record's. Of a record of few changes there is none: they are read instead.
CREATE TABLE tip (
    rid   INTEGER PRIMARY KEY REFERENCES record (rid) ON DELETE CASCADE,
    bytes BLOB    NOT NULL
) STRICT;
