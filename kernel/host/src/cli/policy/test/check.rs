//! Holds the names of a case against what there is, so that no case tests what cannot be.
//! Knows nothing of decisions.

use aegis_core::policy::Rule;
use aegis_core::source::{Problem, did_you_mean};
use toml::Spanned;

use super::Tested;
use super::case::Case;
use super::posed;

/// Notes every name that nothing has.
pub(super) fn case(case: &Case, tested: &Tested, found: &mut Vec<Problem>) {
    let policy = &tested.policy;
    let manifests = &tested.loaded.manifests;
    let mut problem = |at: &Spanned<String>, message: String, fix: String| {
        found.push(Problem {
            file: case.file.to_string(),
            span: at.span(),
            message,
            fix,
        });
    };
    for rule in &case.expect.rules {
        let id = rule.get_ref();
        let own = ["kernel.", "path.", "sql.", "table.", "url."]
            .iter()
            .any(|own| id.starts_with(own));
        if !own && !policy.rules().any(|known| known.id() == id) {
            let message = format!("no rule `{}`", id.escape_debug());
            problem(
                rule,
                message,
                did_you_mean(id, policy.rules().map(Rule::id)),
            );
        }
    }
    for used in &case.used {
        let account = used.budget.get_ref();
        if posed::over(policy, account).is_none() {
            let message = format!("no rule has a budget `{}`", account.escape_debug());
            let budgets = policy.rules().map(Rule::id);
            let budgets = budgets.filter(|id| posed::over(policy, id).is_some());
            problem(&used.budget, message, did_you_mean(account, budgets));
        }
    }
    let datasets = || manifests.datasets().map(|dataset| dataset.name.as_str());
    for dataset in case.datasets.iter().chain(&case.written) {
        let name = dataset.get_ref();
        if !datasets().any(|known| known == name) {
            let message = format!("no dataset `{}`", name.escape_debug());
            problem(dataset, message, did_you_mean(name, datasets()));
        }
    }
    let servers = || manifests.systems().map(|system| system.server.as_str());
    let places = case
        .tables
        .iter()
        .map(|(place, _)| (place, "postgres:scratch_x", false));
    let carried = case
        .carried
        .iter()
        .map(|(place, _)| (place, "postgres:customers.note", true));
    for (place, form, column) in places.chain(carried) {
        let text = place.get_ref();
        let split = text
            .split_once(':')
            .filter(|(_, rest)| !column || rest.contains('.'));
        match split {
            Some((server, _)) if servers().any(|known| known == server) => {}
            Some((server, _)) => {
                let message = format!("no system `{}`", server.escape_debug());
                problem(place, message, did_you_mean(server, servers()));
            }
            None => {
                let message = format!("`{}` names no system", text.escape_debug());
                problem(place, message, format!("write it like `{form}`"));
            }
        }
    }
}
