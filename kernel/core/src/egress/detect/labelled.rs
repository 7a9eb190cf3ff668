//! Values that running text names: `password: …`, `dob=…`, `passport no. …`, `my name is …`.
//! Knows nothing of keys outside the text.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::date;
use super::kept_login;
use super::keyed;
use super::text::Text;
use super::told_words::is_said_of;
use crate::egress::context;
use crate::egress::hit::Hit;
use crate::egress::kind::{Kind, KindSet};
use crate::egress::ways::way;
use crate::egress::words::{Word, class};

/// How far before the mark the name may begin, in bytes.
const LABEL_BYTES_MAX: usize = 64;
/// Longest type that a program declares, in bytes.
const TYPE_BYTES_MAX: usize = 32;
/// Most dots between a label and its mark.
const LEADER_BYTES_MAX: usize = 40;
/// Fewest bytes of a code of few digits that follows its name without a mark.
const CODE_BYTES_MIN: usize = 9;
/// Most letters in front of a code's digits, in bytes.
const SERIES_BYTES_MAX: usize = 4;
/// Longest value in running text, in bytes.
const VALUE_BYTES_MAX: usize = 256;

/// The verb between a name and its value.
static IS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" is "));

/// The verb between a name and a value with digits in other languages.
const VERBS: [&str; 6] = [" ist ", " lautet ", " est ", " es ", " jest ", " er "];

/// Types whose value is one word.
const ONE_WORD: KindSet = KindSet::of(&[
    Kind::PASSWORD,
    Kind::API_KEY,
    Kind::AWS_SECRET_KEY,
    Kind::OTP_SEED,
    Kind::CRYPTO,
    Kind::SWIFT_CODE,
]);
/// Types whose value is a code with digits in it.
const CODED: KindSet = KindSet::of(&[
    Kind::PIN,
    Kind::CREDIT_CARD_CVV,
    Kind::US_BANK_NUMBER,
    Kind::BANK_ACCOUNT,
    Kind::PASSPORT,
    Kind::DRIVER_LICENSE,
    Kind::MEDICAL_RECORD_NUMBER,
    Kind::NATIONAL_ID,
    Kind::TAX_ID,
    Kind::MAC_ADDRESS,
]);

/// Finds values that a label names.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if !text.lexed.leads(way::LABEL) {
        return;
    }
    let mut named = false;
    let bytes = text.text.as_bytes();
    if text.lexed.has(class::COLON | class::EQUALS) {
        for at in memchr::memchr2_iter(b':', b'=', bytes) {
            if !matches!(text.byte(at + 1), b'/' | b':' | b'=') {
                let kept = kept_login::at_colon(text, at);
                named |= kept.is_some();
                hits.extend(kept);
                named |= marked(text, at, at + 1, hits) || declared(text, at, hits);
            }
        }
    }
    if text.lexed.leads(way::IS) {
        for at in IS.find_iter(bytes) {
            named |= !says_of(text, at + 4) && marked(text, at, at + 4, hits);
        }
    }
    for word in &text.lexed.words {
        if follows(text.text, word) {
            named |= followed(text, word.start, hits);
        }
    }
    // A label becomes shorter where words before it are gone, and names no more than it did.
    if !named {
        text.lexed.closes(way::LABEL);
    }
}

fn follows(text: &str, word: &Word) -> bool {
    let next = text.as_bytes().get(word.end);
    let goes_on = matches!(next, Some(b'-' | b'.' | b'/')) && word.digits > 0;
    // Few digits are a code's where many letters stand beside them.
    let long = word.end - word.start >= CODE_BYTES_MIN;
    (word.digits >= 3 || long || goes_on || next == Some(&b' ')) && word.start > 3
}

/// Whether what follows a verb says something of what is named, and is no value: `the password is wrong`.
fn says_of(text: &Text<'_>, from: usize) -> bool {
    let end = text.skip_most(from, LABEL_BYTES_MAX, |byte| byte.is_ascii_lowercase());
    !text.in_word(end)
        && !matches!(text.byte(end), b'-' | b'_')
        && is_said_of(text.slice(from, end))
}

/// `pin: String = "…"`: between the name and the mark stands a type.
fn declared(text: &Text<'_>, mark: usize, hits: &mut Vec<Hit>) -> bool {
    // `= Field(min_length=12)`, `= tokens[0]`: what a program works out is no value.
    let value = text.skip_most(mark + 1, 2, |byte| byte == b' ');
    if text.byte(mark) != b'=' || !matches!(text.byte(value), b'"' | b'\'' | b'`') {
        return false;
    }
    let end = text.skip_back(mark, 2, |byte| byte == b' ');
    let start = text.skip_back(end, TYPE_BYTES_MAX, |byte| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'_' | b'<' | b'>' | b'[' | b']' | b'?' | b'.' | b'&' | b'\''
            )
    });
    let colon = text.skip_back(start, 2, |byte| byte == b' ');
    let letters = text.bytes(start, end).iter().any(u8::is_ascii_alphabetic);
    letters
        && text.before(colon) == b':'
        && text.before(colon - 1) != b':'
        && marked(text, colon - 1, mark + 1, hits)
}

/// A label that ends at `label`, its value from `from` on; whether it names anything.
fn marked(text: &Text<'_>, label: usize, from: usize, hits: &mut Vec<Hit>) -> bool {
    let end = text.skip_back(label, 4, |byte| {
        matches!(
            byte,
            b' ' | b'"' | b'\'' | b'\\' | b'*' | b'`' | b']' | b')' | b'#'
        )
    });
    // `Password ........: x`, as forms are filled up.
    let end = if text.before(end) == b'.' {
        let dots = text.skip_back(end, LEADER_BYTES_MAX, |byte| byte == b'.');
        text.skip_back(dots, 2, |byte| byte == b' ')
    } else {
        end
    };
    if !text.before(end).is_ascii_alphabetic()
        && text.before(end) < 0x80
        && !text.before(end).is_ascii_digit()
    {
        return false;
    }
    let start = text.skip_back(end, LABEL_BYTES_MAX, |byte| {
        byte.is_ascii_alphanumeric()
            || byte >= 0x80
            || matches!(byte, b' ' | b'_' | b'-' | b'.' | b'\'' | b'/')
    });
    if !text.may_be_label(start, end) {
        return false;
    }
    // A label that was cut short may begin within a word, of which nobody knows what it says.
    if end - start < LABEL_BYTES_MAX && !text.may_tell(start, end) {
        return false;
    }
    let named = context::of_label(text.slice(start, end));
    if !named.is_empty() {
        value(text, named, from, hits);
    }
    !named.is_empty()
}

/// The value after a label: quoted, one word, or up to the end of its clause.
fn value(text: &Text<'_>, named: KindSet, from: usize, hits: &mut Vec<Hit>) {
    let start = text.skip_most(from, 9, |byte| {
        matches!(
            byte,
            b' ' | b'"' | b'\'' | b'\\' | b'`' | b'*' | b'>' | b'=' | b'\t'
        )
    });
    if start > from + 8 {
        return;
    }
    let quote = match text.before(start) {
        mark @ (b'"' | b'\'' | b'`') => mark,
        _ => b'\n',
    };
    let quoted = text.skip_most(start, VALUE_BYTES_MAX, |byte| {
        byte != quote && byte != b'\n'
    });
    let word = text.skip_most(start, VALUE_BYTES_MAX, |byte| {
        !matches!(
            byte,
            b' ' | b'\t'
                | b'\n'
                | b'\r'
                | b'"'
                | b'\''
                | b','
                | b';'
                | b'&'
                | b'|'
                | b'<'
                | b'>'
                | b'}'
                | b')'
                | 1
        )
    });
    // `a=Tr0ub&3`: an ampersand parts members only where another name follows.
    let word = beyond_ampersand(text, start, word);
    // `${PASSWORD}`: the brace belongs to it.
    let word = word + usize::from(text.byte(word) == b'}' && text.byte(start) == b'$');
    let one = if quote == b'\n' { word } else { quoted };
    if named.meets(ONE_WORD) {
        let secret = text.slice(start, one).trim_end_matches(['.', ',']);
        if !push(named, secret, start, hits) && named.has(Kind::OTP_SEED) {
            hits.extend(seed_words(text, start));
        }
        bearer(text, named, start, hits);
    }
    if named.has(Kind::DATE_OF_BIRTH) {
        birth(text, start, (quoted, one), hits);
    }
    if named.meets(CODED) {
        code(text, named, start, one, hits);
    }
    if named.has(Kind::PERSON) {
        let member = text.skip_most(start, VALUE_BYTES_MAX, |byte| byte != b'&');
        name(text, start, quoted.min(member), hits);
    }
    if named.has(Kind::LOCATION) {
        let end = if quote == b'\n' { usize::MAX } else { quoted };
        address(text, start, end, hits);
    }
}

/// An address up to the end of its clause, and no further than `end`.
fn address(text: &Text<'_>, start: usize, end: usize, hits: &mut Vec<Hit>) {
    let clause = text.skip_most(start, VALUE_BYTES_MAX, |byte| {
        !matches!(byte, b';' | b'|' | b'\n' | b'\t' | b'"' | 1)
    });
    let shown = text.slice(start, clause.min(end));
    let shown = shown.trim_end_matches([' ', '.', ',']);
    push(KindSet::of(&[Kind::LOCATION]), shown, start, hits);
}

/// A date, or digits alone that are one.
fn birth(text: &Text<'_>, start: usize, (quoted, one): (usize, usize), hits: &mut Vec<Hit>) {
    if let Some(length) = date::date(text.slice(start, quoted)) {
        hits.push(Hit::new(Kind::DATE_OF_BIRTH, start, start + length));
    } else {
        let kinds = KindSet::of(&[Kind::DATE_OF_BIRTH]);
        push(kinds, text.slice(start, one), start, hits);
    }
}

/// The end of a value that stopped at an ampersand which begins no other member.
fn beyond_ampersand(text: &Text<'_>, start: usize, word: usize) -> usize {
    let name = text.skip_most(word + 1, 32, |byte| {
        byte.is_ascii_alphanumeric() || byte == b'_'
    });
    let member = matches!(text.byte(name), b'=' | b';') || text.byte(word + 1) == b'#';
    let query = text
        .slice(start.saturating_sub(LABEL_BYTES_MAX), start)
        .contains(['?', '&']);
    if text.byte(word) == b'&' && !member && !query && name > word + 1 && name > start {
        name
    } else {
        word
    }
}

/// The words of a wallet's seed, as far as they go.
fn seed_words(text: &Text<'_>, start: usize) -> Option<Hit> {
    let end = text.skip_most(start, VALUE_BYTES_MAX, |byte| {
        byte.is_ascii_lowercase() || byte == b' '
    });
    let length = keyed::seed_words(text.slice(start, end))?;
    Some(Hit::new(Kind::OTP_SEED, start, start + length))
}

/// `Authorization: Bearer …`: the credential is the second word.
fn bearer(text: &Text<'_>, named: KindSet, start: usize, hits: &mut Vec<Hit>) {
    let rest = text.slice(start, (start + 7).min(text.text.len()));
    let scheme = ["bearer ", "basic ", "token "].iter().find(|scheme| {
        rest.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    if let Some(scheme) = scheme {
        let from = start + scheme.len();
        let end = text.skip_most(from, 2 * VALUE_BYTES_MAX, |byte| {
            byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b',' | b';')
        });
        push(named, text.slice(from, end), from, hits);
    }
}

/// A code of one or more words that hold digits.
fn code(text: &Text<'_>, named: KindSet, start: usize, word: usize, hits: &mut Vec<Hit>) {
    let mut end = word;
    // `12 345 678`: further groups belong to it while they hold nothing but digits.
    loop {
        let next = text.skip_most(end + 1, 24, |byte| byte.is_ascii_digit());
        if text.byte(end) != b' ' || next == end + 1 || text.in_word(next) || end - start > 24 {
            break;
        }
        end = next;
    }
    let only_codes = |value: &str| push(named, value, start, &mut Vec::new());
    for stop in [end, word] {
        let value = text
            .slice(start, stop)
            .trim_end_matches(['.', ',', ')', ']']);
        // `A123456(7)`: the check digit in brackets belongs to it.
        let bare = value.split('(').next().unwrap_or(value);
        if only_codes(bare) {
            push(named, bare, start, hits);
            checked(text, value.len() - bare.len(), start + bare.len(), hits);
            break;
        }
    }
}

/// Lets the last code end after its check digit in brackets, which begins at `open`.
fn checked(text: &Text<'_>, length: usize, open: usize, hits: &mut [Hit]) {
    let closed = open + length;
    let is_check =
        length == 2 && text.byte(closed) == b')' && text.byte(open + 1).is_ascii_alphanumeric();
    if let Some(last) = hits.last_mut().filter(|last| is_check && last.end == open) {
        last.end = closed + 1;
    }
}

/// Up to four capitalised words.
fn name(text: &Text<'_>, start: usize, end: usize, hits: &mut Vec<Hit>) {
    let mut stop = start;
    for word in text.slice(start, end).split_inclusive(' ').take(4) {
        let bare = word.trim_end_matches([' ', ',', '.', ';', ')', '"']);
        let capital = bare
            .chars()
            .next()
            .is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
        if !capital || !keyed::is_name(bare) && bare.chars().count() > 1 {
            break;
        }
        stop = start + text.slice(start, end).len().min(stop - start + bare.len());
        if bare.len() + 1 < word.len() || !word.ends_with(' ') {
            break;
        }
        stop += 1;
    }
    let value = text.slice(start, stop).trim_end();
    push(KindSet::of(&[Kind::PERSON]), value, start, hits);
}

/// A code right after the words that name it, without a mark between, with the letters before it: `S-161…`, `JUR 209142`;
/// whether they name anything.
fn followed(text: &Text<'_>, start: usize, hits: &mut Vec<Hit>) -> bool {
    let mut at = start;
    while !right_after(text, at, hits) {
        match series(text, at).filter(|_| at == start) {
            Some(earlier) => at = earlier,
            None => return false,
        }
    }
    true
}

/// Where the letters begin that stand before a code's digits.
fn series(text: &Text<'_>, start: usize) -> Option<usize> {
    let end = start.checked_sub(1)?;
    if !matches!(text.byte(end), b'-' | b' ') || !text.before(end).is_ascii_uppercase() {
        return None;
    }
    let from = text.skip_back(end, SERIES_BYTES_MAX, |byte| byte.is_ascii_uppercase());
    matches!(text.before(from), b' ' | b'"' | b'\'' | b'`' | b'(').then_some(from)
}

/// A code that begins at `start`.
fn right_after(text: &Text<'_>, start: usize, hits: &mut Vec<Hit>) -> bool {
    // `passport "…" is taken`: a quote may stand between.
    let quoted = matches!(text.before(start), b'"' | b'\'' | b'`');
    let lead_end = start - usize::from(quoted);
    let before = text.before(lead_end);
    let apart = matches!(before, b' ' | b'#' | b'\t' | b'.' | b'(')
        && (!quoted || matches!(before, b' ' | b'('));
    if !apart || !text.may_be_led(start) {
        return false;
    }
    let fits = |byte: u8| matches!(byte, b' ' | b'#' | b'.' | b'\t' | b':' | b'(');
    let end = text.skip_back(lead_end, LABEL_BYTES_MAX, fits);
    if !text.may_be_label(end.saturating_sub(LABEL_BYTES_MAX), end) {
        return false;
    }
    let lead = text.lead(lead_end);
    if !lead.ends_with([' ', '#', '\t', '.', '(']) {
        return false;
    }
    let label = lead.len().saturating_sub(lead_end - end);
    let named = context::of_label(lead.get(..label).unwrap_or_default());
    if named.has(Kind::LOCATION) {
        let clause = text.skip_most(start, VALUE_BYTES_MAX, |byte| {
            !matches!(byte, b';' | b'|' | b'\n' | b'\t' | b'"' | 1)
        });
        let clause = text.slice(start, clause);
        let address = clause
            .split(". ")
            .next()
            .unwrap_or(clause)
            .trim_end_matches([' ', '.', ',']);
        push(KindSet::of(&[Kind::LOCATION]), address, start, hits);
    }
    if named.meets(CODED) {
        let end = text.skip_most(start, 40, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'(' | b'.')
        });
        code(text, named, start, end, hits);
    }
    if named.meets(ONE_WORD)
        && !says_of(text, start)
        && VERBS.iter().any(|verb| lead.ends_with(verb))
    {
        let end = text.skip_most(start, VALUE_BYTES_MAX, |byte| byte.is_ascii_graphic());
        let secret = text.slice(start, end).trim_end_matches(['.', ',', ';']);
        push(named, secret, start, hits);
    }
    !named.is_empty()
}

fn push(kinds: KindSet, value: &str, start: usize, hits: &mut Vec<Hit>) -> bool {
    match keyed::named(kinds, value) {
        Some(kind) => {
            hits.push(Hit::new(kind, start, start + value.len()));
            true
        }
        None => false,
    }
}
