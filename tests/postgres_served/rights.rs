//! What the setup script takes from everybody, name by name, and that running it again changes nothing.
//! Knows nothing of calls.

use aegis_downstreams::postgres::setup_script;

use crate::house::{House, setup};

/// `reference/sql.md` §5.5, and what else a role of statements could change, wait, keep or tell with.
const TAKEN: &[&str] = &[
    "set_config(text, text, boolean)",
    "pg_notify(text, text)",
    "pg_sleep(double precision)",
    "pg_sleep_for(interval)",
    "pg_sleep_until(timestamp with time zone)",
    "pg_advisory_lock(bigint)",
    "pg_advisory_lock(integer, integer)",
    "pg_advisory_lock_shared(bigint)",
    "pg_advisory_unlock(bigint)",
    "pg_advisory_unlock_all()",
    "pg_advisory_xact_lock(bigint)",
    "pg_advisory_xact_lock_shared(integer, integer)",
    "pg_try_advisory_lock(bigint)",
    "pg_try_advisory_xact_lock(bigint)",
    "lo_create(oid)",
    "lo_creat(integer)",
    "lo_from_bytea(oid, bytea)",
    "lo_get(oid)",
    "lo_import(text)",
    "lo_export(oid, text)",
    "lo_open(oid, integer)",
    "lo_put(oid, bigint, bytea)",
    "lo_unlink(oid)",
    "lo_lseek(integer, integer, integer)",
    "lo_truncate(integer, integer)",
    "loread(integer, integer)",
    "lowrite(integer, bytea)",
    "query_to_xml(text, boolean, boolean, text)",
    "query_to_xmlschema(text, boolean, boolean, text)",
    "query_to_xml_and_xmlschema(text, boolean, boolean, text)",
    "table_to_xml(regclass, boolean, boolean, text)",
    "cursor_to_xml(refcursor, integer, boolean, boolean, text)",
    "schema_to_xml(name, boolean, boolean, text)",
    "database_to_xml(boolean, boolean, text)",
    "ts_stat(text)",
    "ts_rewrite(tsquery, text)",
    "pg_export_snapshot()",
    "pg_logical_emit_message(boolean, text, text)",
    // Never everybody's; named here so that a setup which gave them away is seen.
    "pg_read_file(text)",
    "pg_read_binary_file(text)",
    "pg_ls_dir(text)",
    "pg_stat_file(text)",
    "pg_reload_conf()",
    "pg_switch_wal()",
    "pg_terminate_backend(integer, bigint)",
    "leak()",
    "aegis_sums.opened(bytea[])",
    "aegis_sums.collect(bytea[], bytea)",
    "aegis_sums.sum_whole(bytea[])",
    "aegis_sums.avg_exact(bytea[])",
];

/// Everything that the script makes or takes.
const STATE: &str = "SELECT md5(string_agg(t, ',' ORDER BY t)) FROM (\
    SELECT 'r' || rolname || rolsuper || rolcanlogin || rolcreaterole || coalesce(rolconfig::text, '') AS t FROM pg_roles WHERE rolname LIKE 'aegis%' \
    UNION ALL SELECT 'c' || oid || coalesce(relacl::text, '') || relowner FROM pg_class WHERE relnamespace::regnamespace::text NOT LIKE 'pg_%' \
    UNION ALL SELECT 'n' || nspname || coalesce(nspacl::text, '') || nspowner FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)' \
    UNION ALL SELECT 'p' || oid || coalesce(proacl::text, '') || proowner || md5(prosrc) FROM pg_proc \
    UNION ALL SELECT 't' || oid || typowner FROM pg_type WHERE typnamespace::regnamespace::text LIKE 'aegis%' \
    UNION ALL SELECT 'm' || roleid || '.' || member FROM pg_auth_members) AS s";

#[test]
fn the_setup_script_takes_from_everybody_what_it_says_and_does_so_once() {
    let name = "the_setup_script_takes_from_everybody_what_it_says_and_does_so_once";
    let more = "CREATE FUNCTION leak() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT email FROM customers LIMIT 1'; \
        GRANT SELECT ON customers TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC; CREATE SCHEMA other; CREATE TABLE other.t (a integer); GRANT ALL ON other.t TO PUBLIC;";
    let Some(house) = House::with(name, more) else {
        return;
    };
    for role in ["aegis_wall", "aegis"] {
        for function in TAKEN {
            let own = role == "aegis" && function.starts_with("aegis_sums.");
            let may = format!(
                "SELECT has_function_privilege('{role}', '{function}', 'EXECUTE')::integer"
            );
            assert_eq!(house.number(&may), i64::from(own), "{role}: {function}");
        }
    }
    for (what, privilege) in [
        (
            "has_schema_privilege('aegis_wall', 'other', 'CREATE')",
            "making things elsewhere",
        ),
        (
            "has_schema_privilege('aegis_wall', 'aegis_sums', 'CREATE')",
            "making aggregates",
        ),
        (
            "has_table_privilege('aegis_wall', 'customers', 'SELECT')",
            "the table itself",
        ),
        (
            "has_any_column_privilege('aegis_wall', 'customers', 'SELECT')",
            "its columns",
        ),
        (
            "has_table_privilege('aegis', 'other.t', 'SELECT')",
            "what is not served",
        ),
        (
            "has_table_privilege('aegis_wall', 'customer_contacts', 'SELECT')",
            "a view as its owner sees it",
        ),
        (
            "has_database_privilege('aegis_wall', current_database(), 'CREATE')",
            "schemas",
        ),
        (
            "pg_has_role('aegis_wall', 'aegis', 'MEMBER')",
            "who owns the keys",
        ),
    ] {
        assert_eq!(
            house.number(&format!("SELECT ({what})::integer")),
            0,
            "{privilege}"
        );
    }
    let script = setup_script(&setup());
    let state = house.text(STATE);
    house.run(&script);
    house.run(&script);
    assert_eq!(
        house.text(STATE),
        state,
        "running it again changed something"
    );
}
