//! Masks as expressions of PostgreSQL, the same values as the kernel's own.
//! Knows nothing of views; a key never stands in an expression, only where it is read from.

use super::quote::literal;
use crate::postgres::mask::{Form, Mask, Operator};

/// The columns of the key relation: a key's inner and outer block for HMAC (RFC 2104).
pub(super) const INNER: &str = "i";
/// See [`INNER`].
pub(super) const OUTER: &str = "o";

/// White space as Unicode has it, which is what a value is trimmed of.
const SPACE: &str = "U&'\\0009\\000A\\000B\\000C\\000D\\0020\\0085\\00A0\\1680\\2000\\2001\\2002\\2003\\2004\\2005\\2006\\2007\\2008\\2009\\200A\\2028\\2029\\202F\\205F\\3000'";

/// RFC 4648, in lower case.
const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz234567";

/// What stands in place of `value`, an expression of type text; NULL stays NULL. `keys` is the relation that holds
/// the key, for tokens.
pub(super) fn expression(mask: &Mask, value: &str, keys: &str) -> String {
    let shown = match mask.operator() {
        Operator::Null => return "NULL::text".to_owned(),
        Operator::Redact => literal(&format!("<{}>", mask.kind())),
        Operator::KeepLast4 => format!(
            "(SELECT '****' || CASE WHEN length(k) >= 8 THEN right(k, 4) ELSE '' END \
             FROM (SELECT regexp_replace({value}, '[^[:alnum:]]', '', 'g') AS k OFFSET 0) AS kept)"
        ),
        Operator::Token(_) => token(mask, value, keys),
    };
    format!("CASE WHEN {value} IS NOT NULL THEN {shown} END")
}

/// `<TYPE:` + 16 letters over HMAC-SHA-256(key, TYPE 0x1f canonical) + `>`.
fn token(mask: &Mask, value: &str, keys: &str) -> String {
    let kind = mask.kind();
    let canonical = canonical(mask.form(), value);
    let letters: Vec<String> = (0..16)
        .map(|at| {
            let from = at * 5 + 1;
            format!("substr('{ALPHABET}', substring(b FROM {from} FOR 5)::bit(5)::integer + 1, 1)")
        })
        .collect();
    let letters = letters.join(" || ");
    format!(
        "(SELECT '<{kind}:' || {letters} || '>' FROM (SELECT ('x' || left(encode(sha256(k.{OUTER} || sha256(k.{INNER} || \
         convert_to('{kind}' || chr(31) || {canonical}, 'UTF8'))), 'hex'), 20))::bit(80) AS b FROM {keys} AS k OFFSET 0) AS bits)"
    )
}

/// One form for all spellings of a value, as [`Mask`] has it.
fn canonical(form: Form, value: &str) -> String {
    let text = format!("btrim({value}, {SPACE})");
    match form {
        Form::Plain => text,
        Form::Email => format!(
            "CASE WHEN strpos({text}, '@') > 0 THEN regexp_replace({text}, '@[^@]*$', '') || lower(substring({text} FROM '@[^@]*$')) ELSE lower({text}) END"
        ),
        Form::Digits => {
            format!("coalesce(nullif(regexp_replace({text}, '[^0-9]', '', 'g'), ''), {text})")
        }
        Form::Compact => format!("upper(regexp_replace({value}, '[^[:alnum:]]', '', 'g'))"),
        Form::Words => {
            format!("lower(regexp_replace({text}, '[[:space:]]+', ' ', 'g'))")
        }
    }
}
