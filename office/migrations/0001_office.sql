-- The office's data. Numbered, never edited after a release.

-- Whom the office serves, and which life of the data this is. `commits` counts write transactions: the mark
-- beside the database must never be ahead of it (storage/sqlite/mark.rs). `office_key` is the public half of what
-- the office signs with; the secret is never in here (storage/sqlite/key.rs).
CREATE TABLE office (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    community TEXT NOT NULL,
    utc_offset_minutes INTEGER NOT NULL,
    device BLOB NOT NULL,
    generation BLOB NOT NULL,
    actor BLOB NOT NULL,
    office_key BLOB NOT NULL,
    token BLOB NOT NULL,
    commits INTEGER NOT NULL,
    watermark INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Staff, grids, places, assignments: whole, as they travel.
CREATE TABLE office_table (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    rows TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every set of playbooks ever published, as it was signed; the last one is in force.
CREATE TABLE playbook_set (
    version INTEGER PRIMARY KEY,
    manifest TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;
CREATE TABLE playbook_file (
    hash BLOB NOT NULL UNIQUE,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE device (
    id BLOB PRIMARY KEY,
    staff TEXT NOT NULL,
    public_key BLOB NOT NULL,
    label TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_sync_at INTEGER,
    report TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
    selector TEXT PRIMARY KEY,
    hash BLOB NOT NULL,
    staff TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by BLOB
) STRICT, WITHOUT ROWID;

-- Nonces that opened a session, until they end by themselves: each works once. One that nobody answered is
-- stored nowhere.
CREATE TABLE used_nonce (
    hash BLOB PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    device BLOB NOT NULL REFERENCES device (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_device ON session (device);

CREATE TABLE record (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    place TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX record_by_place ON record (place);

-- How much of a record each device filled: nobody fills it for the others (hub/quota.rs). Days since 1970, UTC.
CREATE TABLE share (
    record BLOB NOT NULL REFERENCES record (id),
    device BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    day INTEGER NOT NULL,
    day_bytes INTEGER NOT NULL,
    day_changes INTEGER NOT NULL,
    PRIMARY KEY (record, device)
) STRICT, WITHOUT ROWID;

-- Apart from the record: what is long and read alone should not slow what is short and read often. A record the office made
-- has none until it is edited: its one change says as much.
CREATE TABLE snapshot (
    record BLOB PRIMARY KEY REFERENCES record (id),
    document BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The truth. A receipt is (generation, ordinal within the record).
CREATE TABLE change (
    record BLOB NOT NULL REFERENCES record (id),
    ordinal INTEGER NOT NULL,
    hash BLOB NOT NULL,
    actor BLOB NOT NULL,
    seq INTEGER NOT NULL,
    edit BLOB NOT NULL,
    staff TEXT NOT NULL,
    signature BLOB,
    generation BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (record, ordinal)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX change_by_hash ON change (record, hash);
CREATE UNIQUE INDEX change_by_actor ON change (record, actor, seq);
CREATE INDEX change_by_edit ON change (edit);

-- What was not accepted, whole, with its reason.
CREATE TABLE held (
    record BLOB NOT NULL,
    hash BLOB NOT NULL,
    sender BLOB NOT NULL,
    edit BLOB,
    staff TEXT,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    because BLOB,
    binding INTEGER NOT NULL,
    at INTEGER NOT NULL,
    released_at INTEGER,
    envelope BLOB NOT NULL,
    PRIMARY KEY (record, hash, sender)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_edit ON held (record, edit);
CREATE INDEX held_by_cause ON held (record, because);
-- With what it is asked for, so that counting looks at no row.
CREATE INDEX held_by_sender ON held (sender, released_at) WHERE released_at IS NULL;

-- `missing` is one dependency that is not here; null once all are here and the change waits for something else.
CREATE TABLE pending (
    record BLOB NOT NULL,
    hash BLOB NOT NULL,
    sender BLOB NOT NULL,
    missing BLOB,
    at INTEGER NOT NULL,
    envelope BLOB NOT NULL,
    PRIMARY KEY (record, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_by_missing ON pending (record, missing);
CREATE INDEX pending_by_sender ON pending (sender);

CREATE TABLE feed (
    grid TEXT NOT NULL,
    seq INTEGER NOT NULL,
    record BLOB NOT NULL REFERENCES record (id),
    membership TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (grid, seq)
) STRICT, WITHOUT ROWID;

-- A photo that is here whole, its hash checked. Its bytes are the pieces of the device that was first to have them all.
CREATE TABLE photo (
    id BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    device BLOB NOT NULL
) STRICT;

-- The records a photo belongs to: somebody who may write the record handed in all its bytes for it.
CREATE TABLE photo_record (
    photo BLOB NOT NULL REFERENCES photo (id),
    record BLOB NOT NULL,
    PRIMARY KEY (photo, record)
) STRICT, WITHOUT ROWID;

-- What each device says it is about to hand in: a hash is no secret, so nobody's word about a photo touches another's.
CREATE TABLE photo_offer (
    photo BLOB NOT NULL,
    device BLOB NOT NULL,
    size INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    proven INTEGER NOT NULL DEFAULT 0,
    at INTEGER NOT NULL,
    PRIMARY KEY (photo, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX photo_offer_open ON photo_offer (device, at) WHERE proven = 0;
CREATE TABLE photo_offer_record (
    photo BLOB NOT NULL,
    device BLOB NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (photo, device, record),
    FOREIGN KEY (photo, device) REFERENCES photo_offer (photo, device) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE photo_piece (
    photo BLOB NOT NULL,
    device BLOB NOT NULL,
    start INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (photo, device, start)
) STRICT;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    about TEXT NOT NULL,
    chain BLOB NOT NULL
) STRICT;
