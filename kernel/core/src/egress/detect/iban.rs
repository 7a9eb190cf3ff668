//! International bank account numbers: country, length (SWIFT registry), mod 97 (ISO 13616).
//! Knows nothing of the banks behind them.

use super::checksum::mod97;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::words::Word;

/// Country and length, in letters and digits.
const LENGTHS: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24\
FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25\
MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23\
ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

fn length(country: &str) -> Option<usize> {
    let mut rest = LENGTHS;
    while let (Some(name), Some(length), Some(tail)) =
        (rest.get(..2), rest.get(2..4), rest.get(4..))
    {
        if name.eq_ignore_ascii_case(country) {
            return length.parse().ok();
        }
        rest = tail;
    }
    None
}

/// Finds an account number whose check digits are the first digits of `word`.
pub(super) fn at_word(text: &Text<'_>, word: &Word, hits: &mut Vec<Hit>) {
    let digit = text.skip_most(word.start, word.end - word.start, |byte| {
        !byte.is_ascii_digit()
    });
    // `DE 89 3704`: the country may stand apart.
    let apart = digit == word.start && matches!(text.before(digit), b' ' | b'-');
    let letters_end = digit - usize::from(apart);
    let Some(mut start) = letters_end.checked_sub(2) else {
        return;
    };
    let mut country = text.slice(start, letters_end);
    let spread;
    // `D E 8 9 3 7`: every letter may stand apart.
    if apart && start > 0 && text.byte(start) == b' ' {
        start -= 1;
        spread = text.slice(start, letters_end).replace(' ', "");
        country = &spread;
    }
    if apart && text.word_before(start) {
        return;
    }
    let Some(needed) = length(country) else {
        return;
    };
    let Some((compact, end)) = compact(text, start, needed) else {
        return;
    };
    let (Some(head), Some(tail)) = (compact.get(..4), compact.get(4..)) else {
        return;
    };
    if mod97(tail.bytes().chain(head.bytes())) == 1 {
        hits.push(Hit {
            value: (end - start != needed).then(|| compact.clone()),
            ..Hit::new(Kind::IBAN_CODE, start, end)
        });
    }
}

/// The next `needed` letters and digits, single separators skipped, and where they end.
fn compact(text: &Text<'_>, start: usize, needed: usize) -> Option<(String, usize)> {
    let mut compact = String::with_capacity(needed);
    let mut at = start;
    let mut gap = 0;
    while compact.len() < needed {
        let byte = text.byte(at);
        if byte.is_ascii_alphanumeric() {
            compact.push(char::from(byte.to_ascii_uppercase()));
            gap = 0;
        } else if matches!(
            byte,
            b' ' | b'-' | b'.' | b'_' | b'/' | b'\n' | b'\t' | b',' | b':'
        ) && gap < 3
        {
            gap += 1;
        } else {
            return None;
        }
        at += 1;
    }
    let checked = compact
        .bytes()
        .skip(2)
        .take(2)
        .all(|byte| byte.is_ascii_digit());
    checked.then_some((compact, at))
}
