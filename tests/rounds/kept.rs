//! States that are kept for others: whose they are, and until when.
//! Knows nothing of wires; the time is told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::call::{Arguments, Call};
use aegis_core::denial::Denial;
use aegis_core::inspect::{self, Examined};
use aegis_core::json::{Json, Object, parse};
use aegis_core::limits::{MESSAGE_RULES, ROUND_TTL_MS, ROUNDS_OPEN_MAX};
use aegis_core::manifest::{self, Manifests};
use aegis_core::principal::{Principal, Proof};
use aegis_core::round::{Asked, Continuation};
use aegis_host::clock::{Clock, Times};
use aegis_host::rounds::Rounds;

const MANIFEST: &str = r#"
server = "h"
[tool.asks]
description = "Asks"
capabilities = ["h:say"]
input = ["elicitation"]
"#;

#[derive(Debug)]
struct Told(AtomicU64);

impl Times for Told {
    fn wall_ns(&self) -> u64 {
        self.boot_ns()
    }

    fn boot_ns(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Rounds by a clock that stands still until it is told.
fn rounds() -> (Rounds, &'static Told) {
    let told: &'static Told = Box::leak(Box::new(Told(AtomicU64::new(0))));
    (Rounds::by(Clock::of(told)), told)
}

fn examined(who: &str, run: &str, state: Option<&str>) -> Examined {
    let system = manifest::parse(MANIFEST, "manifest.toml").unwrap();
    let catalogs = BTreeMap::from([("h".to_owned(), Arc::new(system.catalog.clone()))]);
    let manifests = Manifests::new(vec![system]);
    let by = state.map(|state| Continuation {
        state: state.to_owned(),
        responses: Object::new(),
    });
    let principal = Principal::assertion(who, Proof::Hypothetical);
    let call = Call::new(principal, run, "h__asks", Arguments::default()).continued(by);
    let bound = manifests.bind(call, |_, _| true).unwrap();
    let world = inspect::World {
        manifests: &manifests,
        catalogs: &catalogs,
    };
    inspect::examine(bound, &world).unwrap()
}

fn asked() -> Asked {
    let text = br#"{"resultType":"input_required","requestState":"south"}"#;
    let result: Json = parse(text, &MESSAGE_RULES).unwrap();
    Asked::read(&result, "h").unwrap().0
}

fn given(rounds: &Rounds, who: &str) -> String {
    let (of, _) = rounds.open(&examined(who, "r", None), "e").unwrap();
    rounds.hold(of, asked()).unwrap()
}

/// What becomes of a further round: the downstream's state, or the rule that denies it.
fn opened(rounds: &Rounds, examined: &Examined, epoch: &str) -> String {
    let rule = |denial: Denial| denial.first().rule.clone().into_owned();
    match rounds.open(examined, epoch) {
        Ok((_, resumed)) => resumed.unwrap().state.unwrap(),
        Err(denial) => rule(denial),
    }
}

#[test]
fn a_state_is_its_principals_alone_and_stays_so() {
    let (rounds, _) = rounds();
    let state = given(&rounds, "ann");
    let bobs = examined("bob", "r", Some(&state));
    assert_eq!(opened(&rounds, &bobs, "e"), "kernel.state-unknown");
    let anns = examined("ann", "r", Some(&state));
    assert_eq!(opened(&rounds, &anns, "e"), "south");
    assert_eq!(opened(&rounds, &anns, "e"), "kernel.state-unknown");
}

#[test]
fn a_state_is_of_one_run_and_one_epoch() {
    let (rounds, _) = rounds();
    for (run, epoch) in [("another", "e"), ("r", "another")] {
        let state = given(&rounds, "ann");
        let tried = examined("ann", run, Some(&state));
        assert_eq!(
            opened(&rounds, &tried, epoch),
            "kernel.state-of-another-call"
        );
    }
}

#[test]
fn a_state_ends_with_its_time() {
    let (rounds, told) = rounds();
    let states = [given(&rounds, "ann"), given(&rounds, "ann")];
    let of = |state: &str| examined("ann", "r", Some(state));
    told.0.store(ROUND_TTL_MS * 1_000_000, Ordering::Relaxed);
    assert_eq!(opened(&rounds, &of(&states[0]), "e"), "south");
    told.0
        .store((ROUND_TTL_MS + 1) * 1_000_000, Ordering::Relaxed);
    assert_eq!(
        opened(&rounds, &of(&states[1]), "e"),
        "kernel.state-expired"
    );
    assert_eq!(
        opened(&rounds, &of(&states[1]), "e"),
        "kernel.state-unknown"
    );
}

#[test]
fn one_principal_takes_no_room_from_another() {
    let (rounds, _) = rounds();
    let anns = given(&rounds, "ann");
    let bobs: Vec<String> = (0..=ROUNDS_OPEN_MAX)
        .map(|_| given(&rounds, "bob"))
        .collect();
    let first = examined("bob", "r", Some(&bobs[0]));
    assert_eq!(opened(&rounds, &first, "e"), "kernel.state-unknown");
    for (who, state) in [
        ("ann", &anns),
        ("bob", &bobs[1]),
        ("bob", &bobs[ROUNDS_OPEN_MAX]),
    ] {
        assert_eq!(
            opened(&rounds, &examined(who, "r", Some(state)), "e"),
            "south"
        );
    }
}
