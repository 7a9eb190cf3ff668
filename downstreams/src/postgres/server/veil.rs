//! Temporary views that stand before the tables for one call, and all that its role may see.
//! Knows nothing of statements: whatever names a relation gets the view, and without one nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cells::Cells;
use super::fault::Fault;
use super::location::Location;
use super::mask_sql::{INNER, OUTER, expression};
use super::quote::{literal, place};
use super::reveal::{self, Told};
use super::schema::Object;
use super::sums::Sums;
use super::tags::Tags;
use super::value::{self, BYTEA, FLOAT4, FLOAT8, is_number};
use super::wire::Wire;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::mask::Operator;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

/// What was raised.
#[derive(Debug, Default)]
pub(super) struct Veil {
    /// Number of a temporary view → its name and columns.
    pub(super) views: BTreeMap<u32, (String, Vec<String>)>,
    /// Where rows are looked up, as `table.column`.
    pub(super) lookup: Option<String>,
    /// Sums that may be told.
    pub(super) sums: Option<Sums>,
    /// Columns whose tokens may be told.
    pub(super) told: Vec<Told>,
}

/// The relation that holds the key of tokens. The role of the call may not read it; the views before the tables
/// may, since a view reads as its owner.
pub(super) const KEYS: &str = "aegis_keys";

/// Raises the veil for a reader: one view for each relation of the grant, masked where the grant says so, and the
/// call's role may read these and nothing else. A name that is not granted still means the table itself, which the
/// role has no privilege on.
///
/// A view is made again from its text, so that the names in it lead to views as well; one that names
/// anything that is not granted is left out.
pub(super) fn raise(
    wire: &mut Wire,
    location: &Location,
    grant: &Grant,
    objects: &[Object],
) -> Result<Veil, Fault> {
    let granted: Vec<(&Object, Tags)> = objects
        .iter()
        .filter(|object| object.kind != Kind::Other && grant.reads.has(&object.name))
        .map(|object| (object, Tags::of(grant, object)))
        .filter(|(_, tags)| tags.sound())
        .collect();
    let lookup = looked_up(grant, &granted)?;
    keys(wire, &granted)?;
    let mut sums = match grant.measures.clone() {
        Some(terms) => Some(Sums::begin(wire, location, terms)?),
        None => None,
    };
    let mut script = String::new();
    let mut told = Vec::new();
    let mut raised: BTreeMap<u32, &str> = BTreeMap::new();
    let mut remade = Vec::new();
    for (object, tags) in granted
        .iter()
        .filter(|(object, _)| object.kind == Kind::Table)
    {
        told.extend(reveal::of(&object.name, tags));
        let source = place(&location.schema, &object.name);
        script.push_str(&view(object, tags, grant, &source, &mut sums));
        raised.insert(object.oid, &object.name);
    }
    // A view after those that it names; what is left names something that is not there.
    loop {
        let ready = |(object, _): &&(&Object, Tags)| {
            object.kind == Kind::View
                && !raised.contains_key(&object.oid)
                && object.made_of.iter().all(|of| raised.contains_key(of))
        };
        let Some((object, tags)) = granted.iter().find(ready) else {
            break;
        };
        let body = object.sql.trim_end().trim_end_matches(';');
        let source = format!("(\n{body}\n)");
        script.push_str(&view(object, tags, grant, &source, &mut sums));
        raised.insert(object.oid, &object.name);
        remade.push(object.name.as_str());
    }
    if raised.is_empty() {
        return Ok(Veil {
            sums,
            ..Veil::default()
        });
    }
    script.push_str(&granting(raised.values(), &location.wall_role()));
    wire.batch(&script)?;
    check(wire, &remade)?;
    Ok(Veil {
        views: views(wire)?,
        lookup,
        sums,
        told,
    })
}

/// Gives the role of the call what was raised, to read.
fn granting<'a>(raised: impl Iterator<Item = &'a &'a str>, role: &str) -> String {
    let names: Vec<String> = raised
        .map(|name| format!("pg_temp.{}", quoted(name)))
        .collect();
    let (names, role) = (names.join(", "), quoted(role));
    format!("GRANT SELECT ON {names} TO {role};\n")
}

/// Where rows are looked up: in one place, or the call is refused.
fn looked_up(grant: &Grant, granted: &[(&Object, Tags)]) -> Result<Option<String>, Fault> {
    let Some(sought) = &grant.lookup else {
        return Ok(None);
    };
    value::bound(vec![sought.value.clone()]).map_err(Failure::from)?;
    let mut places = granted.iter().filter_map(|(object, tags)| {
        let column = tags.lookup.as_ref()?;
        Some(format!("{}.{column}", object.name).to_ascii_lowercase())
    });
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(Some(place)),
        _ => Err(PostgresCode::NotPermitted.into()),
    }
}

/// Lays the key of tokens down where one is needed. It travels as a parameter, never in a text.
fn keys(wire: &mut Wire, granted: &[(&Object, Tags)]) -> Result<(), Fault> {
    let masks = granted.iter().flat_map(|(_, tags)| tags.masks.values());
    let mut keys = masks.filter_map(|mask| match mask.operator() {
        Operator::Token(key) => Some(key),
        _ => None,
    });
    let Some(key) = keys.next() else {
        return Ok(());
    };
    let (inner, outer) = key.blocks();
    wire.ask(
        &format!("CREATE TEMPORARY TABLE {KEYS} ON COMMIT DROP AS SELECT decode($1, 'hex') AS {INNER}, decode($2, 'hex') AS {OUTER}"),
        &[&inner, &outer],
    )?;
    Ok(())
}

/// The value that rows are looked up by, as the engine reads it.
fn sought(grant: &Grant) -> Option<String> {
    let sought = grant.lookup.as_ref()?;
    Some(match &sought.value {
        Value::String(text) => literal(text),
        other => literal(&other.to_string()),
    })
}

/// The definition of one view.
fn view(
    object: &Object,
    tags: &Tags,
    grant: &Grant,
    source: &str,
    sums: &mut Option<Sums>,
) -> String {
    let keys = format!("pg_temp.{KEYS}");
    let sought = sought(grant);
    let mut rows = String::new();
    let mut columns = Vec::new();
    for column in &object.columns {
        let name = quoted(&column.name);
        let own = format!("t.{name}");
        let looked_up = sought
            .as_ref()
            .filter(|_| tags.lookup.as_deref() == Some(&column.name));
        let mask = tags.masks.get(&column.name);
        let sealed = match (tags.measures.get(&column.name), mask, sums.as_mut()) {
            (Some(domain), Some(mask), Some(sums)) => sums.seal("t", &name, domain, mask),
            _ => None,
        };
        let shown = match (mask, looked_up) {
            (_, Some(sought)) if is_number(column.kind) => {
                // Numbers that are equal are the same: what the column shows is what the statement knows.
                let of = match column.kind {
                    FLOAT4 | FLOAT8 => "double precision",
                    _ => "numeric",
                };
                rows = format!(" WHERE {own}::{of} = {sought}::{of}");
                own
            }
            (_, Some(sought)) => {
                // Bytes, so that no collation takes several values for one.
                rows = format!(
                    " WHERE convert_to({own}::text, 'UTF8') = convert_to({sought}, 'UTF8')"
                );
                format!("{sought}::text")
            }
            (Some(_), None) if sealed.is_some() => sealed.unwrap_or_default(),
            (Some(mask), None) if column.kind == BYTEA => {
                expression(&mask.derived(), &format!("{own}::text"), &keys)
            }
            (Some(mask), None) => expression(mask, &format!("{own}::text"), &keys),
            (None, None) => own,
        };
        columns.push(format!("{shown} AS {name}"));
    }
    // A condition of the statement must not see rows that the view leaves out.
    let barrier = if rows.is_empty() {
        ""
    } else {
        " WITH (security_barrier)"
    };
    let names: Vec<String> = object
        .columns
        .iter()
        .map(|column| quoted(&column.name))
        .collect();
    let aliases = match object.kind {
        Kind::View => format!(" ({})", names.join(", ")),
        _ => String::new(),
    };
    format!(
        "CREATE TEMPORARY VIEW {}{barrier} AS SELECT {} FROM {source} AS t{aliases}{rows};\n",
        quoted(&object.name),
        columns.join(", ")
    )
}

/// A view that was made again must stand on views alone: a name in its text that led past them would show what they hide.
fn check(wire: &mut Wire, remade: &[&str]) -> Result<(), Fault> {
    if remade.is_empty() {
        return Ok(());
    }
    let past = wire.ask(
        "SELECT 1 FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class \
         JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass \
         JOIN pg_class s ON s.oid = d.refobjid \
         WHERE c.relnamespace = pg_my_temp_schema() AND s.relnamespace <> pg_my_temp_schema() \
         AND c.relname = ANY (string_to_array($1, E'\\x1e')) LIMIT 1",
        &[&remade.join("\u{1e}")],
    )?;
    match past.is_empty() {
        true => Ok(()),
        false => Err(PostgresCode::NotPermitted.into()),
    }
}

/// The temporary views of this session.
pub(super) fn views(wire: &mut Wire) -> Result<BTreeMap<u32, (String, Vec<String>)>, Fault> {
    let rows = wire.ask(
        "SELECT c.oid, c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
         WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind = 'v' ORDER BY c.oid, a.attnum",
        &[],
    )?;
    let mut all: BTreeMap<u32, (String, Vec<String>)> = BTreeMap::new();
    for row in rows {
        let mut row = Cells::of(row);
        let (oid, name) = (row.number()?, row.text());
        let (_, columns) = all.entry(oid).or_insert((name, Vec::new()));
        columns.push(row.text());
    }
    Ok(all)
}
