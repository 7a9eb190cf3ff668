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
    /// Whether this subject is meant. Names are compared without regard to the case of letters, as engines fold them.
    #[must_use]
    pub fn covers(&self, subject: &str) -> bool {
        let named = self
            .patterns
            .iter()
            .any(|pattern| covers(pattern, subject, self.paths));
        named != self.except
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

/// `silver/*` is the folder `silver` and all within; `silver_x` is not. `silver_*` is every name that begins so.
pub(in crate::policy) fn covers(pattern: &str, subject: &str, paths: bool) -> bool {
    let Some(stem) = pattern.strip_suffix('*') else {
        return match paths {
            true => pattern == subject,
            false => pattern.eq_ignore_ascii_case(subject),
        };
    };
    if !paths {
        let start = subject.get(..stem.len());
        return start.is_some_and(|start| start.eq_ignore_ascii_case(stem));
    }
    let folder = stem.strip_suffix('/').unwrap_or(stem);
    let inside = subject.strip_prefix(folder);
    folder.is_empty() || inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
