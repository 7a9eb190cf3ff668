//! Which tables, paths or other subjects are meant: names, prefixes with `*`, or all but some.
//! Knows nothing of what there is.

/// Subjects of facts, by pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subjects {
    /// The patterns.
    pub patterns: Vec<String>,
    /// Whether all others are meant in place of these.
    pub except: bool,
    /// Whether they are paths, compared component by component.
    pub paths: bool,
}

impl Subjects {
    /// Whether this subject is meant. A name is meant whatever the case of its letters, as engines fold them; it is
    /// excepted as it is written alone, since some engines tell `orders` from `"ORDERS"`.
    #[must_use]
    pub fn covers(&self, subject: &str) -> bool {
        let how = match (self.paths, self.except) {
            (true, _) => Spelling::Path,
            (false, true) => Spelling::Exact,
            (false, false) => Spelling::Folded,
        };
        let mut patterns = self.patterns.iter();
        patterns.any(|pattern| covers(pattern, subject, how)) != self.except
    }

    /// Whether every subject is meant, whatever it is.
    #[must_use]
    pub fn is_any(&self) -> bool {
        !self.except && self.patterns.iter().any(|pattern| pattern == "*")
    }

    /// Whether the text is a pattern: a name, a prefix and `*`, or for paths a folder and `/*`.
    #[must_use]
    pub fn is_pattern(text: &str, paths: bool) -> bool {
        let stem = text.strip_suffix('*').unwrap_or(text);
        let sound = !text.is_empty() && text.len() <= crate::limits::PATH_BYTES_MAX;
        let inner = !stem.contains('*') && !stem.chars().any(char::is_control);
        let joint = !paths || stem.is_empty() || stem.len() == text.len() || stem.ends_with('/');
        let parts = || {
            let folder = stem.strip_suffix('/').unwrap_or(stem);
            folder
                .split('/')
                .all(|part| !part.is_empty() && part != "." && part != "..")
        };
        sound && inner && joint && (!paths || text == "*" || parts())
    }
}

/// How subjects are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Spelling {
    /// Names, whatever the case of their letters.
    Folded,
    /// Names as they are written.
    Exact,
    /// Paths, component by component.
    Path,
}

/// `silver/*` is the folder `silver` and all within; `silver_x` is not. `silver_*` is every name that begins so.
pub(in crate::policy) fn covers(pattern: &str, subject: &str, how: Spelling) -> bool {
    let alike = |one: &str, other: &str| match how {
        Spelling::Folded => one.eq_ignore_ascii_case(other),
        Spelling::Exact | Spelling::Path => one == other,
    };
    let Some(stem) = pattern.strip_suffix('*') else {
        return alike(pattern, subject);
    };
    if how != Spelling::Path {
        let start = subject.get(..stem.len());
        return start.is_some_and(|start| alike(start, stem));
    }
    let folder = stem.strip_suffix('/').unwrap_or(stem);
    let inside = subject.strip_prefix(folder);
    folder.is_empty() || inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
