//! One call as the agent made it: who, which tool, which arguments.
//! Knows nothing of manifests; its principal comes from the transport.

use thiserror::Error;

use crate::json::{Json, JsonFault, JsonRules, Object};
use crate::limits;
use crate::principal::Principal;
use crate::round::Continuation;

/// One request to act. Made by the north side alone.
#[derive(Debug)]
pub struct Call {
    principal: Principal,
    run: String,
    tool: String,
    arguments: Object,
    can_be_asked: bool,
    continued: Option<Continuation>,
    since: Option<u64>,
}

impl Call {
    /// A call from an identified principal, in one run (one connection of one agent).
    #[must_use]
    pub fn new(principal: Principal, run: &str, tool: &str, arguments: Arguments) -> Self {
        Self {
            principal,
            run: run.to_owned(),
            tool: tool.to_owned(),
            arguments: arguments.0,
            can_be_asked: false,
            continued: None,
            since: None,
        }
    }

    /// The same call of an agent that can be asked back by a form.
    #[must_use]
    pub fn asked_back(mut self, can_be_asked: bool) -> Self {
        self.can_be_asked = can_be_asked;
        self
    }

    /// The same call in a further round.
    #[must_use]
    pub fn continued(mut self, by: Option<Continuation>) -> Self {
        self.continued = by;
        self
    }

    /// The same call of a run that began when rules had been exchanged so many times.
    #[must_use]
    pub fn of_run_since(mut self, exchange: u64) -> Self {
        self.since = Some(exchange);
        self
    }

    /// How many times rules had been exchanged when its run began, where it is a run of an agent.
    #[must_use]
    pub fn since(&self) -> Option<u64> {
        self.since
    }

    /// Whether the agent can be asked back by a form.
    #[must_use]
    pub fn can_be_asked(&self) -> bool {
        self.can_be_asked
    }

    /// What the agent brings back, where this is a further round.
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.continued.as_ref()
    }

    /// Who calls.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The run that this call belongs to.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The name as asked for, `server__tool`; not yet known to exist.
    #[must_use]
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// The arguments as read.
    #[must_use]
    pub fn arguments(&self) -> &Object {
        &self.arguments
    }
}

/// Arguments that were read within bounds.
#[derive(Clone, Debug, Default)]
pub struct Arguments(Object);

/// Why arguments are refused before anything looks at them.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ArgumentFault {
    /// Not an object.
    #[error("arguments must be an object")]
    NotAnObject,
    /// Larger than [`limits::ARGUMENT_BYTES_MAX`].
    #[error("arguments are larger than the bound")]
    TooLarge,
    /// Not readable strictly.
    #[error(transparent)]
    Json(#[from] JsonFault),
}

/// How arguments are read.
const RULES: JsonRules = JsonRules {
    bytes_max: limits::ARGUMENT_BYTES_MAX,
    depth_max: limits::ARGUMENT_DEPTH_MAX,
    ..limits::MESSAGE_RULES
};

impl Arguments {
    /// Takes an object that the wire has read, and reads it once more under the bounds for arguments.
    ///
    /// # Errors
    /// Where it is no object, or beyond a bound.
    pub fn from_json(value: &Json) -> Result<Self, ArgumentFault> {
        match value {
            Json::Object(object) if value.is_within(&RULES) => Ok(Self(object.clone())),
            // The long way, which says what is wrong.
            _ => Self::parse(value.to_text().as_bytes()),
        }
    }

    /// As [`Arguments::from_json`], of a value that nobody else needs.
    ///
    /// # Errors
    /// As there.
    pub fn take(value: Json) -> Result<Self, ArgumentFault> {
        let is_within = value.is_within(&RULES);
        match value {
            Json::Object(object) if is_within => Ok(Self(object)),
            other => Self::from_json(&other),
        }
    }

    /// Reads arguments from text.
    ///
    /// # Errors
    /// Where the text is not strict JSON, no object, or beyond a bound.
    pub fn parse(text: &[u8]) -> Result<Self, ArgumentFault> {
        if text.len() > limits::ARGUMENT_BYTES_MAX {
            return Err(ArgumentFault::TooLarge);
        }
        match crate::json::parse(text, &RULES)? {
            Json::Object(object) => Ok(Self(object)),
            _ => Err(ArgumentFault::NotAnObject),
        }
    }
}
