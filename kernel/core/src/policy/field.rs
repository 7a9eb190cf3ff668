//! Which members of an answer are meant: every one of a name, or one by its path.
//! Knows nothing of answers.

use crate::json::Pointer;
use crate::limits;

/// A field of an answer: `notes` is every member of that name at any depth, `/customer/notes` the one at this path
/// below the structured content. A path goes through lists by itself: `/rows/notes` is that member of each row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    text: String,
    /// The names from the top; of a name alone just that.
    steps: Vec<String>,
    rooted: bool,
}

impl Field {
    /// Reads a name, or a path that begins with `/`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rooted = text.starts_with('/');
        let steps: Vec<String> = match rooted {
            false => vec![text.to_owned()],
            true => Pointer::parse(text)?
                .steps()
                .map(|step| step.into_owned())
                .collect(),
        };
        let sound = text.len() <= limits::PATH_BYTES_MAX && steps.iter().all(|name| is_name(name));
        sound.then(|| Self {
            text: text.to_owned(),
            steps,
            rooted,
        })
    }

    /// The member's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.steps.last().map_or("", String::as_str)
    }

    /// The names from the top, as far as they are given.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(String::as_str)
    }

    /// Whether the member of these names, from the top, is meant. `folded` is whatever the case of their letters.
    #[must_use]
    pub fn means(&self, path: &[String], folded: bool) -> bool {
        let alike = |one: &String, other: &String| match folded {
            true => fold(one) == fold(other),
            false => one == other,
        };
        let path = match (self.rooted, path) {
            (true, path) => path,
            (false, [.., last]) => std::slice::from_ref(last),
            (false, []) => return false,
        };
        path.len() == self.steps.len() && self.steps.iter().zip(path).all(|(a, b)| alike(a, b))
    }

    /// Whether some member could be meant by both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        match self.rooted && other.rooted {
            true => self.steps == other.steps,
            false => self.name() == other.name(),
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A name without the difference between upper and lower case.
#[must_use]
pub(crate) fn fold(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// Whether the text can be the name of a field.
pub(in crate::policy) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= limits::NAME_BYTES_MAX && !text.chars().any(char::is_control)
}
