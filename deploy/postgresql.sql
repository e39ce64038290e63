-- The database of the site and its two roles. Run once, or again after a change, as a superuser:
--
--     runuser -u postgres -- psql -f deploy/postgresql.sql
--
-- network-site-owner owns the tables: it migrates, loads data and restores backups.
-- network-site is the site itself: it reads and writes rows, and can do nothing else.
-- Neither has a password: on the local socket each system user signs in as the role of its name
-- (PostgreSQL's "peer"). For a database on another machine: \password "network-site", and TLS.
-- Other names: -v database=… -v owner=… -v application=…

\set ON_ERROR_STOP on
\set QUIET on
\if :{?database}
\else
    \set database network_site
\endif
\if :{?owner}
\else
    \set owner network-site-owner
\endif
\if :{?application}
\else
    \set application network-site
\endif

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY[:'owner', :'application']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- The limit leaves room for the owner and for backups when the site is at its busiest.
ALTER ROLE :"application" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT 50;

-- This order of letters is the one that the tests run with, and no update of the system changes it.
SELECT format(
    'CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8''',
    :'database', :'owner'
)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"application";

-- A query that hangs, waits for a lock or leaves its transaction open gives way, and the process
-- of the site that asked is free again. The owner's long migrations know no such limits.
ALTER ROLE :"application" IN DATABASE :"database" SET statement_timeout = '10s';
ALTER ROLE :"application" IN DATABASE :"database" SET lock_timeout = '5s';
ALTER ROLE :"application" IN DATABASE :"database" SET idle_in_transaction_session_timeout = '30s';

-- The log of the server tells that a query failed, and not what a visitor had typed into it.
ALTER ROLE :"application" IN DATABASE :"database" SET log_min_error_statement = 'panic';
ALTER ROLE :"application" IN DATABASE :"database" SET log_error_verbosity = 'terse';
-- Nor does it when a process of the server dies over the query.
ALTER ROLE :"application" IN DATABASE :"database" SET track_activities = off;

\connect :"database"

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"application";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner"
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"application";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner"
    GRANT USAGE, SELECT ON SEQUENCES TO :"application";
