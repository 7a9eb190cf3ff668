//! The ways in which a text can be written so that whoever reads it has it again. No key, no guessing.
//! Knows nothing of who finds them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

type Spell = fn(&str) -> String;

/// Every way, by name. What is written holds the text whole, and perhaps something around it.
pub const SPELLINGS: &[(&str, Spell)] = &[
    ("raw", str::to_owned),
    ("base64", |s| STANDARD.encode(s)),
    ("base64 without padding", |s| STANDARD_NO_PAD.encode(s)),
    ("base64 one byte in", |s| STANDARD.encode(format!("x{s}zz"))),
    ("base64 two bytes in", |s| {
        STANDARD.encode(format!("xy{s}zz"))
    }),
    ("base64 of the web", |s| URL_SAFE.encode(s)),
    ("base64 of the web, one byte in", |s| {
        URL_SAFE_NO_PAD.encode(format!("x{s}zz"))
    }),
    ("base64 of the web, two bytes in", |s| {
        URL_SAFE_NO_PAD.encode(format!("xy{s}zz"))
    }),
    ("base64 in lines", |s| {
        wrapped(&STANDARD.encode(s), 16, "\n")
    }),
    ("base64 in long lines", |s| {
        wrapped(&STANDARD.encode(s), 76, "\r\n")
    }),
    ("base64 twice", |s| STANDARD.encode(STANDARD.encode(s))),
    ("base64 in a sentence, twice", |s| {
        STANDARD.encode(format!("it is {}", STANDARD.encode(s)))
    }),
    ("base64 of hex", |s| STANDARD.encode(hex(s, "", ""))),
    ("base64 of percent", |s| {
        STANDARD.encode(percent(s, |_| false))
    }),
    ("base64 of JSON", |s| {
        STANDARD.encode(serde_json::json!({ "password": s }).to_string())
    }),
    ("base64 reversed", |s| reversed(&STANDARD.encode(s))),
    ("base64 of reversed", |s| STANDARD.encode(reversed(s))),
    ("base64 of UTF-16", |s| {
        STANDARD.encode(utf16(s, u16::to_le_bytes))
    }),
    ("base64 of UTF-16, the other way round", |s| {
        STANDARD.encode(utf16(s, u16::to_be_bytes))
    }),
    ("base32", |s| base32(s.as_bytes())),
    ("base32 in small letters", |s| {
        base32(s.as_bytes()).to_lowercase()
    }),
    ("hex", |s| hex(s, "", "")),
    ("hex in capitals", |s| hex(s, "", "").to_uppercase()),
    ("hex in bytes", |s| hex(s, "", " ")),
    ("hex in bytes with colons", |s| hex(s, "", ":")),
    ("hex in capitals with dashes", |s| {
        hex(s, "", "-").to_uppercase()
    }),
    ("hex as in C", |s| hex(s, "\\x", "")),
    ("hex as a list", |s| hex(s, "0x", ", ")),
    ("hex of a number", |s| format!("0x{}", hex(s, "", ""))),
    ("hex twice", |s| hex(&hex(s, "", ""), "", "")),
    ("hex of base64", |s| hex(&STANDARD.encode(s), "", "")),
    ("hex of UTF-16", |s| bytes_hex(&utf16(s, u16::to_le_bytes))),
    ("bytes as numbers", |s| format!("{:?}", s.as_bytes())),
    ("bytes as numbers in a row", |s| {
        s.bytes()
            .map(|byte| byte.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    }),
    ("octal as in C", |s| {
        s.bytes().map(|byte| format!("\\{byte:03o}")).collect()
    }),
    ("bits", |s| {
        s.bytes()
            .map(|byte| format!("{byte:08b}"))
            .collect::<Vec<_>>()
            .join(" ")
    }),
    ("percent", |s| {
        percent(s, |byte| {
            byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
        })
    }),
    ("percent for all", |s| percent(s, |_| false)),
    ("percent in small letters", |s| {
        percent(s, |_| false).to_lowercase()
    }),
    ("percent as in forms", |s| {
        percent(s, |byte| {
            byte.is_ascii_alphanumeric() || b"-_.* ".contains(&byte)
        })
        .replace(' ', "+")
    }),
    ("percent for all but letters", |s| {
        percent(s, |byte| byte.is_ascii_alphabetic())
    }),
    ("percent twice", |s| {
        percent(&percent(s, |_| false), |byte| byte.is_ascii_alphanumeric())
    }),
    ("JSON", |s| json(s)),
    ("JSON twice", |s| json(&json(s))),
    ("JSON within JSON within JSON", |s| json(&json(&json(s)))),
    ("JSON, all escaped", |s| {
        s.encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect()
    }),
    ("HTML", |s| html(s)),
    ("HTML twice", |s| html(&html(s))),
    ("HTML numbers", |s| {
        s.chars().map(|c| format!("&#{};", u32::from(c))).collect()
    }),
    ("HTML hex", |s| {
        s.chars()
            .map(|c| format!("&#x{:x};", u32::from(c)))
            .collect()
    }),
    ("quoted-printable", |s| {
        percent(s, |byte| byte.is_ascii_alphanumeric()).replace('%', "=")
    }),
    ("reversed", reversed),
    ("letters apart", |s| apart(s, " ")),
    ("letters apart by dashes", |s| apart(s, "-")),
    ("a letter a line", |s| apart(s, "\n")),
    ("joined without width", |s| apart(s, "\u{200b}")),
    ("with soft hyphens", |s| apart(s, "\u{ad}")),
    ("in lines", |s| wrapped(s, 5, "\n")),
    ("shell-quoted", |s| {
        format!("'{}'", s.replace('\'', "'\\''"))
    }),
    ("SQL-quoted", |s| format!("'{}'", s.replace('\'', "''"))),
    ("as Rust writes it", |s| format!("{s:?}")),
    ("in a sentence", |s| format!("the password is {s}, keep it")),
    ("between letters", |s| format!("abc{s}xyz")),
];

/// The text in this spelling.
///
/// # Panics
/// Where there is no such spelling.
#[must_use]
pub fn spelled(name: &str, text: &str) -> String {
    let found = SPELLINGS.iter().find(|(known, _)| *known == name);
    found.map(|(_, spell)| spell(text)).expect("a spelling")
}

fn hex(text: &str, before: &str, between: &str) -> String {
    let digits: Vec<String> = text
        .bytes()
        .map(|byte| format!("{before}{byte:02x}"))
        .collect();
    digits.join(between)
}

fn bytes_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn percent(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let one = |byte: u8| match stays(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

fn apart(text: &str, between: &str) -> String {
    let letters: Vec<String> = text.chars().map(String::from).collect();
    letters.join(between)
}

fn wrapped(text: &str, wide: usize, end: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let lines: Vec<String> = letters
        .chunks(wide)
        .map(|line| line.iter().collect())
        .collect();
    lines.join(end)
}

fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let word = chunk
            .iter()
            .fold(0_u64, |word, byte| word << 8 | u64::from(*byte))
            << (8 * (5 - chunk.len()));
        for at in 0..8 {
            let full = at * 5 < chunk.len() * 8;
            let letter = usize::try_from(word >> (35 - 5 * at) & 31).expect("five bits");
            out.push(if full {
                char::from(LETTERS[letter])
            } else {
                '='
            });
        }
    }
    out
}
