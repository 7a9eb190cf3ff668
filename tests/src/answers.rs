//! A downstream's answer, sealed with what a policy demands of it, without any process.
//! Knows nothing of what a test does with it.

use aegis_core::call::{Arguments, Call};
use aegis_core::egress::{self, Profiles, Sealed};
use aegis_core::inspect::{self, World};
use aegis_core::json::parse;
use aegis_core::limits::RESPONSE_RULES;
use aegis_core::manifest::{self, Manifests};
use aegis_core::now::Now;
use aegis_core::policy::{self, Policy};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::LedgerView;
use aegis_core::refusal::Refusal;
use aegis_core::source::Problem;
use serde_json::Value;

/// The policy over one manifest, with an external analyser.
///
/// # Errors
/// What is wrong with it.
///
/// # Panics
/// Where the manifest cannot be read.
pub fn policy(manifest: &str, rules: &str) -> Result<(Manifests, Policy), Vec<Problem>> {
    let system = manifest::parse(manifest, "x.toml").unwrap_or_else(|e| panic!("{e:#?}"));
    let manifests = Manifests::new(vec![system]);
    let detectors = Profiles::built_in().detectors();
    let detectors = detectors.analysed(Some("d".into()));
    let declared = policy::parse(rules, "p.toml")?;
    let policy = Policy::with_detectors(declared, &manifests, &detectors)?;
    Ok((manifests, policy))
}

/// The answer of a tool without arguments, in the run `run` of the principal `a`.
///
/// # Panics
/// Where the call is not permitted.
pub fn sealed(manifest: &str, rules: &str, tool: &str, result: &Value) -> Sealed {
    sealed_for(
        manifest,
        rules,
        tool,
        &Value::Object(serde_json::Map::new()),
        result,
    )
}

/// As [`sealed`], for a tool that was given arguments.
///
/// # Panics
/// Where the call is not permitted.
pub fn sealed_for(
    manifest: &str,
    rules: &str,
    tool: &str,
    arguments: &Value,
    result: &Value,
) -> Sealed {
    let (manifests, policy) = policy(manifest, rules).unwrap_or_else(|e| panic!("{e:#?}"));
    let arguments = Arguments::parse(arguments.to_string().as_bytes()).expect("an object");
    let principal = Principal::assertion("a", Proof::Hypothetical);
    let call = Call::new(principal, "run", tool, arguments);
    let bound = manifests.bind(call, |_, _| true).expect("a tool");
    let world = World {
        manifests: &manifests,
        catalogs: &crate::policies::catalogs(&manifests),
    };
    let examined = inspect::examine(bound, &world).expect("arguments that can be examined");
    let permit = policy
        .decide(examined, &LedgerView::default(), Now { unix_ms: 0 })
        .expect("a permit");
    let raw = parse(result.to_string().as_bytes(), &RESPONSE_RULES).expect("JSON");
    egress::seal(permit, raw, None)
}

/// The rule by which an answer is withheld.
///
/// # Panics
/// Where it is refused otherwise.
#[must_use]
pub fn withheld_by(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::Withheld(denial) => &denial.first().rule,
        other => panic!("{other:?}"),
    }
}
