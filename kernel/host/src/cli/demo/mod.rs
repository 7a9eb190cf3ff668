//! `aegis demo`: the same agent and the same task, first with the policy off, then on.
//! Knows nothing of decisions: it starts real processes and looks at what they left behind.

mod agent;
mod claims;
mod event;
mod needles;
mod people;
mod scenario;
mod server;
mod show;
mod trace;
mod world;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use claims::{Checker, Claim};
use event::Event;
use needles::Needles;
use show::Show;
use world::World;

pub(super) use agent::run as play;

/// Which runs are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Runs {
    /// First off, then on.
    #[default]
    Both,
    /// Without the policy.
    Off,
    /// With it.
    On,
}

/// The before/after story on real processes; exit 0 only if every claim held.
#[derive(Debug, Args)]
pub(super) struct DemoCommand {
    /// Which runs are made
    #[arg(long, value_enum, default_value_t)]
    policy: Runs,
    /// Write the trace of the run to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Build the world in this folder for an agent of your own, and leave
    #[arg(long, value_name = "DIR", conflicts_with_all = ["policy", "record"])]
    prepare: Option<PathBuf>,
    /// Run it on a real PostgreSQL server, in a database that is made for it and removed again
    #[arg(long, value_name = "URL|env:NAME", conflicts_with = "prepare")]
    postgres: Option<String>,
    /// Print one JSON object instead of the story
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(command: &DemoCommand) -> u8 {
    let done = match &command.prepare {
        Some(folder) => prepare(folder),
        None => tell(command),
    };
    match done {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(problem) => {
            crate::told::tell!("aegis demo: {problem}");
            2
        }
    }
}

fn prepare(folder: &Path) -> Result<bool, String> {
    let world = world::build(folder, "prepared", None).map_err(|e| e.to_string())?;
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let host = json!({ "mcpServers": { "aegis": { "command": program, "args": ["serve", "--config", world.config(true)] } } });
    let show = Show::new(false);
    show.text(&format!("the world stands in {}", world.root.display()));
    show.text(&format!("  database   {}", world.database().display()));
    show.text(&format!("  bucket     {}", world.bucket().display()));
    show.text(&format!("  policy on  {}", world.config(true).display()));
    show.text(&format!("  policy off {}", world.config(false).display()));
    show.text("\npaste this into an MCP host (and use aegis-off.toml to see the difference):\n");
    show.text(&host.to_string());
    Ok(true)
}

fn tell(command: &DemoCommand) -> Result<bool, String> {
    let show = Show::new(command.json);
    let mut story = Story {
        events: Vec::new(),
        claims: Vec::new(),
        verify: Value::Null,
    };
    let operator = command.postgres.as_deref().map(operator).transpose()?;
    let operator = operator.as_deref();
    show.text(&format!("task: “{}”", scenario::shipped()?.task));
    if command.policy != Runs::On {
        show.heading(
            "POLICY OFF",
            "the agent talks to the same servers; nothing objects",
        );
        story.run(&show, "off", operator)?;
    }
    if command.policy != Runs::Off {
        show.heading(
            "POLICY ON",
            "the same agent, the same task, the three invariants in force",
        );
        story.run(&show, "on", operator)?;
    }
    let held = story.claims.iter().all(|claim| claim.held);
    if let Some(file) = &command.record {
        fs::write(file, story.trace()).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    if command.json {
        let whole = json!({ "held": held, "claims": story.claims, "events": story.events, "audit": story.verify });
        Show::new(false).text(&whole.to_string());
    }
    let count = story.claims.len();
    show.text("");
    show.text(&if held {
        format!("all {count} claims held")
    } else {
        format!("not all of the {count} claims held")
    });
    Ok(held)
}

/// The location of whoever may make databases and roles. `env:NAME` keeps it out of the list of processes.
fn operator(written: &str) -> Result<String, String> {
    match written.strip_prefix("env:") {
        None => Ok(written.to_owned()),
        Some(name) => crate::environment::variable(name)
            .and_then(|value| value.into_string().ok())
            .ok_or_else(|| format!("--postgres: `{name}` is not set")),
    }
}

struct Story {
    events: Vec<Event>,
    claims: Vec<Claim>,
    verify: Value,
}

impl Story {
    /// One run in a world of its own, which goes when it ends.
    fn run(
        &mut self,
        show: &Show,
        run: &'static str,
        operator: Option<&str>,
    ) -> Result<(), String> {
        let on = run == "on";
        let folder = Folder::new(run)?;
        let world = world::build(&folder.0, run, operator).map_err(|e| e.to_string())?;
        let needles = Needles::of(&world)?;
        let events = agent_process(&world, run, show)?;
        show.heading("CHECKED", "against the database and the files themselves");
        let checker = Checker::new(run, &world, &events, &needles);
        let mut claims = if on { checker.on() } else { checker.off() };
        let (verify, verified) = verified(&world, run)?;
        claims.push(verified);
        claims.iter().for_each(|claim| show.claim(claim));
        if on {
            show.heading("AUDIT", "what an outsider can verify");
            readout(show, &world)?;
            self.verify = verify;
        }
        self.events.extend(events);
        self.claims.extend(claims);
        Ok(())
    }

    /// The trace as JSON Lines: events, then claims, then the log's verification.
    fn trace(&self) -> String {
        let command =
            json!({ "trace": "aegis demo", "command": "aegis demo --record demo/trace.jsonl" });
        let events = self.events.iter().map(|event| json!({ "event": event }));
        let claims = self.claims.iter().map(|claim| json!({ "claim": claim }));
        let lines = std::iter::once(command)
            .chain(events)
            .chain(claims)
            .chain([json!({ "audit": self.verify })]);
        lines
            .map(|line| format!("{}\n", trace::shortened(&line)))
            .collect()
    }
}

fn agent_process(world: &World, run: &str, show: &Show) -> Result<Vec<Event>, String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut agent = Command::new(program)
        .args(["demo-agent", "--run", run, "--config"])
        .arg(world.config(run == "on"))
        .args(world.server.iter().map(|_| "--on-postgres"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("the agent does not start: {e}"))?;
    let output = agent.stdout.take().ok_or("the agent has no output")?;
    let mut events = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| e.to_string())?;
        let event: Event = serde_json::from_str(&line)
            .map_err(|e| format!("the agent said something else: {e}"))?;
        show.event(&event);
        events.push(event);
    }
    let status = agent.wait().map_err(|e| e.to_string())?;
    if status.success() {
        Ok(events)
    } else {
        Err("the agent failed; its message stands above".to_owned())
    }
}

/// Runs `aegis audit verify` as anyone would.
fn verified(world: &World, run: &'static str) -> Result<(Value, Claim), String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let log = world.log(run == "on");
    let output = Command::new(program)
        .args(["audit", "verify", "--json"])
        .arg(log)
        .output()
        .map_err(|e| e.to_string())?;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let text = "the log verifies: every call has its record".to_owned();
    let seen = format!("exit {}", output.status.code().unwrap_or(-1));
    Ok((
        report,
        Claim {
            run,
            text,
            seen,
            held: output.status.success(),
        },
    ))
}

fn readout(show: &Show, world: &World) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    for arguments in [["audit", "stats"], ["audit", "verify"]] {
        let output = Command::new(&program)
            .args(arguments)
            .arg(world.log(true))
            .output()
            .map_err(|e| e.to_string())?;
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            show.text(&format!("  {line}"));
        }
    }
    Ok(())
}

/// A temporary folder that goes with its value.
struct Folder(PathBuf);

impl Folder {
    fn new(run: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("aegis-demo-{run}-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning of temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
