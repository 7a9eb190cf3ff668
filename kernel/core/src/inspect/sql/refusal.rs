//! Why a text may not run: every refusal of SQL, by name.
//! Knows nothing of the text; reasons hold none of it.

/// A named refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqlRefusal {
    /// The rule, e.g. `sql.more-than-one-statement`.
    pub rule: &'static str,
    /// Why, without any part of the text.
    pub reason: &'static str,
    /// What to do instead.
    pub fix: &'static str,
}

macro_rules! refusals {
    ($($name:ident = $rule:literal, $reason:literal, $fix:literal;)*) => {
        $(pub(super) const $name: SqlRefusal = SqlRefusal { rule: concat!("sql.", $rule), reason: $reason, fix: $fix };)*
    };
}

refusals! {
    TOO_LONG = "too-long", "the text is longer than a statement may be", "send a shorter statement; bind long values as parameters";
    CONTROL_CHARACTER = "control-character", "the text holds a NUL or another control character", "use spaces, tabs and newlines only";
    TOO_MANY_TOKENS = "too-many-tokens", "the statement has too many tokens", "split the work into smaller statements";
    TOO_DEEP = "too-deep", "the statement nests too deeply or chains too many operators", "use IN (…) lists and common table expressions in place of long chains";
    COMMENT_DEPTH = "comment-depth", "comments are nested too deeply", "remove the nested comments";
    UNREADABLE = "unreadable", "the text is not a statement of this engine that can be read with certainty", "rewrite it in plain standard SQL";
    NO_STATEMENT = "no-statement", "there is no statement in the text", "send one statement";
    MORE_THAN_ONE = "more-than-one-statement", "the text holds more than one statement", "send one statement a call";
    ODD_LITERAL = "odd-literal", "a literal is written in a form that engines read in different ways", "use plain single-quoted strings and decimal numbers";
    NOT_STABLE = "not-stable", "the statement does not survive being printed and read again", "write it more plainly, e.g. without backslashes before quotes or doubled signs";
    RESERVED_WORD = "reserved-word", "a reserved word stands where a name belongs", "quote the name, or choose another";
    KIND = "kind-not-allowed", "statements of this kind are not allowed", "use select, insert, update, delete or plain table definitions";
    TRANSACTION = "transaction-control", "an agent does not control transactions", "send the statement alone; the kernel wraps it";
    SESSION = "session-state", "an agent does not change or show session state", "leave the session as it is";
    FILES = "file-access", "an agent does not let the database open files or programs", "use the tools that are meant for files";
    DYNAMIC = "dynamic-sql", "code or prepared text inside the database cannot be judged", "send the statement itself";
    PRIVILEGES = "privileges", "an agent does not change roles or privileges", "ask an operator";
    TRIGGER = "trigger", "triggers act later and out of sight", "ask an operator";
    MERGE = "merge", "this form of MERGE is not read", "use INSERT with ON CONFLICT, or UPDATE";
    LIMIT = "limit", "its own limit is no plain number, or its form takes none", "end it with LIMIT and a plain number";
    LOCKING = "locking", "locking clauses and lock statements are not allowed", "leave locking to the engine";
    SYNTAX = "syntax-not-allowed", "the statement uses syntax that is not on the allow-list", "write it with plain standard clauses";
    OPERATOR = "operator-not-allowed", "an operator is not on the allow-list of this engine", "use the built-in operators";
    TYPE = "type-not-allowed", "a type is not on the allow-list of this engine", "cast to a built-in type";
    FUNCTION = "function-not-allowed", "a function is not on the allow-list of this engine", "use built-in functions without side effects";
    UNKNOWN_TABLE = "unknown-table", "a table is not in the catalogue", "list the tables and use one of them";
    SYSTEM_TABLE = "system-table", "the engine's own tables are not for agents", "use the tools that list and describe tables";
    UNKNOWN_COLUMN = "unknown-column", "a qualified name is no column of its relation", "describe the table and use one of its columns";
    SCHEMA = "schema", "a name is qualified with another schema", "use the bare table name";
    STAR_WIDTH = "star-width", "the columns behind a star are not known exactly", "name the columns";
    COLUMN_COUNT = "column-count", "two parts that must have the same number of columns differ", "give both the same number of columns";
    RECURSION = "recursion", "a common table expression refers to itself in a way that is not read", "use the form: base query UNION ALL recursive query";
    CORRELATED_CTE = "correlated-cte", "a common table expression uses names from outside itself", "qualify the names, or write a derived table";
    VIEW = "unreadable-view", "a view's text cannot be read", "ask an operator to simplify the view, or read its base tables";
    VIEW_WRITE = "write-through-view", "writes through a view change tables that are not named", "write to the base table";
    TOO_COMPLEX = "too-complex", "the statement expands to more work than a statement may", "read fewer relations or columns at a time";
    TEMPORARY = "temporary-shadow", "a temporary object would hide a table of its name", "choose another name";
}
