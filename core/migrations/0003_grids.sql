-- How many grids show a record: what none shows is found by its index, where a sync would count all there are.
ALTER TABLE record ADD COLUMN grids INTEGER NOT NULL DEFAULT 0;
UPDATE record SET grids = (SELECT count(*) FROM membership WHERE membership.rid = record.rid);
CREATE INDEX record_unseen ON record (id) WHERE grids = 0;

-- One index tells both what there is of a kind and what of that lives where.
DROP INDEX record_live;
DROP INDEX record_by_kind;
CREATE INDEX record_by_kind ON record (kind, place, hidden, lifecycle);
