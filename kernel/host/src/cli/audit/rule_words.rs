//! What the rules of a log say for themselves: the words of each epoch's policies, read from the texts beside the log.
//! Knows nothing of calls.

use std::collections::BTreeMap;
use std::path::Path;

use aegis_core::audit::Record;
use aegis_core::json::Json;
use aegis_core::policy;

use crate::journal::rule_text;

/// The words of one rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// The kind of rule, and the file that it stood in.
    pub(super) place: String,
    /// Why it is there.
    pub(super) because: String,
    /// What to do instead.
    pub(super) fix: String,
}

/// The words of every rule of every epoch that was loaded.
#[derive(Default)]
pub(super) struct RuleWords {
    epochs: BTreeMap<String, BTreeMap<String, Words>>,
}

impl RuleWords {
    /// Takes a `policy.load`; a text that is missing or another one tells nothing.
    pub(super) fn load(&mut self, dir: &Path, record: &Record<'_>) {
        let (Some(epoch), Some(texts)) = (&record.epoch, &record.texts) else {
            return;
        };
        let rules = self.epochs.entry(epoch.as_str().to_owned()).or_default();
        for text in texts.iter().filter(|text| text.kind.as_str() == "policy") {
            let source = rule_text(dir, text.sha256).ok().flatten();
            for declared in policy::parse(&source.unwrap_or_default(), "").unwrap_or_default() {
                let word = |name: &str| {
                    let word = declared.json.get(name).and_then(Json::as_str);
                    word.unwrap_or_default().to_owned()
                };
                let words = Words {
                    place: format!("{} in {}", declared.rule.kind(), text.name.as_str()),
                    because: word("because"),
                    fix: word("fix"),
                };
                rules.insert(declared.rule.id().to_owned(), words);
            }
        }
    }

    /// What a rule said in an epoch; of the kernel's own rules what they are for.
    pub(super) fn of(&self, epoch: Option<&str>, rule: &str) -> Words {
        if let Some(own) = KERNEL.iter().find(|own| own.0 == rule) {
            return Words {
                place: "the kernel's own".to_owned(),
                because: own.1.to_owned(),
                fix: String::new(),
            };
        }
        let rules = epoch.and_then(|epoch| self.epochs.get(epoch));
        rules
            .and_then(|rules| rules.get(rule))
            .cloned()
            .unwrap_or_default()
    }
}

/// The rules that no policy file holds, by name. A test holds them against those that the code names.
const KERNEL: &[(&str, &str)] = &[
    (
        "kernel.circuit-open",
        "the downstream had failed several times in a row and was left alone for a time, so that nothing was sent",
    ),
    (
        "kernel.server-busy",
        "the downstream carried out as many calls as it may, and there was no room in time, so that nothing was sent",
    ),
    (
        "kernel.analyser-too-much",
        "the external analyser would have had to be asked more than it may be, so nothing left",
    ),
    (
        "kernel.analyser-unavailable",
        "the external analyser that the policy asks for did not answer, so nothing left",
    ),
    (
        "kernel.analyser-unreadable",
        "the external analyser's answer could not be read, so nothing left",
    ),
    (
        "kernel.anchor-overdue",
        "no anchor had taken a checkpoint for longer than the configuration allows",
    ),
    (
        "kernel.bad-argument",
        "an argument was not of the kind that the manifest declares",
    ),
    (
        "kernel.bad-arguments",
        "the arguments were no JSON object within the bounds",
    ),
    (
        "kernel.beyond-tool",
        "the call needed a capability that its tool's manifest does not list",
    ),
    (
        "kernel.budget-unknown",
        "the decision charged a budget that the kernel had not looked at: a defect of the kernel",
    ),
    (
        "kernel.capture-unavailable",
        "the capture of the call, which the configuration demands, could not be kept",
    ),
    (
        "kernel.copy-unknown",
        "the decision let labels go where the kernel could not note it: a defect of the kernel",
    ),
    (
        "kernel.engine-disagrees",
        "the engine touched other tables or columns than the kernel had derived",
    ),
    (
        "kernel.input-refused",
        "the downstream asked back what it may not ask, or whom it cannot ask",
    ),
    (
        "kernel.input-response",
        "an answer to a downstream's question did not fit the question",
    ),
    (
        "kernel.labels-changed",
        "labelled data was copied to where this call was reading, while it was reading",
    ),
    (
        "kernel.log-unavailable",
        "the log could not be written, so nothing may happen",
    ),
    (
        "kernel.masked-value",
        "a masked value came back as an argument and no rule says what becomes of it",
    ),
    (
        "kernel.missing-argument",
        "an argument that the manifest requires was not there",
    ),
    (
        "kernel.no-capability",
        "the call came to no capability that a grant could cover",
    ),
    (
        "kernel.no-randomness",
        "the kernel had no randomness to name a further round by",
    ),
    (
        "kernel.not-granted",
        "the principal had no grant for what the call needed",
    ),
    (
        "kernel.obligation-unmet",
        "the answer could not be treated as the policy demands, so it was kept back",
    ),
    (
        "kernel.policy-changed",
        "other rules came into force before the call was sent, so that nothing was",
    ),
    (
        "kernel.queue-full",
        "more calls waited for the downstream than its queue holds, so that nothing was sent",
    ),
    (
        "kernel.panic",
        "the kernel failed while it decided, and what fails is denied",
    ),
    (
        "kernel.not-pinned",
        "nobody has approved the downstream's definition of the tool, and the system's tools have to be pinned",
    ),
    (
        "kernel.output-schema",
        "the result did not fit the output schema of the tool's approved definition",
    ),
    (
        "kernel.output-schema-unread",
        "the output schema of the tool's approved definition demands what the kernel does not judge",
    ),
    (
        "kernel.pin-drift",
        "the downstream's definition of the tool is not the one that was approved",
    ),
    (
        "kernel.receipt-unknown",
        "the decision stood on a receipt that the kernel did not hold: a defect of the kernel",
    ),
    (
        "kernel.record-cut",
        "a list did not fit into the record, so that a replay cannot make the decision again",
    ),
    (
        "kernel.result-too-large",
        "the answer was longer than may leave",
    ),
    (
        "kernel.rule-error",
        "a rule could not be evaluated, and what cannot be evaluated denies",
    ),
    (
        "kernel.run-narrowed",
        "rules that the run began or went on under do not let the call pass, whatever those in force say",
    ),
    (
        "kernel.run-outlived",
        "the rules changed more often in one run than the kernel keeps them for",
    ),
    (
        "kernel.schema-changed",
        "the database's schema was not the one that the statement was judged by",
    ),
    (
        "kernel.state-expired",
        "a further round came too late for its state",
    ),
    (
        "kernel.state-of-another-call",
        "the state of a further round belonged to another tool, other arguments or other rules",
    ),
    (
        "kernel.state-tampered",
        "the state store did not authenticate",
    ),
    (
        "kernel.state-unavailable",
        "the state store could not be used",
    ),
    (
        "kernel.state-unknown",
        "the state of a further round was not given to this agent here, or was used already",
    ),
    (
        "kernel.too-many-rounds",
        "the downstream asked back again and again",
    ),
    (
        "kernel.too-many-tokens",
        "the call held more tokens than are exchanged at once",
    ),
    (
        "kernel.tool-missing",
        "the downstream does not offer the tool",
    ),
    (
        "kernel.undeclared-argument",
        "the call held an argument that the manifest does not declare",
    ),
    (
        "kernel.unknown-dataset",
        "the dataset that was named is not declared",
    ),
    (
        "kernel.unknown-token",
        "the call held a token that the kernel did not make, or made elsewhere",
    ),
    (
        "kernel.unknown-tool",
        "no tool of this name is declared for this principal",
    ),
    (
        "kernel.unlisted-label",
        "a label reached the answer that no mask of the rule names",
    ),
    (
        "kernel.unread-argument",
        "an argument needs reading and nothing can read it",
    ),
    (
        "kernel.unreadable-result",
        "the answer is not the JSON that the manifest says it is",
    ),
    (
        "kernel.verb-refused",
        "the protocol's verb is not one that the kernel serves",
    ),
];
