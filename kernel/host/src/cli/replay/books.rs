//! The rules of each epoch, read again from the texts that lie beside the log.
//! Knows nothing of decisions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::audit::{self, Leaf, Record};
use aegis_core::egress::{Profile, Profiles};
use aegis_core::json::Json;
use aegis_core::limits;
use aegis_core::manifest::catalog_text::read;
use aegis_core::manifest::{self, Catalog, Manifests};
use aegis_core::policy::{self, Declared, Detectors, Policy};
use aegis_core::replay::RuleBook;
use aegis_core::source::digest;

use super::Trouble;
use crate::journal::{catalog_text, rule_text};

/// The rules of one epoch, and the other ones held against the same systems.
pub(super) struct Epoch {
    manifests: Manifests,
    policy: Policy,
    other: Option<Policy>,
}

impl Epoch {
    pub(super) fn then(&self) -> RuleBook<'_> {
        RuleBook {
            manifests: &self.manifests,
            policy: &self.policy,
        }
    }

    pub(super) fn other(&self) -> Option<RuleBook<'_>> {
        self.other.as_ref().map(|policy| RuleBook {
            manifests: &self.manifests,
            policy,
        })
    }
}

/// Every epoch that the log has loaded so far.
pub(super) struct Books {
    dir: PathBuf,
    other: Option<Vec<Declared>>,
    epochs: BTreeMap<String, Result<Epoch, String>>,
    /// The catalogues that were asked for, and why some cannot be had.
    catalogs: BTreeMap<Leaf, Result<Arc<Catalog>, String>>,
}

impl Books {
    pub(super) fn new(dir: &Path, other: Option<Vec<Declared>>) -> Self {
        Self {
            dir: dir.to_owned(),
            other,
            epochs: BTreeMap::new(),
            catalogs: BTreeMap::new(),
        }
    }

    /// A catalogue that a decision was made with, or why it cannot be had.
    pub(super) fn catalog(&mut self, sha256: Leaf) -> Result<Arc<Catalog>, String> {
        if self.catalogs.len() >= limits::OPEN_EPOCHS_MAX && !self.catalogs.contains_key(&sha256) {
            self.catalogs.clear(); // decisions name few at a time, and each can be read again
        }
        let dir = &self.dir;
        let look = || match catalog_text(dir, sha256) {
            Ok(Some(text)) => read(&text)
                .map(Arc::new)
                .ok_or_else(|| "its text is not readable by this version".to_owned()),
            Ok(None) => Err("its text is missing or another one".to_owned()),
            Err(fault) => Err(format!("its text cannot be read: {}", fault.kind())),
        };
        self.catalogs.entry(sha256).or_insert_with(look).clone()
    }

    pub(super) fn count(&self) -> usize {
        self.epochs.len()
    }

    /// The rules of an epoch, or why they cannot be had.
    pub(super) fn epoch(&self, name: &str) -> Result<&Epoch, &str> {
        match self.epochs.get(name) {
            None => Err("it was never loaded"),
            Some(Ok(epoch)) => Ok(epoch),
            Some(Err(why)) => Err(why),
        }
    }

    /// Takes a `policy.load`.
    pub(super) fn load(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let Some(epoch) = &record.epoch else {
            return Ok(());
        };
        let known = self.epochs.get(epoch.as_str());
        if known.is_some_and(Result::is_ok) {
            return Ok(());
        }
        let lines = record.texts.as_deref().unwrap_or_default();
        let read = match self.read(lines, epoch) {
            Err(why) => Err(why),
            Ok((manifests, policy, detectors)) => {
                let other = self.other.clone();
                let held = |declared| Policy::with_detectors(declared, &manifests, &detectors);
                let other = other.map(held);
                Ok(Epoch {
                    other: other.transpose().map_err(Trouble::Policy)?,
                    manifests,
                    policy,
                })
            }
        };
        self.epochs.insert(epoch.as_str().to_owned(), read);
        Ok(())
    }

    fn read(&self, lines: &[audit::RuleText<'_>], epoch: &str) -> Result<Texts, String> {
        if lines.is_empty() {
            return Err("its texts were not kept".to_owned());
        }
        let mut systems = Vec::new();
        let mut declared = Vec::new();
        let mut profiles = Profiles::built_in();
        let mut analysed = None;
        for line in lines {
            let hash = line.sha256;
            let text = match rule_text(&self.dir, hash) {
                Ok(Some(text)) => text,
                Ok(None) => return Err(format!("the text {hash} is missing or another one")),
                Err(fault) => {
                    return Err(format!("the text {hash} cannot be read: {}", fault.kind()));
                }
            };
            let name = hash.to_string();
            let unreadable = |_| format!("the text {hash} is not readable by this version");
            match line.kind.as_str() {
                "manifest" => systems.push(manifest::parse(&text, &name).map_err(unreadable)?),
                "policy" => declared.extend(policy::parse(&text, &name).map_err(unreadable)?),
                "profile" => {
                    let profile = Profile::read(&text, &name).map_err(unreadable)?;
                    let content = digest(&Json::from(text.as_str()));
                    profiles.add(&line.name, profile, content)?;
                }
                "analyser" => analysed = Some(digest(&Json::from(text.as_str()))),
                "pins" => {} // no decision is made on them
                _ => return Err(format!("the text {hash} is of no known kind")),
            }
        }
        let manifests = Manifests::new(systems);
        let detectors = profiles.detectors().analysed(analysed);
        let policy = Policy::with_detectors(declared, &manifests, &detectors)
            .map_err(|_| "its texts do not fit each other in this version".to_owned())?;
        match policy.epoch() == epoch {
            true => Ok((manifests, policy, detectors)),
            false => Err("its texts give another epoch".to_owned()),
        }
    }
}

type Texts = (Manifests, Policy, Detectors);
