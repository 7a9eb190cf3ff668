//! Masking of one value: redact, keep the last four, or a token that is the same for the same value.
//! Knows nothing of columns and of the engine that calls it.

use std::fmt;
use std::sync::Arc;

use super::revealed::Revealed;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The key of tokens; never printed.
pub(super) struct MaskKey([u8; 32]);

impl MaskKey {
    /// Reads 64 hex digits.
    pub(super) fn from_hex(hex: &str) -> Option<Self> {
        let mut key = [0; 32];
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            // `from_str_radix` alone would take a sign.
            if !pair.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self(key))
    }
}

impl MaskKey {
    /// The key's inner and outer block for HMAC-SHA-256 (RFC 2104), in hex.
    pub(super) fn blocks(&self) -> (String, String) {
        let block = |pad: u8| {
            let bytes = self.0.iter().copied().chain([0; 32]);
            bytes.map(|byte| format!("{:02x}", byte ^ pad)).collect()
        };
        (block(0x36), block(0x5c))
    }
}

impl fmt::Debug for MaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaskKey([hidden])")
    }
}

/// What is done with a value.
#[derive(Clone, Debug)]
pub(super) enum Operator {
    Redact,
    KeepLast4,
    Token(Arc<MaskKey>),
    Null,
}

/// How the values of one column are masked.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    operator: Operator,
    kind: String,
    form: Form,
    /// Where tokens are noted with their values, if the supervisor may know them.
    notes: Option<Revealed>,
}

/// How two spellings of one value become one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Plain,
    Digits,
    Compact,
    Email,
    Words,
}

impl Form {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "plain" => Self::Plain,
            "digits" => Self::Digits,
            "compact" => Self::Compact,
            "email" => Self::Email,
            "words" => Self::Words,
            _ => return None,
        })
    }

    /// The form of a type whose form the grant does not say.
    fn of(kind: &str) -> Self {
        match kind {
            "EMAIL_ADDRESS" => Self::Email,
            "PHONE_NUMBER" | "CREDIT_CARD" | "US_SSN" => Self::Digits,
            _ => Self::Plain,
        }
    }
}

/// Below this many letters and digits, the last four would be most of the value.
const KEEP_FROM: usize = 8;

impl Mask {
    /// Reads an operator (`redact`, `token`, `keep-last-4`, `null`) and a type, e.g.
    /// `EMAIL_ADDRESS`. An operator that is not known here redacts, which hides more than any other
    /// form that stands for a value. `None`: a wrong form, or a token without a key.
    pub(super) fn new(
        operator: &str,
        kind: &str,
        form: Option<&str>,
        key: Option<Arc<MaskKey>>,
    ) -> Option<Self> {
        let well_formed = |c: char| matches!(c, 'A'..='Z' | '0'..='9' | '_');
        if kind.is_empty() || kind.len() > 64 || !kind.chars().all(well_formed) {
            return None;
        }
        let operator = match operator {
            "token" => Operator::Token(key?),
            "keep-last-4" => Operator::KeepLast4,
            "null" | "drop" => Operator::Null,
            _ => Operator::Redact,
        };
        let form = match form {
            Some(word) => Form::parse(word)?,
            None => Form::of(kind),
        };
        Some(Self {
            operator,
            kind: kind.to_owned(),
            form,
            notes: None,
        })
    }

    /// Notes tokens with their values from now on.
    pub(super) fn noting(mut self, notes: Revealed) -> Self {
        self.notes = Some(notes);
        self
    }

    /// Whether the supervisor may know what its tokens stand for.
    pub(super) fn is_noted(&self) -> bool {
        self.notes.is_some() && matches!(self.operator, Operator::Token(_))
    }

    /// What is done with a value, for an engine that does it itself.
    pub(super) fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The type that a mask names, in capitals, digits and `_` alone.
    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    /// How spellings of a value become one.
    pub(super) fn form(&self) -> Form {
        self.form
    }

    /// The mask of a column that is computed from a masked one.
    pub(super) fn derived(&self) -> Self {
        Self {
            operator: Operator::Redact,
            kind: self.kind.clone(),
            form: self.form,
            notes: None,
        }
    }

    /// What stands in place of `value`; `None` is NULL.
    pub(super) fn apply(&self, value: &[u8]) -> Option<String> {
        match &self.operator {
            Operator::Null => None,
            Operator::Redact => Some(format!("<{}>", self.kind)),
            Operator::KeepLast4 => Some(keep_last_4(value)),
            Operator::Token(key) => Some(self.token(value, key)),
        }
    }

    /// `<TYPE:` + 16 letters of base32 over HMAC-SHA-256(key, TYPE 0x1f canonical) + `>`: 80 bits,
    /// stable and joinable under one key, of no use without it.
    fn token(&self, value: &[u8], key: &MaskKey) -> String {
        let digest = match Hmac::<Sha256>::new_from_slice(&key.0) {
            Ok(mut mac) => {
                mac.update(self.kind.as_bytes());
                mac.update(&[0x1f]);
                mac.update(&self.canonical(value));
                mac.finalize().into_bytes()
            }
            // HMAC takes keys of every length; a mask that cannot be applied hides the value.
            Err(_) => return format!("<{}>", self.kind),
        };
        let token = format!("<{}:{}>", self.kind, base32_16(&digest));
        if let (Some(notes), Ok(value)) = (&self.notes, std::str::from_utf8(value)) {
            notes.note(&token, value);
        }
        token
    }

    /// One form for all spellings of a value, so that they share a token.
    fn canonical(&self, value: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(value) else {
            return value.to_vec();
        };
        let text = text.trim();
        match self.form {
            // RFC 5321 §2.4: the local part is case-sensitive, the domain is not.
            Form::Email => match text.rsplit_once('@') {
                Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()).into_bytes(),
                None => text.to_lowercase().into_bytes(),
            },
            Form::Digits => {
                let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
                if digits.is_empty() {
                    text.as_bytes().to_vec()
                } else {
                    digits
                }
            }
            Form::Compact => {
                let letters = text.chars().filter(|c| c.is_alphanumeric());
                letters
                    .flat_map(char::to_uppercase)
                    .collect::<String>()
                    .into_bytes()
            }
            Form::Words => {
                let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
                words.join(" ").into_bytes()
            }
            Form::Plain => text.as_bytes().to_vec(),
        }
    }
}

fn keep_last_4(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let kept: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let tail = if kept.len() >= KEEP_FROM { 4 } else { 0 };
    let mut masked = "****".to_owned();
    masked.extend(kept.iter().skip(kept.len().saturating_sub(tail)));
    masked
}

/// The first 16 letters of RFC 4648 base32 in lower case: 80 bits, so no padding arises.
fn base32_16(digest: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bits = digest
        .iter()
        .take(10)
        .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    (0..16_u32)
        .rev()
        .filter_map(|place| {
            let five = usize::try_from((bits >> (place * 5)) & 31).ok()?;
            ALPHABET.get(five).copied().map(char::from)
        })
        .collect()
}
