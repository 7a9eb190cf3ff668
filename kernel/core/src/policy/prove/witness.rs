//! A call that answers a question: what `aegis explain` is given to see it.
//! Knows nothing of why it was looked for.

use super::moments::stamp;
use super::space::RUN;
use crate::json::{Json, Object};
use crate::now::Now;
use crate::receipt::Receipt;

/// One call, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Who calls.
    pub principal: String,
    /// `server__tool`.
    pub tool: String,
    /// With which arguments.
    pub arguments: Object,
    /// Which receipts there are.
    pub receipts: Vec<Receipt>,
    /// When.
    pub now: Now,
}

impl Witness {
    /// The line that `aegis explain` reads.
    #[must_use]
    pub fn to_json(&self, id: &str) -> Json {
        let receipt = |receipt: &Receipt| {
            let mut members = vec![
                ("kind", Json::from(receipt.kind.as_str())),
                ("dataset", Json::from(receipt.dataset.as_str())),
                ("principal", Json::from(receipt.principal.as_str())),
                ("minted_s", Json::from(receipt.minted_s)),
                ("expires_s", Json::from(receipt.expires_s)),
                ("spent", Json::from(receipt.spent)),
            ];
            if receipt.run != RUN {
                members.push(("run", Json::from(receipt.run.as_str())));
            }
            Json::object(members)
        };
        let mut members = vec![
            ("id", Json::from(id)),
            ("principal", Json::from(self.principal.as_str())),
            ("tool", Json::from(self.tool.as_str())),
            ("arguments", Json::Object(self.arguments.clone())),
            ("at", Json::from(stamp(self.now))),
        ];
        if !self.receipts.is_empty() {
            let receipts = self.receipts.iter().map(receipt);
            members.push(("receipts", Json::Array(receipts.collect())));
        }
        Json::object(members)
    }
}
