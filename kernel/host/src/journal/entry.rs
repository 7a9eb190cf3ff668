//! One call in the log, from intent to outcome.
//! Knows nothing of the file.

use std::sync::Arc;

use aegis_core::audit::{
    Args, Cut, Decision, Delivered, Id, Int, Kind, Leaf, Record, SentWord, Status, Text, Who,
    quotable,
};
use aegis_core::call::Call;
use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::Egress;
use aegis_core::inspect::Examined;
use aegis_core::policy::{Permit, Policy};
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use aegis_core::replay::Captured;
use zeroize::Zeroizing;

use super::key::CommitKey;
use super::log::Debt;
use super::pen::OnItsWay;
use super::{Journal, Notes, Reply, Warrant, draft};
use crate::capture::Bound;
use aegis_verify::Anchor;

/// The entry of one call: exactly one terminal record, whatever happens.
#[must_use]
pub struct Entry {
    journal: Journal,
    call: Id,
    begun_ns: u64,
    who: Who<'static>,
    /// The key of this call's salts and what it says of the arguments; without it nothing can be recorded.
    salted: Option<Salted>,
    tool: String,
    cut: Cut,
    /// Server, capabilities and facts, as far as the call was read.
    known: Option<Box<Record<'static>>>,
    /// The rules that it is judged by.
    epoch: Option<Text<'static>>,
    /// Those that say how grave an objection is.
    graded: Option<Arc<Policy>>,
    /// The catalogue that its arguments are read against.
    catalog: Option<Leaf>,
    notes: Notes,
    /// What is to be captured before anything is recorded of the decision.
    capture: Option<Zeroizing<String>>,
    state: State,
    /// Whoever brings a record knows by it whether another may be about to.
    _under_way: OnItsWay,
}

struct Salted {
    key: Arc<CommitKey>,
    args: Args<'static>,
}

enum State {
    /// Nothing is written yet.
    Open,
    /// The intent is durable and owes its end.
    Committed(Debt),
    /// The end is written.
    Closed,
}

impl Entry {
    pub(super) fn new(journal: Journal, call: &Call) -> Self {
        let id = journal.new_call();
        let mut cut = Cut::default();
        let salted = journal.salts_of(call.principal()).map(|key| Salted {
            args: draft::args(call, id, &key, &mut cut),
            key,
        });
        Self {
            call: id,
            begun_ns: journal.clock().mono_ns(),
            who: draft::who(call.principal(), Some(call.run())),
            salted,
            tool: call.tool().to_owned(),
            cut,
            known: None,
            epoch: None,
            graded: None,
            catalog: None,
            notes: Notes::default(),
            capture: None,
            state: State::Open,
            _under_way: journal.log().begin_call(),
            journal,
        }
    }

    /// Whether the intent is durable: from then on something may have been sent.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        matches!(self.state, State::Committed(_))
    }

    /// Says which rules the call is judged by.
    pub fn under(&mut self, epoch: &str) {
        self.epoch = Some(Text::from(epoch));
    }

    /// As [`Entry::under`], by rules that say how grave their objections are.
    pub fn under_rules(&mut self, policy: &Arc<Policy>) {
        self.under(policy.epoch());
        self.graded = Some(Arc::clone(policy));
    }

    /// Notes the catalogue that the arguments are about to be read against, if any is.
    pub fn against(&mut self, catalog: Option<Leaf>) {
        self.catalog = catalog;
    }

    /// Where the decision notes what it is made from.
    #[must_use]
    pub fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// Notes what was read of the call, so that its intent or its denial says what it is about. Where an intent could not be
    /// written the record of that says less.
    pub fn examined(&mut self, examined: &Examined) {
        self.known = Some(draft::known(
            &examined.system().server,
            examined.capabilities(),
            examined.findings(),
            self.call,
            self.salted.as_ref().map(|salted| &*salted.key),
        ));
        if self.journal.captures().is_some() {
            let hidden = draft::hidden(examined.findings());
            let text = Captured::text(examined.call().arguments(), &hidden);
            self.capture = Some(Zeroizing::new(text));
        }
    }

    /// Keeps what the decision was made on, once: durable before the decision's record is.
    async fn captured(&mut self) -> Result<(), Denial> {
        let (Some(text), Some(captures)) = (self.capture.take(), self.journal.captures()) else {
            return Ok(());
        };
        let salted = self.salted.as_ref().ok_or_else(uncaptured)?;
        let bound = Bound {
            log: self.journal.log().id(),
            call: self.call,
            commit: salted.args.commit,
            salts: salted.key.name().to_owned(),
            secret: salted.key.capture_secret(self.call),
        };
        match captures.keep(bound, text).await {
            true => Ok(()),
            false => Err(uncaptured()),
        }
    }

    /// Makes the permit durable as an intent.
    ///
    /// # Errors
    /// `kernel.log-unavailable` where it cannot be made durable, `kernel.anchor-overdue` where no anchor has seen the log
    /// for too long: then nothing may act.
    pub async fn commit(&mut self, permit: Permit) -> Result<Warrant, Denial> {
        if !matches!(self.state, State::Open) {
            return Err(unavailable());
        }
        if self.salted.is_none() {
            return Err(unavailable());
        }
        if self.journal.log().anchor_is_overdue() {
            return Err(overdue());
        }
        self.captured().await?;
        let Some(salted) = &self.salted else {
            return Err(unavailable());
        };
        // Read of this very call; one that was never examined is known by its permit alone.
        let known = self.known.take().unwrap_or_else(|| {
            let (server, key) = (&permit.system().server, Some(&*salted.key));
            draft::known(
                server,
                permit.capabilities(),
                permit.findings(),
                self.call,
                key,
            )
        });
        let mut intent = draft::intent(&permit, self.call, &salted.key, known);
        self.sign(&mut intent);
        let debt = self
            .journal
            .log()
            .begin(intent)
            .await
            .map_err(|_| unavailable())?;
        self.state = State::Committed(debt);
        Ok(Warrant::new(permit))
    }

    /// Records how the call ended, and only then makes the reply.
    pub async fn close(mut self, outcome: Result<Egress, Refusal>) -> Reply {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Committed(debt) => self.end(debt, outcome).await,
            State::Open | State::Closed => self.decline(outcome).await,
        }
    }

    /// The end of a call that was never committed: nothing was sent.
    async fn decline(&mut self, outcome: Result<Egress, Refusal>) -> Reply {
        // An answer that no warrant stands behind is the kernel's own fault and goes nowhere.
        let refusal = outcome.err().unwrap_or(Refusal::Failed(Failure {
            sent: Sent::Maybe,
            code: FailureCode::Internal,
        }));
        // A decision without what it was made on is not told: it would look like the others and be none.
        let refusal = match self.captured().await {
            Ok(()) => refusal,
            Err(denial) => Refusal::Denied(denial),
        };
        let record = self.decision(&refusal);
        match self.journal.log().append(record).await {
            Ok(anchor) => self.reply(Err(refusal), Some(anchor)),
            Err(_) => self.reply(Err(Refusal::Denied(unavailable())), None),
        }
    }

    fn reply(&self, outcome: Result<Egress, Refusal>, recorded: Option<Anchor>) -> Reply {
        Reply::new(outcome, recorded, self.journal.log().signed())
    }

    fn decision(&self, refusal: &Refusal) -> Box<Record<'static>> {
        let mut record = self
            .known
            .clone()
            .unwrap_or_else(|| Box::new(Record::draft(Kind::Decision)));
        record.call = Some(self.call);
        record.epoch.clone_from(&self.epoch);
        match refusal {
            Refusal::Denied(denial) | Refusal::Withheld(denial) => {
                record.decision = Some(Decision::Deny);
                record.rules = Some(draft::rules(denial, self.graded.as_deref()));
            }
            Refusal::Failed(failure) => {
                record.decision = Some(Decision::Fail);
                record.cause = Some(Text::from(failure.code.as_str()));
            }
        }
        // Here the name is the agent's own word: it may name no tool at all.
        if quotable(&self.tool) {
            record.tool = Some(Text::from(self.tool.as_str()));
        } else if let Some(Salted { key, .. }) = &self.salted {
            record.tool_commit = Some(key.commit(self.call, "/tool", self.tool.as_bytes()));
        }
        record.dur_us = Some(self.elapsed());
        self.sign(&mut record);
        record
    }

    /// The end of a committed call.
    async fn end(&self, debt: Debt, outcome: Result<Egress, Refusal>) -> Reply {
        let record = self.outcome(&outcome);
        match debt.pay(record).await {
            Ok(anchor) => self.reply(outcome, Some(anchor)),
            Err(_) => self.reply(
                Err(Refusal::Failed(Failure {
                    sent: Sent::Maybe,
                    code: FailureCode::Unrecorded,
                })),
                None,
            ),
        }
    }

    fn outcome(&self, outcome: &Result<Egress, Refusal>) -> Box<Record<'static>> {
        let mut record = Box::new(Record::draft(Kind::Outcome));
        record.call = Some(self.call);
        record.dur_us = Some(self.elapsed());
        let (status, sent) = match outcome {
            Ok(egress) => {
                let bytes = egress.result().to_text();
                record.result = self.salted.as_ref().map(|Salted { key, .. }| Delivered {
                    delivered: key.commit(self.call, "/result", bytes.as_bytes()),
                    delivered_len: Int::of(bytes.len()),
                    upstream: None,
                    upstream_len: Int::saturating(egress.upstream_bytes()),
                });
                record.salts = self.salts_name();
                record.findings = Some(draft::found(egress.findings()));
                record.masked_columns = Some(Int::saturating(egress.masked_columns()));
                record.cause = egress.asks().map(|_| Text::from("input-required"));
                if egress.is_error() {
                    (Status::ToolError, SentWord::Yes)
                } else {
                    (Status::Ok, SentWord::Yes)
                }
            }
            Err(Refusal::Denied(denial)) => {
                record.rules = Some(draft::rules(denial, self.graded.as_deref()));
                (Status::Denied, SentWord::No)
            }
            Err(Refusal::Withheld(denial)) => {
                record.rules = Some(draft::rules(denial, self.graded.as_deref()));
                (Status::Withheld, SentWord::Yes)
            }
            Err(Refusal::Failed(failure)) => {
                record.cause = Some(Text::from(failure.code.as_str()));
                match failure.sent {
                    Sent::No => (Status::Failed, SentWord::No),
                    Sent::Maybe => (Status::Unknown, SentWord::Maybe),
                }
            }
        };
        (record.status, record.sent) = (Some(status), Some(sent));
        record
    }

    /// Adds who asked, with which arguments, and what the decision was made from.
    fn sign(&self, record: &mut Record<'static>) {
        record.who = Some(self.who.clone());
        record.args = self.salted.as_ref().map(|salted| salted.args.clone());
        record.salts = self.salts_name();
        record.catalog = self.catalog;
        let mut cut = self.cut.clone();
        if let Some((basis, left_out)) = self.notes.taken() {
            record.basis = Some(basis);
            cut.receipts = left_out.receipts;
        }
        record.cut = (cut != Cut::default()).then_some(cut);
    }

    fn salts_name(&self) -> Option<Text<'static>> {
        let salted = self.salted.as_ref();
        salted.map(|salted| Text::from(salted.key.name()))
    }

    fn elapsed(&self) -> Int {
        let now = self.journal.clock().mono_ns();
        Int::saturating(now.saturating_sub(self.begun_ns) / 1_000)
    }
}

impl Drop for Entry {
    /// An entry that nobody closed: a panic, or a task that was cut off. A committed one is ended by its
    /// [`Debt`]; one that was not committed leaves a record that nothing was decided.
    fn drop(&mut self) {
        if matches!(self.state, State::Open) {
            let record = self.decision(&Refusal::Failed(Failure {
                sent: Sent::No,
                code: FailureCode::Internal,
            }));
            self.journal.log().leave(record);
        }
    }
}

/// Nothing is done that cannot be recorded.
pub(super) fn unavailable() -> Denial {
    Denial::kernel(
        "kernel.log-unavailable",
        Phase::Kernel,
        "the kernel cannot write its log, and does nothing that it cannot record",
        "an operator must look at the kernel's log and start it again",
    )
}

/// Nothing is decided whose grounds were to be kept and are not.
fn uncaptured() -> Denial {
    Denial::kernel(
        "kernel.capture-unavailable",
        Phase::Kernel,
        "the kernel cannot keep the capture of the call that its configuration demands",
        "try again later; an operator must look at the folder of captures",
    )
}

/// Nothing more is done whose record no anchor may ever have seen.
fn overdue() -> Denial {
    Denial::kernel(
        "kernel.anchor-overdue",
        Phase::Kernel,
        "no anchor has taken a checkpoint of the log for longer than the configuration allows",
        "try again later; an operator must look at the anchors, whose failures are in the log",
    )
}

/// The words that prove an answer's record: cheap to keep, and a witness against a log that lost it.
pub(super) fn witness(anchor: &Anchor, signed: u64) -> aegis_core::json::Json {
    use aegis_core::json::{Json, Number};
    let mut words = vec![
        ("log", Json::from(anchor.log.to_string().as_str())),
        ("seq", Json::Number(Number::from(anchor.seq))),
        ("leaf", Json::from(anchor.leaf.to_string().as_str())),
    ];
    if signed > 0 {
        words.push(("checkpoint", Json::Number(Number::from(signed))));
    }
    Json::object(words)
}
