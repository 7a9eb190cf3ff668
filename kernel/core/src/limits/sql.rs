//! How much SQL is read.
//! Knows nothing of dialects.

/// Longest SQL text, in bytes (flat chains overflow recursive visitors).
pub const SQL_BYTES_MAX: usize = 16 * 1024;
/// Most tokens of one SQL text.
pub const SQL_TOKENS_MAX: usize = 4_000;
/// Deepest nesting that the SQL parser follows.
pub const SQL_DEPTH_MAX: usize = 50;
/// Longest chain of operators in one SQL item; comparing two trees of 800 overflows 2 MiB in a debug build.
pub const SQL_CHAIN_MAX: usize = 400;
/// Deepest nesting of statements, or of joins with late conditions, in one SQL text.
pub const SQL_FRAME_DEPTH_MAX: usize = 12;
/// Most relations in one FROM (SQLite's own bound).
pub const SQL_RELATIONS_MAX: usize = 64;
/// Most columns of one result (SQLite's own default bound).
pub const SQL_COLUMNS_MAX: usize = 2_000;
/// Steps that resolving any SQL text may take, views and recursive queries included; a step is at most a
/// few comparisons of names.
pub const SQL_STEPS_BASE: usize = 50_000;
/// Further steps for each byte of the text.
pub const SQL_STEPS_PER_BYTE: usize = 10;
/// Deepest chain of views on views.
pub const SQL_VIEW_DEPTH_MAX: usize = 16;
/// Most rounds of a recursive query's fixpoint before every column counts as computed from all.
pub const SQL_ROUNDS_MAX: usize = 16;
/// Deepest nesting of SQL comments.
pub const SQL_COMMENT_DEPTH_MAX: usize = 8;
