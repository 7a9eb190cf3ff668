//! What was tested and what came of it, for people and as JSON.
//! Knows nothing of how anything was judged.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aegis_core::json::Json;
use aegis_core::policy::{Declared, Mutant, Mutants};
use aegis_core::source::Problem;

use super::Tested;
use super::find::Found;
use super::posed::Posed;
use crate::cli::problems;
use crate::load;

/// All that is told.
#[derive(Default)]
pub(super) struct Report {
    cases: usize,
    files: Vec<String>,
    /// Files of cases that belong to no policy file in force.
    left: Vec<String>,
    pub(super) failures: Vec<Failure>,
    lacking: Vec<Finding>,
    mutation: Option<Mutation>,
    texts: BTreeMap<String, String>,
}

/// A case that does not hold.
pub(super) struct Failure {
    place: String,
    name: String,
    differences: Vec<String>,
    why: String,
}

/// Something about one place in a policy.
struct Finding {
    place: String,
    rule: String,
    what: String,
    told_by: String,
}

/// What became of small changes.
#[derive(Default)]
struct Mutation {
    killed: u64,
    same: Vec<Finding>,
    beyond: usize,
    survivors: Vec<Finding>,
}

/// A change that no case tells from the policy.
pub(super) struct Survivor<'a> {
    pub(super) declared: &'a Declared,
    pub(super) mutant: &'a Mutant,
    pub(super) seen: Option<String>,
}

/// The answer where nothing could be tested.
pub(super) fn failed(found: &[Problem]) -> Json {
    Json::object([
        ("ok", Json::from(false)),
        ("problems", problems::to_json(found)),
    ])
}

impl Report {
    pub(super) fn new(found: &Found, posed: &[Posed<'_>]) -> Self {
        let name = |path: &std::path::PathBuf| path.display().to_string();
        Self {
            cases: posed.len(),
            files: found.files.iter().map(name).collect(),
            left: found.left.iter().map(name).collect(),
            ..Self::default()
        }
    }

    /// Whether all is as it should be.
    pub(super) fn holds(&self) -> bool {
        let whole = |one: &Mutation| one.survivors.is_empty() && one.beyond == 0;
        self.failures.is_empty()
            && self.lacking.is_empty()
            && self.mutation.as_ref().is_none_or(whole)
    }

    /// Notes every case that does not come out as it says.
    pub(super) fn cases(&mut self, posed: &[Posed<'_>], tested: &Tested) {
        for one in posed {
            let told = one.told(&tested.policy);
            for (moment, told) in told.iter().enumerate() {
                let differences = one.case.expect.differences(told);
                if differences.is_empty() {
                    continue;
                }
                let several = one.case.moments.len() > 1;
                let which = moment.saturating_add(1);
                let name = match several {
                    true => format!("{}, moment {which} of `at`", one.case.name),
                    false => one.case.name.clone(),
                };
                self.failures.push(Failure {
                    place: format!("{}:{}", one.case.file, one.case.line),
                    name,
                    differences,
                    why: one.explained(&tested.policy, moment),
                });
                break;
            }
        }
    }

    pub(super) fn lacks(&mut self, declared: &Declared, what: String) {
        let finding = Finding {
            place: self.place(declared, declared.span.start),
            rule: declared.rule.id().to_owned(),
            what,
            told_by: String::new(),
        };
        self.lacking.push(finding);
    }

    pub(super) fn changes(&mut self, all: bool, mutants: &Mutants, declared: &[Declared]) {
        let same = mutants.same.iter().filter(|_| all).filter_map(|mutant| {
            let declared = declared.get(mutant.place)?;
            Some(self.finding(declared, mutant, String::new()))
        });
        let same: Vec<Finding> = same.collect();
        self.mutation = all.then(|| Mutation {
            same,
            beyond: mutants.beyond,
            ..Mutation::default()
        });
    }

    pub(super) fn killed(&mut self) {
        if let Some(mutation) = &mut self.mutation {
            mutation.killed = mutation.killed.saturating_add(1);
        }
    }

    pub(super) fn survives(&mut self, survivor: Survivor<'_>) {
        let Survivor {
            declared,
            mutant,
            seen,
        } = survivor;
        let told_by = seen.unwrap_or_else(|| format!("write {}", mutant.told_by));
        let finding = self.finding(declared, mutant, told_by);
        if let Some(mutation) = &mut self.mutation {
            mutation.survivors.push(finding);
        }
    }

    fn finding(&mut self, declared: &Declared, mutant: &Mutant, told_by: String) -> Finding {
        Finding {
            place: self.place(declared, mutant.span.start),
            rule: declared.rule.id().to_owned(),
            what: mutant.change.clone(),
            told_by,
        }
    }

    fn place(&mut self, declared: &Declared, at: usize) -> String {
        let file = declared.file.to_string();
        let read = || load::text(std::path::Path::new(&file)).unwrap_or_default();
        let text = self.texts.entry(file.clone()).or_insert_with(read);
        let before = text.get(..at).unwrap_or_default();
        format!("{file}:{}", before.matches('\n').count().saturating_add(1))
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = self.findings_text();
        // Writing into a String cannot fail.
        for left in &self.left {
            let _ = writeln!(
                text,
                "not run: {left} (no policy file of this name is in force)"
            );
        }
        let held = self.cases.saturating_sub(self.failures.len());
        let _ = writeln!(
            text,
            "{held} of {} cases hold, of {} files",
            self.cases,
            self.files.len()
        );
        if !self.failures.is_empty() {
            text.push_str("rules and changes were not looked at: first let the cases hold\n");
            return text;
        }
        let lacking = self.lacking.len();
        let _ = match lacking {
            0 => writeln!(text, "every rule has its cases"),
            n => writeln!(text, "{n} cases of rules are missing"),
        };
        if let Some(Mutation {
            killed,
            same,
            beyond,
            survivors,
        }) = &self.mutation
        {
            let all = killed.saturating_add(u64::try_from(survivors.len()).unwrap_or(u64::MAX));
            let _ = writeln!(
                text,
                "{killed} of {all} small changes are noticed; {} more say the same as the policy",
                same.len()
            );
            if *beyond > 0 {
                let _ = writeln!(
                    text,
                    "{beyond} changes were NOT looked at: split the policy"
                );
            }
        }
        text
    }

    /// What is not as it should be, one by one.
    fn findings_text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        for failure in &self.failures {
            let (place, name) = (&failure.place, &failure.name);
            let _ = writeln!(text, "{place}: case `{name}` does not hold");
            for difference in &failure.differences {
                let _ = writeln!(text, "  {difference}");
            }
            for line in failure.why.lines().filter(|line| !line.is_empty()) {
                let _ = writeln!(text, "  | {line}");
            }
            text.push('\n');
        }
        for Finding {
            place,
            rule,
            what,
            told_by: _,
        } in &self.lacking
        {
            let _ = writeln!(text, "{place}: rule `{rule}` lacks {what}");
        }
        let mutation = self.mutation.iter();
        for one in mutation.flat_map(|mutation| &mutation.survivors) {
            let Finding {
                place,
                rule,
                what,
                told_by,
            } = one;
            let _ = writeln!(text, "{place}: no case notices: `{rule}`: {what}");
            let _ = writeln!(text, "  {told_by}");
        }
        text
    }

    pub(super) fn to_json(&self) -> Json {
        let count = |n: usize| Json::from(u64::try_from(n).unwrap_or(u64::MAX));
        let texts = |list: &[String]| {
            Json::Array(list.iter().map(|one| Json::from(one.as_str())).collect())
        };
        let failures = self.failures.iter().map(|one| {
            Json::object([
                ("place", Json::from(one.place.as_str())),
                ("case", Json::from(one.name.as_str())),
                ("differences", texts(&one.differences)),
                ("why", Json::from(one.why.as_str())),
            ])
        });
        let findings = |list: &[Finding]| {
            let each = list.iter().map(|one| {
                Json::object([
                    ("place", Json::from(one.place.as_str())),
                    ("rule", Json::from(one.rule.as_str())),
                    ("what", Json::from(one.what.as_str())),
                    ("told_by", Json::from(one.told_by.as_str())),
                ])
            });
            Json::Array(each.collect())
        };
        let mutation = self.mutation.as_ref().map(|mutation| {
            Json::object([
                ("noticed", Json::from(mutation.killed)),
                ("survivors", findings(&mutation.survivors)),
                ("same", findings(&mutation.same)),
                ("beyond", count(mutation.beyond)),
            ])
        });
        Json::object([
            ("ok", Json::from(self.holds())),
            ("problems", Json::Array(Vec::new())),
            ("cases", count(self.cases)),
            ("files", texts(&self.files)),
            ("not_run", texts(&self.left)),
            ("failures", Json::Array(failures.collect())),
            ("lacking", findings(&self.lacking)),
            ("mutation", mutation.unwrap_or(Json::Null)),
        ])
    }
}
