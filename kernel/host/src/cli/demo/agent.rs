//! The demo's agent: a real MCP client process that plays a script against `aegis serve`.
//! Knows nothing of policies, databases or files; it has only what the kernel answers.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use rmcp::service::{RoleClient, RunningService};
use serde_json::{Map, Value, json};

use super::event::Event;
use super::scenario::{Repair, Scenario, Step, shipped, shipped_for_postgres};

/// Plays the shipped script and prints one event a line.
///
/// # Errors
/// Where the kernel cannot be started or does not answer.
pub(in crate::cli) fn run(config: &Path, run: &str, on_postgres: bool) -> Result<(), String> {
    let scenario = match on_postgres {
        true => shipped_for_postgres()?,
        false => shipped()?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    runtime.block_on(play(config, run, &scenario))
}

async fn play(config: &Path, run: &str, scenario: &Scenario) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut kernel = tokio::process::Command::new(program)
        .args(["serve", "--config"])
        .arg(config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| format!("aegis serve does not start: {e}"))?;
    let (Some(input), Some(output)) = (kernel.stdout.take(), kernel.stdin.take()) else {
        return Err("aegis serve has no pipes".to_owned());
    };
    let client = ()
        .serve((input, output))
        .await
        .map_err(|e| format!("aegis serve does not answer: {e}"))?;
    let mut agent = Agent {
        client,
        run: run.to_owned(),
        past: Vec::new(),
    };
    for step in &scenario.steps {
        if agent.take(step).await? {
            for follow_up in &step.if_denied {
                agent.take(follow_up).await?;
            }
        }
    }
    agent.client.cancel().await.map_err(|e| e.to_string())?;
    kernel.wait().await.map(|_| ()).map_err(|e| e.to_string())
}

/// What is said before an object is mended.
const READING: &str = "Real defects. Read the silver file.";

struct Agent {
    client: RunningService<RoleClient, ()>,
    run: String,
    past: Vec<Event>,
}

impl Agent {
    /// Takes one step; true where it was denied.
    async fn take(&mut self, step: &Step) -> Result<bool, String> {
        if let Some(repair) = &step.repair {
            return self.repair(step, repair).await;
        }
        let tool = step
            .tool
            .as_deref()
            .ok_or("a step names a tool or a repair")?;
        Ok(self
            .call(step, tool, step.arguments.clone())
            .await?
            .is_denied())
    }

    async fn call(
        &mut self,
        step: &Step,
        tool: &str,
        arguments: Map<String, Value>,
    ) -> Result<Event, String> {
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments.clone());
        let result = self
            .client
            .call_tool(request)
            .await
            .map_err(|e| format!("{}: {e}", step.id))?;
        let event = Event {
            run: self.run.clone(),
            step: step.id.clone(),
            say: match (&step.repair, tool) {
                (Some(_), "s3__get_object") => READING.to_owned(),
                _ => step.say.clone(),
            },
            tool: tool.to_owned(),
            arguments: Value::Object(arguments),
            result: serde_json::to_value(&result).map_err(|e| e.to_string())?,
        };
        let line = serde_json::to_string(&event).map_err(|e| e.to_string())?;
        writeln!(std::io::stdout(), "{line}").map_err(|e| e.to_string())?;
        self.past.push(event.clone());
        Ok(event)
    }

    /// Reads the object, leaves out the rows that the validation named, writes it back over the version that was read.
    async fn repair(&mut self, step: &Step, repair: &Repair) -> Result<bool, String> {
        let read = self
            .call(
                step,
                "s3__get_object",
                arguments(&json!({ "key": repair.key })),
            )
            .await?;
        let failing = self.failing_keys(&repair.from);
        let kept = without_rows(read.structured("body"), &failing);
        let write = json!({ "key": repair.key, "body": kept, "if_match": read.structured("etag") });
        Ok(self
            .call(step, "s3__put_object", arguments(&write))
            .await?
            .is_denied())
    }

    /// The `id` of each row that a check of an earlier answer names.
    fn failing_keys(&self, step: &str) -> Vec<String> {
        let earlier = self.past.iter().rev().find(|event| event.step == step);
        let checks = earlier.and_then(|event| event.answer().get("checks")?.as_array());
        let keys = checks
            .into_iter()
            .flatten()
            .filter_map(|check| check.get("keys")?.as_array());
        let ids = keys.flatten().filter_map(|key| key.get("id")?.as_str());
        ids.map(str::to_owned).collect()
    }
}

fn arguments(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The lines whose first field is not among the keys.
fn without_rows(csv: &str, keys: &[String]) -> String {
    let stays = |line: &&str| {
        let key = line.split(',').next().unwrap_or_default();
        !keys.iter().any(|failing| failing == key)
    };
    csv.lines()
        .filter(stays)
        .flat_map(|line| [line, "\n"])
        .collect()
}
