//! Tokens that were given out, with the values that they stand for, in memory alone.
//! Knows nothing of rules: which token may go where was decided before it is asked.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::{Pairs, TokenScope};
use aegis_core::inspect::{Examined, Restoration};
use aegis_core::json::{Json, Object};
use aegis_core::limits;
use zeroize::Zeroizing;

/// The values of tokens, by scope. Nothing of it is ever written; it goes with the process, wiped.
pub struct Vault {
    scope: TokenScope,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    values: HashMap<(String, String), Zeroizing<String>>,
    /// The oldest first.
    order: VecDeque<(String, String)>,
    bytes: usize,
    /// Values that were sent south, by scope: in later answers they are secrets.
    sent: HashMap<String, Vec<Zeroizing<String>>>,
}

impl Vault {
    /// An empty vault. Whatever the scope of tokens, a token is never worth a value to another principal
    /// than the one that it was shown to.
    #[must_use]
    pub fn new(scope: TokenScope) -> Self {
        let scope = match scope {
            TokenScope::Run => TokenScope::Run,
            TokenScope::Principal | TokenScope::Shared => TokenScope::Principal,
        };
        Self {
            scope,
            held: Mutex::default(),
        }
    }

    /// Remembers the tokens of an answer. The oldest go where there is no room: their tokens are unknown then.
    pub fn keep(&self, principal: &str, run: &str, minted: Pairs) {
        if minted.is_empty() {
            return;
        }
        let scope = self.scope.name(principal, run);
        let mut held = self.lock();
        for (token, value) in minted {
            // A short value cannot be told from other text, so it could not be kept from coming back.
            if (limits::SECRET_BYTES_MIN..=limits::VAULT_VALUE_BYTES_MAX).contains(&value.len()) {
                held.add((scope.clone(), token), value);
            }
        }
    }

    /// The values of the tokens that a call brings back.
    ///
    /// # Errors
    /// `kernel.unknown-token` where one was not shown in this scope: invented, another's, or long ago.
    pub fn restore(&self, examined: &Examined) -> Result<Restored, Denial> {
        let wanted = examined.restorations();
        if wanted.is_empty() {
            return Ok(Restored::default());
        }
        if wanted.len() > limits::RESTORATIONS_MAX {
            return Err(too_many());
        }
        let call = examined.call();
        let scope = self.scope.name(call.principal().id(), call.run());
        let mut held = self.lock();
        let mut values = BTreeMap::new();
        for Restoration { token, .. } in wanted {
            let value = held.values.get(&(scope.clone(), token.clone()));
            values.insert(token.clone(), value.cloned().ok_or_else(unknown)?);
        }
        let sent = held.sent.entry(scope).or_default();
        for value in values.values() {
            if !sent.contains(value) {
                sent.push(value.clone());
            }
        }
        // What was sent must be looked for as long as the scope lives.
        if sent.len() > limits::RESTORED_VALUES_MAX {
            sent.truncate(limits::RESTORED_VALUES_MAX);
            return Err(too_many());
        }
        Ok(Restored {
            values,
            places: wanted.to_vec(),
        })
    }

    /// The values that were sent south in this scope.
    pub fn sent(&self, principal: &str, run: &str) -> Vec<Zeroizing<String>> {
        let scope = self.scope.name(principal, run);
        self.lock().sent.get(&scope).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn add(&mut self, key: (String, String), value: Zeroizing<String>) {
        let size = key.1.len() + value.len();
        match self.values.insert(key.clone(), value) {
            Some(before) => self.bytes -= (key.1.len() + before.len()).min(self.bytes),
            None => self.order.push_back(key),
        }
        self.bytes += size;
        while self.values.len() > limits::VAULT_TOKENS_MAX || self.bytes > limits::VAULT_BYTES_MAX {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            if let Some(gone) = self.values.remove(&oldest) {
                self.bytes -= (oldest.1.len() + gone.len()).min(self.bytes);
            }
        }
    }
}

fn unknown() -> Denial {
    Denial::kernel(
        "kernel.unknown-token",
        Phase::Examination,
        "an argument holds a token that was not given out to this agent here",
        "read the row again and use the token that it shows now; tokens of other runs stand for nothing",
    )
}

fn too_many() -> Denial {
    Denial::kernel(
        "kernel.too-many-tokens",
        Phase::Examination,
        "the call, or all calls of this run together, would send more masked values back than are kept watch over",
        "send fewer tokens in one call, or begin a new run",
    )
}

/// The values that one call sends in place of its tokens. No `Serialize`, `Debug` prints a number.
#[derive(Default)]
pub struct Restored {
    values: BTreeMap<String, Zeroizing<String>>,
    places: Vec<Restoration>,
}

impl Restored {
    /// Whether nothing is restored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The judged arguments with each token that was judged restorable, in its place, exchanged. Nothing else changes.
    pub(crate) fn apply(&self, judged: &Object) -> Object {
        let mut arguments = Json::Object(judged.clone());
        for place in &self.places {
            if let (Some(value), Some(Json::String(text))) = (
                self.values.get(&place.token),
                arguments.at_mut(&place.pointer),
            ) {
                // Once for each place: a value that holds a token's text is not restored again.
                *text = text.replacen(&place.token, value, 1);
            }
        }
        match arguments {
            Json::Object(object) => object,
            _ => judged.clone(),
        }
    }
}

impl fmt::Debug for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Restored({})", self.values.len())
    }
}
