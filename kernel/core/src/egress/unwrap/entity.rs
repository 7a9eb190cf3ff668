//! HTML character references that can stand in personal data.
//! Knows nothing of the rest of HTML.

/// Longest reference, in bytes.
const REFERENCE_BYTES_MAX: usize = 12;

/// The character of the reference at the start of `text` and the reference's length.
pub(super) fn reference(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let end = body
        .bytes()
        .take(REFERENCE_BYTES_MAX)
        .position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#'))
        .unwrap_or(REFERENCE_BYTES_MAX.min(body.len()));
    let name = body.get(..end)?;
    // Readers forgive a missing semicolon after a number.
    let closed = usize::from(body.as_bytes().get(end) == Some(&b';'));
    let length = 1 + end + closed;
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return Some((char::from_u32(code)?, length));
    }
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "commat" => '@',
        "period" => '.',
        "hyphen" | "dash" | "minus" | "ndash" | "mdash" => '-',
        "lowbar" => '_',
        "plus" => '+',
        "colon" => ':',
        "sol" => '/',
        "num" => '#',
        "equals" => '=',
        "lpar" => '(',
        "rpar" => ')',
        "shy" | "zwj" | "zwnj" | "ZeroWidthSpace" => '\u{200b}',
        "Tab" => '\t',
        "NewLine" => '\n',
        _ => return None,
    };
    (closed == 1).then_some((c, length))
}
