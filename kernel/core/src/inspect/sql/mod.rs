//! SQL text into facts: what it reads, writes and destroys, and what every output is computed from.
//! Knows nothing of policy, and never runs anything.
//!
//! The text goes through [`gate`] (bytes, tokens, exactly one statement, the parser's printer as a
//! cross-check), is translated by [`lower`] into the small [`form`] of our own (what it has no
//! place for is refused: that is the allow-list of nodes), and is resolved against the catalogue by [`lineage`].
//! [`survey`] answers for texts that get no further than the parser.

mod adapt;
mod column_ref;
mod dialect;
mod family;
mod form;
mod function_use;
mod functions;
mod gate;
mod limited;
mod lineage;
mod lookup;
mod lower;
mod output;
mod plain;
mod pragma;
mod printed;
mod reading;
mod refusal;
mod reserved;
mod source_text;
mod sqlite_grammar;
mod survey;
mod targets;
mod unicode_name;
mod words;

pub use column_ref::ColumnRef;
pub use dialect::Dialect;
pub use family::{Family, NEVER};
pub use function_use::FunctionUse;
pub use limited::{Limited, limited};
pub use lookup::{Lookup, Wanted};
pub use output::{Flow, Output};
pub use reading::{Deed, Reading, Unscoped};
pub use refusal::SqlRefusal;

use crate::manifest::Catalog;

/// Reads one text. Total: it neither panics nor fails; what may not run has a `refusal`.
#[must_use]
pub fn read(sql: &str, dialect: Dialect, catalog: &Catalog) -> Reading {
    let gate::Admitted { statement, text } = match gate::admit(sql, dialect) {
        Ok(admitted) => admitted,
        Err(rejected) => return survey::of_rejected(&rejected, catalog),
    };
    match lower::statement(&statement, dialect, text) {
        Ok(lowered) => {
            let kinds = survey::kinds_of(&statement);
            let reading = lineage::read(&lowered, dialect, catalog, sql.len(), kinds);
            Reading {
                targets: targets::of(&lowered),
                lookup: lookup::of(&lowered, dialect, catalog, sql.len(), &reading),
                ..reading
            }
        }
        Err(refusal) => Reading {
            refusal: Some(refusal),
            ..survey::of_statement(&statement, catalog)
        },
    }
}

/// As [`read`], where some families of statements are opened.
#[must_use]
pub fn read_opened(sql: &str, dialect: Dialect, catalog: &Catalog, opened: &[Family]) -> Reading {
    let pragma = dialect == Dialect::Sqlite && opened.contains(&Family::Pragma);
    let described = if pragma {
        pragma::read(sql, catalog)
    } else {
        None
    };
    described.unwrap_or_else(|| read(sql, dialect, catalog))
}
