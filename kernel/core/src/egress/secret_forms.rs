//! The spellings of one secret: what whoever holds it may write in its place without a key.
//! Knows nothing of how they are looked for.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::fold::fold;
use super::unwrap::escape;
use crate::limits::SECRET_BYTES_MIN;

/// How often escapes of a secret are undone.
const FORMS_MAX: usize = 3;

/// The forms that a secret has once the searches have read it: as it is, as it is read by people, and with all escapes undone
/// that happen to stand in it.
pub(super) fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.to_vec()];
    let Ok(text) = std::str::from_utf8(secret) else {
        return forms;
    };
    let mut add = |text: &str| {
        let form = text.as_bytes().to_vec();
        if form.len() >= SECRET_BYTES_MIN && !forms.contains(&form) {
            forms.push(form);
        }
    };
    let mut read = text.to_owned();
    for _ in 0..FORMS_MAX {
        add(fold(&read).text());
        let Some(undone) = escape::undo(&read) else {
            break;
        };
        undone.text().clone_into(&mut read);
        add(&read);
    }
    forms
}

/// Spellings that are marks and numbers: what parts them may be anything.
pub(super) fn taken_apart(secret: &[u8]) -> Vec<String> {
    let bytes = |one: fn(&u8) -> String| secret.iter().map(one).collect::<String>();
    let mut all = vec![
        bytes(u8::to_string),
        bytes(|byte| format!("{byte:03o}")),
        bytes(|byte| format!("{byte:08b}")),
        bytes(|byte| format!("x{byte:02x}")),
        bytes(|byte| format!("0x{byte:02x}")),
    ];
    let once = STANDARD_NO_PAD.encode(secret);
    let every = percent(secret, |_| false, "%");
    let small = hex(secret);
    all.push(base32(secret));
    all.push(once.chars().rev().collect());
    all.push(hex(small.as_bytes()));
    all.push(hex(once.as_bytes()));
    let mut encoded = vec![
        percent(&every, |byte| byte.is_ascii_alphanumeric(), "%"),
        percent(secret, |byte| byte.is_ascii_alphanumeric(), "%"),
        percent(secret, |byte| byte.is_ascii_alphabetic(), "%"),
    ];
    let quoted: Vec<_> = encoded
        .iter()
        .skip(1)
        .map(|spelled| equals(spelled))
        .collect();
    encoded.extend(quoted);
    for inner in [small.as_bytes(), &every] {
        for offset in 0..3 {
            encoded.extend(base64_at(inner, offset));
        }
    }
    let encoded = encoded.into_iter().map(String::from_utf8);
    all.extend(encoded.filter_map(Result::ok));
    if let Ok(text) = std::str::from_utf8(secret) {
        let chars =
            |one: fn(u32) -> String| text.chars().map(|c| one(c.into())).collect::<String>();
        all.push(text_of(html(&text_of(html(text)))));
        all.push(chars(|code| code.to_string()));
        all.push(chars(|code| format!("x{code:x}")));
        all.push(chars(|code| format!("u{code:x}")));
        all.push(chars(|code| format!("u{code:04x}")));
        let units = text.encode_utf16();
        all.push(units.map(|unit| format!("u{unit:04x}")).collect());
    }
    all
}

/// Every other spelling of the secret.
pub(super) fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all = encodings(secret);
    for offset in 0..3 {
        // Once more around what is base64 already.
        let once = STANDARD_NO_PAD.encode(secret);
        all.extend(base64_at(once.as_bytes(), offset));
    }
    let Ok(text) = std::str::from_utf8(secret) else {
        return all;
    };
    let quoted = json(text, false);
    let backwards: String = text.chars().rev().collect();
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = text.encode_utf16().flat_map(order).collect();
        all.push(hex(&wide).into_bytes());
        for offset in 0..3 {
            all.extend(base64_at(&wide, offset));
        }
    }
    for offset in 0..3 {
        all.extend(base64_at(&quoted, offset));
        all.extend(base64_at(backwards.as_bytes(), offset));
    }
    all.push(backwards.into_bytes());
    all
}

fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// `%2F` as `=2F`.
fn equals(spelled: &[u8]) -> Vec<u8> {
    let swap = |byte: &u8| if *byte == b'%' { b'=' } else { *byte };
    spelled.iter().map(swap).collect()
}

/// RFC 4648 without padding.
fn base32(bytes: &[u8]) -> String {
    let (mut word, mut bits) = (0_u32, 0_u32);
    let mut out = String::new();
    let letter = |value: u32| match u8::try_from(value & 31).unwrap_or_default() {
        value @ 0..26 => char::from(b'a' + value),
        value => char::from(b'2' + (value - 26)),
    };
    for byte in bytes {
        word = (word << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(letter(word >> bits));
        }
    }
    if bits > 0 {
        out.push(letter(word << (5 - bits)));
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn encodings(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex = hex(secret);
    let mut all = vec![
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        percent(
            secret,
            |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte),
            "%",
        ),
        percent(
            secret,
            |byte| byte.is_ascii_alphanumeric() || b"-._~!*'()".contains(&byte),
            "%",
        ),
        percent(secret, |_| false, "%"),
        percent(
            secret,
            |byte| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte),
            "+",
        ),
        secret.iter().rev().copied().collect(),
    ];
    let lower: Vec<_> = all
        .iter()
        .skip(2)
        .take(4)
        .map(|spelled| lower_escapes(spelled))
        .collect();
    all.extend(lower);
    if let Ok(text) = std::str::from_utf8(secret) {
        all.push(json(text, false));
        all.push(json(text, true));
        all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.push(html(text));
    }
    for offset in 0..3usize {
        all.extend(base64_at(secret, offset));
    }
    all
}

/// The letters of base64 that the secret alone decides when it stands `offset` bytes into a group.
fn base64_at(secret: &[u8], offset: usize) -> [Vec<u8>; 2] {
    let mut padded = vec![0u8; offset];
    padded.extend_from_slice(secret);
    let skip = match offset {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    let bits = padded.len() * 8;
    let letters = bits / 6 - skip;
    let cut = |encoded: String| encoded.bytes().skip(skip).take(letters).collect();
    [
        cut(STANDARD_NO_PAD.encode(&padded)),
        cut(URL_SAFE_NO_PAD.encode(&padded)),
    ]
}

/// Percent-encoding with the letters that stay; `space` is `+` in forms.
fn percent(secret: &[u8], stays: impl Fn(u8) -> bool, space: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(secret.len());
    for byte in secret {
        if stays(*byte) {
            out.push(*byte);
        } else if *byte == b' ' && space == "+" {
            out.push(b'+');
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

/// `%2F` as `%2f`.
fn lower_escapes(spelled: &[u8]) -> Vec<u8> {
    let mut left = 0;
    spelled
        .iter()
        .map(|byte| {
            if *byte == b'%' {
                left = 3;
            }
            let escape = left > 0;
            left -= usize::from(left > 0);
            if escape {
                byte.to_ascii_lowercase()
            } else {
                *byte
            }
        })
        .collect()
}

/// As a JSON string without its quotes; `/` may be escaped too.
fn json(text: &str, slash: bool) -> Vec<u8> {
    let quoted = crate::json::Json::from(text).to_string();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    if slash {
        inner.replace('/', "\\/").into_bytes()
    } else {
        inner.as_bytes().to_vec()
    }
}

fn html(text: &str) -> Vec<u8> {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .into_bytes()
}
