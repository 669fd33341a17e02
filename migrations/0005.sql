-- The files of a project's policy as they were read last, for what only informs. May be dropped: it is read anew.
CREATE TABLE policy_mirror (
    lane TEXT NOT NULL PRIMARY KEY,
    read_at BIGINT NOT NULL,
    json TEXT NOT NULL
);
