//! One line of `aegis explain`: `{"id", "principal"?, "tool", "arguments"?, "receipts"?, "at"?}`.
//! Knows nothing of decisions.

use aegis_core::call::Arguments;
use aegis_core::json::{self, Json, Object};
use aegis_core::limits;
use aegis_core::manifest::Manifests;
use aegis_core::now::Now;
use aegis_core::policy::Policy;
use aegis_core::receipt::{Counts, LedgerView, Receipt, SILVER_VALIDATION};
use aegis_core::rfc3339;

/// One hypothetical call.
pub(in crate::cli) struct Request {
    pub(in crate::cli) id: Json,
    pub(in crate::cli) principal: Option<String>,
    pub(in crate::cli) tool: String,
    pub(in crate::cli) arguments: Arguments,
    /// The moment that the call is decided at, where it is not the present.
    pub(in crate::cli) at: Option<Now>,
    receipts: Vec<Object>,
}

/// Keys of a line, so that a misspelt one is not silently ignored.
const KEYS: [&str; 6] = ["id", "principal", "tool", "arguments", "receipts", "at"];
/// Of one receipt. `age_s` and `left_s` are before and after the moment of the decision.
pub(in crate::cli) const RECEIPT_KEYS: [&str; 16] = [
    "id",
    "kind",
    "dataset",
    "subject",
    "suite",
    "epoch",
    "principal",
    "run",
    "seq",
    "minted_s",
    "expires_s",
    "spent",
    "age_s",
    "left_s",
    "failed",
    "skipped",
];

type Unread = (Json, String);

impl Request {
    /// Reads a line.
    ///
    /// # Errors
    /// The id, as far as it was read, and what is wrong.
    pub(in crate::cli) fn read(line: &[u8]) -> Result<Self, Unread> {
        let unread = |why: String| (Json::Null, why);
        let value = json::parse(line.trim_ascii(), &limits::MESSAGE_RULES)
            .map_err(|fault| unread(fault.to_string()))?;
        let Json::Object(object) = value else {
            return Err(unread("a line is one JSON object".to_owned()));
        };
        let id = object.get("id").cloned().unwrap_or(Json::Null);
        Self::from_object(&object, id.clone()).map_err(|why| (id, why))
    }

    /// Reads one that was taken apart already.
    ///
    /// # Errors
    /// What is wrong.
    pub(in crate::cli) fn from_object(object: &Object, id: Json) -> Result<Self, String> {
        known(object, &KEYS)?;
        let tool = text(object, "tool")?.ok_or("`tool` is missing")?;
        let arguments = match object.get("arguments") {
            None => Arguments::default(),
            Some(value) => Arguments::from_json(value).map_err(|fault| fault.to_string())?,
        };
        let receipts = match object.get("receipts") {
            None => Vec::new(),
            Some(value) => receipts(value).ok_or("`receipts` is a list of objects")?,
        };
        for receipt in &receipts {
            known(receipt, &RECEIPT_KEYS)?;
            text(receipt, "dataset")?.ok_or("a receipt lacks `dataset`")?;
        }
        let at = match text(object, "at")? {
            None => None,
            Some(at) => {
                let unix_ms = rfc3339::unix_ms(&at);
                let form = "`at` is a moment such as `2026-11-28T09:30:00Z`";
                Some(Now {
                    unix_ms: unix_ms.ok_or(form)?,
                })
            }
        };
        Ok(Self {
            at,
            id,
            principal: text(object, "principal")?,
            tool,
            arguments,
            receipts,
        })
    }

    /// The receipts that the call may assume. What a receipt leaves out is as a good one would have it:
    /// minted just now for this principal, under this policy and the dataset's present suite.
    pub(in crate::cli) fn ledger(
        &self,
        (policy, manifests): (&Policy, &Manifests),
        (principal, run): (&str, &str),
        now: Now,
    ) -> LedgerView {
        let one = |(at, object): (usize, &Object)| {
            let text = |key: &str| object.get(key).and_then(Json::as_str).map(str::to_owned);
            let number = |key: &str| {
                let number = object.get(key).and_then(Json::as_number);
                number.and_then(json::Number::as_i64)
            };
            let dataset = text("dataset").unwrap_or_default();
            let known = manifests.dataset(&dataset);
            let ago = |key: &str| Some(now.unix_s().saturating_sub(number(key)?));
            let count = |key: &str| number(key).and_then(|n| u64::try_from(n).ok());
            let minted_s = number("minted_s").or_else(|| ago("age_s"));
            let minted_s = minted_s.unwrap_or(now.unix_s());
            let left = number("left_s").map(|left_s| now.unix_s().saturating_add(left_s));
            let expires = number("expires_s").or(left);
            let (failed, skipped) = (count("failed"), count("skipped"));
            let (failed, skipped) = (failed.unwrap_or(0), skipped.unwrap_or(0));
            let ttl_s = i64::try_from(limits::RECEIPT_TTL_S).unwrap_or(i64::MAX);
            Receipt {
                id: text("id").unwrap_or(format!("rcpt_hypothetical_{at}")),
                kind: text("kind").unwrap_or(SILVER_VALIDATION.to_owned()),
                subject: text("subject")
                    .or_else(|| known.map(|dataset| dataset.source.subject()))
                    .unwrap_or_default(),
                digest: String::new(),
                suite: text("suite")
                    .or_else(|| known.map(|dataset| dataset.suite.digest.clone()))
                    .unwrap_or_default(),
                counts: Counts {
                    evaluated: failed.saturating_add(skipped).saturating_add(1),
                    passed: 1,
                    failed,
                    skipped,
                },
                rows: 1,
                epoch: text("epoch").unwrap_or(policy.epoch().to_owned()),
                principal: text("principal").unwrap_or(principal.to_owned()),
                run: text("run").unwrap_or(run.to_owned()),
                seq: count("seq").unwrap_or(1),
                minted_s,
                expires_s: expires.unwrap_or(minted_s.saturating_add(ttl_s)),
                spent: object.get("spent").and_then(Json::as_bool).unwrap_or(false),
                dataset,
            }
        };
        LedgerView {
            receipts: self.receipts.iter().enumerate().map(one).collect(),
            ..LedgerView::default()
        }
    }
}

fn receipts(value: &Json) -> Option<Vec<Object>> {
    let items = value.as_array()?.iter();
    items.map(|item| item.as_object().cloned()).collect()
}

fn known(object: &Object, keys: &[&str]) -> Result<(), String> {
    match object.keys().find(|key| !keys.contains(key)) {
        None => Ok(()),
        Some(key) => Err(format!("unknown key `{}`", key.escape_debug())),
    }
}

fn text(object: &Object, key: &str) -> Result<Option<String>, String> {
    match object.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{key}` is no string")),
    }
}
