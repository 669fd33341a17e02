-- The role that `lockkeeper serve` runs under. Run once by the owner of the database, after the tables exist:
--
--     psql -v ON_ERROR_STOP=1 -d lockkeeper -f migrations/roles.postgres.sql
--     psql -d lockkeeper -c "ALTER ROLE lockkeeper_app PASSWORD '...'"
--
-- The owner migrates; the application only works. It may add to the journal and read it, never change it. Texts that people
-- wrote (journal_text) may be erased: the chain holds only their salted hashes. Run it again after an upgrade that adds
-- tables; it changes nothing that is right already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lockkeeper_app') THEN
        CREATE ROLE lockkeeper_app LOGIN;
    END IF;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM lockkeeper_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO lockkeeper_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    lane, inbox, journal_text, state, outbox, pace, subject, timer, release, release_change, promotion,
    change_mirror, commit_mirror, policy_mirror, project, readiness
TO lockkeeper_app;
GRANT SELECT, INSERT ON journal TO lockkeeper_app;
GRANT SELECT ON _sqlx_migrations TO lockkeeper_app;
