//! Folds a text to the letters that a reader sees: for searching only, never for output.
//! Knows nothing of what is searched for.
//!
//! Default-ignorables and combining marks vanish, compatibility forms (full-width, mathematical,
//! circled) become plain, digits of every script become ASCII, dashes one dash, spaces one space;
//! look-alike letters become Latin only in words that mix scripts, so that Russian stays Russian.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::homoglyph;
use super::mask::next_mask;
use super::turn::Turn;
use super::view::View;
use super::words::{class, class_at};
use crate::limits;

/// Longest mask of ours, in bytes: a name, and a hash or a class.
const MASK_BYTES_MAX: usize = limits::NAME_BYTES_MAX + 64;

/// The zero of every block of decimal digits (Unicode 16 `Nd`) that NFKD leaves alone.
const ZEROS: [u32; 67] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50,
    0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1E140, 0x1E2F0, 0x1E4F0,
    0x1E5F1, 0x1E950,
];

/// The value of a decimal digit of any script that is not ASCII.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let block = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    let value = code - ZEROS.get(block)?;
    char::from_digit(value, 10)
}

/// Whether a character shows nothing: `Default_Ignorable_Code_Point`, `Cf`, and controls.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
        | '\u{2800}' | '\u{0600}'..='\u{0605}' | '\u{06DD}' | '\u{070F}' | '\u{08E2}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// What one character that is not plain ASCII is read as; nothing for what is not seen.
fn read(c: char, mut emit: impl FnMut(char)) {
    match c {
        // The tag block repeats ASCII invisibly; models read it.
        '\u{E0020}'..='\u{E007E}' => {
            if let Some(plain) = char::from_u32(u32::from(c) - 0xE0000) {
                emit(plain);
            }
        }
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2043}'
        | '\u{FE58}'
        | '\u{FE63}'
        | '\u{FF0D}'
        | '\u{2E3A}'
        | '\u{2E3B}'
        | '\u{30FC}'
        | '\u{FF70}'
        | '\u{1806}'
        | '\u{058A}'
        | '\u{05BE}'
        | '\u{2796}' => emit('-'),
        '\u{00B7}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{22C5}' | '\u{30FB}'
        | '\u{3002}' | '\u{FF61}' | '\u{FF0E}' | '\u{0701}' | '\u{0702}' | '\u{06D4}'
        | '\u{2219}' | '\u{00B8}' => emit('.'),
        '\u{2215}' | '\u{2044}' | '\u{29F8}' => emit('/'),
        '\u{2028}' | '\u{2029}' | '\u{0085}' => emit('\n'),
        '\u{2018}'..='\u{201B}' | '\u{2039}' | '\u{203A}' | '\u{02BC}' => emit('\''),
        '\u{201C}'..='\u{201F}' | '\u{00AB}' | '\u{00BB}' | '\u{300C}'..='\u{300F}' => emit('"'),
        '\u{2502}' | '\u{2503}' | '\u{2506}' | '\u{250A}' | '\u{2551}' | '\u{00A6}' => emit('|'),
        '\u{2500}' | '\u{2501}' | '\u{2550}' => emit('-'),
        '\u{250C}'..='\u{254B}' | '\u{2552}'..='\u{256C}' => emit('+'),
        '\u{3001}' => emit(','),
        '\u{1680}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\u{00A0}' => emit(' '),
        c if c.is_whitespace() => emit(' '),
        c if is_invisible(c) => {}
        // Keycap and squared digits beyond NFKD's reach.
        '\u{24F5}'..='\u{24FD}' => emit_digit(u32::from(c) - 0x24F4, emit),
        '\u{24FF}' | '\u{1F10C}' | '\u{1F10B}' => emit('0'),
        '\u{2776}'..='\u{277E}' => emit_digit(u32::from(c) - 0x2775, emit),
        '\u{2780}'..='\u{2788}' => emit_digit(u32::from(c) - 0x277F, emit),
        '\u{278A}'..='\u{2792}' => emit_digit(u32::from(c) - 0x2789, emit),
        c if is_picture(c) => emit(' '),
        c => match digit(c) {
            Some(plain) => emit(plain),
            None => decompose_compatible(c, |part| match part {
                '\u{2044}' => emit('/'),
                part if is_combining_mark(part) || is_invisible(part) => {}
                part => emit(digit(part).unwrap_or(part)),
            }),
        },
    }
}

/// A mark or a picture that is no part of a word: arrows, shapes, brackets of other scripts, emoji.
fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{00A1}' | '\u{00BF}' | '\u{2020}'..='\u{2023}'
        | '\u{2190}'..='\u{21FF}' | '\u{2504}'..='\u{25FF}' | '\u{2600}'..='\u{2775}'
        | '\u{2794}'..='\u{27BF}' | '\u{27E6}'..='\u{27EF}' | '\u{2B00}'..='\u{2BFF}'
        | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301B}' | '\u{1F300}'..='\u{1FAFF}')
}

fn emit_digit(value: u32, mut emit: impl FnMut(char)) {
    if let Some(plain) = char::from_digit(value, 10) {
        emit(plain);
    }
}

/// The length of the colour or motion of a terminal (`ESC [ 31 m`, ECMA-48 5.4) that begins here: it shows nothing.
pub(super) fn terminal(text: &str) -> Option<usize> {
    const BYTES_MAX: usize = 24;
    let rest = text.strip_prefix("\u{1B}[")?;
    let parameters = rest
        .bytes()
        .take(BYTES_MAX)
        .position(|byte| !matches!(byte, b' '..=b'?'))?;
    let ends = matches!(rest.as_bytes().get(parameters), Some(b'@'..=b'~'));
    // The letters of a mask of ours end no sequence: who takes its head away reads its name as a label.
    let near = rest.floor_char_boundary(BYTES_MAX + MASK_BYTES_MAX);
    let mask = next_mask(rest.get(..near).unwrap_or_default(), 0);
    let masked = mask.is_some_and(|(start, _)| start <= parameters);
    (ends && !masked).then_some(parameters + 3)
}

/// Whether letters of the tag block stand in a text: models read them, people do not.
pub(super) fn has_tags(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"\xF3\xA0").is_some()
}

/// Folds a text. Plain ASCII is copied as it is.
pub(super) fn fold(text: &str) -> View {
    folded(text, true)
}

/// As [`fold`], as people read it: tags are not seen.
pub(super) fn fold_untagged(text: &str) -> View {
    folded(text, false)
}

fn folded(text: &str, tags: bool) -> View {
    let mut view = View::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = rest
            .bytes()
            .position(|byte| class_at(byte) & (class::OTHER_SCRIPT | class::CONTROL) != 0)
            .unwrap_or(rest.len());
        view.copy(rest.get(..plain).unwrap_or_default(), at);
        at += plain;
        let tail = rest.get(plain..).unwrap_or_default();
        if let Some(length) = terminal(tail) {
            at += length;
        } else if let Some(c) = tail.chars().next() {
            if !tags && ('\u{E0000}'..='\u{E0FFF}').contains(&c) {
                at += c.len_utf8();
                continue;
            }
            read(c, |folded| view.put(folded, at, c.len_utf8()));
            at += c.len_utf8();
        }
    }
    homoglyph::unmix(view)
}

/// The words of a key or heading, lower case and without accents, `customerEmail2` as
/// `customer`, `email`, `2`.
pub(super) fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = Turn::Break;
    let mut push = |c: char| {
        let turn = Turn::of(c);
        if turn == Turn::Break {
            last = turn;
            return;
        }
        let goes_on = last.goes_on(turn);
        if last.leaves_capitals(turn)
            && let Some(word) = words.last_mut()
            && word.chars().nth(1).is_some()
            && let Some(capital) = word.pop()
        {
            words.push(capital.to_string());
        }
        match words.last_mut() {
            Some(word) if goes_on => word.extend(c.to_lowercase()),
            _ => words.push(c.to_lowercase().collect()),
        }
        last = turn;
    };
    for c in key.chars() {
        if c.is_ascii() {
            push(c);
        } else {
            read(c, &mut push);
        }
    }
    words
}
