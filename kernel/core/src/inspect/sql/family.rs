//! Families of statements that are refused unless a manifest turns them into a capability.
//! Knows nothing of who may have it.

/// A family that a manifest can open. What no entry stands for cannot be opened: [`NEVER`] says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// `PRAGMA` statements that describe one table: its columns, indexes and foreign keys.
    Pragma,
}

impl Family {
    /// The capability's verb, in the area `sql`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pragma => "pragma",
        }
    }

    /// The family of the word that manifests use.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        (word == "sql:pragma").then_some(Self::Pragma)
    }
}

/// Families that no manifest can open, each with the reason.
pub const NEVER: [(&str, &str); 8] = [
    (
        "sql:transaction",
        "the kernel and the downstream decide where a statement begins and ends; a row limit that is rolled back rests on that",
    ),
    (
        "sql:session",
        "what a session is set to changes how later texts are read, behind the back of their reading",
    ),
    (
        "sql:files",
        "COPY, ATTACH, VACUUM INTO and LOAD reach files and programs that no label lies on",
    ),
    (
        "sql:dynamic",
        "DO, CALL, PREPARE and EXECUTE run text that is not in the statement, so nothing can be said of what it reads or writes",
    ),
    (
        "sql:notify",
        "LISTEN and NOTIFY carry values to others past every mask",
    ),
    (
        "sql:privileges",
        "roles and grants are the second wall itself",
    ),
    (
        "sql:trigger",
        "triggers, rules and functions act later and out of sight",
    ),
    (
        "sql:locks",
        "locks outlive what the statement is judged by and stop others",
    ),
];
