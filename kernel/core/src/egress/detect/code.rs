//! National and other numbers that mix letters and digits: a pattern, a check, and what it takes.
//! Knows nothing of numbers of digits alone.

use super::code_checks as check;
use super::iban;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::words::Word;

/// Longest pattern, in letters and digits.
const PATTERN_MAX: usize = 18;

struct Code {
    kind: Kind,
    /// How many letters and digits.
    length: usize,
    /// Places that must be letters, and places that must be digits; one bit a place.
    letters: u32,
    digits: u32,
    /// Whether the check is so strong, or the shape so much its own, that no name is needed.
    alone: bool,
    check: fn(&[u8]) -> bool,
}

const fn code(kind: Kind, pattern: &'static str, alone: bool, check: fn(&[u8]) -> bool) -> Code {
    Code {
        kind,
        length: pattern.len(),
        letters: places(pattern, b'L'),
        digits: places(pattern, b'D'),
        alone,
        check,
    }
}

/// Where a pattern (`L` a letter, `D` a digit, `X` either) has this class.
const fn places(pattern: &str, class: u8) -> u32 {
    let mut bits = 0;
    let mut place = 1;
    let mut rest = pattern.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == class {
            bits |= place;
        }
        place <<= 1;
        rest = tail;
    }
    bits
}

const CODES: [Code; 19] = [
    code(Kind::ES_NIF, "DDDDDDDDL", true, check::es_nif),
    code(Kind::ES_NIE, "LDDDDDDDL", true, check::es_nie),
    code(Kind::SG_NRIC_FIN, "LDDDDDDDL", true, check::sg_nric),
    code(
        Kind::IT_FISCAL_CODE,
        "LLLLLLXXLXXLXXXL",
        true,
        check::it_fiscal_code,
    ),
    code(Kind::MX_CURP, "LLLLDDDDDDLLLLLLXD", true, check::mx_curp),
    code(Kind::IN_PAN, "LLLLLDDDDL", true, check::in_pan),
    code(Kind::IN_GSTIN, "DDLLLLLDDDDLXLX", true, check::in_gstin),
    code(Kind::UK_NINO, "LLDDDDDDL", true, check::uk_nino),
    code(
        Kind::CN_RESIDENT_ID,
        "DDDDDDDDDDDDDDDDDL",
        true,
        check::cn_resident_id,
    ),
    code(Kind::FR_NIR, "DDDDDDLDDDDDDDD", true, check::fr_nir_corsica),
    code(Kind::US_MBI, "DLXDLXDLLDD", true, check::us_mbi),
    code(Kind::MEDICAL_LICENSE, "LLDDDDDDD", false, check::dea),
    code(Kind::IE_PPS, "DDDDDDDLL", true, check::ie_pps),
    code(Kind::IE_PPS, "DDDDDDDL", false, check::ie_pps),
    code(Kind::CL_RUT, "DDDDDDDDL", true, check::cl_rut),
    code(
        Kind::FI_PERSONAL_IDENTITY_CODE,
        "DDDDDDLDDDX",
        true,
        check::fi_hetu,
    ),
    code(
        Kind::FI_PERSONAL_IDENTITY_CODE,
        "DDDDDDDDDL",
        true,
        check::fi_hetu_dash,
    ),
    code(
        Kind::DRIVER_LICENSE,
        "LLLLLDDDDDDLLXLL",
        true,
        check::uk_driver,
    ),
    code(
        Kind::DRIVER_LICENSE,
        "LLLLLDDDDDDLXXLL",
        false,
        check::uk_driver,
    ),
];

/// Letters and digits of the shortest code.
const SHORTEST: usize = shortest();

const fn shortest() -> usize {
    let mut shortest = PATTERN_MAX;
    let mut rest: &[Code] = &CODES;
    while let [first, tail @ ..] = rest {
        if first.length < shortest {
            shortest = first.length;
        }
        rest = tail;
    }
    shortest
}

/// Which codes can begin with so many digits, and no digit after them, and which with so many letters: one bit a code.
const BY_LEAD: [[u32; PATTERN_MAX + 1]; 2] = by_lead();

const fn by_lead() -> [[u32; PATTERN_MAX + 1]; 2] {
    let mut tables = [[0; PATTERN_MAX + 1]; 2];
    let [by_digits, by_letters] = &mut tables;
    fill(by_digits, true);
    fill(by_letters, false);
    tables
}

/// A code can begin with what its first places do not forbid, if the place after them does not either.
const fn fill(mut slots: &mut [u32], of_digits: bool) {
    let mut lead = 0;
    while let [slot, more @ ..] = slots {
        let mut rest: &[Code] = &CODES;
        let mut bit = 1;
        while let [code, tail @ ..] = rest {
            let (same, other) = match of_digits {
                true => (code.digits, code.letters),
                false => (code.letters, code.digits),
            };
            let begun = (1 << lead) - 1;
            if other & begun == 0 && same >> lead & 1 == 0 {
                *slot |= bit;
            }
            bit <<= 1;
            rest = tail;
        }
        lead += 1;
        slots = more;
    }
}

/// Finds codes that begin at a word with digits, or with the letters before it.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    for word in &text.lexed.words {
        iban::at_word(text, word, hits);
        each_start(text, word, |start| at_start(text, start, hits));
    }
}

/// Whether some pattern fits, whatever the check says. A text that is shorter than any account.
pub(super) fn may_fit(text: &Text<'_>) -> bool {
    let mut fits = false;
    for word in &text.lexed.words {
        each_start(text, word, |start| {
            let seen = Classes::read(text, start);
            let mut codes = CODES.iter().filter(|code| seen.fits(code));
            // What needs a name is none where no word before it says one.
            fits |= codes.any(|code| code.alone || text.is_led(start));
        });
    }
    fits
}

/// Where a code may begin that holds this word: at the word, or with the letters before it.
fn each_start(text: &Text<'_>, word: &Word, mut at: impl FnMut(usize)) {
    let length = word.end - word.start;
    if length > PATTERN_MAX || (length == word.digits && !beside_letters(text, word)) {
        return;
    }
    let mut start = word.start;
    for _ in 0..3 {
        at(start);
        match letters_before(text, start) {
            Some(earlier) => start = earlier,
            None => break,
        }
    }
}

/// Whether a short word of letters stands one separator away.
fn beside_letters(text: &Text<'_>, word: &Word) -> bool {
    text.byte(word.end + 1).is_ascii_alphanumeric() || letters_before(text, word.start).is_some()
}

/// Start of the word of at most six capitals that ends one separator before `start`.
fn letters_before(text: &Text<'_>, start: usize) -> Option<usize> {
    let end = start.checked_sub(1)?;
    if !is_separator(text.byte(end)) {
        return None;
    }
    let from = text.skip_back(end, 7, |byte| byte.is_ascii_uppercase());
    (from < end && end - from <= 6 && !text.word_before(from)).then_some(from)
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'_')
}

fn at_start(text: &Text<'_>, start: usize, hits: &mut Vec<Hit>) {
    if text.word_before(start) {
        return;
    }
    let Some(codes) = Classes::lead(text, start) else {
        return;
    };
    let seen = Classes::read(text, start);
    // Every pattern has a letter.
    if seen.length < SHORTEST || seen.letters == 0 {
        return;
    }
    let begun = |(nth, _): &(usize, &Code)| codes >> nth & 1 == 1;
    let codes = CODES.iter().enumerate().filter(begun);
    for code in codes.map(|(_, code)| code).filter(|code| seen.fits(code)) {
        let shape = Shape::read(text, start);
        let Some(end) = shape.end(code.length) else {
            continue;
        };
        let compact = shape.compact.get(..code.length).unwrap_or_default();
        if !text.in_word(end)
            && (code.check)(compact)
            && (code.alone || text.cue(start).kinds.has(code.kind))
        {
            hits.push(Hit::new(code.kind, start, end));
        }
    }
}

/// Which of the letters and digits from one place on are which, single separators skipped: most texts are no code
/// by that alone.
struct Classes {
    length: usize,
    letters: u32,
    digits: u32,
}

impl Classes {
    /// Which codes can begin here, by how many digits or letters come first; `None` where none can.
    fn lead(text: &Text<'_>, start: usize) -> Option<u32> {
        let rest = text.text.as_bytes().get(start..).unwrap_or_default();
        let digits = rest.first()?.is_ascii_digit();
        let (mut lead, mut apart) = (0, true);
        for byte in rest {
            if lead < PATTERN_MAX && byte.is_ascii_digit() == digits && byte.is_ascii_alphanumeric()
            {
                (lead, apart) = (lead + 1, false);
            } else if !apart && is_separator(*byte) {
                apart = true;
            } else {
                break;
            }
        }
        let [by_digits, by_letters] = &BY_LEAD;
        let codes = if digits { by_digits } else { by_letters };
        codes.get(lead).copied().filter(|codes| *codes != 0)
    }

    fn read(text: &Text<'_>, start: usize) -> Self {
        let mut seen = Self {
            length: 0,
            letters: 0,
            digits: 0,
        };
        let mut place = 1;
        let mut apart = true;
        for byte in text.text.as_bytes().get(start..).unwrap_or_default() {
            match byte {
                b'0'..=b'9' => seen.digits |= place,
                b'A'..=b'Z' | b'a'..=b'z' => seen.letters |= place,
                _ if !apart && is_separator(*byte) => {
                    apart = true;
                    continue;
                }
                _ => break,
            }
            apart = false;
            seen.length += 1;
            place <<= 1;
            if seen.length == PATTERN_MAX {
                break;
            }
        }
        seen
    }

    fn fits(&self, code: &Code) -> bool {
        code.length <= self.length
            && code.letters & !self.letters == 0
            && code.digits & !self.digits == 0
    }
}

/// The letters and digits from one place on, upper case, single separators skipped.
struct Shape {
    compact: [u8; PATTERN_MAX],
    /// One past each letter or digit, in the text.
    ends: [usize; PATTERN_MAX],
    /// How many may be taken before a separator and a small letter have both been seen.
    tidy: usize,
}

impl Shape {
    fn read(text: &Text<'_>, start: usize) -> Self {
        let mut shape = Self {
            compact: [0; PATTERN_MAX],
            ends: [0; PATTERN_MAX],
            tidy: PATTERN_MAX,
        };
        let mut at = start;
        let (mut apart, mut small) = (false, false);
        let slots = shape.compact.iter_mut().zip(shape.ends.iter_mut());
        for (n, (slot, end)) in slots.enumerate() {
            if n > 0 && is_separator(text.byte(at)) {
                apart = true;
                at += 1;
            }
            let byte = text.byte(at);
            if !byte.is_ascii_alphanumeric() {
                break;
            }
            small |= byte.is_ascii_lowercase();
            *slot = byte.to_ascii_uppercase();
            at += 1;
            *end = at;
            // Running text in small letters is no code, however it falls apart.
            if apart && small {
                shape.tidy = shape.tidy.min(n);
            }
        }
        shape
    }

    /// Where the first `length` end in the text, if they can be a code.
    fn end(&self, length: usize) -> Option<usize> {
        let last = length.checked_sub(1)?;
        self.ends.get(last).copied().filter(|_| length <= self.tidy)
    }
}
