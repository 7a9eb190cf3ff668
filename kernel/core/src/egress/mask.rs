//! What stands in the place of a value: typed, constant in length, the same for the same value.
//! Knows nothing of where the value was found.

use std::cell::RefCell;

use super::calendar::Written;
use super::coarse;
use super::kind::{Form, Kind};
use super::latest::LatestTokens;
use super::scope_key::ScopeKey;
use super::spelling::{canonical, short};
use crate::policy::Operator;

/// Letters of a token: 80 bits.
pub(super) const TOKEN_LETTERS: usize = 16;
/// Letters of a hash: 128 bits.
const HASH_LETTERS: usize = 32;
/// Most digits in the name of a type.
pub(super) const NAME_DIGITS_MAX: usize = 4;
/// What a partial mask puts in front of what it keeps.
const STARS: &str = "****";
/// What every known secret becomes.
pub(super) const SECRET_MASK: &str = "<SECRET>";
/// Stands for a mask in a text that is searched: no word, no separator, nothing grows over it.
pub(super) const BARRIER: u8 = 1;

/// Most characters that a partial mask keeps.
const KEEP_MAX: usize = 6;
/// The mark of a class or a moved date inside a text.
const CLASS: &str = "~";

/// Makes masks under one scope's key, and remembers the tokens that it made.
pub(super) struct Masker<'k> {
    key: &'k ScopeKey,
    latest: RefCell<LatestTokens>,
    minted: Option<RefCell<Vec<(String, String)>>>,
}

impl<'k> Masker<'k> {
    pub(super) fn new(key: &'k ScopeKey) -> Self {
        Self {
            key,
            latest: RefCell::default(),
            minted: None,
        }
    }

    /// From now on tokens are remembered with their values.
    pub(super) fn minting(mut self) -> Self {
        self.minted = Some(RefCell::default());
        self
    }

    /// Tokens with the values that they stand for, in the order in which they were made.
    pub(super) fn into_minted(self) -> Vec<(String, String)> {
        self.minted.map(RefCell::into_inner).unwrap_or_default()
    }

    /// The mask of `value`, found as `name` with that canonical form, as it stands in a text: whatever is
    /// left of the value stands inside a mark. `Drop` and `Withhold` are the caller's to act on; as text
    /// they are a redaction.
    pub(super) fn mask(&self, operator: Operator, name: &str, form: Form, value: &str) -> String {
        let mut mask = String::new();
        self.write(operator, (name, form), value, &mut mask);
        mask
    }

    /// As [`Masker::mask`], behind what is there already.
    pub(super) fn write(
        &self,
        operator: Operator,
        (name, form): (&str, Form),
        value: &str,
        out: &mut String,
    ) {
        let class = match operator {
            Operator::Token => return self.token((name, form), value, out),
            Operator::Hash => {
                let digest = self.digest(name, form, value);
                return wrap((name, "#"), &hex(&digest, HASH_LETTERS), out);
            }
            Operator::KeepLast(kept) => {
                return keep_last(usize::from(kept), (name, form), value, out);
            }
            Operator::Generalise(coarse) => coarse::generalise(coarse, name, value),
            Operator::DateShift(days) => self.moved(days, value, ""),
            Operator::Search | Operator::Redact | Operator::Drop | Operator::Withhold => None,
        };
        match class.filter(|class| coarse::is_class(class)) {
            Some(class) => wrap((name, CLASS), &class, out),
            None => wrap((name, ""), "", out),
        }
    }

    /// As [`Masker::mask`], as it stands alone in a cell: a class or a moved date has no mark, so that what
    /// reads the cell can still read it. `subject` says whose the row is.
    pub(super) fn cell(
        &self,
        operator: Operator,
        (name, form): (&str, Form),
        value: &str,
        subject: &str,
    ) -> String {
        let bare = match operator {
            Operator::Generalise(coarse) => coarse::generalise(coarse, name, value),
            Operator::DateShift(days) => self.moved(days, value, subject),
            _ => return self.mask(operator, name, form, value),
        };
        bare.unwrap_or_else(|| format!("<{name}>"))
    }

    /// The token of `value`: the same for all its spellings.
    fn token(&self, (name, form): (&str, Form), value: &str, out: &mut String) {
        let from = out.len();
        let letters = match short(name, form, value) {
            Some(mut message) => {
                let make = |message: &mut _| base32(&self.key.digest_of(message));
                self.latest.borrow_mut().of(name, &mut message, make)
            }
            None => base32(&self.long(name, form, value)),
        };
        let letters = std::str::from_utf8(&letters).unwrap_or_default();
        wrap((name, ":"), letters, out);
        if let Some(minted) = &self.minted {
            let token = out.get(from..).unwrap_or_default().to_owned();
            minted.borrow_mut().push((token, value.to_owned()));
        }
    }

    /// A date moved by the subject's own number of days, which is never none.
    fn moved(&self, days: u16, value: &str, subject: &str) -> Option<String> {
        let written = Written::read(value.trim())?;
        let digest = self
            .key
            .digest(format!("date-shift\u{1f}{subject}").as_bytes());
        let number = digest
            .iter()
            .take(7)
            .fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
        let (days, step) = (i64::from(days), number % (2 * i64::from(days)));
        let by = if step < days {
            step - days
        } else {
            step - days + 1
        };
        written.moved(value.trim(), by)
    }

    fn digest(&self, name: &str, form: Form, value: &str) -> [u8; 32] {
        match short(name, form, value) {
            Some(mut message) => self.key.digest_of(&mut message),
            None => self.long(name, form, value),
        }
    }

    /// The digest of a value that is not [`short`].
    fn long(&self, name: &str, form: Form, value: &str) -> [u8; 32] {
        let value = canonical(form, value);
        self.key.digest(format!("{name}\u{1f}{value}").as_bytes())
    }
}

/// Four stars and the last letters or digits; of too short a value they would be half.
fn keep_last(kept: usize, (name, form): (&str, Form), value: &str, out: &mut String) {
    let compact = canonical(
        match form {
            Form::Digits => Form::Digits,
            _ => Form::Compact,
        },
        value,
    );
    let length = compact.chars().count();
    if length < (kept * 2).max(kept + 4) {
        return wrap((name, ""), "", out);
    }
    out.push_str(STARS);
    out.extend(compact.chars().skip(length - kept));
}

/// A type between angle brackets, with a body behind a mark.
fn wrap((name, mark): (&str, &str), body: &str, out: &mut String) {
    out.reserve(name.len() + mark.len() + body.len() + 2);
    out.push('<');
    out.push_str(name);
    out.push_str(mark);
    out.push_str(body);
    out.push('>');
}

/// The first 80 bits in letters of RFC 4648 base32, lower case: eight letters in a word, which is written at once.
fn base32(bytes: &[u8; 32]) -> [u8; TOKEN_LETTERS] {
    let mut letters = [0; TOKEN_LETTERS];
    let (slots, _) = letters.as_chunks_mut::<8>();
    for (five, slot) in bytes.as_chunks::<5>().0.iter().zip(slots) {
        let held = five
            .iter()
            .fold(0u64, |held, byte| held << 8 | u64::from(*byte));
        let word = (0..8).rev().fold(0u64, |word, place| {
            let value = held >> (place * 5) & 31;
            let first = if value < 26 { b'a' } else { b'2' - 26 };
            word << 8 | (value + u64::from(first))
        });
        *slot = word.to_be_bytes();
    }
    letters
}

fn hex(bytes: &[u8], letters: usize) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .take(letters)
        .collect()
}

/// The next mask of ours in `text` at or after `from`, as a byte span.
pub(super) fn next_mask(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += memchr::memchr2(b'<', b'*', bytes.get(at..)?)?;
        let rest = bytes.get(at..)?;
        let length = match rest.first() {
            Some(b'<') => typed_length(rest),
            _ => partial_length(rest, at.checked_sub(1).and_then(|b| bytes.get(b))),
        };
        if length > 0 {
            return Some((at, at + length));
        }
        at += 1;
    }
}

/// Whether the whole text is one mask of ours.
pub(super) fn is_mask(text: &str) -> bool {
    next_mask(text, 0) == Some((0, text.len()))
}

/// The type that a token names; `None` where the text is no token.
pub(super) fn token_name(text: &str) -> Option<&str> {
    let (name, body) = text.strip_prefix('<')?.split_once(':')?;
    (is_mask(text) && !body.is_empty()).then_some(name)
}

/// `<NAME>`, `<NAME:token>`, `<NAME#hash>` or `<NAME~class>` at the start of `rest`: its length, else 0.
fn typed_length(rest: &[u8]) -> usize {
    let name = rest
        .iter()
        .skip(1)
        .take(crate::limits::NAME_BYTES_MAX)
        .take_while(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
        .count();
    let spelled = rest.get(1..=name).unwrap_or_default();
    // Names with many digits could carry what they should hide.
    if !spelled.first().is_some_and(u8::is_ascii_uppercase)
        || spelled.iter().filter(|b| b.is_ascii_digit()).count() > NAME_DIGITS_MAX
    {
        return 0;
    }
    let body = |letters: usize, fits: fn(u8) -> bool| {
        let from = name + 2;
        let body = rest.get(from..from + letters).unwrap_or_default();
        // A body of digits alone could be a card in disguise; a real one is so once in 10^11.
        let whole = !body.is_empty()
            && body.iter().all(|byte| fits(*byte))
            && body.iter().any(u8::is_ascii_lowercase)
            && rest.get(from + letters) == Some(&b'>');
        if whole { from + letters + 1 } else { 0 }
    };
    match rest.get(name + 1) {
        Some(b':') => body(TOKEN_LETTERS, |b| matches!(b, b'a'..=b'z' | b'2'..=b'7')),
        Some(b'#') => body(HASH_LETTERS, |b| matches!(b, b'a'..=b'f' | b'0'..=b'9')),
        Some(b'~') if is_type_name(spelled) => classed_length(rest, name + 2),
        Some(b'>') if is_type_name(spelled) => name + 2,
        _ => 0,
    }
}

/// The length of a mask whose class begins at `from`, else 0.
fn classed_length(rest: &[u8], from: usize) -> usize {
    let body = rest.iter().skip(from).take(coarse::MARKED_BYTES_MAX + 1);
    let length = body.take_while(|byte| **byte != b'>').count();
    let end = from + length;
    let class = rest.get(from..end).map(std::str::from_utf8);
    match class {
        Some(Ok(class)) if rest.get(end) == Some(&b'>') && coarse::is_class(class) => end + 1,
        _ => 0,
    }
}

/// A redaction carries nothing but its name, so the name must be ours.
fn is_type_name(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| Kind::named(name).is_some())
}

/// `****0147` as a word of its own: its length, else 0.
fn partial_length(rest: &[u8], before: Option<&u8>) -> usize {
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'*')
        || !rest.starts_with(STARS.as_bytes())
    {
        return 0;
    }
    let kept = rest
        .iter()
        .skip(STARS.len())
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let ends_word = !matches!(rest.get(STARS.len() + kept), Some(b'*' | 0x80..));
    if (1..=KEEP_MAX).contains(&kept) && ends_word {
        STARS.len() + kept
    } else {
        0
    }
}

/// The type that masks of a label name, for who masks in our place: `EMAIL_ADDRESS` for `pii.email`.
#[must_use]
pub fn type_of_label(label: &str) -> String {
    label_name(label).0
}

/// The name that a label's values carry: `pii.email` is `EMAIL_ADDRESS`, an unknown label its own tail.
pub(super) fn label_name(label: &str) -> (String, Form) {
    let tail = label.rsplit('.').next().unwrap_or(label);
    if let Some(kind) = label_kind(tail)
        && let Some(name) = kind.name()
    {
        return (name.to_owned(), kind.form());
    }
    let mut name: String = tail
        .chars()
        .map(|c| match c.to_ascii_uppercase() {
            upper @ ('A'..='Z' | '0'..='9') => upper,
            _ => '_',
        })
        .take(crate::limits::NAME_BYTES_MAX)
        .collect();
    if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
        name.insert_str(0, "LABEL_");
        name.truncate(crate::limits::NAME_BYTES_MAX);
    }
    let form = Kind::named(&name).map_or(Form::Plain, Kind::form);
    (name, form)
}

fn label_kind(tail: &str) -> Option<Kind> {
    Some(match tail {
        "email" | "mail" | "email-address" => Kind::EMAIL_ADDRESS,
        "phone" | "mobile" | "telephone" | "fax" => Kind::PHONE_NUMBER,
        "ssn" => Kind::US_SSN,
        "itin" => Kind::US_ITIN,
        "name" | "person" | "first-name" | "last-name" | "full-name" => Kind::PERSON,
        "address" | "street" | "location" | "postal-address" => Kind::LOCATION,
        "dob" | "birth-date" | "birthdate" | "date-of-birth" | "birthday" => Kind::DATE_OF_BIRTH,
        "card" | "pan" | "credit-card" | "card-number" => Kind::CREDIT_CARD,
        "cvv" | "cvc" => Kind::CREDIT_CARD_CVV,
        "iban" => Kind::IBAN_CODE,
        "account" | "bank-account" | "account-number" => Kind::BANK_ACCOUNT,
        "ip" | "ip-address" => Kind::IP_ADDRESS,
        "mac" | "mac-address" => Kind::MAC_ADDRESS,
        "passport" => Kind::PASSPORT,
        "driver-license" | "driving-licence" => Kind::DRIVER_LICENSE,
        "national-id" => Kind::NATIONAL_ID,
        "tax-id" => Kind::TAX_ID,
        "mrn" => Kind::MEDICAL_RECORD_NUMBER,
        "password" => Kind::PASSWORD,
        "api-key" | "token" => Kind::API_KEY,
        "wallet" | "crypto" => Kind::CRYPTO,
        _ => return Kind::named(&tail.to_ascii_uppercase().replace('-', "_")),
    })
}
