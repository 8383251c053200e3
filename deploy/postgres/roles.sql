-- What the web server and the workers, which sign in as firstline_app, may do in the database. Run it as the owner of the
-- tables, after every `manage.py migrate`; running it again changes nothing.
--
--   psql --set ON_ERROR_STOP=1 --file deploy/postgres/roles.sql firstline
--
-- Triggers refuse UPDATE and DELETE of the history to everybody. TRUNCATE, DROP and switching triggers off are refused by
-- these grants.

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'firstline_app') THEN
        CREATE ROLE firstline_app NOLOGIN;
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO firstline_app;
REVOKE CREATE ON SCHEMA public FROM firstline_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO firstline_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO firstline_app;

-- Add to the history and read it; nothing else.
REVOKE ALL ON history_event, history_seal FROM firstline_app;
GRANT SELECT, INSERT ON history_event, history_seal TO firstline_app;

-- The months are reached through history_event only.
DO $$
DECLARE month regclass;
BEGIN
    FOR month IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'history_event'::regclass LOOP
        EXECUTE format('REVOKE ALL ON %s FROM firstline_app', month);
    END LOOP;
END $$;

-- The end of the chain moves on; its row is never removed.
REVOKE DELETE ON history_chain_head FROM firstline_app;
