//! Finds secrets where references say, each once: a program that prints one is run once, and the store opened once.
//! Knows nothing of whom they are for.

use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aegis_core::limits;
use zeroize::Zeroizing;

use super::secret::{Secret, SecretFault};
use crate::config::{SecretRef, SecretsConfig};
use crate::environment;
use crate::guarded_file::read_guarded;
use crate::program::{self, Wanted};
use crate::secret_store::{Opened, StoreFile};

/// What a program that prints a secret sees of the kernel's environment, beside what the configuration names: how to
/// find programs, its own files, its agents and this system's authorities. None of these holds a secret.
const ORDINARY: [&str; 19] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    "GNUPGHOME",
    "PASSWORD_STORE_DIR",
    "AWS_PROFILE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// The secrets that were found so far. It lives as long as a start does.
pub(crate) struct Keyring {
    config: SecretsConfig,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    secrets: Vec<(SecretRef, Arc<Secret>)>,
    store: Option<Opened>,
}

impl Keyring {
    /// Has found nothing yet.
    pub(crate) fn new(config: SecretsConfig) -> Self {
        Self {
            config,
            found: Mutex::default(),
        }
    }

    /// Finds the value that a reference points to.
    pub(in crate::south) fn resolve(
        &self,
        reference: &SecretRef,
    ) -> Result<Arc<Secret>, SecretFault> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, secret)) = found.secrets.iter().find(|(known, _)| known == reference) {
            return Ok(Arc::clone(secret));
        }
        let secret = Arc::new(self.find(reference, &mut found)?);
        found.secrets.push((reference.clone(), Arc::clone(&secret)));
        Ok(secret)
    }

    /// SHA-256 of an agent's token.
    ///
    /// # Errors
    /// As for every secret, and where it could be guessed.
    pub(crate) fn token_digest(&self, reference: &SecretRef) -> Result<[u8; 32], SecretFault> {
        self.resolve(reference)?.token_digest(|| place(reference))
    }

    /// A key or passphrase, as bytes that overwrite themselves.
    ///
    /// # Errors
    /// As for every secret.
    pub(crate) fn key_bytes(
        &self,
        reference: &SecretRef,
    ) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
        Ok(self.resolve(reference)?.bytes())
    }

    /// What `read` makes of the value, which stays here; nothing where it cannot be had.
    pub(crate) fn read_as<T>(
        &self,
        reference: &SecretRef,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let secret = self.resolve(reference).ok()?;
        read(secret.expose())
    }

    /// The passphrase of the store, where it was used: it must not leave either.
    pub(in crate::south) fn store_key(&self) -> Option<Arc<Secret>> {
        let key = self.config.key.as_ref()?;
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let known = found.secrets.iter().find(|(known, _)| known == key);
        known.map(|(_, secret)| Arc::clone(secret))
    }

    fn find(&self, reference: &SecretRef, found: &mut Found) -> Result<Secret, SecretFault> {
        match reference {
            SecretRef::Env(name) => {
                let value =
                    environment::variable(name).ok_or_else(|| SecretFault::Unset(name.clone()))?;
                let bytes = std::os::unix::ffi::OsStringExt::into_vec(value);
                Secret::from_bytes(bytes, || place(reference))
            }
            SecretRef::File(path) => {
                let bytes = read_guarded(path, limits::SECRET_BYTES_MAX)?;
                Secret::given(bytes, || place(reference))
            }
            SecretRef::Command(command) => {
                let printed = self
                    .printed(command)
                    .map_err(|why| SecretFault::Command(name_of(command), why))?;
                Secret::given(printed, || place(reference))
            }
            SecretRef::Store(name) => {
                let store = match found.store.take() {
                    Some(store) => store,
                    None => self.open(found)?,
                };
                let value = store.value(name);
                found.store = Some(store);
                let mut value = value?;
                Secret::from_bytes(std::mem::take(&mut *value), || place(reference))
            }
        }
    }

    fn open(&self, found: &mut Found) -> Result<Opened, SecretFault> {
        let key = self.config.key.as_ref().ok_or(SecretFault::NoKey)?;
        if matches!(key, SecretRef::Store(_)) {
            return Err(SecretFault::NoKey);
        }
        // Before the passphrase is asked for: a store that is not there needs none.
        let file = StoreFile::read(&self.config.store)?;
        let known = found.secrets.iter().find(|(known, _)| known == key);
        let passphrase = match known {
            Some((_, secret)) => Arc::clone(secret),
            None => {
                let secret = Arc::new(self.find(key, found)?);
                found.secrets.push((key.clone(), Arc::clone(&secret)));
                secret
            }
        };
        Ok(Opened::open(file, passphrase.expose().as_bytes())?)
    }

    /// Runs a program that prints a secret, such as `op`, `vault` or `aws`, without a shell, and with so much of the
    /// kernel's environment as it needs: other secrets are among the rest.
    fn printed(&self, command: &[String]) -> Result<Zeroizing<Vec<u8>>, String> {
        let (name, arguments) = command.split_first().ok_or("no command")?;
        let wanted = Wanted {
            input: None,
            output: "an output",
            output_max: limits::SECRET_BYTES_MAX,
            timeout: Duration::from_millis(self.config.command_timeout_ms),
        };
        let named = self.config.command_env.iter().map(String::as_str);
        let variables = environment::variables(ORDINARY.into_iter().chain(named));
        let mut command = Command::new(name);
        command.args(arguments).env_clear().envs(variables);
        program::run(&mut command, &wanted)
    }
}

fn place(reference: &SecretRef) -> String {
    match reference {
        SecretRef::Env(name) => format!("environment variable `{name}`"),
        SecretRef::File(path) => format!("file `{}`", path.display()),
        SecretRef::Command(command) => format!("the output of `{}`", name_of(command)),
        SecretRef::Store(name) => format!("the store under `{name}`"),
    }
}

/// The program alone: its arguments are between it and the operator.
fn name_of(command: &[String]) -> String {
    command.first().cloned().unwrap_or_default()
}
