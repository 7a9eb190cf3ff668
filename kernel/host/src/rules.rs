//! What one call is judged by: manifests, policy and catalogues of one epoch.
//! Knows nothing of calls.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use aegis_core::audit::Leaf;
use aegis_core::denial::{Denial, Phase};
use aegis_core::inspect::World;
use aegis_core::json::Json;
use aegis_core::limits;
use aegis_core::manifest::{ArgumentKind, Bound, Catalog, Manifests};
use aegis_core::policy::Policy;
use aegis_core::source::digest;
use tokio::sync::watch;

use crate::force::Force;

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
    /// Which definitions of a system's tools were accepted. No part of the epoch: no rule reads them.
    Pins,
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
            Self::Pins => "pins",
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
    /// SHA-256 of each catalogue's text, as the log has it. One that is not here is known to nobody.
    pub digests: Arc<BTreeMap<String, Leaf>>,
    /// Whether its policy is still in force.
    pub force: Force,
    /// How many times rules were exchanged before.
    pub exchange: u64,
    /// The policies before it, the oldest first: as many as runs are judged by.
    pub before: Arc<[Arc<Policy>]>,
}

impl RuleSet {
    /// The rules of a start, before any catalogue was read.
    #[must_use]
    pub fn first(manifests: &Arc<Manifests>, policy: Policy) -> Self {
        Self {
            manifests: Arc::clone(manifests),
            policy: Arc::new(policy),
            catalogs: Arc::default(),
            digests: Arc::default(),
            force: Force::default(),
            exchange: 0,
            before: Arc::from([]),
        }
    }

    /// What arguments are read against.
    #[must_use]
    pub fn world(&self) -> World<'_> {
        World {
            manifests: &self.manifests,
            catalogs: &self.catalogs,
        }
    }

    /// The earlier policies that a run is judged by as well which began when rules had been exchanged so many times.
    ///
    /// # Errors
    /// `kernel.run-outlived` where they are not kept any more.
    pub fn elders(&self, since: Option<u64>) -> Result<&[Arc<Policy>], Denial> {
        let seen = self.exchange.saturating_sub(since.unwrap_or(self.exchange));
        let seen = usize::try_from(seen).unwrap_or(usize::MAX);
        let from = self.before.len().checked_sub(seen);
        from.and_then(|from| self.before.get(from..)).ok_or_else(|| {
            Denial::kernel(
                "kernel.run-outlived",
                Phase::Kernel,
                "the rules changed so often since this session began that those of its beginning are gone",
                "begin a new session: it is judged by the rules in force",
            )
        })
    }

    /// The catalogue of one system.
    #[must_use]
    pub fn catalog(&self, server: &str) -> Arc<Catalog> {
        self.catalogs.get(server).cloned().unwrap_or_default()
    }

    /// The digest of the catalogue that a call's arguments are read against, where one of them names tables.
    #[must_use]
    pub fn digest_for(&self, bound: &Bound) -> Option<Leaf> {
        let names_tables =
            bound.tool().arguments.iter().any(|argument| {
                matches!(argument.kind, ArgumentKind::Sql(_) | ArgumentKind::Table)
            });
        let digest = self.digests.get(&bound.system().server).copied();
        digest.filter(|_| names_tables)
    }
}

/// The rules in force; swapped whole, so that no call sees half of a change.
pub struct Rules {
    set: RwLock<Arc<RuleSet>>,
    exchanged: watch::Sender<u64>,
    /// Whatever may change a listing.
    lists: watch::Sender<u64>,
}

impl Rules {
    /// Begins with one set.
    #[must_use]
    pub fn new(set: RuleSet) -> Self {
        Self {
            set: RwLock::new(Arc::new(set)),
            exchanged: watch::Sender::new(0),
            lists: watch::Sender::new(0),
        }
    }

    /// As they are, with another who tells of what may change a listing.
    #[must_use]
    pub(crate) fn telling(self, lists: watch::Sender<u64>) -> Self {
        Self { lists, ..self }
    }

    /// Tells of whatever may change a listing, from now on.
    #[must_use]
    pub(crate) fn lists(&self) -> watch::Receiver<u64> {
        self.lists.subscribe()
    }

    /// One snapshot for a whole call.
    #[must_use]
    pub fn current(&self) -> Arc<RuleSet> {
        Arc::clone(&self.set.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the policy. Whatever was judged by the old one and is not sent yet, never will be.
    pub(crate) fn exchange(&self, policy: Arc<Policy>) {
        let mut slot = self.set.write().unwrap_or_else(PoisonError::into_inner);
        slot.force.end();
        let mut before: Vec<Arc<Policy>> = slot.before.to_vec();
        before.push(Arc::clone(&slot.policy));
        let extra = before.len().saturating_sub(limits::RUN_EPOCHS_MAX);
        before.drain(..extra);
        *slot = Arc::new(RuleSet {
            policy,
            force: Force::default(),
            exchange: slot.exchange.wrapping_add(1),
            before: before.into(),
            ..RuleSet::clone(&slot)
        });
        drop(slot);
        for told in [&self.exchanged, &self.lists] {
            told.send_modify(|times| *times = times.wrapping_add(1));
        }
    }

    /// Tells of every exchange from now on.
    #[must_use]
    pub fn exchanges(&self) -> watch::Receiver<u64> {
        self.exchanged.subscribe()
    }

    /// Replaces one system's catalogue. `digest` is that of its text in the log; a catalogue without one holds
    /// nothing.
    pub fn set_catalog(&self, server: &str, catalog: Catalog, digest: Option<Leaf>) {
        let mut slot = self.set.write().unwrap_or_else(PoisonError::into_inner);
        let mut catalogs = BTreeMap::clone(&slot.catalogs);
        catalogs.insert(server.to_owned(), Arc::new(catalog));
        let mut digests = BTreeMap::clone(&slot.digests);
        match digest {
            Some(digest) => digests.insert(server.to_owned(), digest),
            None => digests.remove(server),
        };
        *slot = Arc::new(RuleSet {
            catalogs: Arc::new(catalogs),
            digests: Arc::new(digests),
            ..RuleSet::clone(&slot)
        });
    }
}
