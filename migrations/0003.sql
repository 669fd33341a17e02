-- How many attempts at an effect certainly did nothing, so that a later one does not look for what cannot be there.
ALTER TABLE outbox ADD COLUMN in_vain BIGINT NOT NULL DEFAULT 0;
