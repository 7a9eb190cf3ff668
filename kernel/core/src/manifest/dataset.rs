//! A dataset on its way from silver to gold: where it lives, what it must satisfy.
//! Knows nothing of receipts; evaluates nothing.

use crate::json::Json;

/// One dataset.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// The name that agents and receipts use.
    pub name: String,
    /// Where its candidate content lives.
    pub source: Location,
    /// Where promotion publishes it.
    pub target: Location,
    /// How its bytes are read.
    pub format: Format,
    /// What its content must satisfy.
    pub suite: Suite,
}

/// Where a dataset's content lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// An object of an object store.
    Object {
        /// The system that holds it.
        server: String,
        /// The normalised key.
        key: String,
    },
    /// A table of a database.
    Table {
        /// The system that holds it.
        server: String,
        /// The table's name.
        table: String,
    },
}

impl Location {
    /// The canonical subject text, compared for equality and never by prefix.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Object { server, key } => format!("{server}:object:{key}"),
            Self::Table { server, table } => {
                format!("{server}:table:{}", table.to_ascii_lowercase())
            }
        }
    }

    /// The system that holds it.
    #[must_use]
    pub fn server(&self) -> &str {
        match self {
            Self::Object { server, .. } | Self::Table { server, .. } => server,
        }
    }
}

/// How a dataset's bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with a header line.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A table's canonical export: a header array, then one array a row.
    Table,
    /// Apache Parquet: flat columns, uncompressed or by snappy, gzip or zstd.
    Parquet,
}

/// The checks of a dataset, in order.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The checks; a suite without any validates nothing and is refused at load.
    pub checks: Vec<Check>,
    /// SHA-256 of the suite's canonical text, in lower-case hex.
    pub digest: String,
}

/// One check of a suite.
#[derive(Clone, Debug)]
pub enum Check {
    /// Exactly these columns, in any order, with these types (`string`, `integer`, `number`, `boolean`, `date`).
    Schema(Vec<(String, String)>),
    /// No empty value in these columns.
    NotNull(Vec<String>),
    /// These columns together never repeat.
    Unique(Vec<String>),
    /// Only these values stand in the column.
    Accepted {
        /// The column.
        column: String,
        /// The values, compared as text.
        values: Vec<String>,
    },
    /// Numbers of the column stay within bounds.
    Range {
        /// The column.
        column: String,
        /// Smallest value.
        min: Option<f64>,
        /// Largest value.
        max: Option<f64>,
    },
    /// The number of rows stays within bounds; zero rows never pass.
    Rows {
        /// Fewest rows.
        min: u64,
        /// Most rows.
        max: Option<u64>,
    },
    /// Each value of the column stands in a column of another dataset.
    Refers {
        /// The column.
        column: String,
        /// The other dataset.
        dataset: String,
        /// Its column.
        to: String,
    },
    /// The newest date of the column is at most this old, in seconds of the kernel's time.
    Fresh {
        /// The column, RFC 3339 dates or date-times.
        column: String,
        /// Greatest age.
        max_age_s: u64,
    },
    /// No personal data is found in these columns; an empty list is refused at load.
    Clean(Vec<String>),
}

impl Check {
    /// The word that results and manifests use.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Schema(_) => "schema",
            Self::NotNull(_) => "not-null",
            Self::Unique(_) => "unique",
            Self::Accepted { .. } => "accepted",
            Self::Range { .. } => "range",
            Self::Rows { .. } => "rows",
            Self::Refers { .. } => "refers",
            Self::Fresh { .. } => "fresh",
            Self::Clean(_) => "clean",
        }
    }
}

/// How a dataset is shown to an agent.
impl Dataset {
    /// Name, places and checks; no content.
    #[must_use]
    pub fn to_json(&self) -> Json {
        Json::object([
            ("dataset", Json::from(self.name.as_str())),
            ("source", Json::from(self.source.subject())),
            ("target", Json::from(self.target.subject())),
            (
                "checks",
                Json::from(
                    self.suite
                        .checks
                        .iter()
                        .map(Check::name)
                        .collect::<Vec<_>>(),
                ),
            ),
        ])
    }
}
