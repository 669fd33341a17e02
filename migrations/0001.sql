-- Everything that must survive. One text for SQLite and PostgreSQL: only TEXT, BIGINT and BYTEA; times are milliseconds
-- since 1970 (UTC); identifiers are ours. What differs stands in 0001.sqlite.sql and 0001.postgres.sql.

-- What is worked strictly in order. `ready_at` is null while nothing waits; `waiting` counts the inbox rows that wait.
CREATE TABLE lane (
    lane TEXT NOT NULL PRIMARY KEY,
    tail BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    owner TEXT,
    lease_until BIGINT NOT NULL,
    ready_at BIGINT,
    paused_until BIGINT NOT NULL
);
CREATE INDEX lane_ready ON lane (ready_at, epoch) WHERE ready_at IS NOT NULL;

-- What was heard. `body` is deflated; it and the headers are erased 14 days after the row is done, the row after 40.
CREATE TABLE inbox (
    lane TEXT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    weight TEXT NOT NULL,
    delivery_key TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body BYTEA,
    attempts BIGINT NOT NULL,
    first_tried_at BIGINT,
    run_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    done_at BIGINT,
    PRIMARY KEY (lane, position)
);
CREATE UNIQUE INDEX inbox_key ON inbox (delivery_key);
CREATE INDEX inbox_waiting ON inbox (lane, position) WHERE status = 'waiting';
CREATE INDEX inbox_untried ON inbox (lane, weight) WHERE status = 'waiting' AND attempts = 0;
CREATE INDEX inbox_oldest ON inbox (received_at) WHERE status = 'waiting';
CREATE INDEX inbox_parked ON inbox (received_at) WHERE status = 'parked';
CREATE INDEX inbox_kept ON inbox (done_at) WHERE body IS NOT NULL;
CREATE INDEX inbox_erased ON inbox (done_at) WHERE body IS NULL;

-- What was decided, append-only, one hash chain per lane.
CREATE TABLE journal (
    lane TEXT NOT NULL,
    seq BIGINT NOT NULL,
    "row" TEXT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (lane, seq)
);

-- What people wrote, outside the chain: erasable. `value` holds UTF-8, as bytes because PostgreSQL's TEXT cannot hold NUL.
CREATE TABLE journal_text (
    lane TEXT NOT NULL,
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    salt BYTEA NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (lane, seq, name)
);

-- The fold of a lane's journal up to `seq`.
CREATE TABLE state (
    lane TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    state_version BIGINT NOT NULL,
    last_hash TEXT NOT NULL,
    json TEXT NOT NULL
);

-- Orders to the outside.
CREATE TABLE outbox (
    lane TEXT NOT NULL,
    number BIGINT NOT NULL,
    key TEXT NOT NULL,
    subject TEXT NOT NULL,
    class BIGINT NOT NULL,
    kind TEXT NOT NULL,
    effect TEXT NOT NULL,
    edition BIGINT,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    owner TEXT,
    outcome TEXT,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (lane, number)
);
CREATE UNIQUE INDEX outbox_key ON outbox (key);
CREATE INDEX outbox_due ON outbox (class, created_at, number) WHERE status IN ('waiting', 'sending');
CREATE INDEX outbox_open ON outbox (lane, subject, number) WHERE status IN ('waiting', 'sending');
CREATE INDEX outbox_edition ON outbox (lane, subject, kind, edition) WHERE edition IS NOT NULL;
CREATE INDEX outbox_trouble ON outbox (status) WHERE status IN ('refused', 'lost');

-- What the forge calls the thing that was made for a subject: a comment, a check, a release.
CREATE TABLE subject (
    lane TEXT NOT NULL,
    subject TEXT NOT NULL,
    reference TEXT,
    edition BIGINT,
    PRIMARY KEY (lane, subject)
);

CREATE TABLE timer (
    lane TEXT NOT NULL,
    key TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (lane, key)
);
CREATE INDEX timer_due ON timer (due_at);

-- History: closed things, rebuilt from the journal when needed.
CREATE TABLE release (
    lane TEXT NOT NULL,
    component TEXT NOT NULL,
    version TEXT NOT NULL,
    tag TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    status TEXT NOT NULL,
    cut_at BIGINT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (lane, component, version)
);
CREATE INDEX release_newest ON release (lane, component, cut_at, version);

CREATE TABLE release_change (
    lane TEXT NOT NULL,
    component TEXT NOT NULL,
    version TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    change_number BIGINT,
    json TEXT NOT NULL,
    PRIMARY KEY (lane, component, version, commit_id)
);
CREATE INDEX release_change_number ON release_change (lane, change_number) WHERE change_number IS NOT NULL;

-- Mirror: as the forge last told. May be dropped at any time.
CREATE TABLE change_mirror (
    lane TEXT NOT NULL,
    number BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (lane, number)
);

CREATE TABLE commit_mirror (
    lane TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (lane, commit_id)
);

CREATE TABLE project (
    lane TEXT NOT NULL PRIMARY KEY,
    path TEXT NOT NULL,
    json TEXT NOT NULL
);

-- One row, written by the readiness check: a store that can only be read is not ready.
CREATE TABLE readiness (
    name TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);
