//! Runs of base64, base32 and hexadecimal that decode to text.
//! Knows nothing of what the text says.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::plain::{self, Plain, TooLong};
use super::rare;

/// Shortest run that is tried, in letters.
pub(in crate::egress) const RUN_MIN: usize = 12;
/// Shortest run of base 32 in small letters.
const SMALL_MIN: usize = 16;
/// Most marks that fill up the end of a run.
const FILL_MAX: usize = 6;
/// Shortest line of a wrapped block.
const LINE_MIN: usize = 16;
/// Letters that show whether a run can be text.
const PROBE: usize = 16;

const FORGIVING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, FORGIVING);

/// A run and what it decodes to.
pub(in crate::egress) struct Encoded {
    pub(in crate::egress) start: usize,
    pub(in crate::egress) end: usize,
    pub(in crate::egress) plain: Plain,
}

/// Every run of `text` that decodes to text, at most `budget` bytes in all.
pub(in crate::egress) fn runs(text: &str, mut budget: usize) -> Result<Vec<Encoded>, TooLong> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| is_letter(*byte)))
        .map(|offset| at + offset)
    {
        let end = block_end(bytes, start);
        at = end;
        if end - start < RUN_MIN {
            continue;
        }
        let before = found.len();
        try_run(text, start, end, budget, &mut found)?;
        let used: usize = found
            .iter()
            .skip(before)
            .map(|one: &Encoded| one.plain.text().len())
            .sum();
        budget = budget.checked_sub(used).ok_or(TooLong)?;
    }
    Ok(found)
}

/// Whether some run can decode to anything, by which letters are in it.
pub(in crate::egress) fn may_hold(bytes: &[u8]) -> bool {
    // Wrapped lines are one run; that is the long way's business.
    if memchr::memchr2(b'\n', b'\r', bytes).is_some() {
        return true;
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = rest.iter().position(|byte| !is_letter(*byte));
        let (run, later) = rest.split_at(length.unwrap_or(rest.len()));
        if may_be_run(run, later.first() == Some(&b'=')) {
            return true;
        }
        let gap = later.iter().position(|byte| is_letter(*byte));
        rest = later.get(gap.unwrap_or(later.len())..).unwrap_or_default();
    }
    false
}

/// Whether a run may go on in the next line.
pub(in crate::egress) fn may_go_on(run: &[u8], after: u8) -> bool {
    matches!(after, b'\n' | b'\r') && run.len() >= LINE_MIN && run.len().is_multiple_of(4)
}

/// Whether a run, or a part of it between its marks, can decode to anything. What fills it up counts as letters of it.
pub(in crate::egress) fn may_be_run(run: &[u8], filled: bool) -> bool {
    if run.len() + if filled { FILL_MAX } else { 0 } < RUN_MIN {
        return false;
    }
    if run.iter().filter(|byte| byte.is_ascii_uppercase()).count() > 1 {
        return true;
    }
    let mut parts = run
        .split(|byte| !byte.is_ascii_alphanumeric())
        .rev()
        .zip(std::iter::once(filled).chain(std::iter::repeat(false)));
    parts.any(|(part, filled)| {
        // Nothing but digits of base 16, or no small letters at all.
        let hex = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X');
        let small = || part.len() >= SMALL_MIN && part.iter().any(u8::is_ascii_digit);
        part.len() + if filled { FILL_MAX } else { 0 } >= RUN_MIN
            && (part.iter().all(hex) || !part.iter().any(u8::is_ascii_lowercase) || small())
    })
}

/// Whether digits alone, twelve to sixteen of them, can be read as encoded text.
pub(in crate::egress) fn reads_digits(digits: &[u8]) -> bool {
    if digits.len() % 2 == 1 {
        // Base 32 has no other digits.
        return digits.iter().all(|digit| (b'2'..=b'7').contains(digit));
    }
    let (mut zeros, mut unreadable) = (0, false);
    for pair in digits.chunks_exact(2) {
        match pair {
            b"00" => zeros += 1,
            b"09" => {}
            [b'0' | b'1' | b'8' | b'9', _] => unreadable = true,
            _ => {}
        }
    }
    // Three zero bytes in eight may be UTF-16; `78` begins what zlib packs.
    !unreadable || zeros >= 3 || digits.starts_with(b"78")
}

#[inline]
fn is_letter(byte: u8) -> bool {
    LETTERS.get(usize::from(byte)).copied().unwrap_or(false)
}

/// Looked up, since every byte of every text is asked.
const LETTERS: [bool; 256] = {
    let mut letters = [false; 256];
    let mut rest: &mut [bool] = &mut letters;
    let mut byte = 0u8;
    while let [first, tail @ ..] = rest {
        *first = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-');
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    letters
};

/// Where the run ends; lines of a wrapped block are one run.
fn block_end(bytes: &[u8], start: usize) -> usize {
    let line = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest
            .iter()
            .position(|byte| !is_letter(*byte))
            .unwrap_or(rest.len())
    };
    let mut end = line(start);
    let mut from = start;
    loop {
        let break_len = match bytes.get(end..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([b'\n', ..]) => 1,
            _ => return padded(bytes, end),
        };
        let next = line(end + break_len);
        let whole = end - from >= LINE_MIN && (end - from).is_multiple_of(4);
        // The last line may be short; one that goes on with other text is not part of the block.
        let follows = next > end + break_len
            && matches!(
                bytes.get(next),
                None | Some(b'\n' | b'\r' | b'=' | b'"' | b'-')
            );
        if !whole || !follows {
            return padded(bytes, end);
        }
        from = end + break_len;
        end = next;
    }
}

fn padded(bytes: &[u8], end: usize) -> usize {
    let rest = bytes.get(end..).unwrap_or_default();
    end + rest
        .iter()
        .take(FILL_MAX)
        .take_while(|byte| **byte == b'=')
        .count()
}

fn try_run(
    text: &str,
    start: usize,
    end: usize,
    budget: usize,
    found: &mut Vec<Encoded>,
) -> Result<(), TooLong> {
    let run = text.get(start..end).unwrap_or_default();
    if let Some(plain) = decode(run, budget)? {
        found.push(Encoded { start, end, plain });
        return Ok(());
    }
    // A path or a key may hold an encoded part between slashes and dashes.
    let mut at = start;
    for part in run.split_inclusive(['/', '-', '_', '+']) {
        let bare = part.trim_end_matches(['/', '-', '_', '+']);
        if bare.len() >= RUN_MIN
            && bare.len() < run.len()
            && let Some(plain) = decode(bare, budget)?
        {
            found.push(Encoded {
                start: at,
                end: at + bare.len(),
                plain,
            });
        }
        at += part.len();
    }
    Ok(())
}

fn decode(run: &str, budget: usize) -> Result<Option<Plain>, TooLong> {
    let common = common(run, budget)?;
    if matches!(common, Some(Plain::Text(_))) {
        return Ok(common);
    }
    Ok(rare::decode(run).or(common))
}

fn common(run: &str, budget: usize) -> Result<Option<Plain>, TooLong> {
    if let Some(bytes) = hexadecimal(run) {
        return plain::read(&bytes, budget);
    }
    let capitals = run.bytes().all(|byte| !byte.is_ascii_lowercase());
    if capitals
        && let Some(bytes) = base32(run)
        && let Some(plain) = plain::read(&bytes, budget)?
    {
        return Ok(Some(plain));
    }
    if !looks_encoded(run) {
        return Ok(None);
    }
    let mut parts = None;
    for offset in 0..4usize {
        let Some(bytes) = run.get(offset..).and_then(base64) else {
            continue;
        };
        match plain::read(&bytes, budget)? {
            Some(Plain::Text(text)) => return Ok(Some(Plain::Text(text))),
            Some(other) if parts.is_none() => parts = Some(other),
            _ => {}
        }
        if offset == 0
            && let Some(text) = rare::raw(&bytes, budget)?
        {
            return Ok(Some(text));
        }
    }
    Ok(parts)
}

/// Whether base64 is worth decoding: words of one case hold no encoded text.
fn looks_encoded(run: &str) -> bool {
    let probe = run.bytes().take(PROBE * 4);
    let (mut upper, mut lower, mut other) = (0usize, 0usize, 0usize);
    for byte in probe {
        match byte {
            b'A'..=b'Z' => upper += 1,
            b'a'..=b'z' => lower += 1,
            _ => other += 1,
        }
    }
    upper > 1 && lower + other > 1
}

pub(super) fn base64(run: &str) -> Option<Vec<u8>> {
    let mut letters: Vec<u8> = run
        .bytes()
        .filter(|byte| !matches!(byte, b'\n' | b'\r' | b'='))
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    // A single letter over is no byte: a cut-off end.
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    STANDARD.decode(letters).ok()
}

fn hexadecimal(run: &str) -> Option<Vec<u8>> {
    let body = run
        .strip_prefix("0x")
        .or_else(|| run.strip_prefix("0X"))
        .or_else(|| run.strip_prefix(['x', 'X']))
        .unwrap_or(run);
    if !body
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'\n' | b'\r'))
    {
        return None;
    }
    let digits: Option<Vec<u8>> = body
        .bytes()
        .filter(|byte| !matches!(byte, b'\n' | b'\r'))
        .map(|byte| {
            char::from(byte)
                .to_digit(16)
                .and_then(|value| u8::try_from(value).ok())
        })
        .collect();
    let digits =
        digits.filter(|digits| digits.len().is_multiple_of(2) && digits.len() >= RUN_MIN)?;
    let byte = |pair: &[u8]| match pair {
        [high, low] => high << 4 | low,
        _ => 0,
    };
    Some(digits.chunks_exact(2).map(byte).collect())
}

fn base32(run: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(run.len() * 5 / 8);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in run.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            b'=' | b'\n' | b'\r' => continue,
            _ => return None,
        };
        held = (held << 5 | u32::from(value)) & 0xFFFF;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xFF).ok()?);
        }
    }
    Some(out)
}
