//! Under which key values become tokens: equal values have equal tokens within one scope and nowhere else.
//! Knows nothing of where the master key is kept.

use super::scope_key::ScopeKey;

/// Within what equal values have equal tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenScope {
    /// One run: one connection of one agent.
    #[default]
    Run,
    /// All runs of one principal.
    Principal,
    /// Everybody.
    Shared,
}

impl TokenScope {
    /// The word that a configuration uses; `None` for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "run" => Self::Run,
            "principal" => Self::Principal,
            "shared" => Self::Shared,
            _ => return None,
        })
    }

    /// The word that a configuration uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Principal => "principal",
            Self::Shared => "shared",
        }
    }

    /// The name of the scope that a call belongs to: one for one key.
    #[must_use]
    pub fn name(self, principal: &str, run: &str) -> String {
        // Once for each call: `format!` would cost more than the rest.
        match self {
            Self::Run => ["run\u{1f}", principal, "\u{1f}", run].concat(),
            Self::Principal => ["principal\u{1f}", principal].concat(),
            Self::Shared => "shared".to_owned(),
        }
    }
}

/// Derives the key of each scope from one master key. Opaque.
pub struct ScopeKeys {
    master: [u8; 32],
    scope: TokenScope,
}

impl ScopeKeys {
    /// Keys of scopes of one kind.
    #[must_use]
    pub fn new(master: [u8; 32], scope: TokenScope) -> Self {
        Self { master, scope }
    }

    /// Which scope a call belongs to.
    #[must_use]
    pub fn scope(&self) -> TokenScope {
        self.scope
    }

    /// The key of the scope that a call of this principal in this run belongs to.
    #[must_use]
    pub fn key(&self, principal: &str, run: &str) -> [u8; 32] {
        let name = self.scope.name(principal, run);
        ScopeKey::new(&self.master).digest(["aegis/token-scope\u{1f}", &name].concat().as_bytes())
    }
}
