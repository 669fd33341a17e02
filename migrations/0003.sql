-- Notes that nobody waits for keep a pace: so long after one, in milliseconds, the next of its lane may be begun; null: none.
ALTER TABLE outbox ADD COLUMN pace BIGINT;

-- Before this moment no effect of the lane that keeps a pace is begun.
CREATE TABLE pace (
    lane TEXT NOT NULL PRIMARY KEY,
    next_at BIGINT NOT NULL
);
