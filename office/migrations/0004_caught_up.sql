-- When a device last said that it knew the present life of the data and had handed in again all that earlier ones had accepted.
-- Of what was said before this column was there the last hello is the best that is known.
ALTER TABLE device ADD COLUMN caught_up_at INTEGER;
UPDATE device SET caught_up_at = last_sync_at;
