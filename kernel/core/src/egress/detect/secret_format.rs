//! Machine secrets with a format of their own: a prefix, an alphabet, a length.
//! Knows nothing of the services that gave them out.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::secret_more::{all, nth};
use super::secret_table::{Format, Letters};
use super::text::Text;
use crate::egress::alike::alike;
use crate::egress::cannot_mask::CannotMask;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::words::class;

/// Fewest different letters in a secret.
const DIFFERENT_MIN: usize = 6;

/// The prefixes, searched for all at once.
static PREFIXES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    // A table a state: several times as fast as what is chosen for so many prefixes by default.
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .build(all().map(|format| format.prefix))
        .ok()
});

/// What a text must begin with to begin like a secret: cheaper to ask than the automaton.
struct Heads {
    first: [bool; 256],
    /// Which two bytes stand side by side in a prefix: one bit a pair.
    pairs: [u64; 1024],
    /// The first three bytes of the prefixes that have as many, hashed: one bit a place.
    threes: [u64; 256],
    /// The same with all digits made equal.
    alike: [u64; 256],
    /// The first three bytes of those prefixes alone that have digits, all digits made equal.
    numbered: Vec<[u8; 3]>,
    longest: usize,
}

impl Heads {
    fn set(bits: &mut [u64], place: usize) {
        if let Some(word) = bits.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn has(bits: &[u64], place: usize) -> bool {
        bits.get(place / 64)
            .is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    fn pair(one: u8, next: u8) -> usize {
        usize::from(one) << 8 | usize::from(next)
    }

    fn three(three: [u8; 3]) -> usize {
        let [one, two, last] = three.map(u32::from);
        // Fibonacci hashing: the highest fourteen bits of a product.
        let place = (one << 16 | two << 8 | last).wrapping_mul(0x9E37_79B1) >> 18;
        usize::try_from(place).unwrap_or(0)
    }

    /// Whether a prefix of three bytes or more may stand somewhere in the bytes.
    fn may_hold(&self, bytes: &[u8]) -> bool {
        Self::any(&self.threes, bytes)
    }

    fn any(threes: &[u64], bytes: &[u8]) -> bool {
        bytes.windows(3).any(|three| match three {
            [one, two, last] => Self::has(threes, Self::three([*one, *two, *last])),
            _ => false,
        })
    }
}

static HEADS: LazyLock<Heads> = LazyLock::new(|| {
    let mut heads = Heads {
        first: [false; 256],
        pairs: [0; 1024],
        threes: [0; 256],
        alike: [0; 256],
        numbered: Vec::new(),
        longest: 0,
    };
    for format in all() {
        let prefix = format.prefix.as_bytes();
        for pair in prefix.windows(2) {
            if let [one, next] = pair {
                Heads::set(&mut heads.pairs, Heads::pair(*one, *next));
            }
        }
        if let [one, two, last, ..] = prefix {
            let three = [*one, *two, *last];
            Heads::set(&mut heads.threes, Heads::three(three));
            Heads::set(&mut heads.alike, Heads::three(three.map(alike)));
            if prefix.iter().any(u8::is_ascii_digit) {
                heads.numbered.push(three.map(alike));
            }
        }
        heads.longest = heads.longest.max(format.prefix.len());
        let first = format.prefix.bytes().next().map(usize::from);
        if let Some(slot) = first.and_then(|first| heads.first.get_mut(first)) {
            *slot = true;
        }
    }
    heads
});

/// Finds secrets.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) -> Result<(), CannotMask> {
    let prefixes = PREFIXES.as_ref().ok_or(CannotMask::Detector)?;
    for found in prefixes.find_overlapping_iter(text.text) {
        if let Some(format) = nth(found.pattern().as_usize()) {
            hits.extend(at(text, format, found.start(), found.end()));
        }
    }
    if text.lexed.has(class::COLON) {
        for at in memchr::memmem::find_iter(text.text.as_bytes(), b":AA") {
            hits.extend(bot(text, at));
        }
    }
    for at in memchr::memmem::find_iter(text.text.as_bytes(), CLOUD_MARK.as_bytes()) {
        hits.extend(cloud(text, at));
    }
    for at in memchr::memmem::find_iter(text.text.as_bytes(), APP_MARK) {
        hits.extend(app(text, at));
    }
    if text.lexed.has(class::JOINER) {
        for at in memchr::memmem::find_iter(text.text.as_bytes(), PLACE_MARK) {
            hits.extend(place(text, at));
        }
        for at in memchr::memmem::find_iter(text.text.as_bytes(), LIST_MARK) {
            hits.extend(list(text, at));
        }
        for at in memchr::memchr_iter(b'.', text.text.as_bytes()) {
            if text.byte(at + 7) == b'.' {
                hits.extend(chat_bot(text, at));
            }
        }
    }
    Ok(())
}

/// What stands after the third letter and a digit of a secret of an application in Azure.
const APP_MARK: &[u8] = b"Q~";

/// Three letters, a digit, the mark, some 34 letters (`abc8Q~…`).
fn app(text: &Text<'_>, mark: usize) -> Option<Hit> {
    let has = |byte: u8| Letters::Dotted.has(byte) || byte == b'~';
    let start = text.skip_back(mark, 5, has);
    let end = text.skip_most(mark + APP_MARK.len(), 36, has);
    let fits = mark - start == 4
        && text.before(mark).is_ascii_digit()
        && (33..=36).contains(&(end - mark))
        && is_plausible(text.slice(start, end));
    fits.then(|| Hit::new(Kind::AZURE_KEY, start, end))
}

/// `MTI….GhvsuM.…`: the number of a chat bot in base64, six letters of its time, its key.
fn chat_bot(text: &Text<'_>, dot: usize) -> Option<Hit> {
    let start = text.skip_back(dot, 29, |byte| byte.is_ascii_alphanumeric());
    let middle = text.skip_most(dot + 1, 6, |byte| Letters::Token.has(byte));
    let end = text.skip_most(dot + 8, 46, |byte| Letters::Token.has(byte));
    let fits = (23..=28).contains(&(dot - start))
        && matches!(text.byte(start), b'M' | b'N' | b'O')
        && middle == dot + 7
        && (27..=45).contains(&(end - dot - 8))
        && !text.word_before(start)
        && is_plausible(text.slice(dot + 8, end));
    fits.then(|| Hit::new(Kind::VENDOR_API_KEY, start, end))
}

/// What a key for a data base of places ends with.
const PLACE_MARK: &[u8] = b"_mmk";

/// Six letters, `_`, twenty-nine letters, the mark.
fn place(text: &Text<'_>, mark: usize) -> Option<Hit> {
    let start = text.skip_back(mark, 37, |byte| Letters::Mixed.has(byte));
    let fits = mark - start == 36
        && text.byte(start + 6) == b'_'
        && !text.in_word(mark + PLACE_MARK.len())
        && is_plausible(text.slice(start, mark));
    fits.then(|| Hit::new(Kind::VENDOR_API_KEY, start, mark + PLACE_MARK.len()))
}

/// What joins a key for mailing lists to the place where it is kept.
const LIST_MARK: &[u8] = b"-us";

/// Thirty-two digits in base 16, the mark, one or two digits.
fn list(text: &Text<'_>, mark: usize) -> Option<Hit> {
    let start = text.skip_back(mark, 33, |byte| byte.is_ascii_hexdigit());
    let from = mark + LIST_MARK.len();
    let end = text.skip_most(from, 3, |byte| byte.is_ascii_digit());
    let fits = mark - start == 32
        && (1..=2).contains(&(end - from))
        && !text.word_before(start)
        && !text.in_word(end)
        && is_plausible(text.slice(start, mark));
    fits.then(|| Hit::new(Kind::VENDOR_API_KEY, start, end))
}

/// What stands inside a key of Terraform's cloud.
const CLOUD_MARK: &str = ".atlasv1.";

/// Fourteen letters and digits, the mark, sixty or more letters.
fn cloud(text: &Text<'_>, mark: usize) -> Option<Hit> {
    let start = text.skip_back(mark, 15, |byte| byte.is_ascii_alphanumeric());
    let from = mark + CLOUD_MARK.len();
    let end = text.skip_most(from, 81, |byte| Letters::Token.has(byte));
    let fits = mark - start == 14 && (60..=80).contains(&(end - from));
    fits.then(|| Hit::new(Kind::VENDOR_API_KEY, start, end))
}

/// `123456789:AA…`: a chat bot's number and its key of 35 letters.
fn bot(text: &Text<'_>, colon: usize) -> Option<Hit> {
    let start = text.skip_back(colon, 11, |byte| byte.is_ascii_digit());
    let end = text.skip_most(colon + 1, 36, |byte| Letters::Token.has(byte));
    let fits = (8..=10).contains(&(colon - start)) && end - colon == 36 && !text.word_before(start);
    (fits && is_plausible(text.slice(colon + 1, end)))
        .then(|| Hit::new(Kind::VENDOR_API_KEY, start, end))
}

/// Whether a text begins like a secret, whole or not.
pub(in crate::egress) fn begins(text: &str) -> bool {
    let heads = &*HEADS;
    let first = text.bytes().next().map(usize::from);
    if !first
        .and_then(|first| heads.first.get(first))
        .is_some_and(|known| *known)
    {
        return false;
    }
    // Nothing shorter than four bytes counts, so the first three must be some prefix's.
    let head = text.as_bytes();
    if !head.get(..3).is_some_and(|three| heads.may_hold(three)) {
        return false;
    }
    // What ends further on cannot begin at the start.
    let head = head.get(..heads.longest).unwrap_or(head);
    let found = PREFIXES.as_ref().and_then(|prefixes| prefixes.find(head));
    found.is_some_and(|found| found.start() == 0 && found.end() >= 4)
}

/// Whether a prefix of a secret stands in the text with nothing but a token's letters after it.
pub(in crate::egress) fn holds_head(text: &str) -> bool {
    let is_token = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'=' | b'+')
    };
    let bytes = text.as_bytes();
    if !HEADS.may_hold(bytes) {
        return false;
    }
    let head = bytes.iter().rposition(|byte| !is_token(byte));
    let token = bytes.get(head.map_or(0, |at| at + 1)..).unwrap_or_default();
    token.len() >= 4
        && HEADS.may_hold(token)
        && PREFIXES.as_ref().is_some_and(|prefixes| {
            prefixes
                .find_overlapping_iter(token)
                .any(|found| found.end() - found.start() >= 3)
        })
}

/// Whether a prefix of three bytes or more may stand in bytes whose digits were made equal, whatever digits they were.
pub(in crate::egress) fn may_hold_alike(bytes: &[u8]) -> bool {
    Heads::any(&HEADS.alike, bytes)
}

/// Whether it can hang on the value of a digit whether a prefix of three bytes or more stands in bytes whose digits were
/// made equal.
pub(in crate::egress) fn may_hang_on_digits(bytes: &[u8]) -> bool {
    let numbered = HEADS.numbered.as_slice();
    bytes
        .windows(3)
        .any(|three| numbered.iter().any(|one| one == three))
}

/// Whether the two bytes stand side by side in a prefix of some secret.
pub(in crate::egress) fn in_secret_prefix(one: u8, next: u8) -> bool {
    Heads::has(&HEADS.pairs, Heads::pair(one, next))
}

/// Whether a prefix of a secret begins before `seam` and ends after it.
pub(in crate::egress) fn prefix_over(bytes: &[u8], seam: usize) -> bool {
    PREFIXES.as_ref().is_some_and(|prefixes| {
        prefixes.find_overlapping_iter(bytes).any(|found| {
            found.start() < seam && found.end() > seam && found.end() - found.start() >= 3
        })
    })
}

fn at(text: &Text<'_>, format: &Format, start: usize, body: usize) -> Option<Hit> {
    // Short prefixes occur inside words: `task-`, `risk-`.
    if text.word_before(start)
        && (format.prefix.len() < 5 || text.before(start).is_ascii_lowercase())
    {
        return None;
    }
    // Bytes in base64 begin so too, but go on with a capital.
    if format.letters == Letters::Blend && !text.byte(body).is_ascii_lowercase() {
        return None;
    }
    let end = text.skip_most(body, format.most, |byte| format.letters.has(byte));
    let secret = text.slice(body, end);
    let is_whole = match format.letters {
        Letters::Capital | Letters::Screaming => !text.in_word(end),
        Letters::Mixed => !text.in_word(end) && is_mixed(secret),
        _ => true,
    };
    let fits = end - body >= format.least && is_whole;
    let start = if format.letters == Letters::Path {
        url_start(text, start)
    } else {
        start
    };
    (fits && is_plausible(secret)).then(|| Hit::new(format.kind, start, end))
}

/// Whether there are letters of both cases and a digit.
fn is_mixed(secret: &str) -> bool {
    let any = |has: fn(&u8) -> bool| secret.as_bytes().iter().any(has);
    any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit)
}

/// Where the address begins whose host, or the end of it, stands at `host`.
fn url_start(text: &Text<'_>, host: usize) -> usize {
    let start = text.skip_back(host, 64, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
    });
    let scheme = "https://";
    start - scheme.len() * usize::from(text.slice(0, start).ends_with(scheme))
}

/// Whether the letters could have been drawn at random.
pub(super) fn is_plausible(secret: &str) -> bool {
    let mut seen = [false; 256];
    for byte in secret.bytes() {
        if let Some(slot) = seen.get_mut(usize::from(byte)) {
            *slot = true;
        }
    }
    seen.iter().filter(|seen| **seen).count() >= DIFFERENT_MIN
        && !secret.to_ascii_lowercase().contains("example")
        && !is_placeholder(secret)
}

/// What documentation puts where a secret goes.
pub(super) fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let bracketed = |open: &str, close: &str| lower.starts_with(open) && lower.ends_with(close);
    let same = lower
        .bytes()
        .next()
        .is_some_and(|first| lower.bytes().all(|byte| byte == first));
    value.is_empty()
        || same
        || bracketed("<", ">")
        || bracketed("${", "}")
        || bracketed("{{", "}}")
        || bracketed("%", "%")
        || bracketed("[", "]")
        || lower.starts_with("$(")
        || (lower.starts_with('$')
            && lower
                .bytes()
                .skip(1)
                .all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && value.bytes().skip(1).all(|b| !b.is_ascii_lowercase()))
        || lower.contains("****")
        || lower.contains("xxxx")
        || lower.contains("placeholder")
        || lower.starts_with("your_")
        || lower.starts_with("your-")
        || lower.starts_with("env:")
        || lower.starts_with("vault:")
        || lower.starts_with("process.env")
        || lower.starts_with("os.environ")
}
