//! Whether a text may hold a value that is written from its end.
//! Knows nothing of how it is read.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::context::{Context, hint};
use super::kind::Kind;
use super::ways::way;
use super::words::{Lexed, Word};

/// What turns the letters behind it, and what ends that.
const OVERRIDE: char = '\u{202E}';
const OVERRIDE_ENDS: [char; 4] = ['\u{202C}', '\u{2069}', '\n', OVERRIDE];
/// Fewest digits of a value that is announced as reversed.
const ANNOUNCED_DIGITS_MIN: usize = 8;
/// Fewest digits of a card.
const CARD_DIGITS_MIN: usize = 13;
/// Fewest digits of a telephone number, and shortest run that can be a secret.
const PHONE_DIGITS_MIN: usize = 10;
const SECRET_BYTES_MIN: usize = 20;
/// Fewest digits of a word that can be an account.
const IBAN_DIGITS_MIN: usize = 10;
/// Shortest and longest account.
const IBAN_BYTES: std::ops::RangeInclusive<usize> = 15..=34;

/// Whether something says so, or a value that only its check proves may stand here from its end: an IBAN with its
/// country last, a card where one is named.
pub(super) fn is_likely(text: &str, lexed: &Lexed, context: Context) -> bool {
    let iban = |word: &Word| word.digits >= IBAN_DIGITS_MIN && ends_in_country(text, word);
    context.has(hint::REVERSED)
        || (lexed.digits >= CARD_DIGITS_MIN && context.kinds.has(Kind::CREDIT_CARD))
        || (lexed.digits >= ANNOUNCED_DIGITS_MIN
            && lexed.still_leads(way::ANNOUNCED, || is_announced(text)))
        || lexed
            .words
            .iter()
            .any(|word| iban(word) || is_dialled(text, word))
        || (lexed.longest_run >= SECRET_BYTES_MIN
            && lexed.still_leads(way::TURNED, || has_head(text)))
}

/// Spans of a text whose letters a reader sees from their end: behind an override (UAX 9: U+202E) up to U+202C, the end of
/// the isolate or of the line.
pub(super) fn overridden(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find(OVERRIDE)) {
        let start = from + open + OVERRIDE.len_utf8();
        let rest = text.get(start..).unwrap_or_default();
        from = start + rest.find(OVERRIDE_ENDS).unwrap_or(rest.len());
        found.push((start, from));
    }
    found
}

/// Whether a number ends in the plus that it begins with.
fn is_dialled(text: &str, word: &Word) -> bool {
    let rest = text.as_bytes().get(word.end..).unwrap_or_default();
    word.digits >= PHONE_DIGITS_MIN
        && rest.first() == Some(&b'+')
        && rest
            .get(1)
            .is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b' ')
}

/// Heads of the commonest secrets, from their end.
static HEADS: LazyLock<[Finder<'static>; 14]> = LazyLock::new(|| {
    [
        "_phg",
        "_ohg",
        "_uhg",
        "_shg",
        "AISA",
        "AIKA",
        "_tap_buhtig",
        "-taplg",
        "_evil_ks",
        "-tna-ks",
        "-jorp-ks",
        "-bxox",
        "-pxox",
        "ySazIA",
    ]
    .map(Finder::new)
});

fn has_head(text: &str) -> bool {
    let bytes = text.as_bytes();
    HEADS.iter().any(|head| head.find(bytes).is_some())
}

fn ends_in_country(text: &str, word: &Word) -> bool {
    let bytes = text.as_bytes().get(word.start..word.end);
    let bytes = bytes.unwrap_or_default();
    IBAN_BYTES.contains(&bytes.len())
        && matches!(
            bytes,
            [.., b'0'..=b'9', b'0'..=b'9', b'A'..=b'Z', b'A'..=b'Z']
        )
}

/// Parts of words that announce a value written from its end.
static ANNOUNCEMENTS: LazyLock<[Finder<'static>; 4]> =
    LazyLock::new(|| ["evers", "backward", "right", "mirrored"].map(Finder::new));

fn is_announced(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [reverse, backward, right, mirrored] = &*ANNOUNCEMENTS;
    let before = |at: usize| at.checked_sub(1).and_then(|at| bytes.get(at));
    let behind = |at: usize| bytes.get(at + "right".len()..).unwrap_or_default();
    let to_left = |rest: &[u8]| rest.starts_with(b" to left") || rest.starts_with(b"-to-left");
    let mut reverses = reverse.find_iter(bytes);
    let mut rights = right.find_iter(bytes);
    reverses.any(|at| matches!(before(at), Some(b'r' | b'R')))
        || rights.any(|at| to_left(behind(at)))
        || backward.find(bytes).is_some()
        || mirrored.find(bytes).is_some()
}
