//! A catalogue as one canonical text, so that a decision can name what it was made with by its SHA-256.
//! Knows nothing of where the text is kept.
//!
//! ```json
//! {"catalog":1,"copies":[{"column":"note","label":"pii.email","table":"plain"}],"revision":"9f…","server":"postgres",
//!  "tables":[{"columns":[{"key":true,"name":"id","type":"INTEGER"},{"labels":["pii.email"],"name":"email","type":"TEXT"}],
//!   "name":"customers"},{"columns":[],"name":"contacts","view":"CREATE VIEW contacts AS SELECT id FROM customers"}]}
//! ```
//! RFC 8785 order, tables by folded name, columns in the engine's order, copies by folded names. `key`, `labels`, `measure`,
//! `type` and `view` stand where there is something to say. `revision` covers what is not spelled out: constraints, defaults,
//! indexes, triggers. Literals in the text of a view are `?`, and a name that may hold a value is `name_sha256`.

use super::{Catalog, Column, Copied, Label, Table};
use crate::json::{self, Json, Object};
use crate::limits;

impl Catalog {
    /// The canonical text of one system's catalogue. Names for which `quotable` is false are hashed by `hash`.
    #[must_use]
    pub fn text(
        &self,
        server: &str,
        quotable: impl Fn(&str) -> bool,
        hash: impl Fn(&str) -> String,
    ) -> String {
        let name = Names {
            quotable: &quotable,
            hash: &hash,
        };
        let tables = self.tables().map(|found| table(found, &name));
        let copies = self.copies().iter().map(|copied| {
            let mut written = Object::new();
            name.put(&mut written, "table", &copied.table);
            name.put(&mut written, "column", &copied.column);
            written.insert("label", Json::from(copied.label.as_str()));
            if let Some((table, column)) = &copied.moved_from {
                name.put(&mut written, "from_table", table);
                name.put(&mut written, "from_column", column);
            }
            Json::Object(written)
        });
        let mut text = Object::new();
        text.insert("catalog", Json::from(1_u64));
        text.insert("server", Json::from(server));
        text.insert("tables", Json::Array(tables.collect()));
        if !self.copies().is_empty() {
            text.insert("copies", Json::Array(copies.collect()));
        }
        if let Some(revision) = &self.revision {
            text.insert("revision", Json::from(revision.as_str()));
        }
        Json::Object(text).to_canonical()
    }
}

/// Reads the tables, columns and copies out of a text that [`Catalog::text`] wrote: what replay needs of it. Names that were
/// hashed stay so, texts of views are without their literals, and labels of the manifest are the manifest's to put on.
/// `None` where it is no such text.
#[must_use]
pub fn read(text: &str) -> Option<Catalog> {
    let rules = limits::MESSAGE_RULES.of_bytes(limits::CATALOG_BYTES_MAX);
    let text = json::parse(text.as_bytes(), &rules).ok()?;
    let mut catalog = Catalog::default();
    catalog.revision = word(&text, "revision");
    for table in text.get("tables")?.as_array()? {
        let columns = table.get("columns")?.as_array()?.iter();
        let columns = columns.map(|column| Some(Column::named(name(column, "name")?)));
        catalog.insert(Table {
            name: name(table, "name")?,
            columns: columns.collect::<Option<_>>()?,
            view: word(table, "view"),
            constraints: Vec::new(),
        });
    }
    let server = text.get("server")?.as_str()?;
    let mut copies = Vec::new();
    for copy in text
        .get("copies")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
    {
        let label = Label::parse(copy.get("label")?.as_str()?)?;
        let copied = Copied::new(server, &name(copy, "table")?, &name(copy, "column")?, label);
        let from = (name(copy, "from_table"), name(copy, "from_column"));
        copies.push(match from {
            (Some(table), Some(column)) => copied.moved_from(&table, &column),
            _ => copied,
        });
    }
    Some(catalog.carrying(copies))
}

fn word(of: &Json, member: &str) -> Option<String> {
    of.get(member).and_then(Json::as_str).map(str::to_owned)
}

fn name(of: &Json, member: &str) -> Option<String> {
    word(of, member).or_else(|| word(of, &format!("{member}_sha256")))
}

/// How names are written.
struct Names<'a> {
    quotable: &'a dyn Fn(&str) -> bool,
    hash: &'a dyn Fn(&str) -> String,
}

impl Names<'_> {
    fn put(&self, object: &mut Object, member: &str, name: &str) {
        if (self.quotable)(name) {
            object.insert(member, Json::from(name));
        } else {
            object.insert(
                format!("{member}_sha256"),
                Json::from((self.hash)(name).as_str()),
            );
        }
    }
}

fn table(table: &Table, names: &Names<'_>) -> Json {
    let mut written = Object::new();
    names.put(&mut written, "name", &table.name);
    let columns = table.columns.iter().map(|found| column(found, names));
    written.insert("columns", Json::Array(columns.collect()));
    if let Some(view) = &table.view {
        written.insert("view", Json::from(without_literals(view, names).as_str()));
    }
    Json::Object(written)
}

fn column(column: &Column, names: &Names<'_>) -> Json {
    let mut written = Object::new();
    names.put(&mut written, "name", &column.name);
    if !column.declared_type.is_empty() {
        let declared = without_literals(&column.declared_type, names);
        written.insert("type", Json::from(declared.as_str()));
    }
    if column.key {
        written.insert("key", Json::from(true));
    }
    if column.measure {
        written.insert("measure", Json::from(true));
    }
    if column.labels().next().is_some() {
        let labels: std::collections::BTreeSet<_> = column.labels().collect();
        written.insert("labels", words(labels.into_iter()));
    }
    Json::Object(written)
}

fn words<'a>(labels: impl Iterator<Item = &'a super::Label>) -> Json {
    Json::Array(labels.map(|label| Json::from(label.as_str())).collect())
}

/// A view's text may hold a value that an agent wrote there: strings and numbers become `?`. A spelling of literals
/// that is not certain here (`$…$`, backslashes, an open quote, a comment) leaves nothing of the text, and so does a
/// name that may hold a value.
fn without_literals(text: &str, names: &Names<'_>) -> String {
    let odd = ["$", "\\", "--", "/*", "`"];
    let certain = !odd.iter().any(|mark| text.contains(mark));
    let plain = certain.then(|| plain(text, names)).flatten();
    plain.unwrap_or_else(|| "?".to_owned())
}

fn plain(text: &str, names: &Names<'_>) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(next) = chars.next() {
        match next {
            '\'' => {
                quoted(&mut chars, next)?;
                out.push('?');
            }
            '"' | '[' => {
                let end = if next == '[' { ']' } else { next };
                let name = quoted(&mut chars, end).filter(|name| (names.quotable)(name))?;
                out.extend([next.to_string(), name, end.to_string()]);
            }
            '0'..='9' => {
                let number = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '_');
                while chars.next_if(number).is_some() {}
                out.push('?');
            }
            _ if next.is_alphanumeric() || next == '_' => {
                let mut word = next.to_string();
                while let Some(more) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(more);
                }
                out.push_str(Some(word.as_str()).filter(|word| (names.quotable)(word))?);
            }
            _ => out.push(next),
        }
    }
    Some(out)
}

/// What stands before the end of a quoted word, in which a doubled mark stands for itself; `None` where it has no end.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, end: char) -> Option<String> {
    let mut inner = String::new();
    while let Some(next) = chars.next() {
        if next == end && (end == ']' || chars.next_if_eq(&end).is_none()) {
            return Some(inner);
        }
        inner.push(next);
    }
    None
}
