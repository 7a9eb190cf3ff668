//! What one call is judged by: manifests, policy and catalogues of one epoch.
//! Knows nothing of calls.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use aegis_core::manifest::{Catalog, Manifests};

/// One consistent set of rules.
#[derive(Clone)]
pub struct RuleSet {
    /// The systems and their tools.
    pub manifests: Arc<Manifests>,
    /// Each system's tables, labelled.
    pub catalogs: Arc<BTreeMap<String, Arc<Catalog>>>,
}

/// The rules in force; swapped whole.
pub struct Rules(RwLock<Arc<RuleSet>>);

impl Rules {
    /// Begins with one set.
    #[must_use]
    pub fn new(set: RuleSet) -> Self {
        Self(RwLock::new(Arc::new(set)))
    }

    /// One snapshot for a whole call.
    #[must_use]
    pub fn current(&self) -> Arc<RuleSet> {
        match self.0.read() {
            Ok(set) => Arc::clone(&set),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }
}
