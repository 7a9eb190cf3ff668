//! What the rules of a table compare when its rows change: unique keys, foreign keys, checks.
//! Knows nothing of statements, nor of what the values are.

/// One rule of a table. Columns are named as the engine holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// No two rows agree in all of these columns.
    Unique {
        /// The columns.
        columns: Vec<String>,
        /// Whether it is their stored values that are compared, and NULL agrees with nothing. Not so where the index
        /// is partial or over expressions, or its columns are not known.
        plain: bool,
    },
    /// What these columns hold stands in another table.
    References {
        /// The columns.
        columns: Vec<String>,
        /// The other table.
        table: String,
        /// Its columns, in the same order.
        to: Vec<String>,
        /// Whether rows go or change with those that they refer to (`CASCADE`, `SET NULL`, `SET DEFAULT`).
        follows: bool,
    },
    /// A condition over these columns of one row holds: `CHECK`, `NOT NULL`, a strict type.
    Check {
        /// The columns.
        columns: Vec<String>,
    },
}

impl Constraint {
    /// The table's own columns in it.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Unique { columns, .. }
            | Self::References { columns, .. }
            | Self::Check { columns } => columns,
        }
    }
}

/// How constraints are written in a catalogue or manifest: the key and the form of its entries.
pub(super) const WRITTEN: [(&str, &str); 3] = [
    (
        "unique",
        "columns that no two rows share, e.g. `email` or `country, number`",
    ),
    (
        "references",
        "`columns -> table(columns)`, with ` cascade` behind it where rows follow",
    ),
    (
        "checks",
        "the columns of one condition, e.g. `salary, bound`",
    ),
];

impl Constraint {
    /// Reads an entry of the list `key`; `None` where it is not of its form.
    pub(super) fn parse(key: &str, text: &str) -> Option<Self> {
        match key {
            "unique" => Some(Self::Unique {
                columns: names(text)?,
                plain: true,
            }),
            "checks" => Some(Self::Check {
                columns: names(text)?,
            }),
            _ => {
                let (own, other) = text.split_once("->")?;
                let (table, rest) = other.split_once('(')?;
                let (to, ending) = rest.split_once(')')?;
                let (columns, to) = (names(own)?, names(to)?);
                let follows = ending.trim() == "cascade";
                let table = table.trim().to_owned();
                let formed = !table.is_empty() && columns.len() == to.len();
                (formed && (follows || ending.trim().is_empty())).then_some(Self::References {
                    columns,
                    table,
                    to,
                    follows,
                })
            }
        }
    }
}

fn names(text: &str) -> Option<Vec<String>> {
    let names = text.split(',').map(str::trim);
    names
        .map(|name| (!name.is_empty()).then(|| name.to_owned()))
        .collect()
}
