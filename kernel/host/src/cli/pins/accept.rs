//! Writes what is offered as accepted, once a person has seen what is other and said yes.
//! Knows nothing of how it was found.

use std::io::{BufRead, IsTerminal as _, Write as _};
use std::{fs, io};

use aegis_core::definition::{PinFile, escaped, visible};
use aegis_core::json::Json;
use aegis_core::limits;

use super::compare::Compared;
use crate::private_file;

/// Exit code 0 where all of it is accepted, 1 where somebody says no, 2 where it cannot be written.
pub(super) fn run(all: &[Compared], json: bool, yes: bool, input: &mut impl BufRead) -> u8 {
    let mut report = Vec::new();
    let mut code = 0;
    for one in all {
        let outcome = match one.differs() || !one.file.exists() {
            true => accepted(one, json, yes, input),
            false => Ok(Some("already accepted")),
        };
        let word = match outcome {
            Ok(Some(word)) => word,
            Ok(None) => {
                code = code.max(1);
                "declined"
            }
            Err(why) => {
                crate::told::tell!("aegis pins accept: {why}");
                code = 2;
                "refused"
            }
        };
        report.push(Json::object([
            ("server", Json::from(one.server.as_str())),
            ("outcome", Json::from(word)),
            ("file", Json::from(one.file.display().to_string())),
            (
                "tools",
                Json::from(u64::try_from(one.offered.len()).unwrap_or(u64::MAX)),
            ),
        ]));
        if !json {
            say(&format!(
                "{}: {word} ({})\n",
                one.server,
                one.file.display()
            ));
        }
    }
    if json {
        let report = Json::object([("servers", Json::Array(report))]);
        say(&format!("{}\n", escaped(&report)));
    }
    code
}

/// `None` where somebody says no.
fn accepted(
    one: &Compared,
    json: bool,
    yes: bool,
    input: &mut impl BufRead,
) -> Result<Option<&'static str>, String> {
    let stale = one.by_hand.iter().find(|(name, digest)| {
        let now = one.offered.get(*name);
        now.is_none_or(|definition| definition.digest() != **digest)
    });
    if let Some((name, _)) = stale {
        return Err(format!(
            "`[pins]` of {} holds another digest for `{}`; take it out there: the accepted definition will lie in {}",
            one.manifest.display(),
            visible(name),
            one.file.display()
        ));
    }
    let text = PinFile {
        server: one.server.clone(),
        tools: one.offered.clone(),
    }
    .to_text();
    if text.len() > limits::CONFIG_BYTES_MAX {
        return Err(format!(
            "the definitions of `{}` are longer than {} bytes together",
            one.server,
            limits::CONFIG_BYTES_MAX
        ));
    }
    if !json {
        say(&one.to_text());
    }
    if !yes && !asked(&one.server, input)? {
        return Ok(None);
    }
    write(one, &text)
        .map_err(|why| format!("`{}` cannot be written: {why}", one.file.display()))?;
    Ok(Some("accepted"))
}

fn asked(server: &str, input: &mut impl BufRead) -> Result<bool, String> {
    if !io::stdin().is_terminal() {
        return Err(
            "nobody can be asked here; read `aegis pins diff`, then say `--yes`".to_owned(),
        );
    }
    let mut err = io::stderr();
    let _ = write!(err, "accept these definitions of `{server}`? [y/N] ");
    let _ = err.flush();
    let mut line = String::new();
    let read = input.read_line(&mut line);
    read.map_err(|why| format!("no answer: {why}"))?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

/// Whole or not at all, readable by whoever may read the manifest.
fn write(one: &Compared, text: &str) -> io::Result<()> {
    private_file::write_private(&one.file, text.as_bytes())?;
    let like = fs::metadata(&one.manifest)?.permissions();
    fs::set_permissions(&one.file, like)
}

fn say(text: &str) {
    // A reader that went away is no failure of ours.
    let _ = io::stdout().write_all(text.as_bytes());
}
