//! Which declared tools of running downstreams may not be called as they are now, and what of that is news.
//! Knows nothing of who is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aegis_core::manifest::Manifests;
use tokio::sync::watch;

use super::fault::Warning;
use super::pins::Tools;

/// What was found out whenever a downstream listed its tools.
pub(super) struct Standing {
    manifests: Arc<Manifests>,
    found: Mutex<Found>,
    /// How often something was news.
    lists: watch::Sender<u64>,
}

#[derive(Default)]
struct Found {
    /// By server, then tool: under which rule its calls are denied.
    removed: BTreeMap<String, BTreeMap<String, &'static str>>,
    news: Vec<Warning>,
}

impl Standing {
    pub(super) fn of(manifests: Arc<Manifests>) -> Self {
        Self {
            manifests,
            found: Mutex::default(),
            lists: watch::Sender::new(0),
        }
    }

    /// What the manifest declares against what the child lists now. Each change is news once.
    pub(super) fn learned(&self, server: &str, tools: &Tools) {
        let Some(system) = self.manifests.system(server) else {
            return;
        };
        let mut now = BTreeMap::new();
        for (name, declared) in &system.tools {
            // The kernel's own tools need not be listed.
            let needless = declared.internal && !tools.lists(name);
            if let Err(denial) = tools.admit(system, name)
                && !needless
            {
                now.insert(name.clone(), rule(&denial.first().rule));
            }
        }
        let mut found = self.found();
        let before = found.removed.remove(server).unwrap_or_default();
        for (tool, rule) in &now {
            if before.get(tool) != Some(rule) {
                let warning = Warning::removed(rule, server.to_owned(), tool.clone());
                found.news.push(warning);
            }
        }
        for tool in before.keys().filter(|tool| !now.contains_key(*tool)) {
            found.news.push(Warning::Restored {
                server: server.to_owned(),
                tool: tool.clone(),
            });
        }
        let is_news = before != now;
        found.removed.insert(server.to_owned(), now);
        drop(found);
        if is_news {
            self.lists
                .send_modify(|times| *times = times.wrapping_add(1));
        }
    }

    /// Tells whenever something is news; others may tell by it too.
    pub(super) fn lists(&self) -> watch::Sender<u64> {
        self.lists.clone()
    }

    /// What has changed since this was last asked.
    pub(super) fn take_news(&self) -> Vec<Warning> {
        std::mem::take(&mut self.found().news)
    }

    /// The full names of tools whose calls are denied.
    pub(super) fn removed(&self) -> BTreeSet<String> {
        let found = self.found();
        let names = found
            .removed
            .iter()
            .flat_map(|(server, tools)| tools.keys().map(move |tool| format!("{server}__{tool}")));
        names.collect()
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same name, for as long as the program runs.
fn rule(name: &str) -> &'static str {
    match name {
        "kernel.pin-drift" => "kernel.pin-drift",
        "kernel.not-pinned" => "kernel.not-pinned",
        _ => "kernel.tool-missing",
    }
}
