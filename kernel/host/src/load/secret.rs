//! Reads the reference to a secret.
//! Knows nothing of its value, and shows no text that might be one.

use std::path::Path;

use aegis_core::source::Section;

use crate::config::SecretRef;
use crate::secret_store::is_name;

/// Reads `env:NAME`, `file:PATH`, `command:PROGRAM ARGUMENT…` or `store:NAME`; a relative path is below `base`. The words of a command
/// are parted by blanks, and no shell reads them.
pub(super) fn reference(text: &str, base: &Path) -> Option<SecretRef> {
    if let Some(name) = text.strip_prefix("env:") {
        return is_variable(name).then(|| SecretRef::Env(name.to_owned()));
    }
    if let Some(line) = text.strip_prefix("command:") {
        // What a shell would read as more than a word is a sign that somebody expects one.
        let shell = |c: char| c.is_control() || "\"'`$;|&<>(){}*?\\".contains(c);
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let sound = !words.is_empty() && !line.contains(shell);
        return sound.then_some(SecretRef::Command(words));
    }
    if let Some(name) = text.strip_prefix("store:") {
        return is_name(name).then(|| SecretRef::Store(name.to_owned()));
    }
    let path = text.strip_prefix("file:")?;
    (!path.trim().is_empty()).then(|| SecretRef::File(base.join(path)))
}

/// Notes a bad reference. The problem points at the section, not at the line: what stands there may be
/// a secret, and a caret would print it.
pub(super) fn refuse(section: &Section<'_>, variable: &str) {
    section.problem(
        section.span(),
        format!(
            "the secret `{variable}` in {} is not a reference",
            section.place()
        ),
        "write `env:NAME` or `file:PATH`, `store:NAME`, or `command:PROGRAM ARGUMENT` without quotes; a secret never stands in this file itself",
    );
}

/// The name of an environment variable.
pub(super) fn is_variable(text: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(first)
        && text.len() <= 128
        && text.chars().all(|c| first(c) || c.is_ascii_digit())
}
