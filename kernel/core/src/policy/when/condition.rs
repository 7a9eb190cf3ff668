//! A condition: questions about a call, joined by all, any and not.
//! Knows nothing of how it is written.

use serde_spanned::Spanned;

use super::{Matcher, Scene, Truth};

/// When a rule speaks. Closed and bounded (`limits::CONDITION_*`), so that every condition ends and can be exhausted.
///
/// ```toml
/// when = { tool = "postgres__execute", not = { time = { days = ["mon-fri"], from = "08:00", to = "18:00", zone = "UTC" } } }
/// ```
///
/// A table holds when everything in it holds.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Every one holds.
    All(Vec<Condition>),
    /// One at least holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The answer to the question is yes.
    Is(Spanned<Matcher>),
}

/// What a rule can do when it speaks, and so which conditions are sound for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// It lets something pass: what is found in a call never makes it speak.
    Grants,
    /// It lets something pass at a price, which depends on no word of the agent.
    Sells,
    /// It objects or obliges: more findings may only make it speak.
    Objects,
}

impl Condition {
    /// Its worth.
    pub(in crate::policy) fn judge(&self, scene: &Scene<'_>) -> Truth {
        match self {
            Self::All(parts) => parts
                .iter()
                .map(|part| part.judge(scene))
                .fold(Truth::Yes, Truth::and),
            Self::Any(parts) => parts
                .iter()
                .map(|part| part.judge(scene))
                .fold(Truth::No, Truth::or),
            Self::Not(part) => part.judge(scene).not(),
            Self::Is(matcher) => matcher.get_ref().judge(scene),
        }
    }

    /// Every question, in the order of the text.
    pub fn matchers(&self) -> Vec<&Spanned<Matcher>> {
        self.signed(true)
            .into_iter()
            .map(|(matcher, _)| matcher)
            .collect()
    }

    /// The first question that a rule of this voice must not ask: else something more that is found in a call could
    /// let it pass.
    #[must_use]
    pub fn unsound_for(&self, voice: Voice) -> Option<&Spanned<Matcher>> {
        let unsound = |(matcher, plain): &(&Spanned<Matcher>, bool)| {
            let matcher = matcher.get_ref();
            match voice {
                Voice::Objects => matcher.is_of_findings() && !plain,
                Voice::Grants => matcher.is_of_findings(),
                Voice::Sells => matcher.is_of_findings() || matcher.is_of_arguments(),
            }
        };
        self.signed(true)
            .into_iter()
            .find(unsound)
            .map(|(matcher, _)| matcher)
    }

    /// Each question, and whether it stands under an even number of `not`.
    pub(in crate::policy) fn signed(&self, plain: bool) -> Vec<(&Spanned<Matcher>, bool)> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(|part| part.signed(plain)).collect()
            }
            Self::Not(part) => part.signed(!plain),
            Self::Is(matcher) => vec![(matcher, plain)],
        }
    }
}
