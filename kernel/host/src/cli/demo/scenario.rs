//! The agent's script, read from `demo/scenario.toml`.
//! Knows nothing of how steps end.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The script that ships with the binary.
const SHIPPED: &str = include_str!("../../../../../demo/scenario.toml");

/// A task and the steps that an agent takes for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) task: String,
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
}

/// One step: a call, or the repair of an object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) id: String,
    pub(super) say: String,
    pub(super) tool: Option<String>,
    #[serde(default)]
    pub(super) arguments: Map<String, Value>,
    /// The arguments in the words of PostgreSQL, where they are others.
    pub(super) on_postgres: Option<Map<String, Value>>,
    pub(super) repair: Option<Repair>,
    #[serde(default)]
    pub(super) if_denied: Vec<Step>,
}

/// Takes the rows that a validation named out of an object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repair {
    /// The object.
    pub(super) key: String,
    /// The step whose answer names the failing rows.
    pub(super) from: String,
}

/// Reads the shipped script.
///
/// # Errors
/// Where it does not fit the types above.
pub(super) fn shipped() -> Result<Scenario, String> {
    toml::from_str(SHIPPED).map_err(|error| format!("demo/scenario.toml: {error}"))
}

/// The same in the words of PostgreSQL.
///
/// # Errors
/// As [`shipped`].
pub(super) fn shipped_for_postgres() -> Result<Scenario, String> {
    let mut scenario = shipped()?;
    for step in &mut scenario.steps {
        if let Some(arguments) = step.on_postgres.take() {
            step.arguments = arguments;
        }
    }
    Ok(scenario)
}
