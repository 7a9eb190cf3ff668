//! The tables, columns, views and labels of one system, and how their names are looked up.
//! Knows nothing of SQL beyond the folding of names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

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
    copies: Copies,
}

/// Folded `table` and `column` → the labels of what was copied there.
pub type Copies = BTreeMap<(String, String), BTreeSet<Label>>;

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

    /// Notes that values under these labels were copied into columns: those that are there carry them from
    /// now on. A column that is not there is remembered.
    #[must_use]
    pub fn carrying(mut self, copies: Copies) -> Self {
        for ((table, column), labels) in &copies {
            let found = self.tables.get_mut(table).and_then(|table| {
                let mut columns = table.columns.iter_mut();
                columns.find(|known| known.name.eq_ignore_ascii_case(column))
            });
            if let Some(found) = found {
                found.carried.extend(labels.iter().cloned());
                // A sum tells of whatever was copied there too.
                let beside = found.labels().nth(1).is_some();
                found.measure &= !beside;
            }
        }
        self.copies = copies;
        self
    }

    /// Which labels were copied where, whether or not the columns are there.
    #[must_use]
    pub fn copies(&self) -> &Copies {
        &self.copies
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
