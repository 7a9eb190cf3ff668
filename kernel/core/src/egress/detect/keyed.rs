//! What a whole value is when a key, a heading or a label has named it.
//! Knows nothing of where the name came from.

use super::date;
use super::papers;
use super::secret_format::{is_placeholder, is_plausible};
use super::text::Text;
use crate::egress::context::hint;
use crate::egress::hit::Hit;
use crate::egress::kind::{Kind, KindSet};
use crate::egress::mask::BARRIER;

/// Longest name and address, in bytes.
const NAME_BYTES_MAX: usize = 96;
const ADDRESS_BYTES_MAX: usize = 240;
/// Longest secret that stands under a key, in bytes.
const SECRET_BYTES_MAX: usize = 8192;

/// Values that stand for having none.
const EMPTY_WORDS: [&str; 54] = [
    "true",
    "false",
    "null",
    "none",
    "nil",
    "n/a",
    "na",
    "unknown",
    "undefined",
    "required",
    "optional",
    "string",
    "text",
    "unset",
    "not set",
    "redacted",
    "[redacted]",
    "hidden",
    "masked",
    "disabled",
    "enabled",
    "yes",
    "no",
    "missing",
    "empty",
    "invalid",
    "valid",
    "expired",
    "incorrect",
    "integer",
    "number",
    "boolean",
    "anonymous",
    "default",
    "changed",
    "reset",
    "include",
    "same-origin",
    "omit",
    "not provided",
    "none:",
    "null;",
    "null,",
    "str",
    "bytes",
    "varchar",
    "secretstr",
    "pass",
    "self",
    "raise",
    "await",
    "return",
    "new",
    "function",
];

/// Whether a whole value can be of a type.
type Fits = fn(&str) -> bool;

/// What must be named to be found, in the order in which it is tried.
const NAMED: [(Kind, Fits); 26] = [
    (Kind::AWS_SECRET_KEY, is_aws_secret),
    (Kind::AWS_SECRET_KEY, is_api_key),
    (Kind::OTP_SEED, is_seed),
    (Kind::OTP_SEED, is_words),
    (Kind::OTP_SEED, is_api_key),
    (Kind::PASSWORD, is_password),
    (Kind::API_KEY, is_api_key),
    (Kind::DATE_OF_BIRTH, is_birth_date),
    (Kind::CREDIT_CARD_CVV, |value| is_number(value, 3, 4)),
    (Kind::PIN, |value| is_number(value, 4, 8)),
    (Kind::CRYPTO, is_wallet),
    (Kind::MAC_ADDRESS, is_bare_mac),
    (Kind::SWIFT_CODE, is_bic),
    (Kind::US_BANK_NUMBER, |value| is_number(value, 8, 17)),
    (Kind::BANK_ACCOUNT, |value| is_code(value, 6, 34, 6)),
    (Kind::US_PASSPORT, is_us_passport),
    (Kind::PASSPORT, |value| {
        is_code(value, 6, 12, 2) && !value.bytes().any(|b| b.is_ascii_lowercase())
    }),
    (Kind::PASSPORT, papers::is_german_passport),
    (Kind::DRIVER_LICENSE, |value| is_code(value, 5, 20, 4)),
    (Kind::DRIVER_LICENSE, papers::is_italian_licence),
    (Kind::DRIVER_LICENSE, papers::is_british_licence),
    (Kind::MEDICAL_RECORD_NUMBER, |value| {
        is_code(value, 5, 16, 4)
    }),
    (Kind::NATIONAL_ID, |value| {
        // `A123456(3)`: a check digit may stand in brackets.
        let (bare, check) = value.split_once('(').unwrap_or((value, "0)"));
        is_code(bare, 6, 20, 5) && check.len() == 2 && check.ends_with(')')
    }),
    (Kind::TAX_ID, |value| is_code(value, 7, 18, 6)),
    (Kind::PERSON, is_name),
    (Kind::LOCATION, is_address),
];

/// The types of the list.
pub(in crate::egress) const NAMED_KINDS: KindSet = named_kinds();

const fn named_kinds() -> KindSet {
    let mut set = KindSet::EMPTY;
    let mut rest: &[(Kind, Fits)] = &NAMED;
    while let [(kind, _), tail @ ..] = rest {
        set = set.union(KindSet::of(&[*kind]));
        rest = tail;
    }
    set
}

/// Finds the whole text where its context names it.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    let context = text.context;
    let found = whole(text.text, context.kinds);
    if found.is_none() && context.has(hint::OF_ADDRESS) && context.kinds.has(Kind::LOCATION) {
        hits.extend(papers::post_code(text.text));
    }
    if found.is_none() && context.kinds.has(Kind::US_SSN) {
        hits.extend(papers::short_social_security(text.text));
    }
    hits.extend(found);
}

/// The whole text, blanks aside, where it is of one of these types.
pub(in crate::egress) fn whole(text: &str, kinds: KindSet) -> Option<Hit> {
    let blank = |c: char| c.is_whitespace() || c == char::from(BARRIER);
    let value = text.trim_matches(blank);
    let kind = named(kinds, value)?;
    let start = text.len() - text.trim_start_matches(blank).len();
    Some(Hit::new(kind, start, start + value.len()))
}

/// What `value` is, if it is one of `kinds` as a whole.
pub(super) fn named(kinds: KindSet, value: &str) -> Option<Kind> {
    if !kinds.meets(NAMED_KINDS) {
        return None;
    }
    // What is left between masks is a value only if a reader would say so.
    if !value.chars().any(char::is_alphanumeric) {
        return None;
    }
    let passport = kinds.has(Kind::PASSPORT);
    NAMED
        .iter()
        .filter(|(kind, _)| kinds.has(*kind) || (passport && *kind == Kind::US_PASSPORT))
        .find(|(_, fits)| fits(value))
        .map(|(kind, _)| *kind)
}

/// ISO 9362: bank, country, place, and perhaps a branch.
fn is_bic(value: &str) -> bool {
    matches!(value.len(), 8 | 11)
        && value.bytes().take(6).all(|byte| byte.is_ascii_uppercase())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_empty_word(value: &str) -> bool {
    let value = value.strip_prefix('(').unwrap_or(value);
    EMPTY_WORDS
        .iter()
        .any(|word| word.len() == value.len() && word.eq_ignore_ascii_case(value))
}

fn is_password(value: &str) -> bool {
    let mut bytes = value.bytes();
    let covered = bytes.all(|byte| matches!(byte, b'*' | b'.' | b'-' | b'_'));
    let count = value.len() < 4 && value.bytes().all(|byte| byte.is_ascii_digit());
    let none = covered
        || count
        || is_empty_word(value)
        || is_placeholder(value)
        || is_call(value)
        || is_indexed(value);
    (3..=SECRET_BYTES_MAX).contains(&value.len()) && !none
}

/// `tokens[0]`, `args[i]`: a place in a list.
fn is_indexed(value: &str) -> bool {
    let indexed = value.trim_end_matches(';').strip_suffix(']');
    indexed
        .and_then(|rest| rest.split_once('['))
        .is_some_and(|(name, index)| {
            let word = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.');
            let short = index.len() <= 2 && index.bytes().all(|byte| byte.is_ascii_alphanumeric());
            !name.is_empty() && short && name.bytes().all(word)
        })
}

/// `getPassword()`, `request.getParameter(`: where a program takes it from.
fn is_call(value: &str) -> bool {
    value.split_once('(').is_some_and(|(name, rest)| {
        let word = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b':');
        let ends = rest.is_empty() || rest.trim_end_matches(';').ends_with(')');
        !name.is_empty() && ends && name.bytes().all(word)
    })
}

/// A value that somebody could not have typed as a word.
fn is_api_key(value: &str) -> bool {
    let value = ["Bearer ", "bearer ", "Basic ", "basic ", "Token ", "token "]
        .iter()
        .find_map(|scheme| value.strip_prefix(scheme))
        .unwrap_or(value);
    let has = |fits: fn(&u8) -> bool| value.as_bytes().iter().any(fits);
    let digits = has(u8::is_ascii_digit);
    let mixed = (digits && has(u8::is_ascii_alphabetic))
        || (has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && value.len() >= 16)
        || is_jumbled(value);
    (8..=SECRET_BYTES_MAX).contains(&value.len())
        && mixed
        && is_plausible(value)
        && !value.contains("://")
        && !value.starts_with(['/', '.'])
        && !value.contains(char::is_whitespace)
        && date::date(value).is_none()
        && !is_indexed(value)
}

/// Twelve letters or more that change their case as no name of a program does.
fn is_jumbled(value: &str) -> bool {
    // A bracket around the whole ends up here too.
    let value = value.trim_end_matches([']', ')', '}']);
    let capital = |pair: &&[u8]| pair.iter().all(u8::is_ascii_uppercase);
    let small = |pair: &&[u8]| pair.iter().all(u8::is_ascii_lowercase);
    let pairs = || value.as_bytes().windows(2);
    value.len() >= 12
        && pairs().filter(capital).count() >= 2
        && pairs().filter(small).count() >= 1
        && value.bytes().all(|byte| byte.is_ascii_alphabetic())
        && pairs()
            .filter(|pair| !capital(pair) && !small(pair))
            .count()
            >= 6
}

fn is_aws_secret(value: &str) -> bool {
    value.len() == 40
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        && is_plausible(value)
}

fn is_words(value: &str) -> bool {
    seed_words(value) == Some(value.len())
}

/// How far the words go that a wallet's seed is written down in (BIP 39): as many of the first as a seed may have.
pub(super) fn seed_words(text: &str) -> Option<usize> {
    let (mut at, mut stop) = (0, None);
    for (before, word) in text.split_inclusive(' ').take(24).enumerate() {
        let bare = word.strip_suffix(' ').unwrap_or(word);
        if !(3..=8).contains(&bare.len()) || !bare.bytes().all(|byte| byte.is_ascii_lowercase()) {
            break;
        }
        if matches!(before + 1, 12 | 15 | 18 | 21 | 24) {
            stop = Some(at + bare.len());
        }
        at += word.len();
    }
    stop
}

fn is_seed(value: &str) -> bool {
    let letters = value.bytes().filter(|byte| *byte != b' ');
    value.len() >= 16
        && letters
            .clone()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'2'..=b'7' | b'='))
}

fn is_birth_date(value: &str) -> bool {
    let stamp = value.strip_prefix('-').unwrap_or(value);
    date::date(value).is_some_and(|length| length == value.len())
        || is_number(stamp, 7, 13)
        || date::is_short(value)
}

fn is_number(value: &str, least: usize, most: usize) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (least..=most).contains(&digits)
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'))
}

/// Letters and digits with single separators, mostly digits.
fn is_code(value: &str, least: usize, most: usize, digits_min: usize) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    (least..=most).contains(&(digits + letters))
        && digits >= digits_min
        && letters <= 6
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'.' | b'/'))
        && value.len() <= digits + letters + 5
        && date::date(value)
            .is_none_or(|length| length != value.len() || !value.contains(['-', '/', '.']))
}

fn is_us_passport(value: &str) -> bool {
    let digits = value.strip_prefix(|c: char| c.is_ascii_uppercase());
    digits.is_some_and(|rest| rest.len() == 8 && is_number(rest, 8, 8))
        || (value.len() == 9 && is_number(value, 9, 9))
}

/// Twelve hexadecimal digits, and no mark between.
fn is_bare_mac(value: &str) -> bool {
    value.len() == 12
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && value
            .bytes()
            .any(|byte| byte != b'0' && !byte.eq_ignore_ascii_case(&b'f'))
}

fn is_wallet(value: &str) -> bool {
    (25..=106).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && is_plausible(value)
}

/// One to six words of letters.
pub(super) fn is_name(value: &str) -> bool {
    if value.is_ascii() {
        return is_plain_name(value.as_bytes()) && !is_empty_word(value);
    }
    let words = value.split_whitespace().count();
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    (1..=6).contains(&words)
        && letters >= 2
        && value.len() <= NAME_BYTES_MAX
        && value.chars().all(|c| {
            c.is_alphabetic()
                || c.is_whitespace()
                || matches!(c, '.' | '\'' | '-' | ',' | '’' | '\u{1}')
        })
        && !is_empty_word(value)
}

/// As [`is_name`] for ASCII.
fn is_plain_name(value: &[u8]) -> bool {
    let (mut words, mut letters, mut in_word) = (0usize, 0usize, false);
    for byte in value {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            b'.' | b'\'' | b'-' | b',' | 1 => {}
            byte if char::from(*byte).is_whitespace() => {
                in_word = false;
                continue;
            }
            _ => return false,
        }
        words += usize::from(!in_word);
        in_word = true;
    }
    (1..=6).contains(&words) && letters >= 2 && value.len() <= NAME_BYTES_MAX
}

fn is_capital(value: &str) -> bool {
    value.chars().next().is_some_and(char::is_uppercase) && value.chars().all(char::is_alphabetic)
}

/// Words with a number, or several words, in one or more lines.
fn is_address(value: &str) -> bool {
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    let digit = value.chars().any(|c| c.is_numeric());
    let words = value.split_whitespace().count();
    value.len() <= ADDRESS_BYTES_MAX
        && letters >= 3
        && (words >= 2 || (digit && !value.is_ascii()) || is_capital(value))
        && !value.contains('@')
        && !value.contains("://")
        && !is_empty_word(value)
        && !is_of_machines(value)
}

/// Addresses that no letter is sent to: of wallets, of devices, of the internet.
fn is_of_machines(value: &str) -> bool {
    value.split_whitespace().any(|word| {
        let word = word.trim_end_matches([',', ';', '\'', '"']);
        let colons = word.bytes().filter(|byte| *byte == b':').count();
        let long = word.len() >= 26 && word.bytes().any(|byte| byte.is_ascii_digit());
        let bare = word.trim_matches(['(', ')', '[', ']', '"', '\'']);
        let numbered = bare.len() >= 7
            && bare.bytes().filter(|byte| *byte == b'.').count() == 3
            && bare
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let pointer = bare.starts_with("0x");
        colons >= 4
            || numbered
            || pointer
            || (long && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    })
}
