//! The keys of the objects that are being read: no object has one twice.
//! Knows nothing of values.

use std::borrow::Cow;
use std::collections::HashSet;

use super::JsonFault;

/// Most members that are compared one by one; beyond that, keys are kept in a set.
const FEW_MEMBERS: usize = 24;

/// Keys of all objects that are open, and of the one that was closed last.
pub(super) struct Keys<'a> {
    /// Whether two keys may differ in case alone.
    variants: bool,
    open: Vec<Cow<'a, str>>,
    /// Where the keys of the innermost object begin.
    first: usize,
    /// The keys of the latest object: as the next row has the same, they are known to differ.
    latest: Vec<Cow<'a, str>>,
    /// Which form of object the latest has: how many were met before it, and one.
    form: u32,
    /// The keys of the innermost object are the first of the latest, so many, and none of them is among the open ones.
    alike: Option<usize>,
    /// The keys of the innermost object, where they are many or may not differ in case alone.
    exact: HashSet<String>,
    folded: HashSet<String>,
}

/// What is left behind when an object opens inside another.
pub(super) struct Before {
    first: usize,
    exact: HashSet<String>,
    folded: HashSet<String>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(variants: bool) -> Self {
        Self {
            variants,
            open: Vec::new(),
            first: 0,
            latest: Vec::new(),
            form: 0,
            alike: None,
            exact: HashSet::new(),
            folded: HashSet::new(),
        }
    }

    /// Opens an object.
    pub(super) fn open(&mut self) -> Before {
        self.differ();
        let before = Before {
            first: self.first,
            exact: std::mem::take(&mut self.exact),
            folded: std::mem::take(&mut self.folded),
        };
        self.first = self.open.len();
        self.alike = self.variants.then_some(0);
        before
    }

    /// The innermost object is no longer held against the latest: what they have alike is among the open keys.
    fn differ(&mut self) {
        if let Some(count) = self.alike.take() {
            let alike = self.latest.get(..count).unwrap_or_default();
            self.open.extend_from_slice(alike);
        }
    }

    /// Closes the innermost object: how many members it had, and of which form it is; 0 where that is beyond counting.
    pub(super) fn close(&mut self, before: Before) -> (usize, u32) {
        if self.alike != Some(self.latest.len()) {
            self.differ();
            self.latest.clear();
            self.latest.extend(self.open.drain(self.first..));
            self.form = self.form.saturating_add(1);
        }
        self.alike = None;
        self.first = before.first;
        self.exact = before.exact;
        self.folded = before.folded;
        let form = if self.form < u32::MAX { self.form } else { 0 };
        (self.latest.len(), form)
    }

    /// Adds a key of the innermost object.
    ///
    /// # Errors
    /// [`JsonFault::DuplicateKey`] or [`JsonFault::CaseVariantKey`] at `at`.
    pub(super) fn add(&mut self, key: Cow<'a, str>, at: usize) -> Result<(), JsonFault> {
        if let Some(count) = self.alike {
            if self.latest.get(count).is_some_and(|known| *known == key) {
                self.alike = Some(count + 1);
                return Ok(());
            }
            self.differ();
        }
        let own = self.open.get(self.first..).unwrap_or_default();
        let known = if own.len() < FEW_MEMBERS {
            own.contains(&key)
        } else {
            if self.exact.is_empty() {
                self.exact.extend(own.iter().map(|key| key.to_string()));
            }
            !self.exact.insert(key.to_string())
        };
        if known {
            return Err(JsonFault::DuplicateKey(at));
        }
        if !self.variants && is_variant(own, &key, &mut self.folded) {
            return Err(JsonFault::CaseVariantKey(at));
        }
        self.open.push(key);
        Ok(())
    }
}

/// Whether a key differs from one of the others in case alone. `folded` is empty, or holds all the others.
pub(super) fn is_variant<K: AsRef<str>>(
    others: &[K],
    key: &str,
    folded: &mut HashSet<String>,
) -> bool {
    // Upper then lower folds `ſ` and the Kelvin sign as case-insensitive decoders do.
    let fold = |key: &str| key.to_uppercase().to_lowercase();
    if folded.is_empty() {
        let mut others = others.iter().map(AsRef::as_ref);
        let are_few = others.len() < FEW_MEMBERS && key.is_ascii();
        if are_few && others.clone().all(str::is_ascii) {
            return others.any(|other| other.eq_ignore_ascii_case(key));
        }
        folded.extend(others.map(fold));
    }
    !folded.insert(fold(key))
}
