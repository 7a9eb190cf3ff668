//! `aegis explain`: decides calls from standard input without any effect, and says why.
//! Knows nothing of logs, downstreams or secrets. Of the state it reads what budgets have left, and changes nothing.

mod answer;
mod request;

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _, Write};
use std::path::Path;
use std::sync::Arc;

use aegis_core::call::Call;
use aegis_core::inspect::{self, World};
use aegis_core::json::Json;
use aegis_core::limits::LINE_BYTES_MAX;
use aegis_core::manifest::Catalog;
use aegis_core::now::Now;
use aegis_core::policy::{Question, Terms};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::Spending;

use self::request::Request;
use super::problems::{self, Severity};
use crate::clock;
use crate::load::{self, Loaded};
use crate::state::{self, StateFault};

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

/// Decides one hypothetical call.
///
/// # Errors
/// The answer to a line that is no request.
fn explain(loaded: &Loaded, books: &mut Books, line: &[u8]) -> Result<Json, Json> {
    let request = Request::read(line).map_err(|(id, why)| answer::unread(id, &why))?;
    let name = request
        .principal
        .as_deref()
        .unwrap_or(&loaded.config.principal);
    let principal = Principal::assertion(name, Proof::Hypothetical);
    let now = clock::now();
    let mut ledger = request.ledger(loaded, name, RUN, now);
    let known = books.of(&loaded.config.state, name, now);
    ledger.spending = known.clone().unwrap_or_default();
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
            let asked = Question::about(&examined);
            let shadows = answer::shadows(&loaded.policy.shadows(&asked, &ledger, now));
            match loaded.policy.judge(&asked, &ledger, now) {
                Ok(terms) => {
                    let costs = costs(loaded, &terms, known.as_ref());
                    answer::permitted(id, &terms, &asked, (costs, shadows))
                }
                Err(denial) => answer::denied(id, &denial, Some(&asked), (&loaded.policy, shadows)),
            }
        }
    })
}

/// What principals have used of their budgets, each read once. `None` where the state cannot be read.
#[derive(Default)]
struct Books(BTreeMap<String, Option<Spending>>);

impl Books {
    fn of(&mut self, state: &Path, principal: &str, now: Now) -> Option<Spending> {
        let known = self.0.entry(principal.to_owned());
        let read = || match state::spending(state, principal, now) {
            Ok(spending) => Some(spending),
            // No kernel has run here yet.
            Err(StateFault::Absent(_)) => Some(Spending::at(now.unix_ms)),
            Err(fault) => {
                eprintln!("aegis explain: what budgets have left is not known: {fault}");
                None
            }
        };
        known.or_insert_with(read).clone()
    }
}

/// What the call would take from each budget, and what that would leave.
fn costs(loaded: &Loaded, terms: &Terms, known: Option<&Spending>) -> Vec<Json> {
    let cost = |charge: &aegis_core::receipt::Charge| {
        let budget = loaded.policy.budget_of(&charge.account);
        let calls = budget.map(|budget| budget.calls);
        let left = known.zip(calls).map(|(known, calls)| {
            let used = known.used(&charge.account, charge.window_s);
            calls.saturating_sub(used.saturating_add(charge.amount))
        });
        let number = |number: Option<u64>| number.map_or(Json::Null, Json::from);
        Json::object([
            ("budget", Json::from(charge.account.as_str())),
            ("calls", Json::from(charge.amount)),
            ("of", number(calls)),
            ("window_s", Json::from(charge.window_s)),
            ("left", number(left)),
        ])
    };
    terms.charges.iter().map(cost).collect()
}
