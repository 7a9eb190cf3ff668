//! Names at the beginning of SQLite's stored texts.
//! Knows nothing of statements.

/// What follows the name with which `text` begins; `None` where it begins with no name.
/// For the stored text of a table or view, which is `CREATE TABLE `/`CREATE VIEW ` + name + rest.
pub(super) fn after_name(text: &str) -> Option<&str> {
    let close = match text.chars().next()? {
        '"' => '"',
        '`' => '`',
        '\'' => '\'',
        '[' => return text.split_once(']').map(|(_, rest)| rest),
        _ => {
            // SQLite's identifier characters: letters, digits, `_`, `$` and everything beyond ASCII.
            let end = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_' && c != '$';
            let at = text.find(end).unwrap_or(text.len());
            return (at > 0).then(|| text.get(at..)).flatten();
        }
    };
    let mut rest = text.get(1..)?;
    loop {
        let (_, after) = rest.split_once(close)?;
        match after.strip_prefix(close) {
            Some(doubled) => rest = doubled,
            None => return Some(after),
        }
    }
}
