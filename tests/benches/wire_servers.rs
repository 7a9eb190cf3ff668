//! What is measured: an echo server alone, behind relays, and behind kernels; each as a command to start.
//! Knows nothing of how they are driven.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aegis_tests::aegis;

const MANIFEST: &str = r#"
server = "peer"
[tool.say]
description = "Says what it hears"
capabilities = ["peer:say"]
[tool.say.argument.text]
kind = "string"
description = "what to say"
[[table]]
name = "people"
columns = ["id", "email"]
[label."people.email"]
is = "pii.email"
"#;

const GRANT: &str = r#"
[[grant]]
id = "all"
principal = "*"
capabilities = ["*"]
"#;

const MASK: &str = r#"
[[transform]]
id = "mask"
label = "pii.*"
mask = { default = "token" }
detect = "standard"
"#;

const FASTMCP: &str = "
import sys
from fastmcp.client.transports import StdioTransport
from fastmcp.server import create_proxy
create_proxy(StdioTransport(sys.argv[1], sys.argv[2:])).run(show_banner=False)
";

const RBAC: &str = r#"
version: "1"
defaults: {effect: deny}
principals:
  agent:
    roles: [dev]
    tools: [{pattern: "*", actions: [read, execute]}]
"#;

fn peer() -> PathBuf {
    aegis().with_file_name("aegis-peer")
}

pub fn direct() -> Command {
    let mut command = Command::new(peer());
    command.arg("echo");
    command
}

/// The least that stands between: a relay on rmcp that decides nothing.
pub fn relay() -> Command {
    let mut command = Command::new(peer());
    command.arg("relay").arg(peer()).arg("echo");
    command
}

/// What a kernel of this benchmark is made of.
pub struct Made {
    pub rules: usize,
    pub masks: bool,
    pub sync: bool,
    pub pause_ms: u64,
}

/// A kernel before an echo server.
pub fn kernel(folder: &Path, made: &Made) -> Command {
    fs::create_dir_all(folder).unwrap();
    let mut policy = GRANT.to_owned();
    let mut manifest = MANIFEST.to_owned();
    if made.masks {
        policy.push_str(MASK);
    }
    let why = "because = \"it is not wanted\"\nfix = \"do something else\"\n";
    for at in 0..made.rules {
        // Every second rule is about what the call says, the others about tools beside it. None says what another says
        // already: that is refused.
        let _ = if at % 2 == 0 {
            write!(
                policy,
                "[[argument]]\nid = \"r{at}\"\ntool = \"peer__say\"\nargument = \"text\"\nlength = {{ min = {at}, max = {} }}\n{why}",
                250_000 + at
            )
        } else {
            let _ = write!(
                manifest,
                "[tool.act{at}]\ndescription = \"Acts\"\ncapabilities = [\"other{at}:act\"]\n"
            );
            write!(
                policy,
                "[[block]]\nid = \"r{at}\"\ncapability = [\"other{at}:act\"]\n{why}"
            )
        };
    }
    fs::write(folder.join("policy.toml"), policy).unwrap();
    fs::write(folder.join("manifest.toml"), manifest).unwrap();
    let config = format!(
        "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\nstate = \".aegis/state.db\"\n[audit]\ndir = \".aegis/audit\"\n\
         sync = {}\n[south.peer]\nmanifest = \"manifest.toml\"\ncommand = [{:?}, \"echo\", \"{}\"]\n",
        made.sync,
        peer().display().to_string(),
        made.pause_ms
    );
    fs::write(folder.join("aegis.toml"), config).unwrap();
    serve(&folder.join("aegis.toml"))
}

pub fn serve(config: &Path) -> Command {
    let mut command = Command::new(aegis());
    command.args(["serve", "--config"]).arg(config);
    command
}

/// The Python of `AEGIS_BENCH_PYTHON`, where it has this module.
fn python_with(module: &str) -> Option<Command> {
    let python = std::env::var_os("AEGIS_BENCH_PYTHON")?;
    let tried = Command::new(&python)
        .args(["-c", &format!("import {module}")])
        .stderr(Stdio::null())
        .status();
    tried
        .is_ok_and(|status| status.success())
        .then(|| Command::new(python))
}

/// FastMCP's own proxy.
pub fn fastmcp() -> Option<Command> {
    let mut command = python_with("fastmcp")?;
    command.args(["-c", FASTMCP]).arg(peer()).arg("echo");
    Some(command)
}

/// mcp-aegis, a Python project of a similar name, with one rule.
pub fn mcp_aegis(folder: &Path) -> Option<Command> {
    let mut command = python_with("mcp_guardian")?;
    let policy = folder.join("policies.yaml");
    fs::write(&policy, RBAC).unwrap();
    command
        .args(["-m", "mcp_guardian", "--principal", "agent"])
        .args(["--roles", "dev", "--log-level", "ERROR", "--target"])
        .arg(format!("{} echo", peer().display()))
        .arg("--policy")
        .arg(policy);
    Some(command)
}
