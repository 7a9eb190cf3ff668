//! Letters of other scripts that look like Latin ones, read as Latin in words that mix scripts.
//! Knows nothing of what the words mean.

use super::view::View;

/// The Latin twin of a Cyrillic, Greek, Armenian or other letter (a subset of Unicode TS 39
/// `confusables`: what a reader takes for the letter in common fonts).
fn latin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' | 'ɑ' => 'a',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'ь' | 'Ь' | 'ƅ' => 'b',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'С' | 'Ϲ' => 'C',
        'ԁ' | 'ɗ' => 'd',
        'е' | 'ҽ' | 'є' | 'ε' => 'e',
        'Е' | 'Ε' => 'E',
        'ɡ' | 'ց' => 'g',
        'һ' | 'հ' => 'h',
        'Н' | 'Η' => 'H',
        'і' | 'ι' | 'ı' | 'ɩ' => 'i',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'ј' | 'ϳ' => 'j',
        'Ј' => 'J',
        'к' | 'κ' => 'k',
        'К' | 'Κ' => 'K',
        'ӏ' | 'ⅼ' | 'ǀ' => 'l',
        'м' | 'ⅿ' => 'm',
        'М' | 'Μ' => 'M',
        'п' | 'ո' | 'η' => 'n',
        'Ν' => 'N',
        'о' | 'ο' | 'օ' | 'σ' | 'ᴏ' => 'o',
        'О' | 'Ο' | 'Օ' => 'O',
        'р' | 'ρ' => 'p',
        'Р' | 'Ρ' => 'P',
        'ԛ' => 'q',
        'г' | 'ᴦ' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'Ѕ' => 'S',
        'т' | 'τ' => 't',
        'Т' | 'Τ' => 'T',
        'υ' | 'ս' | 'ᴜ' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ԝ' | 'ѡ' | 'ᴡ' => 'w',
        'х' | 'χ' => 'x',
        'Х' | 'Χ' => 'X',
        'у' | 'γ' => 'y',
        'У' | 'Υ' => 'Y',
        'ᴢ' => 'z',
        'Ζ' => 'Z',
        'З' | 'з' | 'Ʒ' | 'Ȝ' => '3',
        'б' => '6',
        _ => return None,
    })
}

/// Rewrites the words of a folded view that mix ASCII with look-alikes only.
pub(super) fn unmix(view: View) -> View {
    if view.text().is_ascii() || !view.text().chars().any(|c| latin(c).is_some()) {
        return view;
    }
    let mut plain = View::with_capacity(view.text().len());
    let mut at = 0;
    for piece in view.text().split_inclusive(char::is_whitespace) {
        let mixed = piece
            .bytes()
            .any(|byte| byte.is_ascii_alphanumeric() || byte == b'@')
            && piece.chars().all(|c| c.is_ascii() || latin(c).is_some());
        for (offset, c) in piece.char_indices() {
            let (start, end) = view.source(at + offset, at + offset + c.len_utf8());
            let seen = if mixed { latin(c).unwrap_or(c) } else { c };
            if seen == c && end - start == c.len_utf8() {
                plain.copy(
                    piece.get(offset..offset + c.len_utf8()).unwrap_or_default(),
                    start,
                );
            } else {
                plain.put(seen, start, end - start);
            }
        }
        at += piece.len();
    }
    plain
}
