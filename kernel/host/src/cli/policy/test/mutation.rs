//! Holds every small change of the policy against all cases.
//! Knows nothing of how changes are made.

use aegis_core::policy::{Mutant, Variation};

use super::Tested;
use super::cover::Cover;
use super::posed::Posed;
use super::report::{Report, Survivor};
use super::told::Told;

/// Notes which rules lack cases and, where all changes are asked for, which of these no case notices.
pub(super) fn run(tested: &Tested, posed: &[Posed<'_>], all: bool, report: &mut Report) {
    let Tested {
        loaded,
        policy,
        declared,
    } = tested;
    let mutants = policy.mutants(declared, &loaded.manifests);
    let told: Vec<Vec<Told>> = posed.iter().map(|posed| posed.told(policy)).collect();
    report.changes(all, &mutants, declared);
    let mut latest = 0;
    for (place, one) in declared.iter().enumerate() {
        let own = mutants
            .different
            .iter()
            .filter(|mutant| mutant.place == place);
        let vary = |mutant| (mutant, policy.vary(declared, mutant));
        let variations: Vec<(&Mutant, Variation)> = own.map(vary).collect();
        let mut same = mutants.same.iter();
        let always = same.any(|mutant| mutant.place == place && mutant.speaks_always());
        let cover = Cover {
            always: always || one.rule.head().when.is_none(),
            policy,
            declared: one,
            variations: &variations,
            posed,
            told: &told,
        };
        for what in cover.missing() {
            report.lacks(one, what);
        }
        for (mutant, variation) in variations.iter().filter(|_| all) {
            // The case that told the last one often tells the next.
            let from = posed.iter().enumerate().skip(latest);
            let order = from.chain(posed.iter().enumerate().take(latest));
            match order.into_iter().find(|(_, posed)| !posed.holds(variation)) {
                Some((at, _)) => {
                    latest = at;
                    report.killed();
                }
                None => report.survives(Survivor {
                    declared: one,
                    mutant,
                    seen: seen(variation, posed, &told),
                }),
            }
        }
    }
}

/// A case that comes out otherwise and does not say so, and the key by which it would.
fn seen(variation: &Variation, posed: &[Posed<'_>], told: &[Vec<Told>]) -> Option<String> {
    posed.iter().zip(told).find_map(|(posed, told)| {
        let now = posed.told(variation);
        let differs = now
            .iter()
            .zip(told)
            .find_map(|(now, before)| now.differs(before));
        let case = posed.case;
        differs.map(|key| {
            format!(
                "case `{}` ({}:{}) comes out otherwise: let it say `{key}`",
                case.name, case.file, case.line
            )
        })
    })
}
