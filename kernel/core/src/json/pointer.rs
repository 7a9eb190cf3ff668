//! RFC 6901 JSON pointers.
//! Knows nothing of the values that they point into.

use std::borrow::Cow;
use std::fmt;

/// A pointer such as `/structuredContent/rows`; the empty pointer is the whole value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The whole value.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads the text form; `None` where it neither is empty nor begins with `/`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.is_empty() || text.starts_with('/')).then(|| Self(text.to_owned()))
    }

    /// The unescaped steps from the root.
    pub fn steps(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let steps = self.0.split('/').skip(1);
        steps.map(|step| match step.contains('~') {
            true => Cow::Owned(step.replace("~1", "/").replace("~0", "~")),
            false => Cow::Borrowed(step),
        })
    }

    /// This pointer, one step deeper.
    #[must_use]
    pub fn child(&self, step: impl AsRef<str>) -> Self {
        let mut deeper = self.clone();
        deeper.push(step.as_ref());
        deeper
    }

    /// Goes one step deeper.
    pub(crate) fn push(&mut self, step: &str) {
        self.0.push('/');
        if memchr::memchr2(b'~', b'/', step.as_bytes()).is_some() {
            self.0.push_str(&step.replace('~', "~0").replace('/', "~1"));
        } else {
            self.0.push_str(step);
        }
    }

    /// Bytes of the text form: how deep it is.
    #[cfg(feature = "kernel")]
    pub(crate) fn depth(&self) -> usize {
        self.0.len()
    }

    /// Goes back up to where it was that deep.
    #[cfg(feature = "kernel")]
    pub(crate) fn cut(&mut self, depth: usize) {
        self.0.truncate(depth);
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
