//! A measure in sealed form, as an expression of PostgreSQL: constant to every expression, opened by the wall's aggregates alone.
//! Knows nothing of views; the key lives as long as one call and never stands in an expression.
//!
//! A sealed measure is `AE 6D`, two bytes of its column, 16 of the row's identity, 32 of the value and 16 of a tag. Equal
//! values of different rows have nothing in common, and a form that was cut, joined or changed opens to nothing.

/// The relation that holds the keys of a call and its terms; the role of statements may not read it.
pub(super) const SEALS: &str = "aegis_seals";

/// What every sealed measure begins with, before the column's number.
const MARK: &str = "ae6d";

/// Length of a sealed measure, in bytes.
const BYTES: usize = 2 + 2 + 16 + 32 + 16;

/// The sealed form of `column` of a row of the table `row`; NULL stays NULL. A value that is longer than 32 characters is
/// sealed as what no number is, so that its sum is none.
///
/// The key is that of HMAC's construction (RFC 2104), with keys of their own inside and outside.
pub(super) fn expression(row: &str, column: &str, number: u16, domain: &str) -> String {
    let mac = |of: &str| format!("sha256(a.o || sha256(a.i || {of}))");
    let tag = mac("'\\x74'::bytea || a.c || a.r || a.h");
    let pad = mac("'\\x70'::bytea || a.c || a.r");
    let bits = |bytes: &str| format!("('x' || encode({bytes}, 'hex'))::bit(256)");
    let value = format!("{row}.{column}::text");
    let value = format!(
        "convert_to(CASE WHEN length({value}) <= 32 THEN rpad({value}, 32) ELSE rpad('?', 32) END, 'UTF8')"
    );
    format!(
        "(CASE WHEN {row}.{column} IS NOT NULL THEN (SELECT a.c || a.r || a.h || substring({tag} FROM 1 FOR 16) FROM \
         (SELECT a.*, substring(bit_send({} # {}) FROM 5) AS h FROM (SELECT a.i, a.o, '\\x{MARK}{number:04x}'::bytea AS c, \
         substring({} FROM 1 FOR 16) AS r FROM pg_temp.{SEALS} AS a OFFSET 0) AS a OFFSET 0) AS a) END)::{domain}",
        bits(&pad),
        bits(&value),
        mac(&format!(
            "convert_to('i' || {row}.tableoid::text || {row}.ctid::text, 'UTF8')"
        )),
    )
}

/// The number of the column of what looks like a sealed measure in the engine's own text form.
pub(super) fn column(cell: &str) -> Option<u16> {
    let digits = cell.strip_prefix("\\x")?;
    let rest = digits.strip_prefix(MARK)?;
    (digits.len() == 2 * BYTES)
        .then(|| u16::from_str_radix(rest.get(..4)?, 16).ok())
        .flatten()
}
