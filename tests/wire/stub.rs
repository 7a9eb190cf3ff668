//! A mediator that records what reaches it.
//! Knows nothing of rules.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use aegis_core::call::{ArgumentFault, Call};
use aegis_core::denial::{Denial, Phase};
use aegis_core::json::{Json, JsonRules, parse};
use aegis_core::limits::MESSAGE_RULES;
use aegis_core::principal::Principal;
use aegis_host::north::{Listed, Mediator};
use aegis_host::wish::Wish;
use tokio::sync::{Semaphore, watch};

/// What reached the kernel, and how far it got.
pub(crate) struct Stub {
    /// Each call, as `tool arguments`.
    pub(crate) calls: Mutex<Vec<String>>,
    /// The codes of what was refused before it was a call.
    pub(crate) refused: Mutex<Vec<&'static str>>,
    /// Lets `gate__wait` go on, one permit a call.
    pub(crate) gate: Semaphore,
    /// How many calls have begun and ended, to be waited for.
    pub(crate) begun: watch::Sender<usize>,
    pub(crate) ended: watch::Sender<usize>,
    running: AtomicUsize,
    /// The most calls that ran at once.
    pub(crate) peak: AtomicUsize,
    /// How often the lists have changed.
    pub(crate) lists: watch::Sender<u64>,
    /// How much has been refused, to be waited for.
    pub(crate) refusals: watch::Sender<usize>,
    /// The runs that were seen.
    pub(crate) runs: Mutex<Vec<String>>,
}

impl Stub {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            calls: Mutex::default(),
            refused: Mutex::default(),
            gate: Semaphore::new(0),
            begun: watch::Sender::new(0),
            ended: watch::Sender::new(0),
            running: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            runs: Mutex::default(),
            lists: watch::Sender::new(0),
            refusals: watch::Sender::new(0),
        })
    }

    /// The lists are others from now on.
    pub(crate) fn change(&self) {
        self.lists.send_modify(|times| *times += 1);
    }

    /// Waits until something was refused by this name.
    pub(crate) async fn until_refused(&self, code: &str) {
        let mut refusals = self.refusals.subscribe();
        refusals
            .wait_for(|_| self.refused().contains(&code))
            .await
            .unwrap();
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn refused(&self) -> Vec<&'static str> {
        self.refused.lock().unwrap().clone()
    }

    /// Waits until this many calls have begun.
    pub(crate) async fn until_begun(&self, count: usize) {
        let mut begun = self.begun.subscribe();
        begun.wait_for(|seen| *seen >= count).await.unwrap();
    }

    /// Waits until this many calls have ended.
    pub(crate) async fn until_ended(&self, count: usize) {
        let mut ended = self.ended.subscribe();
        ended.wait_for(|seen| *seen >= count).await.unwrap();
    }

    async fn answer(&self, call: &Call) -> Json {
        let arguments = Json::Object(call.arguments().clone());
        match call.tool() {
            "deny__always" => denied("test.always", "it is always denied"),
            "gate__wait" => {
                self.gate.acquire().await.unwrap().forget();
                result(arguments)
            }
            "bare__result" => Json::object([("structuredContent", arguments)]),
            "list__result" => Json::object([
                ("content", Json::Array(Vec::new())),
                ("structuredContent", Json::Array(vec![Json::from(7_i64)])),
            ]),
            "panic__now" => panic!("the stub panics"),
            _ => result(arguments),
        }
    }
}

impl Mediator for Stub {
    type Answer = Json;

    async fn mediate(self: Arc<Self>, call: Call, _: Wish) -> Json {
        let now = self.running.fetch_add(1, SeqCst) + 1;
        self.peak.fetch_max(now, SeqCst);
        let seen = format!("{} {}", call.tool(), call.arguments());
        self.calls.lock().unwrap().push(seen);
        self.runs.lock().unwrap().push(call.run().to_owned());
        self.begun.send_modify(|count| *count += 1);
        let answer = self.answer(&call).await;
        self.running.fetch_sub(1, SeqCst);
        self.ended.send_modify(|count| *count += 1);
        answer
    }

    async fn refuse_arguments(
        self: Arc<Self>,
        _: Principal,
        _: String,
        tool: String,
        fault: ArgumentFault,
    ) -> Json {
        self.calls
            .lock()
            .unwrap()
            .push(format!("{tool} refused: {fault}"));
        denied(
            "kernel.bad-arguments",
            "the arguments could not be read within bounds",
        )
    }

    fn lists(&self) -> watch::Receiver<u64> {
        self.lists.subscribe()
    }

    async fn listing(&self, _: &Principal, _: u64) -> Vec<Listed> {
        let schema = r#"{"type":"object","properties":{"n":{"type":"number","maximum":12345678901234567890123}},"additionalProperties":false}"#;
        ["gate__wait", "deny__always", "echo__say"]
            .map(|name| Listed {
                name: name.to_owned(),
                description: format!("Stands for {name}."),
                input_schema: read(schema),
                read_only: name == "echo__say",
            })
            .into()
    }

    async fn note_refused(&self, code: &'static str) {
        self.refused.lock().unwrap().push(code);
        self.refusals.send_modify(|count| *count += 1);
    }
}

/// Reads JSON as tests have it: data of any shape.
pub(crate) fn read(text: &str) -> Json {
    let rules = JsonRules {
        case_variants: true,
        nul: true,
        ..MESSAGE_RULES
    };
    parse(text.as_bytes(), &rules).unwrap()
}

/// A result with members that must not leave.
fn result(arguments: Json) -> Json {
    Json::object([
        ("resultType", Json::from("input_required")),
        ("inputRequests", Json::object([("a", Json::Null)])),
        (
            "_meta",
            Json::object([
                ("secret", Json::from(true)),
                ("aegis/receipt", read(r#"{"seq":7}"#)),
                ("aegis/grant", Json::from(true)),
            ]),
        ),
        (
            "content",
            Json::Array(vec![Json::object([
                ("type", Json::from("text")),
                ("text", Json::from(arguments.to_string())),
            ])]),
        ),
        ("structuredContent", arguments),
        ("isError", Json::from(false)),
    ])
}

fn denied(rule: &'static str, reason: &'static str) -> Json {
    let structured = Denial::kernel(rule, Phase::Examination, reason, "ask for less").to_json();
    Json::object([
        (
            "content",
            Json::Array(vec![Json::object([
                ("type", Json::from("text")),
                ("text", Json::from(structured.to_string())),
            ])]),
        ),
        ("structuredContent", structured),
        ("isError", Json::from(true)),
    ])
}
