//! Both eras north times both eras south, word for word, through the whole kernel: what the agent hears, and what the
//! downstream has heard. Knows nothing of why an answer is what it is.
//!
//! `@STATE` is the state that the agent was given last. `>` is said by the agent, `<` is heard; the downstream echoes the line that reached it. `BLESS=1` writes what was
//! heard; read the diff before you commit it.

use std::path::Path;

use aegis_tests::{Client, before_hostile};

const MANIFEST: &str = r#"
server = "h"
[tool.echo]
description = "Says what it hears"
capabilities = ["h:say"]
[tool.echo.argument.z]
kind = "number"
required = false
description = "a number"
[tool.echo.argument.a]
kind = "string"
required = false
description = "a text"
[tool.unfinished]
description = "Wants to ask"
capabilities = ["h:say"]
[tool.asks]
description = "Asks back, and is let"
capabilities = ["h:say"]
input = ["elicitation"]
[tool.asks.argument.result]
kind = "string"
description = "what it asks"
[tool.error]
description = "Fails"
capabilities = ["h:say"]
[tool.exact]
description = "Says more than it may"
capabilities = ["h:say"]
[tool.ask]
description = "Asks back"
capabilities = ["h:say"]
[tool.flood]
description = "Tells of its progress without end"
capabilities = ["h:say"]
[tool.die]
description = "Ends"
capabilities = ["h:say"]
"#;

/// Without what differs from one log, or from one call, to the next.
fn settled(line: &str) -> String {
    const RECEIPT: &str = "\"aegis/receipt\":{";
    const STATE: &str = "\"requestState\":\"";
    let mut line = tokenless(line.trim_end());
    if let Some(at) = line.find(STATE).map(|at| at + STATE.len()) {
        let end = at + line[at..].find('"').unwrap();
        line.replace_range(at..end, "…");
    }
    match line.split_once(RECEIPT) {
        None => line.to_owned(),
        Some((before, after)) => {
            let (_, after) = after.split_once('}').unwrap();
            format!("{before}{RECEIPT}…}}{after}")
        }
    }
}

/// Without the kernel's own tokens for progress, in however many layers of text they stand.
fn tokenless(line: &str) -> String {
    let mut parts = line.split("progressToken");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_letter = |c: char| c.is_ascii_lowercase();
        let start = part.find(is_letter).unwrap();
        let end = start + part[start..].find(|c| !is_letter(c)).unwrap();
        assert_eq!(end - start, 32, "{part}");
        text.push_str(&format!("progressToken{}…{}", &part[..start], &part[end..]));
    }
    text
}

fn retell(north: &str, south: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mode = match south {
        "modern" => "modern-all",
        _ => "all",
    };
    before_hostile(folder.path(), MANIFEST, mode);
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces");
    let script = std::fs::read_to_string(traces.join(format!("agent_{north}.txt"))).unwrap();
    let mut kernel = Client::start_silent(&folder.path().join("aegis.toml"));
    let mut retold = format!("# An agent of the {north} era, a downstream of the {south} one.\n");
    let mut state = String::new();
    for said in script.lines().filter_map(|line| line.strip_prefix("> ")) {
        retold.push_str(&format!("> {said}\n"));
        kernel.send(&said.replace("@STATE", &state));
        if !said.contains("\"method\":\"notifications/") {
            let answer = kernel.receive().expect("an answer");
            if let Some(given) = answer["result"]["requestState"].as_str() {
                state = given.to_owned();
            }
            let heard = kernel.heard.last().expect("a line");
            retold.push_str(&format!("< {}\n", settled(heard)));
        }
    }
    assert_eq!(kernel.finish(), Some(0));
    let file = traces.join(format!("{north}_{south}.txt"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &retold).unwrap();
    }
    let told = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        retold,
        told,
        "{} differs; BLESS=1 writes it anew",
        file.display()
    );
}

#[test]
fn legacy_before_legacy() {
    retell("legacy", "legacy");
}

#[test]
fn legacy_before_modern() {
    retell("legacy", "modern");
}

#[test]
fn modern_before_legacy() {
    retell("modern", "legacy");
}

#[test]
fn modern_before_modern() {
    retell("modern", "modern");
}

/// What the agent is told does not depend on the era of the downstream, but for the line that reached it.
#[test]
fn an_agent_cannot_tell_the_eras_of_downstreams_apart() {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces");
    let heard = |name: String| -> Vec<String> {
        let text = std::fs::read_to_string(traces.join(name)).unwrap();
        let lines = text.lines().filter(|line| line.starts_with("< "));
        let lines = lines.filter(|line| !line.contains("\\\"method\\\""));
        lines.map(str::to_owned).collect()
    };
    for north in ["legacy", "modern"] {
        let [one, other] = ["legacy", "modern"].map(|south| heard(format!("{north}_{south}.txt")));
        assert!(one.len() > 6);
        assert_eq!(one, other);
    }
}
