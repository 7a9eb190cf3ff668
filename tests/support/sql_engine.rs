//! What a judge needs of a database engine: run a text, and tell what it left behind.
//! Knows nothing of what the kernel says about a statement.

use std::collections::BTreeMap;

/// The rows of a result as text, with the names of its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A table as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A whole database as it stands: equal pictures mean an unchanged database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) tables: BTreeMap<String, Held>,
    /// Everything beside tables: views, indexes, functions, roles, settings.
    pub(crate) rest: Vec<String>,
}

/// One database of one engine, filled with the small world.
pub(crate) trait Engine {
    /// The result of one statement; an engine that finds several in the text refuses them.
    fn answer(&self, sql: &str) -> Result<Answer, String>;

    /// As `answer`, by someone who may read nothing but these: table and column, or a table's rows alone.
    /// `None` where the engine has no such means.
    fn answer_within(
        &self,
        sql: &str,
        readable: &[(String, Option<String>)],
    ) -> Option<Result<Answer, String>>;

    /// What one statement leaves behind; it is taken back.
    fn left_by(&self, sql: &str) -> Result<Picture, String>;

    /// Runs a text as it stands, several statements included, on a copy, and gives the copy before and after.
    fn trial(&self, sql: &str) -> (Picture, Picture);
}
