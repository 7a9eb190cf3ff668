//! Digits that are spelled out: `four one one one`, `double four`, `vier eins eins`; letters among them as they are spelled
//! on the telephone (ICAO annex 10): `lima uniform four nine`.
//! Knows nothing of the numbers that are more than a digit, nor of what is searched for.

use crate::egress::view::View;

/// Fewest digits in a row that are read.
const DIGITS_MIN: usize = 7;
/// Fewest words in a row that begin as words of digits do.
pub(in crate::egress) const ROW_MIN: usize = DIGITS_MIN - 2;
/// Fewest letters and fewest digits of what has both.
const LETTERS_MIN: usize = 2;
const MIXED_DIGITS_MIN: usize = 4;
/// Words of letters in the order of what they stand for, and other spellings.
const LETTERS: [&[u8]; 26] = [
    b"alpha",
    b"bravo",
    b"charlie",
    b"delta",
    b"echo",
    b"foxtrot",
    b"golf",
    b"hotel",
    b"india",
    b"juliett",
    b"kilo",
    b"lima",
    b"mike",
    b"november",
    b"oscar",
    b"papa",
    b"quebec",
    b"romeo",
    b"sierra",
    b"tango",
    b"uniform",
    b"victor",
    b"whiskey",
    b"xray",
    b"yankee",
    b"zulu",
];
const SPELLINGS: [(&[u8], char); 4] = [
    (b"alfa", 'A'),
    (b"juliet", 'J'),
    (b"whisky", 'W'),
    (b"fox", 'F'),
];
/// Most bytes between two words of one number.
const GAP_BYTES_MAX: usize = 3;
/// Shortest and longest word.
const WORD_BYTES: std::ops::RangeInclusive<usize> = 1..=8;
/// Digits of a social security number, which is read in its groups.
const SOCIAL_DIGITS: usize = 9;
/// Digits of a telephone number, which is read with its plus.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 10..=12;

/// What one word says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Digit(char),
    Letter(char),
    /// The next digit so many times.
    Times(usize),
    Plus,
}

/// A digit or a letter, as often as it is said, and the words that say it.
type Spelled = (char, usize, usize);

/// The text with its spelled numbers as digits, those of ten to twelve digits as they are dialled if so asked; `None`
/// where it has none.
pub(in crate::egress) fn read(text: &str, dialled: bool) -> Option<View> {
    let mut view: Option<View> = None;
    let mut from = 0;
    let mut at = 0;
    while let Some((start, end)) = word(text, at) {
        at = end;
        if said(text, start, end).is_none() {
            continue;
        }
        let (digits, stop) = number(text, start);
        at = stop.max(end);
        let letters = digits
            .iter()
            .filter(|one| one.0.is_ascii_alphabetic())
            .count();
        let enough = digits.len() - letters >= MIXED_DIGITS_MIN && letters >= LETTERS_MIN;
        if digits.len() < DIGITS_MIN || (letters > 0 && !enough) {
            // A name stands before or behind a number: what is no letter of it begins behind.
            at = if letters > 0 { end } else { at };
            continue;
        }
        let view = view.get_or_insert_with(|| View::with_capacity(text.len()));
        view.copy(text.get(from..start).unwrap_or_default(), from);
        write(view, &digits, start, dialled);
        from = stop;
    }
    let mut view = view?;
    view.copy(text.get(from..).unwrap_or_default(), from);
    Some(view)
}

/// Whether a word of digits begins with these letters.
pub(in crate::egress) const fn begins((one, two): (u8, u8)) -> bool {
    let two = two | 0x20;
    match one | 0x20 {
        b'a' => matches!(two, b'c'),
        b'c' => matches!(two, b'i' | b'e' | b'u'),
        b'd' => matches!(two, b'o' | b'r' | b'e' | b'u' | b'i'),
        b'e' => matches!(two, b'i' | b'e'),
        b'f' => matches!(two, b'o' | b'i' | b'u'),
        b'h' | b'q' => matches!(two, b'u'),
        b'm' => matches!(two, b'e'),
        b'n' => matches!(two, b'i' | b'e' | b'u' | b'o'),
        b'o' => true,
        b'p' => matches!(two, b'l'),
        b's' => matches!(two, b'i' | b'e'),
        b't' => matches!(two, b'w' | b'h' | b'r'),
        b'u' => matches!(two, b'n' | b'm'),
        b'v' => matches!(two, b'i'),
        b'z' => matches!(two, b'e' | b'w'),
        _ => false,
    }
}

/// Whether a word that stands for a letter begins so.
pub(in crate::egress) const fn begins_letter((one, two): (u8, u8)) -> bool {
    let (one, two) = (one | 0x20, two | 0x20);
    let mut words: &[&[u8]] = &LETTERS;
    while let [word, rest @ ..] = words {
        if matches!(word, [first, second, ..] if *first == one && *second == two) {
            return true;
        }
        words = rest;
    }
    // Those of other spellings begin as these do.
    false
}

/// Whether a word stands for a letter.
pub(in crate::egress) fn is_letter(word: &[u8]) -> bool {
    letter(word).is_some()
}

/// Whether a word that begins a text may say a digit, or says a letter.
pub(in crate::egress) fn may_say(text: &[u8]) -> bool {
    let [one, two, ..] = text else {
        return false;
    };
    let length = || {
        let letters = text.iter().take(*WORD_BYTES.end() + 1);
        letters
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count()
    };
    begins((*one, *two))
        || begins_letter((*one, *two)) && is_letter(text.get(..length()).unwrap_or_default())
}

/// The next word of letters from `at` on.
fn word(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text.as_bytes().get(at..)?;
    let start = at + rest.iter().position(u8::is_ascii_alphabetic)?;
    let rest = text.as_bytes().get(start..)?;
    let length = rest.iter().position(|byte| !byte.is_ascii_alphabetic());
    Some((start, start + length.unwrap_or(rest.len())))
}

/// The next word of letters, or the next digit that stands alone.
fn token(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let start = at
        + bytes
            .get(at..)?
            .iter()
            .position(u8::is_ascii_alphanumeric)?;
    let alone = !bytes.get(start + 1).is_some_and(u8::is_ascii_alphanumeric);
    match bytes.get(start).is_some_and(u8::is_ascii_digit) {
        true if alone => Some((start, start + 1)),
        true => None,
        false => word(text, start),
    }
}

/// The digits and letters of the number that begins at `from`, and where it ends.
fn number(text: &str, from: usize) -> (Vec<Spelled>, usize) {
    let mut digits: Vec<Spelled> = Vec::new();
    let (mut at, mut stop) = (from, from);
    let mut times = None;
    while let Some((start, end)) = token(text, at) {
        let gap = text.get(at..start).unwrap_or_default();
        let plain =
            |byte: u8| matches!(byte, b' ' | b',' | b'-' | b'.' | b'\n' | b'/' | b';' | b'_');
        if start > from && (gap.len() > GAP_BYTES_MAX || !gap.bytes().all(plain)) {
            break;
        }
        match said(text, start, end) {
            Some(Said::Digit(digit)) => {
                let (count, begun) = times.take().unwrap_or((1, start));
                digits.extend(std::iter::repeat_n((digit, begun, end - begun), count));
                stop = end;
            }
            Some(Said::Letter(letter)) if times.is_none() => {
                digits.push((letter, start, end - start));
                stop = end;
            }
            Some(Said::Times(count)) if times.is_none() => times = Some((count, start)),
            Some(Said::Plus) if digits.is_empty() => digits.push(('+', start, end - start)),
            _ => break,
        }
        at = end;
    }
    (digits, stop)
}

/// Writes a number the way it is searched for: what has no check digit needs its groups or its plus.
fn write(view: &mut View, digits: &[Spelled], start: usize, dialled: bool) {
    if digits.iter().any(|one| one.0.is_ascii_alphabetic()) {
        for (one, at, length) in digits {
            view.put(*one, *at, *length);
        }
        return;
    }
    let signed = digits.first().is_some_and(|first| first.0 == '+');
    if dialled && !signed && PHONE_DIGITS.contains(&digits.len()) {
        view.put('+', start, 0);
        if digits.len() == *PHONE_DIGITS.start() {
            view.put('1', start, 0);
            view.put(' ', start, 0);
        }
    }
    for (nth, (digit, at, length)) in digits.iter().enumerate() {
        if digits.len() == SOCIAL_DIGITS && !signed && matches!(nth, 3 | 5) {
            view.put('-', *at, 0);
        }
        view.put(*digit, *at, *length);
    }
}

fn said(text: &str, start: usize, end: usize) -> Option<Said> {
    if !WORD_BYTES.contains(&(end - start)) {
        return None;
    }
    let mut lower = [0u8; 8];
    for (slot, byte) in lower.iter_mut().zip(text.as_bytes().get(start..end)?) {
        *slot = byte.to_ascii_lowercase();
    }
    let lower = lower.get(..end - start)?;
    Some(match lower {
        b"double" | b"doppel" => Said::Times(2),
        b"triple" | b"treble" => Said::Times(3),
        b"plus" => Said::Plus,
        [one @ b'0'..=b'9'] => Said::Digit(char::from(*one)),
        _ => match digit(lower) {
            Some(digit) => Said::Digit(digit),
            None => Said::Letter(letter(lower)?),
        },
    })
}

/// The letter that a word stands for, in whatever case.
fn letter(word: &[u8]) -> Option<char> {
    let first = word.first()?.to_ascii_uppercase();
    let is_usual = |nth: u8| {
        let usual = LETTERS.get(usize::from(nth));
        usual.is_some_and(|usual| usual.eq_ignore_ascii_case(word))
    };
    // Each begins with the letter that it stands for.
    if first.checked_sub(b'A').is_some_and(is_usual) {
        return Some(char::from(first));
    }
    let mut others = SPELLINGS.into_iter();
    let other = others.find(|(other, _)| other.eq_ignore_ascii_case(word));
    other.map(|(_, letter)| letter)
}

/// English, German, French, Spanish, Italian, Portuguese and Dutch, without accents.
fn digit(word: &[u8]) -> Option<char> {
    Some(match word {
        b"zero" | b"oh" | b"o" | b"nought" | b"null" | b"cero" | b"nul" => '0',
        b"one" | b"eins" | b"ein" | b"un" | b"une" | b"uno" | b"um" | b"een" => '1',
        b"two" | b"zwei" | b"zwo" | b"deux" | b"dos" | b"due" | b"dois" | b"twee" => '2',
        b"three" | b"drei" | b"trois" | b"tres" | b"tre" | b"drie" => '3',
        b"four" | b"vier" | b"quatre" | b"cuatro" | b"quattro" | b"quatro" => '4',
        b"five" | b"funf" | b"fuenf" | b"cinq" | b"cinco" | b"cinque" | b"vijf" => '5',
        b"six" | b"sechs" | b"seis" | b"sei" | b"zes" | b"meia" => '6',
        b"seven" | b"sieben" | b"sept" | b"siete" | b"sette" | b"sete" | b"zeven" => '7',
        b"eight" | b"acht" | b"huit" | b"ocho" | b"otto" | b"oito" => '8',
        b"nine" | b"neun" | b"neuf" | b"nueve" | b"nove" | b"negen" | b"niner" => '9',
        _ => return None,
    })
}
