-- Checks as the comparisons they are. SQLite builds a table of its own for a list of three words, for every row that is
-- written: a twentieth of what writing a first sync cost. What the columns may hold stays as it is, so no row is written again.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(
    sql, 'lifecycle IN (''live'', ''archived'', ''revived'')',
    'lifecycle = ''live'' OR lifecycle = ''archived'' OR lifecycle = ''revived''')
WHERE name = 'record';
UPDATE sqlite_schema SET sql = replace(
    sql, 'standing IN (''unsent'', ''foreign'', ''accepted'')',
    'standing = ''accepted'' OR standing = ''unsent'' OR standing = ''foreign''')
WHERE name = 'change';
PRAGMA writable_schema = RESET;

-- Words of a page of a first sync are gathered in memory and written once, at its end: FTS5 writes what it has at 1 MiB, and
-- merges what it wrote.
INSERT INTO search (search, rank) VALUES ('hashsize', 4194304);
