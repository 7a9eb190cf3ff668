//! What the served schema holds: tables, views, their columns, and what a view is made of.
//! Knows nothing of grants.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::Cells;
use super::fault::Fault;
use super::wire::Wire;
use crate::postgres::relation::Kind;

/// One column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// As the engine writes it, e.g. `character varying(20)`.
    pub(super) declared_type: String,
    /// Its number in `pg_type`.
    pub(super) kind: u32,
    pub(super) not_null: bool,
    /// Computed from other columns.
    pub(super) generated: bool,
    /// Whether a row that leaves it out gets something that the definition says.
    pub(super) has_default: bool,
}

/// A table, view or other relation.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) oid: u32,
    pub(super) name: String,
    /// [`Kind::Other`]: foreign tables reach other systems, and materialised views hold what other labels should lie on.
    pub(super) kind: Kind,
    /// Whether the role of this session owns it, itself or as a member.
    pub(super) owned: bool,
    /// The text of a view.
    pub(super) sql: String,
    pub(super) columns: Vec<Column>,
    /// Relations that a view's text names.
    pub(super) made_of: BTreeSet<u32>,
}

/// All relations of the schema by name. Two whose names differ by the case of ASCII letters alone cannot be told
/// apart by a grant, so neither is served.
pub(super) fn load(wire: &mut Wire, schema: &str) -> Result<Vec<Object>, Fault> {
    let mut columns = columns(wire, schema)?;
    let mut made_of = made_of(wire, schema)?;
    let rows = wire.ask(OBJECTS, &[schema])?;
    let mut objects = Vec::new();
    for row in rows {
        let mut row = Cells::of(row);
        let oid = row.number()?;
        objects.push(Object {
            oid,
            name: row.text(),
            kind: match row.text().as_str() {
                "r" | "p" => Kind::Table,
                "v" => Kind::View,
                _ => Kind::Other,
            },
            owned: row.flag(),
            sql: row.text(),
            columns: columns.remove(&oid).unwrap_or_default(),
            made_of: made_of.remove(&oid).unwrap_or_default(),
        });
    }
    let mut count: BTreeMap<String, u32> = BTreeMap::new();
    for object in &objects {
        *count.entry(object.name.to_ascii_lowercase()).or_default() += 1;
    }
    for object in &mut objects {
        if count.get(&object.name.to_ascii_lowercase()) != Some(&1) {
            object.kind = Kind::Other;
        }
    }
    Ok(objects)
}

/// Partitions are the parent's business.
const OBJECTS: &str = "SELECT c.oid, c.relname, c.relkind, pg_has_role(c.relowner, 'USAGE'), \
   CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END \
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition ORDER BY c.relname COLLATE \"C\"";

fn columns(wire: &mut Wire, schema: &str) -> Result<BTreeMap<u32, Vec<Column>>, Fault> {
    let rows = wire.ask(
        "SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid, a.attnotnull, \
         a.attgenerated <> '', a.atthasdef OR a.attidentity <> '' \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped \
         ORDER BY c.oid, a.attnum",
        &[schema],
    )?;
    let mut all: BTreeMap<u32, Vec<Column>> = BTreeMap::new();
    for row in rows {
        let mut row = Cells::of(row);
        let oid = row.number()?;
        let column = Column {
            name: row.text(),
            declared_type: row.text(),
            kind: row.number()?,
            not_null: row.flag(),
            generated: row.flag(),
            has_default: row.flag(),
        };
        all.entry(oid).or_default().push(column);
    }
    Ok(all)
}

fn made_of(wire: &mut Wire, schema: &str) -> Result<BTreeMap<u32, BTreeSet<u32>>, Fault> {
    let rows = wire.ask(
        "SELECT DISTINCT r.ev_class, d.refobjid FROM pg_rewrite r \
         JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass \
         JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1 AND c.relkind = 'v' AND d.refobjid <> r.ev_class",
        &[schema],
    )?;
    let mut all: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for row in rows {
        let mut row = Cells::of(row);
        all.entry(row.number()?).or_default().insert(row.number()?);
    }
    Ok(all)
}
