//! `export_table`: the canonical text of a table, the same bytes for the same content.
//! Knows nothing of who hashes them.
//!
//! Rows stand in the order of the primary key, then of all columns; texts are compared as bytes, and NULL comes first.

use serde_json::Value;

use super::fault::Fault;
use super::schema::{self, Column, Object};
use super::value::to_json;
use super::wire::Wire;
use super::{SNAPSHOT, Server};
use crate::bounds::EXPORT_TIME;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::export::Export;
use crate::postgres::grant::Grant;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

impl Server {
    /// `{"table", "row_count", "sha256", "content"}`.
    pub(in crate::postgres) fn export_table(
        &self,
        grant: &Grant,
        table: &str,
    ) -> Result<Value, Failure> {
        self.within(EXPORT_TIME, SNAPSHOT, |wire| {
            let object = find(wire, &self.location.schema, table)?;
            if !grant.reads.has(&object.name) {
                return Err(PostgresCode::NotPermitted.into());
            }
            let export = export(wire, &self.location.schema, &object)?;
            Ok(export.told(&object.name))
        })
    }
}

/// The table or view of that name.
pub(super) fn find(wire: &mut Wire, schema: &str, table: &str) -> Result<Object, Fault> {
    let objects = schema::load(wire, schema)?;
    let mut objects = objects
        .into_iter()
        .filter(|object| object.kind != Kind::Other);
    objects
        .find(|object| object.name.eq_ignore_ascii_case(table))
        .ok_or_else(|| PostgresCode::NoSuchTable.into())
}

/// Writes the canonical text, within the bound, as the rows come.
pub(super) fn export(wire: &mut Wire, schema: &str, object: &Object) -> Result<Export, Fault> {
    let names: Vec<&str> = object
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let select: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let order = order(wire, object)?;
    let order = match order.is_empty() {
        true => String::new(),
        false => format!(" ORDER BY {}", order.join(", ")),
    };
    let sql = format!(
        "SELECT {} FROM {}.{}{order}",
        select.join(", "),
        quoted(schema),
        quoted(&object.name)
    );
    let mut export = Export::begin(&names);
    let kinds: Vec<u32> = object.columns.iter().map(|column| column.kind).collect();
    wire.prepare(&sql)?;
    wire.run(&[], |row| {
        let cells = row
            .into_iter()
            .zip(&kinds)
            .map(|(cell, kind)| to_json(cell, *kind));
        export.push(cells.collect())?;
        Ok(true)
    })?;
    // The name may be used again within the transaction.
    wire.batch("DEALLOCATE ALL")?;
    Ok(export)
}

/// The primary key in its order, then all columns.
fn order(wire: &mut Wire, object: &Object) -> Result<Vec<String>, Fault> {
    let rows = wire.ask(
        "SELECT a.attname FROM pg_index i, unnest(i.indkey) WITH ORDINALITY u(n, at), pg_attribute a \
         WHERE i.indrelid = $1::oid AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = u.n ORDER BY u.at",
        &[&object.oid.to_string()],
    )?;
    let key: Vec<String> = rows.into_iter().flatten().flatten().collect();
    let named = |name: &String| object.columns.iter().find(|column| column.name == *name);
    let key = key.iter().filter_map(named);
    Ok(key.chain(&object.columns).map(ordered).collect())
}

/// Numbers by size; everything else by its text, as bytes.
fn ordered(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.kind {
        20 | 21 | 23 | 700 | 701 | 1700 => format!("{name} NULLS FIRST"),
        _ => format!("{name}::text COLLATE \"C\" NULLS FIRST"),
    }
}
