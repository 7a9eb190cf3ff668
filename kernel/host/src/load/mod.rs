//! Reads everything that a kernel runs on: configuration, manifests, policies.
//! Knows nothing of what any of it means; `core` reads the texts, this room finds them.

mod analyser;
mod audit;
mod config;
mod files;
mod http;
mod masking;
mod pins;
mod queue;
mod remote;
mod sandbox;
mod secret;
mod secrets;
mod south;
mod together;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aegis_core::egress::Profiles;
use aegis_core::manifest::{Manifests, System};
use aegis_core::policy::{self, Declared, Policy};
use aegis_core::source::Problem;

pub use self::analyser::alone as analyser;
pub use self::config::schema;
pub use self::pins::{place as pin_file, unjudged};
pub use self::secrets::{alone as secrets, missing as missing_secrets, reference as secret};
use crate::config::Config;
use crate::rules::{RuleText, RuleTextKind};

/// All that a kernel runs on, held against each other.
pub struct Loaded {
    /// What runs.
    pub config: Config,
    /// The systems and their tools.
    pub manifests: Manifests,
    /// The rules, checked against the manifests.
    pub policy: Policy,
    /// The detector profiles that rules may name.
    pub profiles: Profiles,
    /// The texts that manifests and rules were read from.
    pub texts: Vec<RuleText>,
    /// What is lawful but probably not meant.
    pub warnings: Vec<Problem>,
}

impl Loaded {
    /// Other rules, held against the same manifests and profiles.
    ///
    /// # Errors
    /// Every problem of the rules.
    pub fn policy_of(&self, declared: Vec<Declared>) -> Result<Policy, Vec<Problem>> {
        let analyser = self.config.analyser.as_ref().map(masking::terms);
        let analysed = analyser.as_ref().map(RuleText::digest);
        let detectors = self.profiles.detectors().analysed(analysed);
        Policy::with_detectors(declared, &self.manifests, &detectors)
    }
}

/// A text that somebody names on the command line, within bounds.
///
/// # Errors
/// Why it cannot be read.
pub fn text(path: &Path) -> Result<String, Vec<Problem>> {
    let at = files::Place {
        file: files::display(path),
        span: 0..0,
    };
    files::text(path, &at)
}

/// The files that a path means: itself, or each `*.toml` of the folder.
///
/// # Errors
/// A folder that cannot be read or holds none.
pub fn expanded(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    let at = files::Place {
        file: files::display(path),
        span: 0..0,
    };
    let named = files::policies(path, &at)?;
    Ok(named.into_iter().map(|one| one.path).collect())
}

/// Loads the configuration at `path` and everything that it names.
///
/// # Errors
/// Every problem of every file that can be found, so that one run shows all of them.
pub fn load(path: &Path) -> Result<Loaded, Vec<Problem>> {
    let config::Read { config, named } = config::read(path)?;
    let mut problems = Vec::new();
    let mut texts = Vec::new();
    let profiles = masking::profiles(&named.profiles, &mut texts, &mut problems);
    let mut warnings = Vec::new();
    let found = (&mut warnings, &mut problems);
    let systems = manifests(&named.manifests, &mut texts, found);
    let declared = policies(&named.policies, &mut texts, &mut problems);
    together::check(&systems, &named, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let manifests = Manifests::new(systems.into_iter().map(|(_, system)| system).collect());
    let analyser = config.analyser.as_ref().map(masking::terms);
    let analysed = analyser.as_ref().map(RuleText::digest);
    texts.extend(analyser);
    let detectors = profiles.detectors().analysed(analysed);
    let redundant = policy::redundant(&declared, &manifests);
    let policy = Policy::with_detectors(declared, &manifests, &detectors)?;
    if !redundant.is_empty() {
        return Err(redundant);
    }
    let over_http = config.http.iter().flat_map(|http| http.principals.keys());
    let on_stdio = std::iter::once(&config.principal).chain(&config.others);
    for name in on_stdio.chain(over_http) {
        let speaker = BTreeSet::from([name.clone()]);
        let table = policy.authority(&speaker, &manifests);
        if !table.iter().any(|row| row.allowed) {
            warnings.push(Problem {
                file: named.file.clone(),
                span: named.principal.clone(),
                message: format!("principal `{name}` may use no tool"),
                fix: "add a `[[grant]]` for it to a policy file".to_owned(),
            });
        }
    }
    Ok(Loaded {
        config,
        manifests,
        policy,
        profiles,
        texts,
        warnings,
    })
}

/// The rules of policy files and folders, read alone: `aegis replay` holds them against systems of the past.
///
/// # Errors
/// Every problem of every file.
pub fn rules(paths: &[PathBuf]) -> Result<Vec<Declared>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut named = Vec::new();
    for path in paths {
        let at = files::Place {
            file: files::display(path),
            span: 0..0,
        };
        match files::policies(path, &at) {
            Ok(found) => named.extend(found),
            Err(problem) => problems.push(problem),
        }
    }
    let declared = policies(&named, &mut Vec::new(), &mut problems);
    match problems.is_empty() {
        true => Ok(declared),
        false => Err(problems),
    }
}

/// Other rules, held against what is loaded: `aegis policy diff` compares two policies over the same systems.
///
/// # Errors
/// Every problem of the files, and every rule that can never match here.
pub fn held(loaded: &Loaded, paths: &[PathBuf]) -> Result<Policy, Vec<Problem>> {
    let declared = rules(paths)?;
    let analyser = loaded.config.analyser.as_ref().map(masking::terms);
    let analysed = analyser.as_ref().map(RuleText::digest);
    let detectors = loaded.profiles.detectors().analysed(analysed);
    Policy::with_detectors(declared, &loaded.manifests, &detectors)
}

fn manifests(
    named: &[config::Manifest],
    texts: &mut Vec<RuleText>,
    (warnings, problems): (&mut Vec<Problem>, &mut Vec<Problem>),
) -> Vec<(config::Manifest, System)> {
    let mut systems = Vec::new();
    for manifest in named {
        let name = files::display(&manifest.path);
        let read = files::text(&manifest.path, &manifest.at)
            .and_then(|text| Ok((aegis_core::manifest::parse(&text, &name)?, text)));
        match read {
            Ok((mut system, text)) => {
                pins::take(manifest, &mut system, texts, (warnings, problems));
                texts.push(RuleText {
                    kind: RuleTextKind::Manifest,
                    name: system.server.clone(),
                    text,
                });
                systems.push((manifest.clone(), system));
            }
            Err(found) => problems.extend(found),
        }
    }
    systems
}

fn policies(
    named: &[files::Named],
    texts: &mut Vec<RuleText>,
    problems: &mut Vec<Problem>,
) -> Vec<Declared> {
    let mut declared = Vec::new();
    for file in named {
        let name = files::display(&file.path);
        let read = files::text(&file.path, &file.at)
            .and_then(|text| Ok((policy::parse(&text, &name)?, text)));
        match read {
            Ok((rules, text)) => {
                let name = file.path.file_name().unwrap_or_default();
                texts.push(RuleText {
                    kind: RuleTextKind::Policy,
                    name: name.to_string_lossy().into_owned(),
                    text,
                });
                declared.extend(rules);
            }
            Err(found) => problems.extend(found),
        }
    }
    declared
}
