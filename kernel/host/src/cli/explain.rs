//! `aegis explain`: decides calls from standard input without any effect, and says why.
//! Knows nothing of logs, downstreams or secrets. Of the state it reads what budgets have left, and changes nothing.

pub(super) mod answer;
mod costs;
pub(super) mod request;

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _, Write};
use std::path::Path;
use std::sync::Arc;

use aegis_core::call::Call;
use aegis_core::inspect::{self, World};
use aegis_core::json::Json;
use aegis_core::limits::LINE_BYTES_MAX;
use aegis_core::manifest::Catalog;
use aegis_core::policy::Question;
use aegis_core::principal::{Principal, Proof};

use self::costs::Books;
use self::request::Request;
use super::problems::{self, Severity};
use crate::clock;
use crate::load::{self, Loaded};
use crate::state::Subjects;

/// The run that explained calls are said to be in.
const RUN: &str = "explain";

/// Runs the command: a line in, an answer out. The exit code is 0, or 2 where the configuration or a
/// line could not be read.
#[must_use]
pub(super) fn run(
    config: &Path,
    jsonl: bool,
    mut input: impl BufRead,
    mut output: impl Write,
) -> u8 {
    let loaded = match load::load(config) {
        Ok(loaded) => loaded,
        Err(found) => {
            let text = problems::render(&found, Severity::Error, false);
            let _ = std::io::stderr().write_all(text.as_bytes());
            return 2;
        }
    };
    let mut code = 0;
    let mut books = Books::default();
    loop {
        let line = match next_line(&mut input) {
            Ok(Some(line)) => line,
            Ok(None) => return code,
            Err(_) => return 2,
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = explain(&loaded, &mut books, &line).unwrap_or_else(|unread| {
            code = 2;
            unread
        });
        let text = if jsonl {
            format!("{answer}\n")
        } else {
            answer::in_words(&answer)
        };
        if output
            .write_all(text.as_bytes())
            .and_then(|()| output.flush())
            .is_err()
        {
            return 2;
        }
    }
}

/// One line, bounded; what is longer is no call.
fn next_line(input: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let bound = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
    let mut line = Vec::new();
    let read = input.by_ref().take(bound).read_until(b'\n', &mut line)?;
    if read == LINE_BYTES_MAX && !line.ends_with(b"\n") {
        return Err(std::io::Error::other("a line is longer than the bound"));
    }
    Ok((read > 0).then_some(line))
}

/// Somebody whom nobody identified: of hypothetical calls alone.
pub(super) fn somebody(name: &str) -> Principal {
    Principal::assertion(name, Proof::Hypothetical)
}

/// Decides one hypothetical call.
///
/// # Errors
/// The answer to a line that is no request.
fn explain(loaded: &Loaded, books: &mut Books, line: &[u8]) -> Result<Json, Json> {
    let request = Request::read(line).map_err(|(id, why)| answer::unread(id, &why))?;
    let name = request.principal.clone();
    let name = name.as_ref().unwrap_or(&loaded.config.principal);
    let principal = somebody(name);
    let present = clock::now();
    let now = request.at.unwrap_or(present);
    let mut ledger = request.ledger((&loaded.policy, &loaded.manifests), (name, RUN), now);
    let state = &loaded.config.state;
    let Request {
        id,
        tool,
        arguments,
        ..
    } = request;
    let call = Call::new(principal, RUN, &tool, arguments);
    let catalogs: BTreeMap<String, Arc<Catalog>> = loaded
        .manifests
        .systems()
        .map(|system| (system.server.clone(), Arc::new(system.catalog.clone())))
        .collect();
    let world = World {
        manifests: &loaded.manifests,
        catalogs: &catalogs,
    };
    let may_know = |who: &_, tool: &_| loaded.policy.may_know(who, tool);
    let examined = loaded
        .manifests
        .bind(call, may_know)
        .and_then(|bound| inspect::examine(bound, &world));
    Ok(match examined {
        Err(denial) => {
            let unasked = Json::Array(Vec::new());
            answer::denied(id, &denial, None, (&loaded.policy, unasked))
        }
        Ok(examined) => {
            let mut subjects = Subjects::of(&examined, &loaded.policy);
            subjects.payer = Some(name.to_owned());
            let known = books.of(state, &subjects, present);
            ledger.spending = known.clone().unwrap_or_default();
            let asked = Question::about(&examined);
            let shadows = answer::shadows(&loaded.policy.shadows(&asked, &ledger, now));
            match loaded.policy.judge(&asked, &ledger, now) {
                Ok(terms) => {
                    let costs = costs::of(&loaded.policy, &terms, known.as_ref());
                    answer::permitted(id, &terms, &asked, (costs, shadows))
                }
                Err(denial) => answer::denied(id, &denial, Some(&asked), (&loaded.policy, shadows)),
            }
        }
    })
}
