//! On which terms rows that are groups leave.
//! Knows nothing of rows.

/// Which columns make a group, and how many people it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupTerms {
    /// The rule that asks for it.
    pub rule: String,
    /// The column that counts the people behind a row.
    pub count: String,
    /// The columns that name the group.
    pub by: Vec<String>,
    /// What stands in such a column of a row that sums over it.
    pub total: Option<String>,
    /// A group of 1 to `k - 1` is small.
    pub k: u64,
}
