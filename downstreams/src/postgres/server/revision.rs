//! The name of one state of the schema: what a grant was made for, and what it is held against.
//! Knows nothing of rows.

use super::fault::Fault;
use super::wire::Wire;
use crate::postgres::code::PostgresCode;
use crate::postgres::grant::Grant;
use crate::postgres::quote::quoted;

/// SHA-256 over every relation of the schema: columns, types, defaults, constraints, indexes, triggers, rules, policies and
/// the texts of views, computed by the engine so that it costs one short answer.
const DIGEST: &str = "SELECT encode(sha256(convert_to(coalesce(string_agg(line, E'\\x1e' ORDER BY line COLLATE \"C\"), ''), 'UTF8')), 'hex') FROM ( \
   WITH r AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 \
     AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) \
   SELECT concat_ws(E'\\x1f', 'r', oid, relname, relkind, relrowsecurity, relispartition, CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END) AS line FROM r \
   UNION ALL SELECT concat_ws(E'\\x1f', 'a', r.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attidentity, a.attcollation, pg_get_expr(d.adbin, d.adrelid)) \
     FROM r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum \
   UNION ALL SELECT concat_ws(E'\\x1f', 'c', r.relname, k.conname, pg_get_constraintdef(k.oid)) FROM r JOIN pg_constraint k ON k.conrelid = r.oid \
   UNION ALL SELECT concat_ws(E'\\x1f', 'i', r.relname, pg_get_indexdef(i.indexrelid)) FROM r JOIN pg_index i ON i.indrelid = r.oid \
   UNION ALL SELECT concat_ws(E'\\x1f', 't', r.relname, pg_get_triggerdef(t.oid), t.tgenabled, p.prosrc, p.prosecdef) FROM r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal JOIN pg_proc p ON p.oid = t.tgfoid \
   UNION ALL SELECT concat_ws(E'\\x1f', 'w', r.relname, pg_get_ruledef(w.oid)) FROM r JOIN pg_rewrite w ON w.ev_class = r.oid \
   UNION ALL SELECT concat_ws(E'\\x1f', 'p', r.relname, p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) FROM r JOIN pg_policy p ON p.polrelid = r.oid \
   UNION ALL SELECT concat_ws(E'\\x1f', 'h', r.relname, h.inhparent) FROM r JOIN pg_inherits h ON h.inhrelid = r.oid \
 ) AS lines";

/// The digest in lower-case hex.
pub(super) fn of(wire: &mut Wire, schema: &str) -> Result<String, Fault> {
    // The engine writes names in definitions as they are visible; a temporary view would make another text of the same.
    wire.batch("SET LOCAL search_path = pg_catalog")?;
    let rows = wire.ask(DIGEST, &[schema])?;
    wire.batch(&format!("SET LOCAL search_path = {}", quoted(schema)))?;
    let first = rows.into_iter().flatten().flatten().next();
    first.ok_or_else(|| PostgresCode::Internal.into())
}

/// Refuses where the grant was made for another schema. To be asked once the tables of the call are locked against
/// definitions: what is seen then is what the statement meets.
pub(super) fn check(wire: &mut Wire, schema: &str, grant: &Grant) -> Result<(), Fault> {
    match &grant.schema {
        Some(meant) if *meant != of(wire, schema)? => Err(PostgresCode::SchemaChanged.into()),
        _ => Ok(()),
    }
}
