//! Temporary views that stand before the database: masked, re-made, or refusing.
//! Knows nothing of statements: whatever names a relation gets the view.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value as Bound;

use super::error::classify;
use super::quote::after_name;
use super::schema::Object;
use super::seals::Seals;
use super::tags::{TableTags, Tags};
use super::value::{self, to_bytes};
use crate::postgres::code::Failure;
use crate::postgres::grant::Grant;
use crate::postgres::mask::Mask;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

/// Raises the veil; answers with the folded names that now lead to a view.
///
/// - A table with masked columns becomes a view whose masked columns go through a function. Every
///   expression, join (`USING` and `NATURAL` too) and predicate then sees the masked value.
/// - A view is made again, so that the names in its text lead to views as well.
/// - What may not be read becomes a view that the wall denies. Leaving it in place would leave it
///   open to `JOIN … USING`, for which the engine raises no read event.
/// - Other tables stay as they are.
///
/// A table in which rows are looked up shows those rows alone, compared on the stored values and byte by byte.
pub(super) fn raise(
    connection: &Connection,
    place: &str,
    prefix: &str,
    grant: &Arc<Grant>,
    objects: &[(Object, Vec<String>)],
    tags: &Tags,
    seals: &mut Seals,
) -> Result<Vec<String>, Failure> {
    let mut veil = Veil {
        connection,
        place,
        prefix,
        functions: 0,
        sought: sought(grant)?,
        seals,
    };
    veil.refusing_function().map_err(|error| classify(&error))?;
    let mut veiled = Vec::new();
    for (object, names) in objects {
        let readable = object.kind != Kind::Other
            && grant.reads.has(&object.name)
            && tags.of(&object.name).is_none_or(TableTags::sound);
        let made = match (readable, tags.of(&object.name), object.kind) {
            (false, _, _) => veil.refuse(object, names),
            (true, Some(tags), Kind::Table) => {
                let source = format!("{}.{}", quoted(veil.place), quoted(&object.name));
                veil.mask(object, names, tags, &source)
            }
            (true, Some(tags), _) => match body(object) {
                Some(body) => veil.mask(object, names, tags, &format!("(\n{body}\n)")),
                None => veil.refuse(object, names),
            },
            (true, None, Kind::View) => match object.sql.strip_prefix("CREATE VIEW ") {
                Some(rest) => veil.run(&format!("CREATE TEMP VIEW {rest}")),
                None => veil.refuse(object, names),
            },
            (true, None, _) => continue,
        };
        made.map_err(|error| classify(&error))?;
        veiled.push(object.name.to_ascii_lowercase());
    }
    Ok(veiled)
}

/// The `SELECT` of a view without a column list of its own.
fn body(object: &Object) -> Option<&str> {
    let rest = after_name(object.sql.strip_prefix("CREATE VIEW ")?)?.trim_start();
    let keyword = rest.get(..2)?;
    keyword
        .eq_ignore_ascii_case("as")
        .then(|| rest.get(2..))
        .flatten()
}

/// The function that stands for everything that may not be read.
pub(super) fn refusal(prefix: &str) -> String {
    format!("{prefix}refuse")
}

/// The value of the grant's look-up as it is bound.
fn sought(grant: &Grant) -> Result<Option<Bound>, Failure> {
    let value = grant.lookup.iter().map(|lookup| lookup.value.clone());
    Ok(value::bound(value.collect())?.pop())
}

struct Veil<'a> {
    connection: &'a Connection,
    place: &'a str,
    prefix: &'a str,
    functions: usize,
    /// The value by which rows are looked up.
    sought: Option<Bound>,
    seals: &'a mut Seals,
}

impl Veil<'_> {
    fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.execute(sql, []).map(|_| ())
    }

    fn refusing_function(&self) -> rusqlite::Result<()> {
        self.connection.create_scalar_function(
            refusal(self.prefix).as_str(),
            0,
            FunctionFlags::SQLITE_UTF8,
            |_| -> rusqlite::Result<Option<i64>> { Err(rusqlite::Error::InvalidQuery) },
        )
    }

    /// A view with the right columns, each of which is a function that the wall denies.
    fn refuse(&self, object: &Object, names: &[String]) -> rusqlite::Result<()> {
        let function = refusal(self.prefix);
        let columns = if names.is_empty() {
            format!("{}() AS refused", quoted(&function))
        } else {
            let column = |name: &String| format!("{}() AS {}", quoted(&function), quoted(name));
            names.iter().map(column).collect::<Vec<_>>().join(", ")
        };
        self.run(&format!(
            "CREATE TEMP VIEW {} AS SELECT {columns}",
            quoted(&object.name)
        ))
    }

    fn mask(
        &mut self,
        object: &Object,
        names: &[String],
        tags: &TableTags,
        source: &str,
    ) -> rusqlite::Result<()> {
        let mut columns = Vec::new();
        let finder = match (&tags.lookup, self.sought.clone()) {
            (Some(by), Some(value)) => Some((by, self.constant(value)?)),
            _ => None,
        };
        let mut rows = String::new();
        for name in names {
            let column = quoted(name);
            let sought = finder
                .as_ref()
                .filter(|(by, _)| name.eq_ignore_ascii_case(by));
            if let Some((_, constant)) = sought {
                // The column's own collation could take several values for one.
                rows = format!(" WHERE {column} COLLATE BINARY = {constant}()");
            }
            match (tags.mask(name), sought) {
                (None, _) => columns.push(column),
                // What the statement compares with: it knows that already, and the stored value stays behind.
                (Some(_), Some((_, constant))) => columns.push(format!("{constant}() AS {column}")),
                (Some(mask), None) if tags.measures.contains(&name.to_ascii_lowercase()) => {
                    let sealed = self.sealed(object, &column, mask)?;
                    columns.push(format!("{sealed} AS {column}"));
                }
                (Some(mask), None) => {
                    let function = self.masking_function(mask)?;
                    columns.push(format!("{}({column}) AS {column}", quoted(&function)));
                }
            }
        }
        let plain = match object.kind == Kind::Table && self.is_ordered(object, tags)? {
            true => " NOT INDEXED",
            false => "",
        };
        self.run(&format!(
            "CREATE TEMP VIEW {} AS SELECT {} FROM {source}{plain}{rows}",
            quoted(&object.name),
            columns.join(", ")
        ))
    }

    /// Whether some index holds a masked column, or may: a plan that walks it gives rows in the column's order.
    fn is_ordered(&self, object: &Object, tags: &TableTags) -> rusqlite::Result<bool> {
        let mut statement = self.connection.prepare(
            "SELECT l.partial, i.name FROM pragma_index_list(?1, ?2) AS l, pragma_index_info(l.name, ?2) AS i",
        )?;
        let mut rows = statement.query([object.name.as_str(), self.place])?;
        while let Some(row) = rows.next()? {
            let partial: bool = row.get(0)?;
            // An expression has no name.
            let name: Option<String> = row.get(1)?;
            if partial || name.is_none_or(|name| tags.mask(&name).is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A measure in sealed form, where its rows can be told apart; else masked as any other.
    fn sealed(&mut self, object: &Object, column: &str, mask: &Mask) -> rusqlite::Result<String> {
        let key = object.row_key().filter(|_| object.kind == Kind::Table);
        let (Some(key), Some((number, sealer))) = (key, self.seals.add(mask)) else {
            let function = self.masking_function(mask)?;
            return Ok(format!("{}({column})", quoted(&function)));
        };
        self.functions += 1;
        let name = format!("{}{}", self.prefix, self.functions);
        self.connection.create_scalar_function(
            name.as_str(),
            -1,
            FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
            move |context| {
                let key: Vec<_> = (1..context.len()).map(|at| context.get_raw(at)).collect();
                Ok(sealer.measure(number, &key, context.get_raw(0)))
            },
        )?;
        Ok(format!("{}({column}, {})", quoted(&name), key.join(", ")))
    }

    /// A function that is this value; its quoted name.
    fn constant(&mut self, value: Bound) -> rusqlite::Result<String> {
        self.functions += 1;
        let name = format!("{}{}", self.prefix, self.functions);
        self.connection.create_scalar_function(
            name.as_str(),
            0,
            FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
            move |_| Ok(value.clone()),
        )?;
        Ok(quoted(&name))
    }

    fn masking_function(&mut self, mask: &Mask) -> rusqlite::Result<String> {
        self.functions += 1;
        let name = format!("{}{}", self.prefix, self.functions);
        let mask = mask.clone();
        self.connection.create_scalar_function(
            name.as_str(),
            1,
            FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
            move |context| Ok(to_bytes(context.get_raw(0)).and_then(|value| mask.apply(&value))),
        )?;
        Ok(name)
    }
}
