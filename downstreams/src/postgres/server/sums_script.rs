//! What the script lays down for sums of measures: types that nothing but the wall's own aggregates can open.
//! Knows nothing of calls.
//!
//! An aggregate collects sealed forms, and its last step opens them as the login role, which the statement's role may not call by
//! itself. Unlike the engine's own these are no window functions (their last step modifies), since a frame that moves by
//! one row would be a difference of one row.

use crate::postgres::measure::{ROWS_MAX, SUMS_MAX};
use crate::postgres::quote::quoted;

/// The domain of sealed values, the type that its sums have, the type that its values have.
const DOMAINS: &[(&str, &str, &str)] = &[
    ("whole", "bigint", "integer"),
    ("exact", "numeric", "numeric"),
    ("real", "double precision", "double precision"),
];

/// The body of the function that opens the forms behind one sum, or nothing where they must not be told. What it lets out it
/// notes in temporary tables of the call, for [`super::sums`] to hold against each other.
pub(super) fn opening() -> String {
    OPENING
        .replace("ROWS_MAX", &ROWS_MAX.to_string())
        .replace("SUMS_MAX", &SUMS_MAX.to_string())
}

const OPENING: &str = "
DECLARE
  seal record;
  seen record;
  place bigint;
BEGIN
  IF forms IS NULL OR cardinality(forms) = 0 THEN RETURN '{}'; END IF;
  SELECT i, o, rows_min, share_max INTO STRICT seal FROM pg_temp.aegis_seals;
  IF cardinality(forms) >= seal.rows_min THEN
    WITH form AS MATERIALIZED (
      SELECT substring(f FROM 1 FOR 4) AS c, substring(f FROM 5 FOR 16) AS r, substring(f FROM 21 FOR 32) AS h,
        length(f) = 68 AND substring(f FROM 53) = substring(sha256(seal.o || sha256(seal.i || '\\x74'::bytea || substring(f FROM 1 FOR 52))) FROM 1 FOR 16) AS genuine
      FROM unnest(forms) AS u(f)
    ), opened AS MATERIALIZED (
      SELECT c, r, CASE WHEN genuine THEN rtrim(convert_from(substring(bit_send(('x' || encode(h, 'hex'))::bit(256) #
        ('x' || encode(sha256(seal.o || sha256(seal.i || '\\x70'::bytea || c || r)), 'hex'))::bit(256)) FROM 5), 'UTF8')) END AS v FROM form
    ), weighed AS MATERIALIZED (
      SELECT c, r, v, CASE WHEN v ~ '^-?[0-9]+(\\.[0-9]+)?(e[-+]?[0-9]+)?$' THEN abs(v::numeric) END AS w FROM opened
    )
    SELECT count(*) AS n, count(DISTINCT c) AS columns, count(DISTINCT r) AS rows, count(w) AS numbers, max(w) AS greatest, sum(w) AS magnitude,
      array_agg(v) AS values, array_agg(r) AS ids, array_agg(w) AS weights, min(encode(c, 'hex')) AS c, sha256(string_agg(r, ''::bytea ORDER BY r)) AS name
    INTO STRICT seen FROM weighed;
    -- One column, every row once, numbers alone; enough rows, none of which outweighs the others, and something to tell.
    IF seen.columns = 1 AND seen.rows = seen.n AND seen.numbers = seen.n AND seen.rows >= seal.rows_min AND seen.magnitude < 1e300
      AND seen.magnitude > 0 AND seen.greatest * 100 <= seen.magnitude * seal.share_max
      AND NOT EXISTS (SELECT 1 FROM pg_temp.aegis_barred b WHERE b.c = seen.c AND b.name = seen.name)
    THEN
      IF NOT EXISTS (SELECT 1 FROM pg_temp.aegis_sums s WHERE s.c = seen.c AND s.name = seen.name) THEN
        SELECT count(*) INTO STRICT place FROM pg_temp.aegis_sums;
        IF place >= SUMS_MAX OR seen.n + (SELECT coalesce(sum(s.n), 0) FROM pg_temp.aegis_sums s) > ROWS_MAX THEN
          PERFORM nextval('pg_temp.aegis_overfull');
          RETURN NULL;
        END IF;
        INSERT INTO pg_temp.aegis_sums (at, c, name, n) VALUES (place, seen.c, seen.name, seen.n);
        INSERT INTO pg_temp.aegis_rows (at, r, w) SELECT place, u.r, u.w::double precision FROM unnest(seen.ids, seen.weights) AS u(r, w);
      END IF;
      RETURN seen.values;
    END IF;
  END IF;
  PERFORM nextval('pg_temp.aegis_suppressed');
  RETURN NULL;
END ";

/// The part of the script that lays it down in `schema`, for these roles.
pub(super) fn script(schema: &str, login: &str, wall: &str) -> String {
    let (schema, login, wall) = (quoted(schema), quoted(login), quoted(wall));
    let mut script = format!(
        "\n-- 5. Sums of measures. A column that may be summed and not seen is sealed, row by row, under a key of the call; the aggregates\n\
         --    here open it, count the rows behind each sum, and are NULL where they are too few. They run as {login}, and {wall} may call no part of them alone.\n\
         CREATE SCHEMA IF NOT EXISTS {schema};\n\
         REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, {wall};\n\
         GRANT USAGE ON SCHEMA {schema} TO {wall};\n\
         CREATE OR REPLACE FUNCTION {schema}.opened(forms bytea[]) RETURNS text[] LANGUAGE plpgsql VOLATILE SECURITY DEFINER\n\
         SET search_path = pg_catalog, pg_temp AS $opened${}$opened$;\n\
         CREATE OR REPLACE FUNCTION {schema}.collect(forms bytea[], form bytea) RETURNS bytea[] LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN\n\
         \x20 IF form IS NULL THEN RETURN forms; END IF;\n\
         \x20 IF cardinality(forms) >= {ROWS_MAX} THEN RAISE program_limit_exceeded; END IF;\n\
         \x20 forms := array_append(forms, form);\n\
         \x20 RETURN forms;\n\
         END $$;\n\
         ALTER FUNCTION {schema}.opened(bytea[]) OWNER TO {login};\n\
         ALTER FUNCTION {schema}.collect(bytea[], bytea) OWNER TO {login};\n",
        opening(),
    );
    for (domain, sum, value) in DOMAINS {
        let sealed = format!("{schema}.{domain}");
        script.push_str(&format!(
            "DO $$ BEGIN CREATE DOMAIN {sealed} AS bytea; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n\
             ALTER DOMAIN {sealed} OWNER TO {login};\n"
        ));
        let average = if *domain == "real" { sum } else { &"numeric" };
        for (name, result) in [("sum", sum), ("avg", average)] {
            let last = format!("{schema}.{name}_{domain}");
            script.push_str(&format!(
                "CREATE OR REPLACE FUNCTION {last}(forms bytea[]) RETURNS {result} LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog\n\
                 AS $$ SELECT pg_catalog.{name}(v::{value}) FROM pg_catalog.unnest({schema}.opened(forms)) AS u(v) $$;\n\
                 CREATE OR REPLACE AGGREGATE {schema}.{name}({sealed}) (SFUNC = {schema}.collect, STYPE = bytea[], INITCOND = '{{}}',\n\
                 \x20 FINALFUNC = {last}, FINALFUNC_MODIFY = READ_WRITE, PARALLEL = UNSAFE);\n\
                 ALTER FUNCTION {last}(bytea[]) OWNER TO {login};\n\
                 ALTER AGGREGATE {schema}.{name}({sealed}) OWNER TO {login};\n"
            ));
        }
    }
    script.push_str(&format!(
        "REVOKE ALL ON ALL ROUTINES IN SCHEMA {schema} FROM PUBLIC, {wall};\n"
    ));
    for (domain, ..) in DOMAINS {
        script.push_str(&format!(
            "GRANT EXECUTE ON FUNCTION {schema}.sum({schema}.{domain}), {schema}.avg({schema}.{domain}) TO {wall};\n"
        ));
    }
    // Last, since whoever is no superuser cannot make things in a schema that is another's.
    script.push_str(&format!("ALTER SCHEMA {schema} OWNER TO {login};\n"));
    script
}
