//! International bank account numbers: country, length (SWIFT registry), mod 97 (ISO 13616).
//! Knows nothing of the banks behind them.

use super::checksum::mod97;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::opaque;
use crate::egress::words::Word;

/// Country and length, in letters and digits.
const LENGTHS: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24\
FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25\
MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23\
ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

/// Most letters that are read as digits.
const MISREAD_MAX: usize = 6;
/// Letters and digits of the longest account that a standard allows.
const LETTERS_MAX: usize = 34;

/// Lengths by the place of the two letters; zero where no country has them.
const BY_LETTERS: [u8; 26 * 26] = by_letters();

const fn by_letters() -> [u8; 26 * 26] {
    let mut table = [0u8; 26 * 26];
    let mut rest = LENGTHS.as_bytes();
    while let [one, two, tens, ones, tail @ ..] = rest {
        let place = (*one - b'A') as usize * 26 + (*two - b'A') as usize;
        if let Some((_, from)) = table.split_at_mut_checked(place)
            && let Some(slot) = from.first_mut()
        {
            *slot = (*tens - b'0') * 10 + (*ones - b'0');
        }
        rest = tail;
    }
    table
}

fn length(country: &str) -> Option<usize> {
    let [one, two] = country.as_bytes() else {
        return None;
    };
    let place = |byte: &u8| {
        byte.to_ascii_uppercase()
            .checked_sub(b'A')
            .filter(|at| *at < 26)
    };
    let at = usize::from(place(one)?) * 26 + usize::from(place(two)?);
    BY_LETTERS
        .get(at)
        .filter(|length| **length > 0)
        .map(|length| usize::from(*length))
}

/// Finds an account number whose check digits are the first digits of `word`; whether a country that has them stands
/// before them, whatever follows.
pub(super) fn at_word(text: &Text<'_>, word: &Word, hits: &mut Vec<Hit>) -> bool {
    let digit = text.skip_most(word.start, word.end - word.start, |byte| {
        !byte.is_ascii_digit()
    });
    // `DE 89 3704`: the country may stand apart.
    let apart = digit == word.start && is_separator(text.before(digit));
    let letters_end = digit - usize::from(apart);
    if !text.before(letters_end).is_ascii_alphabetic() {
        return false;
    }
    let Some(mut start) = letters_end.checked_sub(2) else {
        return false;
    };
    let mut country = text.slice(start, letters_end);
    let spread;
    // `D E 8 9 3 7`, `D-E-8-9`: every letter may stand apart, by the same mark.
    let mark = text.before(digit);
    if apart && start > 0 && text.byte(start) == mark {
        start -= 1;
        spread = text.slice(start, letters_end).replace(char::from(mark), "");
        country = &spread;
    }
    if apart && text.word_before(start) {
        return false;
    }
    let Some(needed) = length(country) else {
        return false;
    };
    let Some((compact, end)) = compact(text, start, needed) else {
        return true;
    };
    // `at 0171 2345678 tomorrow`: words of a sentence are cut where an account would end.
    if apart && text.in_word(end) {
        return true;
    }
    if end - start > needed && holds_word(text.slice(start, end)) {
        return true;
    }
    let compact = read(compact, needed).unwrap_or(compact);
    if is_checked(&compact, needed) && !is_identifier_around(text, start) {
        let spelled = compact.get(..needed).map(|letters| letters.iter().copied());
        let misread = |letters: &str| !text.slice(start, end).eq_ignore_ascii_case(letters);
        let value = spelled.map(|letters| letters.map(char::from).collect::<String>());
        let value = value.filter(|letters| end - start != needed || misread(letters));
        hits.push(Hit {
            value,
            ..Hit::new(Kind::IBAN_CODE, start, end)
        });
    }
    true
}

/// ISO 7064 over the account and, behind it, its first four letters.
fn is_checked(compact: &[u8; LETTERS_MAX], needed: usize) -> bool {
    let (head, tail) = compact.split_at(4);
    let tail = tail.get(..needed - 4).unwrap_or_default();
    mod97(tail.iter().chain(head).copied()) == 1
}

/// An account in which letters stand for the digits that they look like: from the fifth letter on, or behind the four
/// letters of a bank.
fn read(compact: [u8; LETTERS_MAX], needed: usize) -> Option<[u8; LETTERS_MAX]> {
    if is_checked(&compact, needed) {
        return None;
    }
    [4, 5, 8].into_iter().find_map(|from| {
        let mut read = compact;
        let mut letters = 0;
        for byte in read.get_mut(from..needed)? {
            letters += usize::from(byte.is_ascii_alphabetic());
            *byte = match *byte {
                b'O' | b'Q' | b'D' => b'0',
                b'I' | b'L' => b'1',
                b'Z' => b'2',
                b'S' => b'5',
                b'G' => b'6',
                b'B' => b'8',
                b'0'..=b'9' => *byte,
                _ => return None,
            };
        }
        ((1..=MISREAD_MAX).contains(&letters) && is_checked(&read, needed)).then_some(read)
    })
}

/// Whether a word of a sentence stands between the separators: groups of letters alone are not as long.
fn holds_word(shown: &str) -> bool {
    let mut words = shown.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word.len() >= 5 && word.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// Whether the place lies in a UUID: its last letters and the words behind it are no account.
fn is_identifier_around(text: &Text<'_>, at: usize) -> bool {
    let begins = at.saturating_sub(opaque::UUID_BYTES - 1)..=at;
    begins.into_iter().any(|from| {
        let one = text.slice(from, from + opaque::UUID_BYTES);
        opaque::is_identifier(one) && opaque::is_whole(one)
    })
}

/// Whether bytes begin with an account number, whatever separates its letters and digits.
pub(in crate::egress) fn begins(bytes: impl Iterator<Item = u8>) -> bool {
    shaped(bytes).is_some_and(|(held, needed)| {
        let (head, tail) = held.split_at(4);
        let tail = tail.get(..needed - 4).unwrap_or_default();
        mod97(tail.iter().chain(head).copied()) == 1
    })
}

/// Whether bytes begin as an account number does, whatever its digits are.
pub(in crate::egress) fn may_begin(bytes: impl Iterator<Item = u8>) -> bool {
    shaped(bytes).is_some()
}

/// The letters and digits at the start of what has the form of an account number, and how many it has.
fn shaped(bytes: impl Iterator<Item = u8>) -> Option<([u8; LETTERS_MAX], usize)> {
    let mut letters = bytes.filter(u8::is_ascii_alphanumeric);
    let mut held = [0u8; LETTERS_MAX];
    let mut needed = 4;
    let mut count = 0;
    while count < needed {
        let (Some(byte), Some(slot)) = (letters.next(), held.get_mut(count)) else {
            return None;
        };
        *slot = byte;
        count += 1;
        let fits = if count <= 2 {
            byte.is_ascii_alphabetic()
        } else {
            count > 4 || byte.is_ascii_digit()
        };
        if !fits {
            return None;
        }
        if count == 4 {
            let country = held.get(..2).and_then(|two| std::str::from_utf8(two).ok());
            needed = country.and_then(length)?;
        }
    }
    Some((held, needed))
}

/// What may stand between the letters and digits of an account number.
fn is_separator(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'-' | b'.' | b'_' | b'/' | b'\n' | b'\t' | b',' | b':' | b'*' | b'|' | b'+' | b'~'
    )
}

/// Whether letters and digits are an account number from end to end.
pub(super) fn is_whole(compact: &str) -> bool {
    compact.get(..2).and_then(length) == Some(compact.len()) && begins(compact.bytes())
}

/// The next `needed` letters and digits, single separators skipped, and where they end.
fn compact(text: &Text<'_>, start: usize, needed: usize) -> Option<([u8; LETTERS_MAX], usize)> {
    let mut compact = [0; LETTERS_MAX];
    let mut slots = compact.iter_mut().take(needed).enumerate();
    let mut at = start;
    let mut gap = 0;
    let mut slot = slots.next();
    while let Some((nth, letter)) = &mut slot {
        let byte = text.byte(at);
        if byte.is_ascii_alphanumeric() {
            // Its check digits.
            if matches!(nth, 2 | 3) && !byte.is_ascii_digit() {
                return None;
            }
            **letter = byte.to_ascii_uppercase();
            slot = slots.next();
            gap = 0;
        } else if is_separator(byte) && gap < 3 {
            gap += 1;
        } else {
            return None;
        }
        at += 1;
    }
    Some((compact, at))
}
