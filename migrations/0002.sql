-- Promotions that are over, with the journal rows that asked for them and that ended them: what lies between tells the rest.
CREATE TABLE promotion (
    lane TEXT NOT NULL,
    number BIGINT NOT NULL,
    component TEXT NOT NULL,
    environment TEXT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT NOT NULL,
    revision BIGINT NOT NULL,
    ended TEXT NOT NULL,
    asked_by BIGINT,
    asked_at BIGINT NOT NULL,
    asked_row BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    ended_row BIGINT NOT NULL,
    approvals TEXT NOT NULL,
    PRIMARY KEY (lane, number)
);
CREATE INDEX promotion_newest ON promotion (lane, ended_row);
CREATE INDEX promotion_newest_into ON promotion (lane, environment, ended_row);
-- How many attempts at an effect certainly did nothing, so that a later one does not look for what cannot be there.
ALTER TABLE outbox ADD COLUMN in_vain BIGINT NOT NULL DEFAULT 0;
