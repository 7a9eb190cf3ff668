//! Dates as people write them, and dates of birth where something says that they are.
//! Knows nothing of calendars beyond the length of months.

use super::checksum::day_of_month;
use super::number::Sequence;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

/// Years in which somebody alive can be born.
const YEARS: std::ops::RangeInclusive<u64> = 1900..=2035;
/// Longest word that can name a month.
const MONTH_LETTERS_MAX: usize = 12;
/// Longest time of day with fraction and offset, in bytes.
const TIME_BYTES_MAX: usize = 40;

/// Longest date in digits.
const DATE_BYTES_MAX: usize = 10;

/// First letters of the months in English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Turkish.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "sty", "oca"],
    &["feb", "fev", "lut", "sub"],
    &["mar", "maer", "mrt", "maa"],
    &["apr", "avr", "abr", "kwi", "nis"],
    &["may", "mai", "mag", "mei", "maj"],
    &["jun", "juin", "giu", "cze", "haz"],
    &["jul", "juil", "lug", "lip", "tem"],
    &["aug", "aou", "ago", "sie", "agu"],
    &["sep", "set", "wrz", "eyl"],
    &["oct", "okt", "ott", "out", "paz", "eki"],
    &["nov", "lis", "kas"],
    &["dec", "dez", "dic", "gru", "ara"],
];

/// First letters of all names of months.
const MONTH_INITIALS: [u8; 18] = *b"jegfmalsondkhctwip";

/// Finds dates of birth: a date after words that speak of birth.
pub(super) fn find(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    if !(1..=4).contains(&sequence.len().min(5)) && sequence.len() > 8 {
        return;
    }
    if !sequence.may_be(Kind::DATE_OF_BIRTH) {
        return;
    }
    let (start, _) = sequence.span(0, 1);
    let text = sequence.text;
    let word = text.skip_back(start.saturating_sub(1), MONTH_LETTERS_MAX, |byte| {
        byte.is_ascii_alphabetic() || byte == b'.'
    });
    let from = if month(text.slice(word, start)).is_some() {
        word
    } else {
        start
    };
    let Some(length) = date(text.slice(from, text.text.len())) else {
        return;
    };
    let lead = if from == start {
        sequence.context()
    } else {
        text.cue(from)
    };
    if lead.kinds.has(Kind::DATE_OF_BIRTH) {
        hits.push(Hit::new(Kind::DATE_OF_BIRTH, from, from + length));
    }
}

#[derive(Clone, Copy)]
enum Part {
    Number { value: u64, digits: usize },
    Month(u64),
}

/// The length of the date at the start of `text`, a time after it included.
pub(super) fn date(text: &str) -> Option<usize> {
    let (first, mut at) = part(text)?;
    if let Part::Number { value, digits: 8 } = first {
        return compact(value).then_some(at);
    }
    let mut parts = [first, first, first];
    for slot in parts.iter_mut().skip(1) {
        at += separator(text.get(at..)?)?;
        let (next, length) = part(text.get(at..)?)?;
        *slot = next;
        at += length;
    }
    plausible(parts).then(|| at + time(text.get(at..).unwrap_or_default()))
}

/// Whether a text is one date in digits, and nothing else.
pub(in crate::egress) fn is_whole(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'/');
    text.len() <= DATE_BYTES_MAX && text.bytes().all(plain) && date(text) == Some(text.len())
}

/// Whether a text is a date of six digits: year, month and day, or from the day on.
pub(super) fn is_short(text: &str) -> bool {
    let Some(value) = (text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse::<u64>().ok())
        .flatten()
    else {
        return false;
    };
    let (high, middle, low) = (value / 10_000, value / 100 % 100, value % 100);
    day_of_month(middle, low) || day_of_month(middle, high) || day_of_month(high, middle)
}

fn part(text: &str) -> Option<(Part, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        if digits > 8 {
            return None;
        }
        let value = text.get(..digits)?.parse().ok()?;
        let ordinal = ["st", "nd", "rd", "th"].iter().any(|suffix| {
            text.get(digits..)
                .is_some_and(|rest| rest.starts_with(suffix))
        });
        let end = digits + if ordinal { 2 } else { 0 };
        return Some((Part::Number { value, digits }, end));
    }
    let letters = text
        .chars()
        .take(MONTH_LETTERS_MAX + 1)
        .take_while(|c| c.is_alphabetic())
        .map(char::len_utf8)
        .sum();
    let month = month(text.get(..letters)?)?;
    Some((Part::Month(month), letters))
}

/// The month that a word names.
fn month(word: &str) -> Option<u64> {
    let first = word.bytes().next()?.to_ascii_lowercase();
    // No month begins with another letter, nor with fewer than three.
    let short = word
        .bytes()
        .take(3)
        .any(|byte| byte < 0x80 && !byte.is_ascii_alphabetic());
    if short
        || !(3..=2 * MONTH_LETTERS_MAX).contains(&word.len())
        || (first < 0x80 && !MONTH_INITIALS.contains(&first))
    {
        return None;
    }
    if word.is_ascii() {
        return plain_month(word.trim_end_matches(['.', ' ', ',']).as_bytes());
    }
    let word: String = word
        .trim_end_matches(['.', ' ', ','])
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'é' | 'è' => 'e',
            'û' => 'u',
            'ä' => 'a',
            'ç' => 'c',
            other => other,
        })
        .collect();
    plain_month(word.as_bytes())
}

fn plain_month(word: &[u8]) -> Option<u64> {
    if word.len() < 3 || word.len() > MONTH_LETTERS_MAX {
        return None;
    }
    let named = |name: &&str| {
        let head = word.get(..name.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
    };
    let at = MONTHS.iter().position(|names| names.iter().any(named))?;
    u64::try_from(at + 1).ok()
}

/// What stands between two parts: punctuation and spaces, or `of` and its kin.
fn separator(text: &str) -> Option<usize> {
    let mut at = text
        .bytes()
        .take(3)
        .take_while(|byte| matches!(byte, b'-' | b'/' | b'.' | b',' | b' ' | b'_'))
        .count();
    if at == 0 {
        return None;
    }
    for word in ["of ", "de ", "del ", "di ", "the "] {
        if text.get(at..).is_some_and(|rest| rest.starts_with(word)) {
            at += word.len();
            break;
        }
    }
    Some(at)
}

fn plausible(parts: [Part; 3]) -> bool {
    let number = |part: Part| match part {
        Part::Number { value, digits } if digits != 3 => Some((value, digits)),
        _ => None,
    };
    let year = |part: Part| {
        number(part).is_some_and(|(value, digits)| match digits {
            4 => YEARS.contains(&value),
            2 => true,
            _ => false,
        })
    };
    let day =
        |month: u64, part: Part| number(part).is_some_and(|(value, _)| day_of_month(month, value));
    match parts {
        [Part::Month(m), d, y] | [d, Part::Month(m), y] => {
            year(y) && day(m, d) || year(d) && day(m, y)
        }
        [a, b, c] => {
            let month_of = |part: Part| number(part).map_or(0, |(value, _)| value);
            let four = |part: Part| number(part).is_some_and(|(_, digits)| digits == 4);
            if four(a) {
                year(a) && (day(month_of(b), c) || day(month_of(c), b))
            } else {
                year(c) && (day(month_of(b), a) || day(month_of(a), b))
            }
        }
    }
}

/// `19840302`, `02031984`.
fn compact(value: u64) -> bool {
    let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
    let (first, second, last) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
    YEARS.contains(&year) && day_of_month(month, day)
        || YEARS.contains(&last) && (day_of_month(second, first) || day_of_month(first, second))
}

/// The length of ` 10:30:00Z` and the like.
fn time(text: &str) -> usize {
    let length = text
        .bytes()
        .take(TIME_BYTES_MAX)
        .take_while(|byte| {
            matches!(
                byte,
                b'T' | b'Z' | b' ' | b':' | b'.' | b'+' | b'-' | b'0'..=b'9'
            )
        })
        .count();
    let tail = text.get(..length).unwrap_or_default();
    let clock = tail.starts_with(['T', ' ']) && tail.contains(':');
    if clock {
        tail.trim_end_matches([' ', '.', '-', '+', ':']).len()
    } else {
        0
    }
}
