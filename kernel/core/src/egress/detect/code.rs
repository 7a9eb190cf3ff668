//! National and other numbers that mix letters and digits: a pattern, a check, and what it takes.
//! Knows nothing of numbers of digits alone.

use super::code_checks as check;
use super::iban;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::{Kind, KindSet};
use crate::egress::ways::way;
use crate::egress::words::{Word, class, class_at};

/// Longest pattern, in letters and digits.
const PATTERN_MAX: usize = 18;

struct Code {
    kind: Kind,
    /// How many letters and digits.
    length: u32,
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
        length: pattern.len() as u32,
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

const CODES: [Code; 32] = [
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
    code(Kind::ES_NIF, "LLDDDDDDDDL", true, check::es_nif_abroad),
    code(Kind::ES_NIE, "LLLDDDDDDDL", true, check::es_nie_abroad),
    code(Kind::ES_NIF, "LDDDDDDDX", false, check::es_other_nif),
    code(Kind::UK_NINO, "LLDDDDDD", false, check::uk_nino_short),
    code(Kind::CL_RUT, "DDDDDDDL", false, check::cl_rut_short),
    code(Kind::TAX_ID, "LLLLDDDDDDXXX", true, check::mx_rfc),
    code(Kind::TAX_ID, "LLLDDDDDDXXX", false, check::mx_rfc),
    code(Kind::TAX_ID, "LDDDDDDDDD", false, check::ve_rif),
    code(Kind::TAX_ID, "LLLDDDDDDDD", true, check::at_uid),
    code(Kind::TAX_ID, "LLLDDDDDDDDD", true, check::ch_uid),
    code(Kind::NATIONAL_ID, "DDDDDDDDLDDD", false, check::de_rvnr),
    code(Kind::NATIONAL_ID, "DDDDDDDDDLXD", false, check::pt_cc),
    code(Kind::NATIONAL_ID, "LDDDDDDDDD", false, check::de_kvnr),
];

/// Which codes may have a letter or a digit at one place, and which end before it: one bit a code.
#[derive(Clone, Copy)]
struct Place {
    letter: u32,
    digit: u32,
    ends: u32,
}

const PLACES: [Place; PATTERN_MAX + 1] = by_place();

const fn by_place() -> [Place; PATTERN_MAX + 1] {
    let none = Place {
        letter: 0,
        digit: 0,
        ends: 0,
    };
    let mut places = [none; PATTERN_MAX + 1];
    let mut slots: &mut [Place] = &mut places;
    let mut at = 0;
    while let [slot, more @ ..] = slots {
        let mut rest: &[Code] = &CODES;
        let mut bit = 1;
        while let [code, tail @ ..] = rest {
            if at == code.length {
                slot.ends |= bit;
            } else if at < code.length {
                slot.letter |= bit * (1 - (code.digits >> at & 1));
                slot.digit |= bit * (1 - (code.letters >> at & 1));
            }
            bit <<= 1;
            rest = tail;
        }
        at += 1;
        slots = more;
    }
    places
}

/// Finds codes that begin at a word with digits, or with the letters before it.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if !text.lexed.leads(way::CODE) {
        return;
    }
    let mut may_begin = false;
    for word in &text.lexed.words {
        may_begin |= iban::at_word(text, word, hits);
        each_start(text, word, |start| may_begin |= at_start(text, start, hits));
    }
    // A pattern that no word begins is begun by none once others are gone: it skips one separator at a time, and they end
    // where words do.
    if !may_begin {
        text.lexed.closes(way::CODE);
    }
}

/// Whether some pattern fits, whatever the check says. A text that is shorter than any account.
pub(super) fn may_fit(text: &Text<'_>) -> bool {
    let mut fits = false;
    for word in &text.lexed.words {
        each_start(text, word, |start| {
            let mut codes = fitting(text, start);
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
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'_' | b'+')
}

/// Whether some pattern fits, whatever the check says.
fn at_start(text: &Text<'_>, start: usize, hits: &mut Vec<Hit>) -> bool {
    if text.word_before(start) {
        return false;
    }
    let mut fits = false;
    let before = hits.len();
    for code in fitting(text, start) {
        fits = true;
        let shape = Shape::read(text, start);
        let length = usize::try_from(code.length).unwrap_or(PATTERN_MAX);
        let compact = shape.compact.get(..length).unwrap_or_default();
        let end = shape.ends.get(length - 1).copied().unwrap_or(start);
        if !text.in_word(end)
            && (code.check)(compact)
            && (code.kind != Kind::IN_PAN || begins_with_letters(text, start, 5))
            && (code.alone || text.cue(start).kinds.has(code.kind))
        {
            hits.push(Hit::new(code.kind, start, end));
        }
    }
    if hits.len() > before + 1 {
        prefer_named(text.cue(start).kinds, before, hits);
    }
    fits
}

/// Whether that many letters stand together: `SKU BR-2474-A` is no number of five letters.
fn begins_with_letters(text: &Text<'_>, start: usize, count: usize) -> bool {
    let letters = text.bytes(start, start + count);
    letters.len() == count && letters.iter().all(u8::is_ascii_alphabetic)
}

/// Of numbers of several states in one place, the one that is named is meant.
fn prefer_named(named: KindSet, before: usize, hits: &mut Vec<Hit>) {
    let own = hits.split_off(before.min(hits.len()));
    let any = own.iter().any(|hit| named.has(hit.kind));
    hits.extend(own.into_iter().filter(|hit| !any || named.has(hit.kind)));
}

/// The codes whose pattern fits from one place on, single separators skipped: most texts are no code by that alone.
fn fitting(text: &Text<'_>, start: usize) -> impl Iterator<Item = &'static Code> {
    let fits = fits(text.text.as_bytes().get(start..).unwrap_or_default());
    let codes = CODES.iter().zip(0u32..);
    codes
        .take_while(move |(_, nth)| fits >> nth != 0)
        .filter(move |(_, nth)| fits >> nth & 1 == 1)
        .map(|(code, _)| code)
}

/// One bit a code.
fn fits(bytes: &[u8]) -> u32 {
    let mut places = PLACES.iter();
    let Some(mut place) = places.next() else {
        return 0;
    };
    // Those that may still fit, and those that do.
    let (mut open, mut fit) = (u32::MAX, 0);
    let (mut begun, mut apart) = (false, false);
    let (mut any_apart, mut small) = (false, false);
    for byte in bytes {
        let class = class_at(*byte);
        if class & (class::DIGIT | class::LETTER) == 0 {
            if apart || !begun || !is_separator(*byte) {
                break;
            }
            apart = true;
            continue;
        }
        if apart {
            fit |= open & place.ends;
            any_apart = true;
        }
        // `010190-123a`: a small letter right after a digit may be a check letter.
        let letter = byte.is_ascii_lowercase();
        let runs = letter && (apart || small);
        small |= letter;
        open &= match class & class::DIGIT {
            0 => place.letter,
            _ => place.digit,
        };
        // Running text in small letters is no code, however it falls apart.
        if open == 0 || any_apart && runs {
            return fit;
        }
        (begun, apart) = (true, false);
        match places.next() {
            Some(next) => place = next,
            None => return fit,
        }
    }
    fit | open & place.ends
}

/// The letters and digits from one place on, upper case, single separators skipped.
struct Shape {
    compact: [u8; PATTERN_MAX],
    /// One past each letter or digit, in the text.
    ends: [usize; PATTERN_MAX],
}

impl Shape {
    fn read(text: &Text<'_>, start: usize) -> Self {
        let mut shape = Self {
            compact: [0; PATTERN_MAX],
            ends: [0; PATTERN_MAX],
        };
        let mut at = start;
        let slots = shape.compact.iter_mut().zip(shape.ends.iter_mut());
        for (n, (slot, end)) in slots.enumerate() {
            at += usize::from(n > 0 && is_separator(text.byte(at)));
            let byte = text.byte(at);
            if !byte.is_ascii_alphanumeric() {
                break;
            }
            *slot = byte.to_ascii_uppercase();
            at += 1;
            *end = at;
        }
        shape
    }
}
