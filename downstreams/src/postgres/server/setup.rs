//! The script that sets a database up for the wall: two plain roles, and what each of them may.
//! Knows nothing of connections; it only writes text, for a person to read and run.

use super::location::sums_schema;
use super::quote::literal;
use super::sums_script;
use super::wall::FORBIDDEN;
use crate::postgres::quote::quoted;

/// What the script is for.
#[derive(Clone, Debug)]
pub struct SetupOptions {
    /// The role that the server logs in as.
    pub login: String,
    /// The one schema that is served.
    pub schema: String,
    /// Whether rows may be written at all.
    pub writes: bool,
    /// Whether tables may be made in the schema.
    pub definitions: bool,
}

/// The script. It can be run again at any time, and is to be run again after tables were made by others.
#[must_use]
pub fn script(options: &SetupOptions) -> String {
    let wall = format!("{}_wall", options.login);
    let (login, role, schema) = (
        quoted(&options.login),
        quoted(&wall),
        quoted(&options.schema),
    );
    let rows = match options.writes {
        true => "SELECT, INSERT, UPDATE, DELETE",
        false => "SELECT",
    };
    let mut script = format!(
        "-- Sets this database up for `aegis downstream postgres`. Read it, then run it in the database that is to be served,\n\
         -- as a superuser (functions of the engine are revoked) or, where that is none of yours, part by part.\n\
         -- It can be run again; run it again after others made tables.\n\
         BEGIN;\n\n\
         -- 1. Two plain roles. {login} logs in; give it a password:  ALTER ROLE {login} PASSWORD '...';\n\
         --    {role} is who statements of an agent run as. It owns nothing and may nothing but what each call gives it.\n\
         DO $$ BEGIN\n\
         \x20 IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {login_text}) THEN CREATE ROLE {login} LOGIN; END IF;\n\
         \x20 IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {role_text}) THEN CREATE ROLE {role} NOLOGIN; END IF;\n\
         END $$;\n\
         ALTER ROLE {login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;\n\
         ALTER ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOLOGIN;\n\
         GRANT {role} TO {login};\n\
         ALTER ROLE {login} SET default_transaction_read_only = on;\n\
         ALTER ROLE {login} SET statement_timeout = '60s';\n\
         ALTER ROLE {login} SET lock_timeout = '2s';\n\
         ALTER ROLE {login} SET idle_in_transaction_session_timeout = '90s';\n\n\
         -- 2. Nothing for everybody: what PUBLIC may, an agent's statement may too.\n\
         DO $$ DECLARE s text; BEGIN\n\
         \x20 FOR s IN SELECT nspname FROM pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp_|toast_temp_)' LOOP\n\
         \x20   EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM PUBLIC, {role_in_format}', s);\n\
         \x20   EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', s);\n\
         \x20 END LOOP;\n\
         END $$;\n\n\
         -- 3. What the login role may in the schema that is served. Tables of other schemas are not served.\n\
         GRANT USAGE ON SCHEMA {schema} TO {login}, {role};\n\
         GRANT {rows} ON ALL TABLES IN SCHEMA {schema} TO {login};\n\
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {login}, {role};\n\
         DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {login_in_format}', current_database()); END $$;\n",
        login_text = literal(&options.login),
        role_text = literal(&wall),
        role_in_format = role.replace('%', "%%").replace('\'', "''"),
        login_in_format = login.replace('%', "%%").replace('\'', "''"),
    );
    if options.definitions {
        script.push_str(&format!(
            "GRANT CREATE ON SCHEMA {schema} TO {login}, {role};\n"
        ));
    }
    script.push_str(&format!(
        "\n-- 4. Functions that change the session, run text, wait, lock, tell others, keep bytes aside, or run as their owner.\n\
         --    Whoever else needs one of them gets it by name:  GRANT EXECUTE ON FUNCTION ... TO ...;\n\
         DO $$ DECLARE f text; BEGIN\n\
         \x20 FOR f IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace\n\
         \x20   WHERE {FORBIDDEN}\n\
         \x20   OR (p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prorettype <> 'trigger'::regtype) LOOP\n\
         \x20   EXECUTE 'REVOKE EXECUTE ON ROUTINE ' || f || ' FROM PUBLIC';\n\
         \x20   RAISE NOTICE 'revoked from PUBLIC: %', f;\n\
         \x20 END LOOP;\n\
         END $$;\n"
    ));
    let sums = sums_schema(&options.login);
    script.push_str(&sums_script::script(&sums, &options.login, &wall));
    script.push_str("\nCOMMIT;\n");
    script
}
