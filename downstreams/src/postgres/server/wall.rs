//! Whether the database is set up so that the wall can stand: both roles plain, and nothing open to the second.
//! Knows nothing of calls.

use super::fault::Fault;
use super::location::Location;
use super::wire::Wire;

/// Functions that everybody may call in a fresh database, and the role of statements must not: they change the session,
/// run text, wait, lock, tell others, or keep bytes where no label lies.
pub(super) const FORBIDDEN: &str = "(p.proname ~ '^(set_config|pg_notify|pg_(cancel|terminate)_backend|pg_sleep.*|pg_(try_)?advisory.*|lo_.*|loread|lowrite|\
(query|table|cursor|schema|database)_to_xml.*|dblink.*|ts_stat|pg_logical_emit_message|pg_export_snapshot)$' \
OR (p.proname = 'ts_rewrite' AND p.pronargs = 2))";

/// The first thing that is missing, in words for whoever sets the database up; `None` where all is as it must be.
pub(super) fn gap(wire: &mut Wire, location: &Location) -> Result<Option<String>, Fault> {
    let role = location.wall_role();
    let rows = wire.ask(
        "SELECT r.rolname, r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls \
         OR EXISTS (SELECT 1 FROM pg_roles o WHERE (o.rolname LIKE 'pg\\_%' OR o.rolsuper) AND pg_has_role(r.oid, o.oid, 'MEMBER')) \
         FROM pg_roles r WHERE r.rolname IN (current_user, $1)",
        &[&role],
    )?;
    for (wanted, what) in [
        (location.user.as_str(), "login"),
        (role.as_str(), "statement"),
    ] {
        let found = rows
            .iter()
            .find(|row| row.first() == Some(&Some(wanted.to_owned())));
        match found.and_then(|row| row.get(1)).and_then(Option::as_deref) {
            None => return Ok(Some(format!("the {what} role `{wanted}` does not exist"))),
            Some("f") => {}
            Some(_) => {
                return Ok(Some(format!(
                    "the {what} role `{wanted}` is more than a plain role"
                )));
            }
        }
    }
    let checks = [
        (
            "SELECT 1 WHERE NOT (pg_has_role(current_user, $1, 'MEMBER') AND current_setting('track_counts') = 'on' \
             AND has_database_privilege(current_user, current_database(), 'TEMP'))",
            "the login role is no member of the statement role, may make no temporary views, or `track_counts` is off",
        ),
        (
            "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = $1 LIMIT 1",
            "the statement role is a member of other roles",
        ),
        (
            TABLES,
            "the statement role, or everybody, has privileges on a table or view outside the engine's own",
        ),
        (SERVERS.0, SERVERS.1),
        (
            "SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef \
             AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prorettype <> 'trigger'::regtype \
             AND has_function_privilege($1, p.oid, 'EXECUTE') LIMIT 1",
            "the statement role, or everybody, may call a function that runs as its owner (SECURITY DEFINER)",
        ),
    ];
    for (question, gap) in checks {
        if !wire.ask(question, &[&role])?.is_empty() {
            return Ok(Some(gap.to_owned()));
        }
    }
    let sql = format!(
        "SELECT p.oid::regprocedure FROM pg_proc p WHERE {FORBIDDEN} AND has_function_privilege($1, p.oid, 'EXECUTE') LIMIT 1"
    );
    let open = wire.ask(&sql, &[&role])?;
    let name = open.into_iter().flatten().flatten().next();
    Ok(name.map(|name| format!("the statement role, or everybody, may call `{name}`")))
}

const TABLES: &str = "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
   WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp_|toast_temp_)' \
   AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') \
   OR has_any_column_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')) LIMIT 1";

const SERVERS: (&str, &str) = (
    "SELECT 1 FROM pg_foreign_server s WHERE has_server_privilege($1, s.oid, 'USAGE') LIMIT 1",
    "the statement role, or everybody, may use a foreign server",
);
