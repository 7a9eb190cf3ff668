//! One question, asked of every principal with every tool.
//! Knows nothing of calls.

use std::collections::BTreeSet;

use super::ask::{Ask, Sense};
use super::cuts::{self, Cuts};
use super::hunt::{Hunt, Tools};
use super::moments::moments;
use super::space::Space;
use super::texts::Lexicon;
use super::{Answer, Verdict};
use crate::limits;
use crate::manifest::Manifests;
use crate::policy::Policy;

/// Answers questions about one policy.
#[derive(Debug)]
pub struct Prover<'a> {
    policy: &'a Policy,
    manifests: &'a Manifests,
    principals: BTreeSet<String>,
    lexicon: Lexicon,
}

impl<'a> Prover<'a> {
    /// Over the manifests that the policy was checked against; `principals` are those that configuration names.
    #[must_use]
    pub fn new(policy: &'a Policy, manifests: &'a Manifests, principals: BTreeSet<String>) -> Self {
        Self {
            policy,
            manifests,
            principals,
            lexicon: Lexicon::default(),
        }
    }

    /// The answer to one question. It says that something holds only where every class of calls was looked at.
    #[must_use]
    pub fn answer(&self, ask: &Ask) -> Answer {
        let cuts = Cuts::of(&[self.policy], ask.condition.as_ref(), &self.lexicon);
        let principals = cuts::principals(&cuts, &[self.policy], &self.principals);
        let mut hunt = Hunt {
            policy: self.policy,
            ask,
            cuts: &cuts,
            moments: moments(&cuts.hours),
            found: None,
            unsure: None,
            classes: 0,
            asked: 0,
        };
        let (mut abstracted, mut without_columns) = (Tools::new(), Tools::new());
        for (full_name, system, tool) in self.manifests.tools() {
            let about = principals.iter().filter(|name| hunt.is_about(name, tool));
            let about: Vec<&String> = about.collect();
            hunt.classes = hunt.classes.saturating_add(1);
            if ask.leaves.is_some() && !tool.reads_statements() {
                without_columns.insert(full_name);
                continue;
            }
            if about.is_empty() {
                continue;
            }
            let mut space = Space::of(&[self.policy], (self.manifests, system, tool), &cuts);
            for name in &about {
                hunt.search(name, &mut space, self.manifests);
                if hunt.is_over() {
                    break;
                }
            }
            abstracted.extend(
                space
                    .abstracted
                    .iter()
                    .map(|name| format!("{full_name} {name}")),
            );
            if hunt.is_over() {
                break;
            }
            if let Some(why) = space.lacking {
                hunt.unsure
                    .get_or_insert_with(|| format!("{full_name}: {why}"));
            }
        }
        Answer {
            id: ask.id.clone(),
            words: ask.words(),
            verdict: verdict(&hunt),
            witness: hunt.found,
            classes: hunt.classes,
            asked: hunt.asked,
            abstracted,
            without_columns,
        }
    }
}

fn verdict(hunt: &Hunt<'_>) -> Verdict {
    let most = limits::PROVE_CLASSES_MAX;
    match (hunt.ask.sense, &hunt.found, &hunt.unsure) {
        (Sense::Never, Some(_), _) => Verdict::Fails,
        (Sense::Possible, Some(_), _) => Verdict::Holds,
        (_, None, _) if hunt.classes > most => Verdict::Undecided(format!(
            "there are more than {most} classes of calls (limits::PROVE_CLASSES_MAX)"
        )),
        (_, None, Some(why)) => Verdict::Undecided(why.clone()),
        (_, None, None) if hunt.asked == 0 => Verdict::Undecided(
            "no call of any kind is what the question asks about: look for a misspelt name"
                .to_owned(),
        ),
        (Sense::Never, None, None) => Verdict::Holds,
        (Sense::Possible, None, None) => Verdict::Fails,
    }
}
