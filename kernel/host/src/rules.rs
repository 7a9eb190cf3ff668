//! What one call is judged by: manifests, policy and catalogues of one epoch.
//! Knows nothing of calls.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use aegis_core::inspect::World;
use aegis_core::json::Json;
use aegis_core::manifest::{Catalog, Manifests};
use aegis_core::policy::Policy;
use aegis_core::source::digest;

/// A text that an epoch is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// What it declares.
    pub kind: RuleTextKind,
    /// The server of a manifest, the file of a policy, the name of a profile.
    pub name: String,
    /// The text itself.
    pub text: String,
}

impl RuleText {
    /// SHA-256 of the text, as the epoch counts it.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&Json::from(self.text.as_str()))
    }
}

/// What a text of an epoch declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleTextKind {
    /// A system.
    Manifest,
    /// Rules.
    Policy,
    /// What detectors look for.
    Profile,
    /// What an external analyser is asked.
    Analyser,
}

impl RuleTextKind {
    /// The word in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Policy => "policy",
            Self::Profile => "profile",
            Self::Analyser => "analyser",
        }
    }
}

/// One consistent set of rules.
#[derive(Clone)]
pub struct RuleSet {
    /// The systems and their tools.
    pub manifests: Arc<Manifests>,
    /// The policy that was checked against them.
    pub policy: Arc<Policy>,
    /// Each system's tables, labelled.
    pub catalogs: Arc<BTreeMap<String, Arc<Catalog>>>,
}

impl RuleSet {
    /// What arguments are read against.
    #[must_use]
    pub fn world(&self) -> World<'_> {
        World {
            manifests: &self.manifests,
            catalogs: &self.catalogs,
        }
    }
}

/// The rules in force; swapped whole, so that no call sees half of a change.
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
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces one system's catalogue, after its definitions changed.
    pub fn set_catalog(&self, server: &str, catalog: Catalog) {
        let mut slot = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut catalogs = BTreeMap::clone(&slot.catalogs);
        catalogs.insert(server.to_owned(), Arc::new(catalog));
        *slot = Arc::new(RuleSet {
            catalogs: Arc::new(catalogs),
            ..RuleSet::clone(&slot)
        });
    }
}
