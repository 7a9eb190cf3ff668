//! Small changes of a policy, one at a time: what tests of a policy must be able to tell from the original.
//! Knows nothing of cases, nor of files. Changes are made to rules as data, never to their text.
//!
//! Every match and every taking apart of a rule names all that there is, so that a kind or a member of one that
//! nobody changes does not compile.

mod budget;
mod change;
mod checks;
mod condition;
mod declaration;
mod grant;
mod lists;
mod mutant;
mod normal;
mod normal_when;
mod object;
mod oblige;
mod universe;
mod variation;

pub use mutant::{Mutant, Mutants};
pub use variation::Variation;

use self::change::Changes;
use self::normal::normal;
use self::universe::Universe;
use super::people::People;
use super::{Declared, Policy, Rule};
use crate::limits;
use crate::manifest::Manifests;

impl Policy {
    /// Every small change of the rules that it was made of, in their order. Those that say the same as the original
    /// of everything that there is under these manifests are counted and left out.
    #[must_use]
    pub fn mutants(&self, declared: &[Declared], manifests: &Manifests) -> Mutants {
        let all = Universe::of(manifests, self);
        let known = all.known();
        let mut mutants = Mutants::default();
        for (place, one) in declared.iter().enumerate() {
            // What a grant says decides which tools are known.
            let universe = match one.rule {
                Rule::Grant(_) => &all,
                _ => &known,
            };
            let original = normal(&one.rule, universe);
            for change in changes(one, universe) {
                let same = match &change.rule {
                    changed if one.rule.is_declaration() => {
                        self.says_the_same(&all, &known, people(declared, place, changed.as_ref()))
                    }
                    Some(rule) => original == normal(rule, universe),
                    None => false,
                };
                let mutant = Mutant {
                    place,
                    rule: change.rule,
                    span: change.at,
                    change: change.change,
                    told_by: change.told_by,
                };
                let count = mutants.same.len().saturating_add(mutants.different.len());
                if count >= limits::MUTANTS_MAX {
                    mutants.beyond = mutants.beyond.saturating_add(1);
                } else if same {
                    mutants.same.push(mutant);
                } else {
                    mutants.different.push(mutant);
                }
            }
        }
        mutants
    }

    /// Whether no rule could say anything else of other people.
    fn says_the_same(&self, all: &Universe, known: &Universe, people: People) -> bool {
        let theirs = all.among(people);
        let known_to_them = theirs.known();
        self.rules().all(|rule| match rule {
            Rule::Grant(_) => normal(rule, all) == normal(rule, &theirs),
            _ => normal(rule, known) == normal(rule, &known_to_them),
        })
    }

    /// The policy with one change. It judges as the original would, and permits nothing.
    #[must_use]
    pub fn vary(&self, declared: &[Declared], mutant: &Mutant) -> Variation {
        let changed = declared.get(mutant.place).map(|one| &one.rule);
        let people = match changed {
            Some(rule) if rule.is_declaration() => {
                people(declared, mutant.place, mutant.rule.as_ref())
            }
            _ => self.people().clone(),
        };
        let keep = |rule: &Rule| match changed {
            Some(old) if old.kind() == rule.kind() && old.id() == rule.id() => mutant.rule.clone(),
            _ => Some(rule.clone()),
        };
        Variation(self.with(self.rules().filter_map(keep).collect(), people))
    }
}

/// Who there is after a change of one declaration.
fn people(declared: &[Declared], place: usize, rule: Option<&Rule>) -> People {
    let mut changed: Vec<Declared> = Vec::new();
    for (at, one) in declared.iter().enumerate() {
        match (at == place, rule) {
            (false, _) if one.rule.is_declaration() => changed.push(one.clone()),
            (true, Some(rule)) => changed.push(Declared {
                rule: rule.clone(),
                ..one.clone()
            }),
            _ => {}
        }
    }
    let declared: Vec<&Declared> = changed.iter().collect();
    People::of(&declared, &mut Vec::new())
}

/// All that is changed of one rule; the first change leaves it out.
fn changes(one: &Declared, universe: &Universe) -> Vec<change::Change> {
    let mut changes = Changes::new(universe, one);
    changes.leave_out();
    match &one.rule {
        Rule::Grant(rule) => grant::grant(rule, &mut changes),
        Rule::Lookup(rule) => grant::lookup(rule, &mut changes),
        Rule::Measure(rule) => grant::measure(rule, &mut changes),
        Rule::Block(rule) => object::block(rule, &mut changes),
        Rule::Argument(rule) => object::argument(rule, &mut changes),
        Rule::Require(rule) => object::require(rule, &mut changes),
        Rule::Budget(rule) => budget::budget(rule, &mut changes),
        Rule::SmallGroups(rule) => oblige::small_groups(rule, &mut changes),
        Rule::Transform(rule) => oblige::transform(rule, &mut changes),
        Rule::Role(rule) => declaration::role(rule, &mut changes),
        Rule::Principal(rule) => declaration::principal(rule, &mut changes),
    }
    changes.found
}
