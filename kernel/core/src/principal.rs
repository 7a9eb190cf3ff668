//! Who speaks. Never read from arguments.
//! Knows nothing of grants.

use std::fmt;

/// How the identity was established.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The configuration names the one principal of this stdio.
    Configured,
    /// A bearer token over HTTP is this principal's.
    Bearer,
    /// A case, an explanation or a replay names it; nothing is sent.
    Hypothetical,
}

/// An identified principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    id: String,
    proof: Proof,
}

impl Principal {
    /// Claims that whoever speaks has been identified. The call sites are the places to audit;
    /// `tests/tidy` counts them.
    #[must_use]
    pub fn assertion(id: &str, proof: Proof) -> Self {
        Self {
            id: id.to_owned(),
            proof,
        }
    }

    /// Whether `text` can name a principal: 1 to 64 of `A-Z a-z 0-9 . _ @ -`.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        !text.is_empty()
            && text.len() <= crate::limits::NAME_BYTES_MAX
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-'))
    }

    /// The name that grants refer to.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How the identity was established.
    #[must_use]
    pub fn proof(&self) -> Proof {
        self.proof
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}
