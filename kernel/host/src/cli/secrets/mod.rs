//! `aegis secrets`: the encrypted store of secrets, changed by a person or a script.
//! Knows nothing of its format; no value is ever shown.

mod input;
mod report;
mod terminal;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use self::input::{From, InputFault};
use self::report::{Done, Failed};
use super::problems::{self, Severity};
use crate::config::SecretsConfig;
use crate::secret_store::{Changing, Opened, StoreFault, StoreFile, is_name, write_key};
use crate::{clock, guard, load};

/// Arguments of `aegis secrets`.
#[derive(Args, Debug)]
pub(super) struct SecretsCommand {
    #[command(subcommand)]
    action: Action,
    /// The configuration whose `[secrets]` names the store and the place of its passphrase; aegis.toml where neither this nor --store is given
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The store itself, in place of the one that the configuration names
    #[arg(long, global = true, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Where the passphrase is found: file:PATH, env:NAME, command:PROGRAM…, stdin (its first line) or terminal; by default as the configuration says, and else the terminal
    #[arg(long, global = true, value_name = "PLACE")]
    key: Option<String>,
    /// Print one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Set a secret; its value is asked for without being shown, or read from standard input
    ///
    /// One line end at the end is not part of the value. A value is never an argument: other users see arguments, and
    /// shells keep them. The store is made where there is none. A running kernel has the old value until it is started again.
    Set {
        /// Its name: 1 to 64 of A-Z a-z 0-9 . _ -, as in `store:NAME`
        name: String,
        /// Refused: see above
        #[arg(hide = true)]
        refused: Vec<String>,
    },
    /// List the names, and when each was set; never a value
    ///
    /// Names are not encrypted. Whether they are as they were written is proven where the passphrase is at hand, and the
    /// answer says so.
    List,
    /// Remove a secret
    Remove {
        /// Its name
        name: String,
    },
    /// Encrypt everything anew under another passphrase
    ///
    /// The old passphrase opens nothing of the new file; older copies of the file it still opens.
    Rotate {
        /// Where the new passphrase is found, as with --key; the terminal by default
        #[arg(long, value_name = "PLACE")]
        new_key: Option<String>,
    },
    /// Make a file with a random passphrase, for a kernel that starts while nobody sits before it
    NewKey {
        /// The file, which must not be there yet; its owner alone may read it
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Runs the command: 0 done, 1 the store is damaged or holds no such secret, 2 usage, configuration or passphrase.
#[must_use]
pub(super) fn run(command: &SecretsCommand) -> u8 {
    guard::raise();
    let done = act(command);
    if let Err(Failed::Problems(found)) = &done
        && !command.json
    {
        problems::show(found, Severity::Error);
        return 2;
    }
    report::tell(done, command.json)
}

fn act(command: &SecretsCommand) -> Result<Done, Failed> {
    if let Action::NewKey { file } = &command.action {
        write_key(file)?;
        return Ok(Done::Key(file.clone()));
    }
    if let Action::Set { name, refused } = &command.action {
        if !refused.is_empty() {
            return Err(Failed::ValueAsArgument);
        }
        if !is_name(name) {
            return Err(StoreFault::BadName.into());
        }
    }
    let config = config(command)?;
    let from = match (&command.key, &config.key) {
        (Some(said), _) => Some(From::parse(said)?),
        (None, Some(configured)) => Some(From::Reference(configured.clone())),
        (None, None) => None,
    };
    if let Action::List = &command.action {
        return list(&config, from.as_ref());
    }
    change(command, &config, from.unwrap_or(From::Terminal))
}

fn change(command: &SecretsCommand, config: &SecretsConfig, from: From) -> Result<Done, Failed> {
    let store = config.store.as_path();
    let there = match StoreFile::read(store) {
        Ok(_) => true,
        Err(StoreFault::Missing(_)) if matches!(command.action, Action::Set { .. }) => false,
        Err(fault) => return Err(fault.into()),
    };
    let what = match (there, &command.action) {
        (false, _) => "a passphrase for the new store",
        (true, Action::Rotate { .. }) => "the present passphrase",
        (true, _) => "the passphrase of the store",
    };
    let passphrase: Zeroizing<Vec<u8>> = from.passphrase(config, what, !there)?;
    let changing = Changing::begin(store, &passphrase)?;
    let (store, name) = (store.to_owned(), |name: &String| name.clone());
    match &command.action {
        Action::Set { name: wanted, .. } => {
            let value = input::value(wanted)?;
            let now_s = u64::try_from(clock::now().unix_s()).unwrap_or_default();
            let changed = changing.set(wanted, &value, now_s)?;
            Ok(Done::Set(name(wanted), store, changed))
        }
        Action::Remove { name: wanted } => {
            let changed = changing.remove(wanted)?;
            Ok(Done::Removed(name(wanted), store, changed))
        }
        Action::Rotate { new_key } => {
            let to = match new_key {
                Some(said) => From::parse(said)?,
                None => From::Terminal,
            };
            let new = to.passphrase(config, "the new passphrase", true)?;
            let changed = changing.rotate(&new)?;
            Ok(Done::Rotated(store, changed, config.key.is_some()))
        }
        Action::List | Action::NewKey { .. } => Err(InputFault::NoPlace.into()),
    }
}

fn list(config: &SecretsConfig, from: Option<&From>) -> Result<Done, Failed> {
    let file = StoreFile::read(&config.store)?;
    let secrets = file.secrets().to_vec();
    let generation = file.generation();
    let proven = match from {
        None => false,
        Some(from) => {
            let passphrase = from.passphrase(config, "the passphrase of the store", false)?;
            Opened::open(file, &passphrase)?;
            true
        }
    };
    let store = config.store.clone();
    Ok(Done::Listed(store, secrets, generation, proven))
}

/// What is configured, or what is usual beside a store that is named.
fn config(command: &SecretsCommand) -> Result<SecretsConfig, Failed> {
    let usual = Path::new("aegis.toml");
    let mut config = match (&command.config, &command.store) {
        (Some(file), _) => load::secrets(file).map_err(Failed::Problems)?,
        (None, Some(_)) => SecretsConfig::below(Path::new("")),
        (None, None) if usual.exists() => load::secrets(usual).map_err(Failed::Problems)?,
        (None, None) => return Err(Failed::NoConfig),
    };
    if let Some(store) = &command.store {
        config.store.clone_from(store);
    }
    Ok(config)
}
