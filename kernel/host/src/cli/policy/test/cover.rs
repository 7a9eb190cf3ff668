//! Whether a rule has a case in which it speaks, and one in which it stays silent where it is closest to speaking.
//! Knows nothing of files and of how cases are judged.
//!
//! A rule speaks in a case that would not hold without it. It is closest to speaking where it makes no difference
//! and one small change of it would make one. What that is beyond, by kind, stands in `docs/POLICIES.md`.

use aegis_core::policy::phase::{Caps, Transform};
use aegis_core::policy::{Declared, Mode, Mutant, Policy, Rule, Variation};

use super::posed::Posed;
use super::told::Told;

/// What is asked about one rule.
pub(super) struct Cover<'a> {
    pub(super) policy: &'a Policy,
    pub(super) declared: &'a Declared,
    /// Whether its `when`, if any, holds always.
    pub(super) always: bool,
    /// Its small changes; the one that leaves it out is among them.
    pub(super) variations: &'a [(&'a Mutant, Variation)],
    pub(super) posed: &'a [Posed<'a>],
    /// What comes out of each case.
    pub(super) told: &'a [Vec<Told>],
}

/// What a rule needs of its cases.
#[derive(Clone, Copy)]
enum Voice {
    /// It denies; silent, it lets pass.
    Objects,
    /// It denies where something is lacking; where that is there, the permit stands on it.
    Demands,
    /// It lets pass; silent, it does not.
    Grants,
    /// It changes the answer.
    Obliges,
    /// It masks columns.
    Masks,
    /// It changes every answer.
    Always,
    /// It is only watched.
    Watched,
}

impl Cover<'_> {
    /// What is missing, in words; nothing where the rule has its cases.
    pub(super) fn missing(&self) -> Vec<String> {
        let rule = &self.declared.rule;
        let Some(voice) = voice(rule, self.always) else {
            return Vec::new();
        };
        let leaves_out = |(mutant, _): &&(&Mutant, Variation)| mutant.leaves_out();
        let Some((_, without)) = self.variations.iter().find(leaves_out) else {
            return Vec::new();
        };
        let (positive, negative) = wanted(voice);
        let cases = || self.posed.iter().zip(self.told);
        let mut missing = Vec::new();
        if !cases().any(|(posed, told)| self.speaks(voice, without, posed, told)) {
            missing.push(positive.to_owned());
        }
        // Where every small change of it says the same there is nothing that it could be close to.
        let close = self.variations.len() > 1 || matches!(voice, Voice::Masks);
        let silent = close && !negative.is_empty();
        if silent && !cases().any(|(posed, told)| self.is_silent(voice, without, posed, told)) {
            missing.push(negative.to_owned());
        }
        missing
    }

    fn speaks(&self, voice: Voice, without: &Variation, posed: &Posed<'_>, told: &[Told]) -> bool {
        let id = self.declared.rule.id();
        let permits = posed.case.expect.permit;
        let fits = match voice {
            Voice::Objects | Voice::Demands => {
                !permits && told.iter().any(|told| objects(told, id))
            }
            Voice::Watched => posed.case.expect.names(id),
            Voice::Grants | Voice::Obliges | Voice::Masks | Voice::Always => permits,
        };
        fits && !posed.holds(without)
    }

    fn is_silent(
        &self,
        voice: Voice,
        without: &Variation,
        posed: &Posed<'_>,
        told: &[Told],
    ) -> bool {
        let id = self.declared.rule.id();
        let permits = posed.case.expect.permit;
        let differs = |variation: &Variation| {
            let now = posed.told(variation);
            !now.iter()
                .zip(told)
                .all(|(now, before)| now.decides_as(before))
        };
        let near = || {
            let others = self
                .variations
                .iter()
                .filter(|(mutant, _)| !mutant.leaves_out());
            !differs(without) && others.into_iter().any(|(_, variation)| differs(variation))
        };
        match voice {
            Voice::Always => true,
            Voice::Objects | Voice::Obliges => permits && near(),
            Voice::Demands => permits && (differs(without) || near()),
            Voice::Grants => near(),
            Voice::Watched => !told.iter().any(|told| says_shadow(told, id)) && near(),
            Voice::Masks => {
                let masked = posed.masked_by(self.policy, id);
                permits && masked.is_some_and(|(columns, masked)| columns > 0 && masked == 0)
            }
        }
    }
}

fn objects(told: &Told, id: &str) -> bool {
    let named = told.list("objections").iter().any(|rule| rule == id);
    named
        || (told.text("rule") == "kernel.rule-error"
            && told.text("reason").contains(&format!("`{id}`")))
}

fn says_shadow(told: &Told, id: &str) -> bool {
    told.list("shadows").iter().any(|rule| rule == id)
}

/// `None` for what says who there is: it speaks of no call.
fn voice(rule: &Rule, always: bool) -> Option<Voice> {
    if rule.head().mode == Mode::Shadow {
        return Some(Voice::Watched);
    }
    match rule {
        Rule::Role(_) | Rule::Principal(_) => None,
        Rule::Grant(_) | Rule::Lookup(_) | Rule::Measure(_) => Some(Voice::Grants),
        Rule::Block(_) | Rule::Argument(_) => Some(Voice::Objects),
        Rule::Require(_) | Rule::Budget(_) => Some(Voice::Demands),
        Rule::SmallGroups(_) => Some(Voice::Obliges),
        Rule::Transform(transform) => Some(match (&transform.mask, always) {
            (Some(_), _) => Voice::Masks,
            (None, false) => Voice::Obliges,
            (None, true) if is_of_some_tools(transform) => Voice::Obliges,
            (None, true) => Voice::Always,
        }),
    }
}

/// An analyser is asked and fields are dropped for some tools; detectors and caps are there for every answer.
fn is_of_some_tools(transform: &Transform) -> bool {
    transform.detect.is_none() && transform.caps == Caps::default()
}

/// Which case is missing where it speaks, and where it is silent; nothing where it never is.
fn wanted(voice: Voice) -> (&'static str, &'static str) {
    match voice {
        Voice::Objects => (
            "a denied case with it among `rule` or `objections`",
            "a permitted case that a small change of it would deny",
        ),
        Voice::Demands => (
            "a denied case with it among `rule` or `objections`",
            "a permitted case that it asks for something and has it",
        ),
        Voice::Grants => (
            "a permitted case that would not come out so without it",
            "a case that it does not cover and a small change of it would",
        ),
        Voice::Obliges => (
            "a permitted case that says what it obliges to",
            "a permitted case that it says nothing of, and a small change of it would",
        ),
        Voice::Masks => (
            "a permitted case that says how it masks (`masks`)",
            "a permitted case with a column that it does not mask",
        ),
        Voice::Always => ("a permitted case that says what it obliges to", ""),
        Voice::Watched => (
            "a case with it among `shadows`",
            "a case without it among `shadows`, and a small change of it would put it there",
        ),
    }
}
