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
    "CASE % WHEN 'x' THEN % WHEN % THEN 'y' END",
    "coalesce(%, %)",
    "nullif(%, %)",
    "greatest(%, %)",
    "(ARRAY[%, %])[1]",
    "(ARRAY(SELECT %))[1]",
    "(ARRAY[[%, %], ['a', %]])[1:1][1:2]::text",
    "substring(% FROM 2 FOR 2)",
    "substring(% FROM 'x(.*)$')",
    "overlay(% PLACING 'x' FROM 1)",
    "overlay(% PLACING % FROM # FOR 2)",
    "jsonb_build_object('k', %) ->> 'k'",
    "(jsonb_build_array(%, #) -> 0)::text",
    "(jsonb_build_object('k', %) || jsonb_build_object('l', %))::text",
    "(jsonb_build_object('k', %) - 'l')::text",
    "concat(%, #)",
    "concat_ws('-', %, %)",
    "to_char(#, '999')",
    "trim(BOTH 'p' FROM %)",
    "trim(LEADING % FROM %)",
    "rtrim(%, 'o')",
    "(% COLLATE \"C\")",
    "array_to_string(string_to_array(%, '@'), '-')",
    "((%, #)::text)",
    "ROW(%, #, ROW(%))::text",
    "(row_to_json(ROW(%, #)))::text",
    "((% IS NOT DISTINCT FROM % AND % SIMILAR TO 'p_*')::text)",
    "(SELECT u.\"Mixed\" FROM (SELECT % AS \"Mixed\", # AS mixed) AS u)",
    "(SELECT v.column1 FROM (VALUES (%), (%)) AS v LIMIT 1)",
    "(SELECT max(s.z) FROM (SELECT %, %) AS s(y, z))",
    "(SELECT string_agg(s.a, s.b ORDER BY s.a) FROM (VALUES (%, '-'), (%, '+')) AS s(a, b))",
    "(SELECT e.value FROM jsonb_each_text(jsonb_build_object('k', %)) AS e)",
    "(SELECT e FROM unnest(ARRAY[%, %]) WITH ORDINALITY AS e(e, o) WHERE o = 2)",
    "(SELECT r.b FROM jsonb_to_recordset(jsonb_build_array(jsonb_build_object('b', %))) AS r(a int, b text))",
    "quote_literal(%)",
    "encode(%::bytea, 'hex')",
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
    "(% LIKE % ESCAPE '!')::int",
    "(% ILIKE ANY (ARRAY['p_', %]))::int",
    "(% IS NULL)::int",
    "(% IS DISTINCT FROM %)::int",
    "(% IN (%, 'x'))::int",
    "(% NOT IN (%, 'x'))::int",
    "(% BETWEEN SYMMETRIC 'z' AND %)::int",
    "CASE WHEN % > 'p2' THEN # ELSE 0 END",
    "coalesce(#, #)",
    "greatest(#, 1)",
    "(% ~ '^p')::int",
    "(% ~* %)::int",
    "num_nulls(%, #)",
    "((%, #) = (%, 2))::int",
    "((#, %) < (#, %))::int",
    "(ROW(%, 1) IS NULL)::int",
    "(# BETWEEN 1 AND #)::int",
    "(# = ANY (ARRAY[#, 2]))::int",
    "(ARRAY[#, 1] @> ARRAY[#])::int",
    "(ARRAY[%] && ARRAY[%, 'x'])::int",
    "(int4range(#, NULL) @> #)::int",
    "array_length(ARRAY[#, #], 1)",
    "(jsonb_build_object('k', %) ? 'k')::int",
    "(jsonb_build_object('k', %) @> jsonb_build_object('k', %))::int",
    "extract(year FROM date '2024-01-01' + #)::int",
    "((% = %) IS TRUE)::int",
    "(NOT (% < %) OR # > 2)::int",
    "width_bucket(#, 0, 100, 4)",
    "(# / (# + 7))",
    "bit_length(%)",
    "(@ #)",
    "(SELECT count(s) FROM (SELECT % AS a) AS s)::int",
    "(SELECT sum(n) FROM (VALUES (#), (#)) AS s(n))::int",
    "(SELECT count(*) FROM generate_series(1, 3) AS g WHERE g < length(%))::int",
];

/// Aggregates that give a text; `!` is where DISTINCT may stand.
pub(super) const TEXT_AGGREGATES: &[&str] = &[
    "max(%)",
    "min(!%)",
    "string_agg(%, ',')",
    "string_agg(%, ',' ORDER BY %)",
    "array_agg(!%)::text",
    "array_agg(% ORDER BY # DESC)::text",
    "json_agg(%)::text",
    "jsonb_object_agg(#, %)::text",
    "mode() WITHIN GROUP (ORDER BY %)",
];

/// Aggregates that give a number.
pub(super) const NUMBER_AGGREGATES: &[&str] = &[
    "sum(!#)",
    "avg(#)",
    "count(!%)",
    "max(#)",
    "stddev(#)",
    "corr(#, #)",
    "bool_or(% > 'p')::int",
    "bool_and(% IS NULL)::int",
    "percentile_disc(0.5) WITHIN GROUP (ORDER BY #)",
    "rank(2) WITHIN GROUP (ORDER BY #)",
];

/// Window functions that give a text, then those that give a number.
pub(super) const TEXT_WINDOWS: &[&str] = &[
    "lag(%)",
    "lead(%, 1, %)",
    "first_value(%)",
    "last_value(%)",
    "nth_value(%, 2)",
    "max(%)",
    "string_agg(%, '+')",
];
pub(super) const NUMBER_WINDOWS: &[&str] = &[
    "row_number()",
    "rank()",
    "ntile(3)",
    "cume_dist()",
    "sum(#)",
    "count(*)",
    "count(%)",
    "lag(#)",
];

/// Frames; an order stands before them.
pub(super) const FRAMES: &[&str] = &[
    "",
    "",
    "",
    "ROWS 1 PRECEDING",
    "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    "ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
    "RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
    "GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES",
    "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW",
];

/// Relations that stand in FROM by themselves: what they are, then their columns as texts (`a`) and numbers (`1`).
pub(super) const SOURCES: &[(&str, &str)] = &[
    ("(VALUES (1, 'a'), (2, 'b')) AS @(n, a)", "1a"),
    ("(TABLE contacts) AS @(n, a, b)", "1aa"),
    (
        "jsonb_each_text(jsonb_build_object('k', (SELECT max(email) FROM contacts))) AS @(a, b)",
        "aa",
    ),
    ("generate_series(1, 3) AS @(n)", "1"),
    (
        "(contacts AS q1 JOIN public.orders AS q2 USING (id)) AS @(n, a, b, c)",
        "1aa1",
    ),
    ("contacts AS @(n, a, b)", "1aa"),
    ("v_deep AS @(n, a)", "1a"),
    (
        "(SELECT id, email FROM customers ORDER BY id OFFSET 1 ROWS FETCH FIRST 3 ROWS ONLY) AS @(n, a)",
        "1a",
    ),
    (
        "(SELECT 4, notes FROM customers UNION ALL SELECT id, label FROM contacts ORDER BY 1 LIMIT 4) AS @(n, a)",
        "1a",
    ),
    (
        "unnest(ARRAY[1, 2], ARRAY['a', (SELECT min(email) FROM contacts)]) WITH ORDINALITY AS @(n, a, o)",
        "1a1",
    ),
];
