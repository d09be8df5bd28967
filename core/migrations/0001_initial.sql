-- The phone's database. A released file is never edited: a change of shape is the next number.
--
-- Truth: `change` (with `snapshot`, which holds the bytes of changes already compacted), `verdict`, `draft`,
-- `submission`, `attachment`, `meta`. Everything from `home` down is a projection, rebuilt from documents at any time.
-- Times are milliseconds since 1970 by the device's clock unless a comment says otherwise.

-- Single values: identity, actor, incarnation, generation, clock offset. Names in meta.rs.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY  NOT NULL
) STRICT, WITHOUT ROWID;

-- One field record. `rid` is local and never leaves the phone: it keeps the rows of one record together.
CREATE TABLE record (
    rid        INTEGER PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    kind       TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    place      TEXT,                                    -- pinned by the office; until then, as its first edit says
    pinned     INTEGER NOT NULL DEFAULT 0,              -- 1: the office said so
    heads      BLOB    NOT NULL,                        -- hashes, 32 bytes each, ascending
    lifecycle  TEXT    NOT NULL CHECK (lifecycle IN ('live', 'archived', 'revived')),
    conflicts  INTEGER NOT NULL DEFAULT 0,              -- how many fields wait for a decision
    hidden     INTEGER NOT NULL DEFAULT 0,              -- 1: no grid shows it, kept for what it still owes the office
    changed_at INTEGER NOT NULL,                        -- estimated office time of the change taken last
    tail       INTEGER NOT NULL DEFAULT 0,              -- changes since the snapshot
    accepted   INTEGER NOT NULL DEFAULT 0,              -- how many changes the office has accepted, as it said last
    complete   INTEGER NOT NULL DEFAULT 0               -- the changes with ordinals up to here are all in the document
) STRICT;
CREATE INDEX record_by_kind ON record (kind, place);
-- What the office named and this phone does not have: asked for again in every sync.
CREATE INDEX record_incomplete ON record (rid) WHERE complete < accepted;
-- Which rows live where, read in one pass.
CREATE INDEX record_live ON record (kind, place) WHERE hidden = 0 AND lifecycle <> 'archived';

-- One automerge change. Nothing here is deleted before the office has acknowledged it by hash.
CREATE TABLE change (
    pos         INTEGER PRIMARY KEY,                    -- order taken here; a dependency stands before its dependents
    rid         INTEGER NOT NULL REFERENCES record (rid) ON DELETE CASCADE,
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    actor       BLOB    NOT NULL CHECK (length(actor) = 24),
    seq         INTEGER NOT NULL,
    standing    TEXT    NOT NULL CHECK (standing IN ('unsent', 'foreign', 'accepted')),
    waiting     INTEGER NOT NULL DEFAULT 0,             -- 1: a dependency is missing, so no document holds it yet
    generation  BLOB,                                   -- of the receipt
    ordinal     INTEGER,                                -- of the receipt, within the record, from 1
    received_at INTEGER,                                -- of the receipt, by the office's clock
    seal        BLOB,                                   -- of the receipt, the office's MAC: handed back as it came
    confirmed   INTEGER NOT NULL DEFAULT 0,             -- 1: the office's list of its record's receipts names it
    copy_of     BLOB,                                   -- the edit id, when this is a re-authored copy
    device      BLOB,                                   -- who signed it; until acknowledged
    signature   BLOB,
    intent      TEXT,                                   -- the edit as JSON; own changes until backed up
    -- Made or handed in here and perhaps in no backup of the office: how far its backups must reach before it is, as the
    -- office counts; the largest number until that is known.
    unbacked    INTEGER,
    authored_at INTEGER,                                -- own changes until acknowledged
    bytes       BLOB,                                   -- the plain chunk; NULL once confirmed and in a snapshot
    UNIQUE (rid, actor, seq),
    CHECK ((standing = 'accepted') = (ordinal IS NOT NULL)),
    CHECK (standing = 'accepted' OR bytes IS NOT NULL)
) STRICT;
CREATE INDEX change_open ON change (pos) WHERE standing <> 'accepted' OR waiting = 1;
CREATE INDEX change_unbacked ON change (unbacked)
    WHERE unbacked IS NOT NULL AND standing = 'accepted' AND confirmed = 1;
CREATE INDEX change_unconfirmed ON change (rid, pos) WHERE standing = 'accepted' AND confirmed = 0;

-- A record's document up to a position: a cache of `change` where that still has the bytes, else the truth.
CREATE TABLE snapshot (
    rid   INTEGER PRIMARY KEY REFERENCES record (rid) ON DELETE CASCADE,
    upto  INTEGER NOT NULL,                             -- the last `change.pos` inside
    bytes BLOB    NOT NULL
) STRICT;

-- What became of changes that did not make it: the dead list, and what a butler is shown.
CREATE TABLE verdict (
    hash         BLOB PRIMARY KEY,
    record       BLOB    NOT NULL,                      -- may have no row of its own: a rejected first edit leaves none
    kind         TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    edit         BLOB    NOT NULL,
    fate         TEXT    NOT NULL CHECK (fate IN
                     ('rejected', 'quarantined', 'forked', 'dependency', 'pending', 'later')),
    code         TEXT    NOT NULL,
    path         TEXT,
    own          INTEGER NOT NULL,
    device       BLOB,
    signature    BLOB,
    intent       TEXT,
    authored_at  INTEGER,
    bytes        BLOB    NOT NULL,
    at           INTEGER NOT NULL,
    dismissed_at INTEGER,                               -- seen and put away by the butler; still dead
    -- The office let it in since: put away like that until a backup of the office holds it, as `change.unbacked` tells.
    let_in       INTEGER
) STRICT;
CREATE INDEX verdict_by_edit ON verdict (edit);
CREATE INDEX verdict_by_record ON verdict (record);

-- Foreign bytes this phone itself would not let near a document.
CREATE TABLE quarantine (
    digest BLOB PRIMARY KEY,                            -- SHA-256 of the bytes
    record BLOB,
    code   TEXT    NOT NULL,
    path   TEXT,
    source TEXT    NOT NULL,
    bytes  BLOB    NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX quarantine_by_age ON quarantine (at, digest);

-- The feed: through which grids a record is seen, and how far each grid was read.
CREATE TABLE membership (
    rid  INTEGER NOT NULL REFERENCES record (rid) ON DELETE CASCADE,
    grid TEXT    NOT NULL,
    PRIMARY KEY (rid, grid)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_grid ON membership (grid);

-- Records a grid shows of which nothing is here: asked for again in every sync until something is. Without a row of
-- their own in `record`, for this app may know nothing of them but what the feed said.
CREATE TABLE missing (
    record   BLOB    NOT NULL CHECK (length(record) = 16),
    grid     TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    place    TEXT    NOT NULL,
    accepted INTEGER NOT NULL,                          -- how many changes the office has accepted, as it said last
    PRIMARY KEY (record, grid)
) STRICT, WITHOUT ROWID;
CREATE INDEX missing_by_grid ON missing (grid);

CREATE TABLE cursor (
    grid     TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The office's tables, whole, as they came.
CREATE TABLE office_table (
    name    TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    rows    TEXT    NOT NULL                            -- a JSON array
) STRICT, WITHOUT ROWID;

-- The company's set of playbooks in force, as the office signed it.
CREATE TABLE playbook_set (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    version   INTEGER NOT NULL,
    manifest  TEXT    NOT NULL,                         -- the signed bytes
    signature BLOB    NOT NULL,
    taken_at  INTEGER NOT NULL
) STRICT;

-- Its files, and those that have come of a set still on its way.
CREATE TABLE playbook_file (
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    text TEXT NOT NULL
) STRICT;

-- The set offered last, if it was not taken over. `app` is the core that judged it: a newer one judges it again.
CREATE TABLE playbook_rejected (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    manifest TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    code     TEXT    NOT NULL,
    detail   TEXT,
    app      TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- Photos and signatures: sealed files beside the database, each under its own key.
CREATE TABLE attachment (
    hash     BLOB PRIMARY KEY CHECK (length(hash) = 32),-- SHA-256 of the plain bytes
    size     INTEGER NOT NULL,                          -- plain bytes
    key      BLOB    NOT NULL CHECK (length(key) = 32),
    file     TEXT    NOT NULL UNIQUE,                   -- random: the name must not tell which photo it is
    present  INTEGER NOT NULL,                          -- plain bytes present here; = size when whole
    kept     INTEGER NOT NULL DEFAULT 0,                -- 1: taken for a form still open; stays until that is submitted or discarded
    added_at INTEGER NOT NULL
) STRICT;

-- The records a photo belongs to; each decides access for itself, so each hands the photo in.
CREATE TABLE attachment_use (
    hash   BLOB NOT NULL REFERENCES attachment (hash) ON DELETE CASCADE,
    record BLOB NOT NULL,
    -- 'rejected': the office will not take it for this record, which no grid shows here; its person is told
    state  TEXT NOT NULL CHECK (state IN ('unsent', 'acknowledged', 'fetching', 'rejected')),
    sent   INTEGER NOT NULL DEFAULT 0,                  -- plain bytes safely at the office
    unbacked INTEGER,                                   -- handed in here: as `change.unbacked`
    PRIMARY KEY (hash, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_open ON attachment_use (record) WHERE state <> 'acknowledged';
CREATE INDEX attachment_by_record ON attachment_use (record);

-- A form half filled in; keeps the version of the form it was begun with.
CREATE TABLE draft (
    id           BLOB PRIMARY KEY CHECK (length(id) = 16),
    form         TEXT    NOT NULL,
    form_version TEXT,                                  -- NULL: no playbook runs it
    record       BLOB,                                  -- what it is about
    body         TEXT    NOT NULL,                      -- JSON
    changed_at   INTEGER NOT NULL
) STRICT;

-- The photos that were ever part of a draft. They stay until it ends: one taken out of the form may be put back.
CREATE TABLE draft_photo (
    draft BLOB NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    hash  BLOB NOT NULL REFERENCES attachment (hash),
    PRIMARY KEY (draft, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_photo_by_hash ON draft_photo (hash);

-- Forms handed in lately, by the id drawn when each was opened: a repeat is answered with what the first made. The newest
-- 4,096 are kept (submissions.rs).
CREATE TABLE submission (
    number INTEGER PRIMARY KEY,                         -- in the order they were handed in
    id     BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 32),   -- SHA-256 of the id, what was asked for and what was given
    record BLOB NOT NULL,
    edit   BLOB NOT NULL,
    event  BLOB
) STRICT;

-- What this phone did that a person may have to explain later. Codes and ids, never values.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    what   TEXT    NOT NULL,
    detail TEXT
) STRICT;

-- Projections ------------------------------------------------------------------------------------------------

-- home, resident, resident_phone and contact follow from the fields their lists show (lists.rs).

-- Rounds, cases and entries: whatever a playbook or form runs.
CREATE TABLE work (
    rid         INTEGER PRIMARY KEY REFERENCES record (rid) ON DELETE CASCADE,
    procedure   TEXT,                                   -- playbook or form id
    version     TEXT,                                   -- its content hash
    due         TEXT,                                   -- the due item it answers
    title       TEXT,
    urgency     TEXT,
    assignee    TEXT,                                   -- handles the case, or is to walk the round
    planned_on  TEXT,
    made_by     TEXT,                                   -- who did the first thing, or filled the row in
    opened_at   INTEGER,                                -- first event, else when it was made; estimated office time
    moved_at    INTEGER,                                -- last event, estimated office time
    state       TEXT,                                   -- set by the layer that knows playbooks; NULL: to be folded
    closed      INTEGER,                                -- likewise
    in_conflict    INTEGER NOT NULL DEFAULT 0,             -- likewise: concurrent steps wait for a resolution
    finished_at INTEGER,                                -- likewise: when it was over, estimated office time
    rounds      INTEGER NOT NULL DEFAULT 0,             -- likewise: rounds of handling of a case
    answers     TEXT,                                   -- likewise: a case's answers, a round's findings, JSON
    clocks      TEXT                                    -- likewise: a case's deadlines, JSON
) STRICT;

-- The steps of cases that count, worked out with the state: follow-up rules ask for them by name.
CREATE TABLE step (
    rid   INTEGER NOT NULL REFERENCES work (rid) ON DELETE CASCADE,
    event BLOB    NOT NULL CHECK (length(event) = 16),
    number INTEGER NOT NULL,                            -- in the order they were folded in
    step  TEXT    NOT NULL,
    at    INTEGER NOT NULL,                             -- estimated office time, never later than the receipt
    by    TEXT    NOT NULL,
    to_state TEXT,                                      -- if it moved the case
    PRIMARY KEY (rid, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX step_by_name ON step (step, at);

-- The results of rounds that are findings and ask for an order, worked out with the state.
CREATE TABLE finding (
    rid       INTEGER NOT NULL REFERENCES work (rid) ON DELETE CASCADE,
    number    INTEGER NOT NULL,                         -- by item and time
    item      TEXT    NOT NULL,
    event     BLOB    NOT NULL CHECK (length(event) = 16),
    at        INTEGER NOT NULL,                         -- estimated office time
    by        TEXT    NOT NULL,
    role      TEXT    NOT NULL,
    corrected INTEGER,                                  -- when the item was in order again, if it is
    PRIMARY KEY (rid, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_by_time ON finding (at);
CREATE INDEX work_by_procedure ON work (procedure, closed, moved_at);
CREATE INDEX work_by_opening ON work (opened_at);
CREATE INDEX work_by_due ON work (due) WHERE due IS NOT NULL;
CREATE INDEX work_to_fold ON work (rid) WHERE state IS NULL;

-- Which records a record is about: `subject`, `home` and every other reference, by path.
CREATE TABLE link (
    rid    INTEGER NOT NULL REFERENCES record (rid) ON DELETE CASCADE,
    path   TEXT    NOT NULL,
    target BLOB    NOT NULL,
    PRIMARY KEY (rid, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_by_target ON link (target);

-- Values of the paths rules ask for first.
CREATE TABLE fact (
    rid   INTEGER NOT NULL REFERENCES record (rid) ON DELETE CASCADE,
    path  TEXT    NOT NULL,
    value ANY     NOT NULL,
    PRIMARY KEY (rid, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_by_value ON fact (path, value);

CREATE TABLE conflict (
    rid   INTEGER NOT NULL REFERENCES record (rid) ON DELETE CASCADE,
    path  TEXT    NOT NULL,
    PRIMARY KEY (rid, path)
) STRICT, WITHOUT ROWID;

-- rowid = record.rid. Chinese is spaced by character and asked for as a phrase: unicode61 takes a run of
-- characters for one word and trigram finds no two-character name.
CREATE VIRTUAL TABLE search USING fts5 (
    name, pinyin, phone, room, note,
    tokenize = "unicode61 remove_diacritics 0",
    prefix = '1 2 4'
);
-- FTS5 keeps the terms of deleted rows in spite of PRAGMA secure_delete unless told separately.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
