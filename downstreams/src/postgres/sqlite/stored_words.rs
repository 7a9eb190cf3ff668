//! The words of a definition that SQLite keeps, by its own lexical rules.
//! Knows nothing of grammar: a word too many is harmless, since it only names a column too many.

/// A piece of a text.
enum Piece {
    /// A bare word, which may be a keyword.
    Bare(String),
    /// A name or text in quotes of any kind.
    Quoted(String),
    /// One other character.
    Mark(char),
}

/// All words, bare and quoted.
pub(super) fn words(text: &str) -> Vec<String> {
    named(pieces(text))
}

/// The words of each bracket that follows this keyword.
pub(super) fn after_word(text: &str, keyword: &str) -> Vec<Vec<String>> {
    let mut pieces = pieces(text).into_iter().peekable();
    let mut found = Vec::new();
    while let Some(piece) = pieces.next() {
        let starts = matches!(&piece, Piece::Bare(word) if word.eq_ignore_ascii_case(keyword));
        if !starts || !matches!(pieces.peek(), Some(Piece::Mark('('))) {
            continue;
        }
        let mut depth = 0_usize;
        let mut inside = Vec::new();
        for piece in pieces.by_ref() {
            match piece {
                Piece::Mark('(') => depth += 1,
                Piece::Mark(')') => depth = depth.saturating_sub(1),
                other => inside.push(other),
            }
            if depth == 0 {
                break;
            }
        }
        found.push(named(inside));
    }
    found
}

fn named(pieces: Vec<Piece>) -> Vec<String> {
    let word = |piece| match piece {
        Piece::Bare(word) | Piece::Quoted(word) => Some(word),
        Piece::Mark(_) => None,
    };
    pieces.into_iter().filter_map(word).collect()
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut chars = text.chars().peekable();
    let mut found = Vec::new();
    while let Some(next) = chars.next() {
        match next {
            '\'' | '"' | '`' => found.push(Piece::Quoted(quoted(&mut chars, next, true))),
            '[' => found.push(Piece::Quoted(quoted(&mut chars, ']', false))),
            '-' if chars.peek() == Some(&'-') => while chars.next().is_some_and(|c| c != '\n') {},
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut before = ' ';
                for c in chars.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            c if is_name(c) => {
                let mut word = String::from(c);
                while let Some(more) = chars.next_if(|c| is_name(*c)) {
                    word.push(more);
                }
                found.push(Piece::Bare(word));
            }
            c if c.is_whitespace() => {}
            c => found.push(Piece::Mark(c)),
        }
    }
    found
}

/// What stands before the closing mark; doubled, it stands for itself.
fn quoted(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    close: char,
    doubles: bool,
) -> String {
    let mut inner = String::new();
    while let Some(next) = chars.next() {
        if next == close && !(doubles && chars.next_if_eq(&close).is_some()) {
            break;
        }
        inner.push(next);
    }
    inner
}

/// SQLite's own: letters, digits, `_`, `$` and everything beyond ASCII.
fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}
