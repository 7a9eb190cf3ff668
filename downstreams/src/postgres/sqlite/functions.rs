//! The functions of SQLite that a statement may call.
//! Knows nothing of statements.

/// Scalar, aggregate, window, date and JSON functions without effect outside their result.
/// What is absent is denied: `load_extension`, `fts3_tokenizer`, `randomblob`, `zeroblob`,
/// other `sqlite_*`, and whatever a later SQLite brings.
const ALLOWED: &[&str] = &[
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "avg",
    "ceil",
    "ceiling",
    "changes",
    "char",
    "coalesce",
    "concat",
    "concat_ws",
    "cos",
    "cosh",
    "count",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "date",
    "datetime",
    "degrees",
    "dense_rank",
    "exp",
    "first_value",
    "floor",
    "format",
    "group_concat",
    "hex",
    "if",
    "ifnull",
    "iif",
    "instr",
    "json",
    "json_array",
    "json_array_length",
    "json_error_position",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_insert",
    "json_object",
    "json_patch",
    "json_pretty",
    "json_quote",
    "json_remove",
    "json_replace",
    "json_set",
    "json_type",
    "json_valid",
    "julianday",
    "lag",
    "last_value",
    "lead",
    "length",
    "likelihood",
    "likely",
    "ln",
    "log",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "max",
    "median",
    "min",
    "mod",
    "nth_value",
    "ntile",
    "nullif",
    "octet_length",
    "percent_rank",
    "percentile",
    "percentile_cont",
    "percentile_disc",
    "pi",
    "pow",
    "power",
    "printf",
    "quote",
    "radians",
    "random",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "sign",
    "sin",
    "sinh",
    "soundex",
    "sqlite_version",
    "sqrt",
    "strftime",
    "string_agg",
    "substr",
    "substring",
    "subtype",
    "sum",
    "tan",
    "tanh",
    "time",
    "timediff",
    "total",
    "trim",
    "trunc",
    "typeof",
    "unhex",
    "unicode",
    "unistr",
    "unixepoch",
    "unlikely",
    "upper",
];

/// Operators that the engine reports as functions (`LIKE`, `->`).
const OPERATORS: &[&str] = &["like", "glob", "->", "->>"];

/// Table-valued functions over JSON; the engine reports their columns as reads.
const TABLES: &[&str] = &["json_each", "json_tree"];

/// What `ALTER TABLE` calls inside its own statements.
const OF_ALTER: &[&str] = &[
    "length",
    "like",
    "printf",
    "substr",
    "sqlite_drop_column",
    "sqlite_drop_constraint",
    "sqlite_add_constraint",
    "sqlite_fail",
    "sqlite_find_constraint",
    "sqlite_rename_column",
    "sqlite_rename_quotefix",
    "sqlite_rename_table",
    "sqlite_rename_test",
];

fn listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(name))
}

/// Whether the function is harmless in itself.
pub(super) fn allowed(name: &str) -> bool {
    listed(ALLOWED, name)
}

/// Whether it is an operator, which needs no grant.
pub(super) fn operator(name: &str) -> bool {
    listed(OPERATORS, name)
}

/// Whether it is a table-valued function.
pub(super) fn table(name: &str) -> bool {
    listed(TABLES, name)
}

/// Whether `ALTER TABLE` needs it.
pub(super) fn of_alter(name: &str) -> bool {
    listed(OF_ALTER, name)
}
