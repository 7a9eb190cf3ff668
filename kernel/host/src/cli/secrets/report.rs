//! What `aegis secrets` says of what it did, for people and for programs.
//! Knows nothing of values.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use aegis_core::audit::timestamp;
use aegis_core::json::Json;
use aegis_core::source::Problem;
use aegis_verify::plain;

use super::input::InputFault;
use crate::cli::problems;
use crate::secret_store::{Changed, StoreFault, Stored};

/// What was done.
pub(super) enum Done {
    /// A secret was set.
    Set(String, PathBuf, Changed),
    /// A secret was removed.
    Removed(String, PathBuf, Changed),
    /// All is under another passphrase; whether a configuration names its place.
    Rotated(PathBuf, Changed, bool),
    /// The names, the generation, and whether they are proven.
    Listed(PathBuf, Vec<Stored>, u64, bool),
    /// A key was made.
    Key(PathBuf),
}

/// Why it was not.
pub(super) enum Failed {
    /// The configuration.
    Problems(Vec<Problem>),
    /// There is none.
    NoConfig,
    /// A value stood on the command line.
    ValueAsArgument,
    /// The store.
    Store(StoreFault),
    /// A passphrase or value.
    Input(InputFault),
}

impl From<StoreFault> for Failed {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

impl From<InputFault> for Failed {
    fn from(fault: InputFault) -> Self {
        Self::Input(fault)
    }
}

/// Tells it and gives the exit code.
pub(super) fn tell(done: Result<Done, Failed>, json: bool) -> u8 {
    let (text, code) = match (&done, json) {
        (Ok(done), false) => (done.text(), 0),
        (Ok(done), true) => (format!("{}\n", done.json()), 0),
        (Err(failed), true) => (format!("{}\n", failed.json()), failed.exit()),
        (Err(failed), false) => {
            crate::told::tell!("aegis secrets: {}", plain(&failed.text()));
            (String::new(), failed.exit())
        }
    };
    // A reader that went away (`| head`) is no failure of ours.
    let _ = std::io::stdout().write_all(text.as_bytes());
    code
}

impl Done {
    fn text(&self) -> String {
        match self {
            Self::Set(name, store, changed) => {
                let made = if changed.made { "made" } else { "wrote" };
                let what = if changed.replaced { "changed" } else { "set" };
                format!(
                    "{what}: {name}\n{made} {} ({})\nuse it as `store:{name}` in the configuration\n",
                    shown(store),
                    count(changed)
                )
            }
            Self::Removed(name, store, changed) => {
                format!(
                    "removed: {name}\nwrote {} ({})\n",
                    shown(store),
                    count(changed)
                )
            }
            Self::Rotated(store, changed, configured) => {
                let next = match configured {
                    true => {
                        "put the new passphrase where `key` under `[secrets]` points before a kernel is started again\n"
                    }
                    false => "",
                };
                format!(
                    "rotated: {} ({})\nolder copies of the file still open with the old passphrase: remove them\n{next}",
                    shown(store),
                    count(changed)
                )
            }
            Self::Listed(store, secrets, _, proven) => listed(store, secrets, *proven),
            Self::Key(file) => format!(
                "made {0}\nuse it as `key = \"file:{0}\"` under `[secrets]`, and keep a copy where the store is not\n",
                shown(file)
            ),
        }
    }

    fn json(&self) -> Json {
        let changed = |what: &'static str, said: Json, store: &Path, changed: &Changed| {
            Json::object([
                (what, said),
                ("store", Json::from(shown(store))),
                ("made", Json::from(changed.made)),
                ("replaced", Json::from(changed.replaced)),
                ("secrets", number(changed.secrets)),
                ("generation", Json::from(changed.generation)),
            ])
        };
        match self {
            Self::Set(name, store, done) => changed("set", Json::from(name.as_str()), store, done),
            Self::Removed(name, store, done) => {
                changed("removed", Json::from(name.as_str()), store, done)
            }
            Self::Rotated(store, done, _) => changed("rotated", Json::from(true), store, done),
            Self::Listed(store, secrets, generation, proven) => {
                let one = |one: &Stored| {
                    Json::object([
                        ("name", Json::from(one.name.as_str())),
                        ("set", Json::from(time(one.set_s))),
                    ])
                };
                Json::object([
                    ("store", Json::from(shown(store))),
                    ("verified", Json::from(*proven)),
                    ("generation", Json::from(*generation)),
                    ("secrets", Json::Array(secrets.iter().map(one).collect())),
                ])
            }
            Self::Key(file) => Json::object([("made", Json::from(shown(file)))]),
        }
    }
}

fn listed(store: &Path, secrets: &[Stored], proven: bool) -> String {
    let wide = secrets.iter().map(|one| one.name.len()).max();
    let wide = wide.unwrap_or_default();
    let mut text: String = secrets
        .iter()
        .map(|one| format!("{:<wide$}  set {}\n", one.name, time(one.set_s)))
        .collect();
    if secrets.is_empty() {
        text.push_str("no secrets: `aegis secrets set NAME` puts one here\n");
    }
    let how = match proven {
        true => "every byte as it was written",
        false => "not verified: no passphrase at hand, `--key` names one",
    };
    text.push_str(&format!("{} ({how})\n", shown(store)));
    text
}

impl Failed {
    fn text(&self) -> String {
        match self {
            Self::Problems(_) => "the configuration cannot be read".to_owned(),
            Self::NoConfig => "there is no `aegis.toml` here; name a configuration with `--config`, or a store with `--store`".to_owned(),
            Self::ValueAsArgument => "a value is never given on the command line, where other users and the shell's history see it: change the value, and give it on standard input or when it is asked for".to_owned(),
            Self::Store(fault) => fault.to_string(),
            Self::Input(fault) => fault.to_string(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Problems(_) | Self::NoConfig => "configuration",
            Self::ValueAsArgument => "value-as-argument",
            Self::Store(fault) => fault.code(),
            Self::Input(_) => "input",
        }
    }

    fn json(&self) -> Json {
        let mut fields = vec![
            ("error", Json::from(self.text())),
            ("code", Json::from(self.code())),
        ];
        if let Self::Problems(found) = self {
            fields.push(("problems", problems::to_json(found)));
        }
        Json::object(fields)
    }

    fn exit(&self) -> u8 {
        match self {
            Self::Store(fault) if fault.is_of_the_store() => 1,
            _ => 2,
        }
    }
}

fn shown(path: &Path) -> String {
    plain(&path.display().to_string()).into_owned()
}

fn count(changed: &Changed) -> String {
    match changed.secrets {
        1 => "1 secret".to_owned(),
        n => format!("{n} secrets"),
    }
}

fn number(count: usize) -> Json {
    Json::from(u64::try_from(count).unwrap_or(u64::MAX))
}

fn time(unix_s: u64) -> String {
    timestamp(unix_s.saturating_mul(1_000_000_000))
}
