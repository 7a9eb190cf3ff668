//! Other rules in place of those in force, while calls are in flight: when files change, or when it is asked for.
//! Knows nothing of what rules say.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::denial::Denial;
use aegis_core::policy::Policy;
use aegis_core::source::Problem;

use crate::exposed::{Wanted, exposed};
use crate::lifecycle::Kernel;
use crate::load::{self, Loaded};
use crate::rules::{RuleText, RuleTextKind};

/// What became of an attempt.
#[derive(Debug)]
pub enum Reloaded {
    /// The rules are those in force already.
    Same,
    /// Other rules are in force, with what an operator should know of them.
    Exchanged(String, Vec<Problem>),
    /// The files do not hold; the rules in force stay.
    Kept(Vec<Problem>),
    /// It cannot be recorded; the rules in force stay.
    Unrecorded,
}

/// The files that rules are read from, as they were last looked at.
pub struct Reload {
    config: PathBuf,
    /// What is taken over at the start alone.
    ground: BTreeSet<(String, String)>,
    places: Vec<PathBuf>,
    seen: Look,
    /// How they looked when they were found changed: read once they look so twice, since a file may be half written.
    settling: Option<Look>,
}

/// Each file as its folder tells of it, and what else there is in the folders that could hold rules.
type Look = (Vec<Stamp>, Vec<PathBuf>);

/// A file as its folder tells of it: kind of device, number, size, times of change.
type Stamp = Option<(u64, u64, i64, i64, i64, i64)>;

impl Reload {
    /// Begins with what a kernel was started with.
    #[must_use]
    pub fn of(loaded: &Loaded) -> Self {
        let mut this = Self {
            config: loaded.config.file.clone(),
            ground: ground(&loaded.texts).collect(),
            places: Vec::new(),
            seen: Look::default(),
            settling: None,
        };
        this.look_at(&loaded.config.policies);
        this
    }

    /// Whether the files look otherwise than when they were last read, and look so for the second time.
    pub fn is_due(&mut self) -> bool {
        let now = look(&self.places);
        if now == self.seen {
            self.settling = None;
            return false;
        }
        let settled = self.settling.as_ref() == Some(&now);
        self.settling = Some(now);
        settled
    }

    /// Reads everything, and puts other rules in force where there are any. A file that is wrong changes nothing.
    pub async fn now(&mut self, kernel: &Kernel) -> Reloaded {
        self.seen = look(&self.places);
        self.settling = None;
        let config = self.config.clone();
        let loaded = tokio::task::spawn_blocking(move || load::load(&config)).await;
        let loaded = match loaded {
            Ok(Ok(loaded)) => loaded,
            Ok(Err(problems)) => return kept(kernel, problems),
            Err(_) => return kept(kernel, vec![unread(&self.config)]),
        };
        let mut other = self.otherwise(&loaded.texts);
        // What downstreams were given is what they have: nothing is looked up anew.
        let read = |secret: Wanted<'_>| {
            let (server, variable) = (secret.server, secret.variable);
            kernel.south.read_secret(server, variable, secret.read)
        };
        other.extend(exposed(&loaded, Some(&read)));
        if !other.is_empty() {
            return kept(kernel, other);
        }
        self.look_at(&loaded.config.policies);
        let epoch = loaded.policy.epoch().to_owned();
        match kernel.exchange(loaded.policy, &loaded.texts).await {
            Ok(true) => Reloaded::Exchanged(epoch, loaded.warnings),
            Ok(false) => Reloaded::Same,
            Err(_) => Reloaded::Unrecorded,
        }
    }

    fn look_at(&mut self, policies: &[PathBuf]) {
        let mut places: BTreeSet<PathBuf> = policies.iter().cloned().collect();
        places.insert(self.config.clone());
        self.places = places.into_iter().collect();
        self.seen = look(&self.places);
    }

    /// Texts that stand or fall with the start, and are other ones now.
    fn otherwise(&self, texts: &[RuleText]) -> Vec<Problem> {
        let now: BTreeSet<_> = ground(texts).collect();
        let changed = now.symmetric_difference(&self.ground);
        let names: BTreeSet<&String> = changed.map(|(name, _)| name).collect();
        let problem = |name: &&String| {
            Problem::whole_file(
                &self.config.display().to_string(),
                format!("{name} is another one than when the kernel was started"),
                "put it back, or start the kernel again: policies alone are exchanged while it runs",
            )
        };
        names.iter().map(problem).collect()
    }
}

fn ground(texts: &[RuleText]) -> impl Iterator<Item = (String, String)> {
    let lasting = texts
        .iter()
        .filter(|text| text.kind != RuleTextKind::Policy);
    lasting.map(|text| {
        let name = format!("the {} `{}`", text.kind.as_str(), text.name);
        (name, text.digest())
    })
}

fn look(places: &[PathBuf]) -> Look {
    let stamp = |place: &PathBuf| {
        let known = fs::metadata(place).ok()?;
        let (made, changed) = (known.mtime(), known.ctime());
        let (made_ns, changed_ns) = (known.mtime_nsec(), known.ctime_nsec());
        Some((known.ino(), known.len(), made, made_ns, changed, changed_ns))
    };
    let folders: BTreeSet<&Path> = places.iter().filter_map(|file| file.parent()).collect();
    let files = folders
        .into_iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    let files = files.flatten().filter_map(|entry| Some(entry.ok()?.path()));
    // A database beside the rules makes and removes files all the time.
    let mut rules: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    rules.sort();
    (places.iter().map(stamp).collect(), rules)
}

/// What is wrong is counted in the log, and told to the operator by whoever asked.
fn kept(kernel: &Kernel, problems: Vec<Problem>) -> Reloaded {
    kernel.journal.refused("policy.kept");
    Reloaded::Kept(problems)
}

fn unread(config: &Path) -> Problem {
    let file = config.display().to_string();
    Problem::whole_file(
        &file,
        "it could not be read",
        "look at the file and its folder",
    )
}

impl Kernel {
    /// Puts other rules in force, for every call that is not recorded as permitted yet. The record that says so stands in
    /// the log before them, and after it none of a permit under the old ones. `false` where they are the same.
    ///
    /// # Errors
    /// `kernel.log-unavailable`: then the old ones stay.
    pub async fn exchange(&self, policy: Policy, texts: &[RuleText]) -> Result<bool, Denial> {
        let _alone = self.turnstile.write().await;
        if self.rules.current().policy.epoch() == policy.epoch() {
            return Ok(false);
        }
        self.journal.policy_loaded(policy.epoch(), texts).await?;
        self.rules.exchange(Arc::new(policy));
        Ok(true)
    }
}
