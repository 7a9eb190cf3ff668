//! Reads `[secrets]`: the encrypted store and its passphrase's place, and what programs that print secrets may see.
//! Knows nothing of any secret's value.

use std::collections::BTreeMap;
use std::path::Path;

use aegis_core::limits::{SECRET_COMMAND_MS_MAX, SECRET_COMMAND_VARIABLES_MAX};
use aegis_core::source::{Problem, Section, Source};

use super::files;
use super::secret;
use crate::config::{Config, SecretRef, SecretsConfig, TokenRef};
use crate::secret_store::{StoreFault, StoreFile};

/// `[secrets]` of a configuration, and nothing else of it.
///
/// # Errors
/// What is wrong with it.
pub fn alone(path: &Path) -> Result<SecretsConfig, Vec<Problem>> {
    let text = files::root(path)?;
    let base = path.parent().unwrap_or(Path::new(""));
    Source::read(&files::display(path), &text, |root| {
        let found = read(root, base);
        root.skip_others();
        Some(found)
    })
}

/// A reference of the command line, relative to where the command is run.
#[must_use]
pub fn reference(text: &str) -> Option<SecretRef> {
    secret::reference(text, Path::new(""))
}

pub(super) fn read(root: &mut Section<'_>, base: &Path) -> SecretsConfig {
    let mut config = SecretsConfig::below(base);
    let Some(mut section) = root.section("secrets") else {
        return config;
    };
    if let Some(store) = section.said("store") {
        config.store = base.join(store.get_ref());
    }
    if let Some(key) = section.text("key") {
        match secret::reference(key.get_ref(), base) {
            Some(SecretRef::Store(_)) => section.problem(
                section.span(),
                "the store's key lies in the store",
                "write `file:PATH`, `env:NAME` or `command:PROGRAM ARGUMENT`",
            ),
            Some(reference) => config.key = Some(reference),
            None => secret::refuse(&section, "key"),
        }
    }
    if let Some(bound) = section.count("command_timeout_ms") {
        if !(1..=SECRET_COMMAND_MS_MAX).contains(bound.get_ref()) {
            let message =
                format!("`command_timeout_ms` is not within 1 to {SECRET_COMMAND_MS_MAX}");
            section.problem(bound.span(), message, "give a time in milliseconds");
        }
        config.command_timeout_ms = bound.into_inner();
    }
    let variables = section.parsed_list("command_env", "a variable's name", |text| {
        secret::is_variable(text).then(|| text.to_owned())
    });
    let variables = variables.into_iter().flatten();
    config.command_env = variables.map(|name| name.into_inner()).collect();
    if config.command_env.len() > SECRET_COMMAND_VARIABLES_MAX {
        let message =
            format!("`command_env` names more than {SECRET_COMMAND_VARIABLES_MAX} variables");
        let at = section.key_span("command_env");
        section.problem(at, message, "name those alone that the programs need");
    }
    config
}

/// What must hold between `[secrets]` and the references to secrets: each is for one, and can be had.
pub(super) fn together(root: &Section<'_>, config: &Config) {
    let secrets = &config.secrets;
    let mut owners: BTreeMap<&str, String> = BTreeMap::new();
    for (place, reference) in references(config) {
        match reference {
            SecretRef::Store(name) => {
                if secrets.key.is_none() {
                    let message =
                        format!("{place} is in the store, and nothing says what opens it");
                    let fix = "add `[secrets]` with `key = \"file:PATH\"`: `aegis secrets new-key PATH` makes one";
                    root.problem(0..0, message, fix);
                } else if let Some(other) = owners.insert(name, place.clone()) {
                    let message = format!("`store:{name}` is for {other} and for {place}");
                    let fix = "a secret of the store reaches one place: set the value under a second name";
                    root.problem(0..0, message, fix);
                }
            }
            SecretRef::Env(name) if secrets.command_env.contains(name) => {
                let message = format!(
                    "`command_env` shows `{name}`, {place}, to every program that prints a secret"
                );
                root.problem(
                    0..0,
                    message,
                    "take it out of `command_env`, or give the secret another variable",
                );
            }
            _ => {}
        }
    }
}

/// Names of the store that are referred to and not there. Values are not read. A store that is not there at all is told
/// apart: on another machine, such as one that tests configurations, that is as it should be.
#[must_use]
pub fn missing(config: &Config) -> (Vec<Problem>, Vec<Problem>) {
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    let named = references(config).into_iter();
    let named: Vec<_> = named
        .filter_map(|(place, reference)| match reference {
            SecretRef::Store(name) => Some((place, name.as_str())),
            _ => None,
        })
        .collect();
    let Some((first, _)) = named.first() else {
        return (problems, warnings);
    };
    let file = config.file.display().to_string();
    let tell = |message: String, fix: &str| Problem::whole_file(&file, message, fix);
    match StoreFile::read(&config.secrets.store) {
        Ok(store) => {
            for (place, name) in &named {
                if !store.names(name) {
                    let message = format!(
                        "{place} is `store:{name}`, and the store `{}` holds no such name",
                        config.secrets.store.display()
                    );
                    let fix = format!("`aegis secrets set {name}` puts it there");
                    problems.push(tell(message, &fix));
                }
            }
        }
        Err(fault @ StoreFault::Missing(_)) => {
            warnings.push(tell(
                format!("{first} is in a store that is not here"),
                &fault.to_string(),
            ));
        }
        Err(fault) => problems.push(tell(
            format!("{first} is in a store that cannot be read"),
            &fault.to_string(),
        )),
    }
    (problems, warnings)
}

/// Every reference to a secret, with what it is called.
fn references(config: &Config) -> Vec<(String, &SecretRef)> {
    let mut all = Vec::new();
    for (server, south) in &config.south {
        for (variable, reference) in south.peer.secrets() {
            let place = format!("the secret `{variable}` of `[south.{server}]`");
            all.push((place, reference));
        }
    }
    let Some(http) = &config.http else { return all };
    for (principal, tokens) in &http.principals {
        for token in tokens {
            if let TokenRef::Secret(reference) = token {
                all.push((format!("a token of `{principal}`"), reference));
            }
        }
    }
    all.extend(
        http.tls
            .iter()
            .map(|tls| ("the key of `[north.http.tls]`".to_owned(), &tls.key)),
    );
    all
}
