//! The life of one call. Read this file first.
//! Knows nothing of rules, wires or files: it only joins the gates in their order.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use aegis_core::call::Call;
use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::{self, Egress, Gauge, Masks, Prepared, Sealed, ShownGroups};
use aegis_core::inspect;
use aegis_core::manifest::{Catalog, Copied};
use aegis_core::policy::Permit;
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};

use crate::analyser::Analyser;
use crate::catalogs::{self, Cause, Judged};
use crate::force::Force;
use crate::journal::{Entry, Journal, Reply, Warrant};
use crate::panics;
use crate::progress::Relay;
use crate::rounds::{Of, Resumed, Rounds};
use crate::rules::Rules;
use crate::south::South;
use crate::state::{Came, Minting, Spent, State, Subjects};
use crate::vault::{Restored, Vault};
use crate::wish::Wish;

/// The kernel of one process: rules, log, state and downstreams.
pub struct Kernel {
    pub(crate) rules: Rules,
    pub(crate) journal: Journal,
    pub(crate) state: State,
    pub(crate) south: South,
    pub(crate) masks: Masks,
    pub(crate) vault: Vault,
    pub(crate) rounds: Rounds,
    /// Counts of groups that were shown since the kernel started.
    pub(crate) shown: Mutex<ShownGroups>,
    pub(crate) analyser: Option<Analyser>,
    /// Held while a catalogue is read and put in force, so that an older reading never replaces a newer one.
    pub(crate) defining: tokio::sync::Mutex<()>,
    /// Shared by those who record an intent, held alone by who exchanges the rules.
    pub(crate) turnstile: tokio::sync::RwLock<()>,
}

impl Kernel {
    /// One call, from the agent's words to the agent's answer.
    ///
    /// From `open` to `close` each stage consumes the value of the one above it: none can be
    /// skipped, repeated or reordered and still compile. A panic in any of them is a refusal.
    pub async fn mediate(&self, call: Call, wish: Wish) -> Reply {
        let mut entry = self.journal.open(&call);
        // Boxed, here and below: what awaits is as large as all that it awaits, and is moved as a whole.
        let work = Box::pin(self.carry_out(call, wish, &mut entry));
        let outcome = panics::caught(work).await;
        let outcome = outcome.unwrap_or_else(|_| Err(panicked(&entry)));
        Box::pin(entry.close(outcome)).await
    }

    async fn carry_out(
        &self,
        call: Call,
        wish: Wish,
        entry: &mut Entry,
    ) -> Result<Egress, Refusal> {
        let rules = self.rules.current(); // one epoch for the whole call
        entry.under_rules(&rules.policy);
        let force = rules.force.clone();

        let since = call.since();
        rules.elders(since)?; // a run never gains by other rules
        let bound = rules
            .manifests
            .bind(call, |who, tool| rules.policy.may_know(who, tool))?;
        let rules = catalogs::at_hand(self, rules, &bound).await;
        entry.against(rules.digest_for(&bound));
        let examined = inspect::examine(bound, &rules.world())?;
        entry.examined(&examined);
        let restored = self.vault.restore(&examined)?;
        let (round, resumed) = self.rounds.open(&examined, rules.policy.epoch())?;
        let elders: Arc<[_]> = rules.elders(since)?.into();
        let all = elders.iter().chain([&rules.policy]).map(Arc::as_ref);
        let subjects = Subjects::among(&examined, all);
        let notes = entry.notes();
        let decide = move |ledger: &_, now| {
            notes.take_among((&rules.policy, &elders), &examined, ledger, now);
            rules.policy.decide_among(&elders, examined, ledger, now)
        };
        let (permit, spent) = self.state.decide_and_spend(subjects, decide).await?;
        let act = Act::of(&permit, spent, force);

        let beside = (restored, resumed);
        let ended = Box::pin(self.perform(permit, &act, beside, wish, entry)).await;
        let ended = ended.and_then(|egress| self.hold(egress, round));
        let came = came(&ended);
        let given = self.state.give_back(&act.spent.reserved, &came).await;
        given.map_err(Refusal::Withheld)?;
        let egress = ended?;
        match egress.evidence() {
            None => Ok(egress),
            Some(_) => Box::pin(self.mint(egress, &act)).await,
        }
    }

    /// What a permit is for: from the record of the intent to an answer that may leave.
    async fn perform(
        &self,
        permit: Permit,
        act: &Act,
        (restored, resumed): (Restored, Option<Resumed>),
        wish: Wish,
        entry: &mut Entry,
    ) -> Result<Egress, Refusal> {
        let passing = self.turnstile.read().await;
        act.force.holds()?; // no intent under rules that are gone
        let warrant = entry.commit(permit).await?; // on disk before anything happens
        drop(passing);
        let warrant = warrant.restoring(restored).resuming(resumed);
        let (warrant, relay) = relayed(warrant.under(act.force.clone()), wish);
        if !act.copies.is_empty() {
            // A copy never stands anywhere without its labels.
            Box::pin(catalogs::carry(self, &act.copies)).await?;
        }
        let invoking = Box::pin(self.south.invoke(warrant)); // the only credentialed line
        let sealed = self.told(relay, invoking, act).await;
        self.heed().await.map_err(Refusal::Withheld)?;
        self.settle(act, sealed.as_ref().err()).await?;
        let sealed = sealed?;
        catalogs::unchanged(self, &act.judged()).map_err(Refusal::Withheld)?;
        self.release(sealed, act).await
    }

    /// Meanwhile the agent hears of progress, as far as it may leave; what may not is counted.
    async fn told<T>(&self, relay: Relay, work: impl Future<Output = T>, act: &Act) -> T {
        let sent = || self.vault.sent(&act.principal, &act.run);
        let (done, dropped) = relay.during(work, &self.masks, sent).await;
        self.journal.refused_often("progress.dropped", dropped);
        let unknown = self.south.take_unheard();
        self.journal
            .refused_often("progress.unknown-token", unknown);
        done
    }

    /// What was ever sent in place of its token is a secret in the answer; what the answer shows as tokens
    /// may come back. An external analyser sees, where a rule wants it, what the kernel's own masks have left.
    async fn release(&self, sealed: Sealed, act: &Act) -> Result<Egress, Refusal> {
        let sent = self.vault.sent(&act.principal, &act.run);
        let analysis = self.prepare(sealed.guarding(sent))?.analysis()?;
        let questions = analysis.questions();
        let answers = match &self.analyser {
            Some(analyser) if !questions.is_empty() => analyser.ask(questions).await?,
            _ => Vec::new(), // too few for the questions, if there are any
        };
        let mut egress = analysis.answered(&answers)?.release()?;
        let minted = egress.take_minted();
        self.vault.keep(&act.principal, &act.run, minted);
        Ok(egress)
    }

    /// Questions are answered in a further round of this very call, which is judged anew.
    fn hold(&self, egress: Egress, round: Of) -> Result<Egress, Refusal> {
        let Some(asked) = egress.asks().cloned() else {
            return Ok(egress);
        };
        let state = self.rounds.hold(round, asked).map_err(Refusal::Withheld)?;
        Ok(egress.resumed_by(&state))
    }

    /// Counts of groups are held against those that were shown before, one answer after the other.
    fn prepare(&self, sealed: Sealed) -> Result<Prepared, Refusal> {
        if !sealed.counts_groups() {
            return egress::prepare(sealed, &self.masks, &mut ShownGroups::default());
        }
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        egress::prepare(sealed, &self.masks, &mut shown)
    }

    /// What was written voids its receipts, and what was defined anew is read anew: even after a
    /// failure, since the effect may have happened.
    async fn settle(&self, act: &Act, refusal: Option<&Refusal>) -> Result<(), Refusal> {
        let settled = self.state.settle(&act.writes).await;
        if act.defines {
            Box::pin(catalogs::refresh(self, &act.server, Cause::Defined)).await;
        } else if refusal.is_some_and(catalogs::is_stale) {
            Box::pin(catalogs::refresh(self, &act.server, Cause::Changed)).await;
        }
        settled.map_err(Refusal::Withheld)
    }

    /// Evidence in which every check passed becomes a receipt, and the answer says so.
    async fn mint(&self, egress: Egress, act: &Act) -> Result<Egress, Refusal> {
        let Some(evidence) = egress.evidence() else {
            return Ok(egress);
        };
        let minting = Minting {
            evidence,
            since: act.spent.since,
            principal: &act.principal,
            run: &act.run,
            epoch: &act.epoch,
            ttl_s: aegis_core::limits::RECEIPT_TTL_S,
        };
        let Some(receipt) = self.state.mint(minting).await.map_err(Refusal::Withheld)? else {
            return Ok(egress);
        };
        self.journal
            .minted(&receipt)
            .await
            .map_err(Refusal::Withheld)?;
        Ok(egress.with_statement("receipt", receipt.to_json()))
    }
}

/// What must be remembered of a permit once it is given up.
struct Act {
    server: String,
    writes: Vec<String>,
    defines: bool,
    spent: Spent,
    force: Force,
    principal: String,
    run: String,
    epoch: Arc<str>,
    catalog: Arc<Catalog>,
    tables: BTreeSet<String>,
    copies: Vec<Copied>,
}

impl Act {
    fn of(permit: &Permit, spent: Spent, force: Force) -> Self {
        Self {
            server: permit.system().server.clone(),
            writes: permit.writes().to_vec(),
            defines: !permit.reach().ddl.is_empty(),
            spent,
            force,
            principal: permit.principal().id().to_owned(),
            run: permit.run().to_owned(),
            epoch: Arc::from(permit.epoch()),
            catalog: Arc::clone(permit.catalog()),
            tables: permit
                .reach()
                .reads
                .union(&permit.reach().writes)
                .cloned()
                .collect(),
            copies: permit.copies().to_vec(),
        }
    }

    fn judged(&self) -> Judged<'_> {
        Judged {
            server: &self.server,
            catalog: &self.catalog,
            tables: &self.tables,
            copies: &self.copies,
        }
    }
}

/// How a call came out, for the budgets that it was charged to. What did not become an answer has not left.
fn came(ended: &Result<Egress, Refusal>) -> Came {
    match ended {
        Ok(egress) => Came {
            sent: true,
            failed: egress.is_error(),
            cancelled: false,
            rows: egress.rows(),
            bytes: Some(egress.bytes()),
        },
        Err(refusal) => Came {
            sent: refusal.sent() == Sent::Maybe,
            failed: refusal.sent() == Sent::No,
            cancelled: matches!(refusal, Refusal::Failed(failure) if failure.code == FailureCode::Cancelled),
            rows: Some(0),
            bytes: Some(0),
        },
    }
}

/// A warrant for who may listen meanwhile, and the way from a downstream to that ear.
fn relayed(warrant: Warrant, mut wish: Wish) -> (Warrant, Relay) {
    let gauge = |now_ms| Gauge::of(warrant.permit(), now_ms);
    let (relay, teller) = Relay::new(wish.take_ear(), gauge);
    (warrant.while_wanted(wish.telling(teller)), relay)
}

/// A stage panicked: a denial where nothing was sent, an honest failure where it may have been.
fn panicked(entry: &Entry) -> Refusal {
    if entry.is_committed() {
        return Refusal::Failed(Failure {
            sent: Sent::Maybe,
            code: FailureCode::Internal,
        });
    }
    Refusal::Denied(Denial::kernel(
        "kernel.panic",
        Phase::Kernel,
        "the kernel failed while it judged the call; nothing was sent",
        "change the call, and tell the operator: the log has its record",
    ))
}
