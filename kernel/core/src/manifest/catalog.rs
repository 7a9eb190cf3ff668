//! The tables, columns, views and labels of one system, and how their names are looked up.
//! Knows nothing of SQL beyond the folding of names.

use std::collections::BTreeMap;
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
    /// What its values are, if they are personal or otherwise labelled.
    pub label: Option<Label>,
    /// Whether it belongs to a primary or unique key, so that a condition on it scopes a write.
    pub key: bool,
    /// Whether its label is a measure (a salary, never an identifier), so that `sum` and `avg` may pass.
    pub measure: bool,
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
