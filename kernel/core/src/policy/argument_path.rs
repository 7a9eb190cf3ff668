//! Which argument is meant: by name, or a value inside it by JSON pointer.
//! Knows nothing of what must hold of it.

use crate::json::{Json, Object, Pointer};

/// `limit`, or `/params/0`: the first step is the argument's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentPath {
    text: String,
    name: String,
    inner: Option<Pointer>,
}

impl ArgumentPath {
    /// Reads the text form; `None` where it names nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > crate::limits::PATH_BYTES_MAX {
            return None;
        }
        let Some(pointer) = Pointer::parse(text).filter(|_| !text.is_empty()) else {
            return (!text.trim().is_empty()).then(|| Self {
                text: text.to_owned(),
                name: text.to_owned(),
                inner: None,
            });
        };
        let mut steps = pointer.steps();
        let name = steps.next()?.into_owned();
        let rest = steps.fold(Pointer::root(), |rest, step| rest.child(step));
        let inner = (rest != Pointer::root()).then_some(rest);
        (!name.is_empty()).then(|| Self {
            text: text.to_owned(),
            name,
            inner,
        })
    }

    /// The argument's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a value inside the argument is meant.
    #[must_use]
    pub fn is_inner(&self) -> bool {
        self.inner.is_some()
    }

    /// The steps inside the argument.
    pub fn inner_steps(&self) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
        self.inner.iter().flat_map(Pointer::steps)
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value, where it is given.
    #[must_use]
    pub fn find<'a>(&self, arguments: &'a Object) -> Option<&'a Json> {
        let whole = arguments.get(&self.name)?;
        match &self.inner {
            None => Some(whole),
            Some(inner) => whole.at(inner),
        }
    }
}
