//! Reads `aegis.toml`.
//! Knows nothing of the files that it names, but where each was named.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use aegis_core::egress::TokenScope;
use aegis_core::json::Json;
use aegis_core::limits::{WATCH_MS, WATCH_MS_MAX};
use aegis_core::principal::Principal;
use aegis_core::source::{Problem, Section, Source};

use super::audit;
use super::files::{self, Named, Place};
use super::http;
use super::masking;
use super::secrets;
use super::south;
use crate::config::{Config, SecretsConfig, SouthConfig};

/// The running process's own file, also where another stands at its path by now.
const OWN_BINARY: &str = "/proc/self/exe";

/// A configuration with the places of what it names.
pub(super) struct Read {
    pub(super) config: Config,
    pub(super) named: Names,
}

/// What a configuration names, and where.
pub(super) struct Names {
    pub(super) file: String,
    pub(super) principal: Range<usize>,
    pub(super) manifests: Vec<Manifest>,
    pub(super) policies: Vec<Named>,
    pub(super) profiles: BTreeMap<String, Named>,
}

/// A manifest with the place that names it; `south` is the downstream that it is for, `None` for a
/// native server.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    pub(super) path: PathBuf,
    pub(super) at: Place,
    pub(super) south: Option<String>,
}

pub(super) fn read(path: &Path) -> Result<Read, Vec<Problem>> {
    let text = files::root(path)?;
    let file = files::display(path);
    let base = path.parent().unwrap_or(Path::new(""));
    Source::read(&file, &text, |root| {
        let mut read = body(root, &file, base)?;
        path.clone_into(&mut read.config.file);
        Some(read)
    })
}

/// The JSON Schema of configurations, from what is asked of them here.
#[must_use]
pub fn schema() -> Json {
    let example = include_str!("example.toml");
    let nowhere = Path::new("");
    Source::schema("config", example, |root| body(root, "example", nowhere))
}

fn body(root: &mut Section<'_>, file: &str, base: &Path) -> Option<Read> {
    let kernel = kernel(root, file, base);
    let audit = audit::read(root, base);
    let masking = masking::read(root, file, base);
    let http = http::read(root, base);
    let secrets = secrets::read(root, base);
    let none = !root.has("south");
    let (south, manifests) = downstreams(root, file, base);
    let mut kernel = kernel?;
    kernel.named.manifests.extend(manifests);
    kernel.config.audit = audit;
    kernel.config.http = http;
    kernel.config.secrets = secrets;
    kernel.config.tokens = masking.tokens;
    kernel.config.analyser = masking.analyser;
    kernel.config.profiles = masking::paths(&masking.profiles);
    kernel.named.profiles = masking.profiles;
    kernel.config.south = south;
    secrets::together(root, &kernel.config);
    if none && kernel.named.manifests.is_empty() {
        root.problem(
            0..0,
            "no manifest is named, so there is no tool",
            "add a `[south.NAME]` section, or `native` under `[kernel]`",
        );
    }
    Some(kernel)
}

fn kernel(root: &mut Section<'_>, file: &str, base: &Path) -> Option<Read> {
    root.require("kernel");
    let mut section = root.section("kernel")?;
    section.require("principal");
    let form = "a principal of 1 to 64 of `A-Z a-z 0-9 . _ @ -`";
    let principal = section.parsed("principal", form, |text| {
        Principal::is_name(text).then(|| text.to_owned())
    });
    let others = section.parsed_list("others", form, |text| {
        Principal::is_name(text).then(|| text.to_owned())
    });
    let others = others.into_iter().flatten();
    section.require("policies");
    let policies = section.texts("policies");
    let native = section.texts("native").unwrap_or_default();
    let state = place(&mut section, "state", base, ".aegis/state.db");
    let watch_ms = watch_ms(&mut section);
    let at = |span: Range<usize>| Place {
        file: file.to_owned(),
        span,
    };
    let mut found: Vec<Named> = Vec::new();
    for name in policies? {
        let path = base.join(name.get_ref());
        match files::policies(&path, &at(name.span())) {
            Ok(files) => found.extend(files),
            Err(problem) => section.problem(problem.span, problem.message, problem.fix),
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    let manifests: Vec<Manifest> = native
        .into_iter()
        .map(|name| Manifest {
            path: base.join(name.get_ref()),
            at: at(name.span()),
            south: None,
        })
        .collect();
    let principal = principal?;
    Some(Read {
        config: Config {
            file: PathBuf::new(),
            binary: PathBuf::from(OWN_BINARY),
            watch_ms,
            principal: principal.get_ref().clone(),
            others: others.map(|other| other.into_inner()).collect(),
            http: None,
            policies: found.iter().map(|file| file.path.clone()).collect(),
            state,
            audit: audit::default(base),
            tokens: TokenScope::default(),
            analyser: None,
            profiles: BTreeMap::new(),
            secrets: SecretsConfig::below(base),
            south: BTreeMap::new(),
            native: manifests.iter().map(|m| m.path.clone()).collect(),
        },
        named: Names {
            file: file.to_owned(),
            principal: principal.span(),
            manifests,
            policies: found,
            profiles: BTreeMap::new(),
        },
    })
}

/// How often the files of the policy are looked at.
fn watch_ms(section: &mut Section<'_>) -> u64 {
    let Some(watch) = section.count("watch_ms") else {
        return WATCH_MS;
    };
    if *watch.get_ref() > WATCH_MS_MAX {
        let message = format!("`watch_ms` is not within 0 to {WATCH_MS_MAX}");
        let fix = "give a time in milliseconds; 0 is never";
        section.problem(watch.span(), message, fix);
    }
    watch.into_inner()
}

pub(super) fn place(
    section: &mut Section<'_>,
    key: &'static str,
    base: &Path,
    default: &str,
) -> PathBuf {
    let text = section.said(key);
    base.join(text.as_ref().map_or(default, |text| text.get_ref()))
}

type Downstreams = (BTreeMap<String, SouthConfig>, Vec<Manifest>);

fn downstreams(root: &mut Section<'_>, file: &str, base: &Path) -> Downstreams {
    let mut south = BTreeMap::new();
    let mut manifests = Vec::new();
    for (name, mut section) in root.named("south") {
        if let Some((config, manifest)) = south::read(name.get_ref(), &mut section, file, base) {
            south.insert(name.into_inner(), config);
            manifests.push(manifest);
        }
    }
    (south, manifests)
}
