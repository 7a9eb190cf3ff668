//! The tables, columns, views and labels of one system, and how their names are looked up.
//! Knows nothing of SQL beyond the folding of names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Constraint, Copied};

/// A label of data, e.g. `pii.email`: dotted lower-case words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

impl Label {
    /// Reads a label; `None` where the form is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = |w: &str| {
            !w.is_empty()
                && w.chars()
                    .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-'))
        };
        (text.len() <= crate::limits::NAME_BYTES_MAX && text.split('.').all(word))
            .then(|| Self(text.to_owned()))
    }

    /// What personal data is called where nothing says which it is.
    #[must_use]
    pub fn unknown_personal() -> Self {
        Self("pii.unknown".to_owned())
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first word, e.g. `pii`.
    #[must_use]
    pub fn area(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    /// Whether values of this label name a person or an account, so that a sum of them has no meaning but to
    /// give them away: all of the area `pii`, and what is called like one of these elsewhere.
    #[must_use]
    pub fn is_identifier(&self) -> bool {
        const TAILS: [&str; 24] = [
            "email",
            "mail",
            "phone",
            "mobile",
            "ssn",
            "itin",
            "name",
            "person",
            "address",
            "dob",
            "birthday",
            "card",
            "pan",
            "cvv",
            "iban",
            "account",
            "ip",
            "mac",
            "passport",
            "tax-id",
            "national-id",
            "mrn",
            "password",
            "id",
        ];
        let tail = self.0.rsplit('.').next().unwrap_or_default();
        self.area() == "pii" || TAILS.contains(&tail)
    }

    /// Whether a pattern such as `pii.*`, `pii.email` or `*` means this label.
    #[must_use]
    pub fn matches(&self, pattern: &str) -> bool {
        match pattern.strip_suffix('*') {
            Some(prefix) => self.0.starts_with(prefix),
            None => self.0 == pattern,
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name as the engine holds it.
    pub name: String,
    /// The type as it was declared; empty where none is known.
    pub declared_type: String,
    /// What its values are, if they are personal or otherwise labelled.
    pub label: Option<Label>,
    /// Labels that came with what was copied into it, beside its own.
    pub carried: BTreeSet<Label>,
    /// Whether it belongs to a primary or unique key, so that a condition on it scopes a write.
    pub key: bool,
    /// Whether its label is a measure (a salary, never an identifier), so that `sum` and `avg` may pass.
    pub measure: bool,
    /// Whether a new row that leaves it out may hold a value there that other rows hold: a default, a computed value.
    pub filled: bool,
}

impl Column {
    /// An unlabelled column that is no key.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            declared_type: String::new(),
            label: None,
            carried: BTreeSet::new(),
            key: false,
            measure: false,
            filled: true,
        }
    }

    /// Every label that it carries.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        let carried = self.carried.iter();
        self.label
            .iter()
            .chain(carried.filter(|label| self.label.as_ref() != Some(*label)))
    }
}

/// One table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name as the engine holds it.
    pub name: String,
    /// Columns in the engine's order; empty for a view, whose columns follow from its text.
    pub columns: Vec<Column>,
    /// The `SELECT` behind a view.
    pub view: Option<String>,
    /// What its rows must keep to, as far as it is known. A key is one more unique column.
    pub constraints: Vec<Constraint>,
}

impl Table {
    /// The column of this name; ASCII case does not matter, other letters do.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

/// All tables of one system, by folded name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    tables: BTreeMap<String, Table>,
    /// What the engine's own server calls this state of its schema: a call that carries it is refused once
    /// the schema is another one.
    pub revision: Option<String>,
    copies: BTreeSet<Copied>,
    moved: BTreeSet<(String, String)>,
}

impl Catalog {
    /// Adds or replaces a table.
    pub fn insert(&mut self, table: Table) {
        self.tables.insert(table.name.to_ascii_lowercase(), table);
    }

    /// The table of this name; both engines fold ASCII alone (`to_lowercase` would merge the
    /// Kelvin sign with `k`).
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(&name.to_ascii_lowercase())
    }

    /// Lets columns carry the labels that went there with values. Where it is not certain which column of a table
    /// that is, since the one that was written is not there, each of them does. A label that went on under another
    /// name with its column stays there alone. Labels of tables that are not there are remembered.
    #[must_use]
    pub fn carrying(mut self, copies: impl IntoIterator<Item = Copied>) -> Self {
        self.copies.extend(copies);
        let copies = std::mem::take(&mut self.copies);
        self.moved = self.moves(&copies);
        for copied in &copies {
            let place = (copied.table.clone(), copied.column.clone());
            let gone_on = self.moved.contains(&place);
            let Some(table) = self.tables.get_mut(&copied.table).filter(|_| !gone_on) else {
                continue;
            };
            let here = table.column(&copied.column).is_some();
            for column in &mut table.columns {
                if !here || column.name.eq_ignore_ascii_case(&copied.column) {
                    column.carried.insert(copied.label.clone());
                    // A sum tells of whatever was copied there too.
                    let beside = column.labels().nth(1).is_some();
                    column.measure &= !beside;
                }
            }
        }
        self.copies = copies;
        self
    }

    /// The places whose column is known to have got another name, perhaps several times: it is not there, and
    /// the last one is.
    fn moves(&self, copies: &BTreeSet<Copied>) -> BTreeSet<(String, String)> {
        let there = |table: &str, column: &str| {
            let table = self.tables.get(table);
            table.is_some_and(|table| table.column(column).is_some())
        };
        let mut moved = BTreeSet::new();
        loop {
            let before = moved.len();
            for copied in copies {
                let place = (copied.table.clone(), copied.column.clone());
                if let Some((table, column)) = &copied.moved_from
                    && !there(table, column)
                    && (there(&place.0, &place.1) || moved.contains(&place))
                {
                    moved.insert((table.clone(), column.clone()));
                }
            }
            if moved.len() == before {
                return moved;
            }
        }
    }

    /// Which labels went where, whether or not the columns are there.
    #[must_use]
    pub fn copies(&self) -> &BTreeSet<Copied> {
        &self.copies
    }

    /// Whether a column is known to have gone on under another name, with its labels.
    #[must_use]
    pub fn has_moved(&self, table: &str, column: &str) -> bool {
        let place = (table.to_ascii_lowercase(), column.to_ascii_lowercase());
        self.moved.contains(&place)
    }

    /// The columns that carry labels beside those of the manifest.
    pub fn carriers(&self) -> impl Iterator<Item = (&Table, &Column)> {
        let mut tables: Vec<&str> = self.copies.iter().map(|c| c.table.as_str()).collect();
        tables.dedup();
        let tables = tables.into_iter().filter_map(|name| self.tables.get(name));
        tables.flat_map(|table| {
            let columns = table.columns.iter();
            columns
                .filter(|column| !column.carried.is_empty())
                .map(move |column| (table, column))
        })
    }

    /// All tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }
}
