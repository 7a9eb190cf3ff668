//! Expressions that the author of random PostgreSQL queries writes.
//! Knows nothing of scopes.

/// Texts; `%` is a text, `#` a number.
pub(super) const TEXTS: &[&str] = &[
    "(% || %)",
    "lower(%)",
    "md5(%)",
    "left(%, 2)",
    "replace(%, '@', ' at ')",
    "split_part(%, '@', 2)",
    "translate(%, 'p', 'q')",
    "regexp_replace(%, '@.*', '')",
    "CASE WHEN # > 3 THEN % ELSE % END",
    "coalesce(%, %)",
    "nullif(%, %)",
    "greatest(%, %)",
    "(ARRAY[%, %])[1]",
    "(ARRAY(SELECT %))[1]",
    "substring(% FROM 2 FOR 2)",
    "overlay(% PLACING 'x' FROM 1)",
    "jsonb_build_object('k', %) ->> 'k'",
    "concat(%, #)",
    "concat_ws('-', %, %)",
    "to_char(#, '999')",
    "trim(BOTH 'p' FROM %)",
    "(% COLLATE \"C\")",
    "array_to_string(string_to_array(%, '@'), '-')",
];

/// Numbers.
pub(super) const NUMBERS: &[&str] = &[
    "length(%)",
    "ascii(%)",
    "strpos(%, '@')",
    "position('@' IN %)",
    "(# + #)",
    "abs(#)",
    "(% LIKE 'p1')::int",
    "(% IS NULL)::int",
    "(% IS DISTINCT FROM %)::int",
    "(% IN (%, 'x'))::int",
    "CASE WHEN % > 'p2' THEN # ELSE 0 END",
    "coalesce(#, #)",
    "greatest(#, 1)",
    "(% ~ '^p')::int",
    "num_nulls(%, #)",
    "((%, #) = (%, 2))::int",
    "(# BETWEEN 1 AND #)::int",
];
