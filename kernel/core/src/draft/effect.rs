//! What a tool most likely does, by the words of its name; what else it says of itself can only raise doubts.
//! Knows nothing of arguments.

use super::text::words;
use crate::definition::Definition;
use crate::json::Json;

/// What a tool does, as far as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Read,
    Write,
    Send,
    Run,
    Delete,
    Unclear,
}

const READS: [&str; 25] = [
    "get",
    "list",
    "read",
    "search",
    "find",
    "show",
    "describe",
    "view",
    "count",
    "lookup",
    "info",
    "stat",
    "stats",
    "status",
    "log",
    "diff",
    "tree",
    "history",
    "inspect",
    "check",
    "compare",
    "summarize",
    "current",
    "version",
    "schema",
];
const WRITES: [&str; 35] = [
    "write", "create", "update", "set", "add", "insert", "edit", "put", "commit", "move", "rename",
    "save", "append", "copy", "checkout", "init", "stage", "enable", "disable", "assign", "apply",
    "merge", "import", "store", "register", "modify", "patch", "replace", "change", "upsert",
    "lock", "upload", "restore", "archive", "close",
];
const SENDS: [&str; 12] = [
    "send", "mail", "email", "post", "push", "notify", "publish", "share", "invite", "reply",
    "forward", "message",
];
const RUNS: [&str; 13] = [
    "run", "exec", "execute", "eval", "shell", "command", "script", "invoke", "spawn", "start",
    "stop", "deploy", "install",
];
const DELETES: [&str; 14] = [
    "delete", "remove", "drop", "purge", "destroy", "clear", "reset", "truncate", "kill", "revoke",
    "unlink", "erase", "wipe", "clean",
];
/// In a description these tell of more than reading.
const MORE_THAN_READING: [&str; 28] = [
    "delete",
    "deletes",
    "remove",
    "removes",
    "drop",
    "drops",
    "overwrite",
    "overwrites",
    "execute",
    "executes",
    "send",
    "sends",
    "modify",
    "modifies",
    "update",
    "updates",
    "create",
    "creates",
    "write",
    "writes",
    "insert",
    "inserts",
    "upload",
    "uploads",
    "publish",
    "publishes",
    "truncate",
    "purge",
];

impl Effect {
    /// The verb of its capability.
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Send => "send",
            Self::Run => "run",
            Self::Delete => "delete",
            Self::Unclear => "review",
        }
    }

    /// The gravest that one of the words names.
    fn of(words: &[String]) -> Self {
        let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        match () {
            () if any(&DELETES) => Self::Delete,
            () if any(&RUNS) => Self::Run,
            () if any(&SENDS) => Self::Send,
            () if any(&WRITES) => Self::Write,
            () if any(&READS) => Self::Read,
            () => Self::Unclear,
        }
    }
}

/// What a tool does, and why that is in doubt. Its annotations are hints of whoever wrote it: they are believed where they
/// make it graver, and nowhere else.
pub(super) fn judge(definition: &Definition) -> (Effect, Vec<String>) {
    let effect = Effect::of(&words(definition.name()));
    let mut doubts = Vec::new();
    if effect == Effect::Unclear {
        doubts.push("its name does not say what it does".to_owned());
    }
    if effect == Effect::Read {
        let text = |member| definition.get(member).and_then(Json::as_str).map(words);
        let hinted = definition
            .get("annotations")
            .and_then(|hints| hints.get("title"));
        let hinted = hinted.and_then(Json::as_str).map(words);
        for title in [text("title"), hinted].into_iter().flatten() {
            if !matches!(Effect::of(&title), Effect::Read | Effect::Unclear) {
                doubts.push("its title speaks of more than reading".to_owned());
            }
        }
        let said = text("description").unwrap_or_default();
        let more = said
            .iter()
            .find(|word| MORE_THAN_READING.contains(&word.as_str()));
        if let Some(word) = more {
            doubts.push(format!("its description speaks of `{word}`"));
        }
        if hint(definition, "readOnlyHint") == Some(false) {
            doubts.push("it says of itself that it does not only read".to_owned());
        }
        if hint(definition, "destructiveHint") == Some(true)
            && hint(definition, "readOnlyHint") != Some(true)
        {
            doubts.push("it says of itself that it may destroy".to_owned());
        }
    }
    (effect, doubts)
}

fn hint(definition: &Definition, name: &str) -> Option<bool> {
    definition.get("annotations")?.get(name)?.as_bool()
}
