//! What one call may do: its grant, from the request's `_meta["aegis/grant"]`.
//! Knows nothing of who wrote it and of the engine that enforces it.
//!
//! ```json
//! {"reads": ["customers"], "writes": [], "ddl": [], "functions": "*",
//!  "masked": {"customers.email": {"op": "token", "type": "EMAIL_ADDRESS", "form": "email", "reveal": true}},
//!  "token_key": "<64 hex digits>", "row_max": 100, "changes_max": 10, "time_ms": 2000, "bytes_max": 65536}
//! ```
//! `"copied": ["customers.email"]` lets a write read these masked columns as they are, since whoever made the grant lets the
//! label go with the values; `"renamed": ["customers"]` lets masked tables, or their columns, get other names.
//! With `"schema"`, what `describe_catalog` called the schema, the call is refused (`schema-changed`) once it is another one.
//! With `"measures": {"columns": ["staff.salary"], "rows_min": 5, "share_max": 80}`, `sum`, `avg` and `total` of these
//! masked columns are told where enough different rows stand behind them.
//! With `"lookup": {"column": "customers.email", "value": "ann@x.io"}`, the table holds for the statement only the rows whose
//! stored value is exactly this text or number, and the masked column shows it: the statement knows it already.
//! `reads`, `writes`, `ddl` and `functions` are a list or `"*"`; what is absent is not granted.
//! `form` says which spellings share a token; with `reveal`, the result's `_meta["aegis/revealed"]` says what
//! the tokens in its cells stand for. An unknown key makes the grant invalid: half-understood limits are none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::lookup::Lookup;
use super::mask::{Mask, MaskKey};
use super::names::Names;
use super::revealed::Revealed;
use crate::bounds;

/// The key of the request's `_meta`.
pub(super) const META_KEY: &str = "aegis/grant";

/// A grant, checked.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// Tables and views that may be read.
    pub(super) reads: Names,
    /// Tables that may be written, created, altered or dropped.
    pub(super) writes: Names,
    /// Words of schema change: `create`, `alter`, `drop`.
    pub(super) ddl: Names,
    /// Functions that may be called, within the engine's own allow-list.
    pub(super) functions: Names,
    /// Folded `table.column` → how its values are masked.
    pub(super) masked: BTreeMap<String, Mask>,
    /// What tokens of revealed columns stand for, noted while the statement runs.
    pub(super) revealed: Revealed,
    /// Rows of a result.
    pub(super) row_max: u64,
    /// Rows that a statement changes, with all that follows from it.
    pub(super) changes_max: u64,
    /// How long a statement may take.
    pub(super) time: Duration,
    /// Bytes of the rows of a result, as JSON.
    pub(super) bytes_max: u64,
    /// Columns whose sums may be told, and over how many rows.
    pub(super) measures: Option<Measures>,
    /// The one value of a column that rows are looked up by.
    pub(super) lookup: Option<Lookup>,
    /// Masked columns, `table.column`, that a write may read as they are.
    pub(super) copied: Names,
    /// Masked tables that may get another name, or whose columns may.
    pub(super) renamed: Names,
    /// The schema that the grant was made for.
    pub(super) schema: Option<String>,
    /// No grant travelled and none was required.
    pub(super) open: bool,
}

/// The terms on which sums of masked columns are told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measures {
    /// The columns, as `table.column`.
    pub(super) columns: Names,
    /// Fewest different rows behind a sum.
    pub(super) rows_min: u64,
    /// Greatest share of one row, in percent of the sum of all magnitudes.
    pub(super) share_max: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    reads: Names,
    #[serde(default)]
    writes: Names,
    #[serde(default)]
    ddl: Names,
    #[serde(default)]
    functions: Names,
    #[serde(default)]
    masked: BTreeMap<String, WrittenMask>,
    token_key: Option<String>,
    measures: Option<Measures>,
    lookup: Option<WrittenLookup>,
    schema: Option<String>,
    #[serde(default)]
    copied: Names,
    #[serde(default)]
    renamed: Names,
    row_max: Option<u64>,
    changes_max: Option<u64>,
    time_ms: Option<u64>,
    bytes_max: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLookup {
    column: String,
    value: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMask {
    op: String,
    #[serde(rename = "type")]
    kind: String,
    form: Option<String>,
    #[serde(default)]
    reveal: bool,
}

impl Grant {
    /// Reads a grant; `None` where its form is wrong.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let written = Written::deserialize(value).ok()?;
        let key = match &written.token_key {
            Some(hex) => Some(Arc::new(MaskKey::from_hex(hex)?)),
            None => None,
        };
        let mut masked = BTreeMap::new();
        let revealed = Revealed::default();
        for (column, mask) in written.masked {
            let folded = column.to_ascii_lowercase();
            let reveal = mask.reveal;
            let mut mask = Mask::new(&mask.op, &mask.kind, mask.form.as_deref(), key.clone())?;
            if reveal {
                mask = mask.noting(revealed.clone());
            }
            // Two spellings of one column would leave open which mask holds.
            if !folded.contains('.') || masked.insert(folded, mask).is_some() {
                return None;
            }
        }
        Some(Self {
            reads: written.reads,
            writes: written.writes,
            ddl: written.ddl,
            functions: written.functions,
            masked,
            revealed,
            row_max: within(written.row_max, bounds::ROWS),
            changes_max: within(written.changes_max, bounds::CHANGES),
            time: Duration::from_millis(within(written.time_ms, bounds::TIME_MS)),
            bytes_max: within(written.bytes_max, bounds::RESULT_BYTES),
            measures: written.measures,
            lookup: match written.lookup {
                Some(lookup) => Some(Lookup::new(&lookup.column, lookup.value)?),
                None => None,
            },
            schema: written.schema,
            copied: written.copied,
            renamed: written.renamed,
            open: false,
        })
    }

    /// What a call without a grant may do in open mode.
    pub(super) fn open() -> Self {
        Self {
            reads: Names::All,
            writes: Names::All,
            ddl: Names::All,
            functions: Names::All,
            masked: BTreeMap::new(),
            revealed: Revealed::default(),
            row_max: bounds::ROWS.0,
            changes_max: bounds::CHANGES.1,
            time: Duration::from_millis(bounds::TIME_MS.0),
            bytes_max: bounds::RESULT_BYTES.0,
            measures: None,
            lookup: None,
            schema: None,
            copied: Names::default(),
            renamed: Names::default(),
            open: true,
        }
    }

    /// Whether some data of the database must stay hidden from a reader.
    pub(super) fn hides(&self) -> bool {
        self.reads != Names::All || !self.masked.is_empty() || self.lookup.is_some()
    }
}

/// A limit as asked for, within the server's own.
fn within(asked: Option<u64>, (default, most): (u64, u64)) -> u64 {
    asked.unwrap_or(default).min(most)
}
