//! Receipts, the order of writes and what budgets have given, in an embedded store that survives a restart.
//! Knows nothing of rules: the decision is a function that it is given.

mod budgets;
mod charges;
mod data;
mod fault;
mod key;
mod ledger;
mod minting;
mod notes;
mod pace;
mod reserved;
mod rows;
mod stands;
mod store;
mod subjects;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex};

use aegis_core::denial::{Denial, Phase};
use aegis_core::now::Now;
use aegis_core::receipt::{Evidence, LedgerView, Receipt};

use crate::random;
pub use budgets::spending;
pub use fault::StateFault;
use ledger::{Change, Ledger};
pub use minting::{Minting, Position, Spent};
use notes::Note;
use pace::Pace;
pub use pace::Steady;
pub use reserved::{Came, Reserved};
pub use stands::Stands;
use store::{About, Store};
pub use subjects::Subjects;

/// The present, as the store asks for it inside its transactions.
pub type Clock = Arc<dyn Fn() -> Now + Send + Sync>;

/// The state store of one kernel. Cheap to clone: all clones share one connection.
#[derive(Clone)]
pub struct State {
    store: Arc<Mutex<Store>>,
    clock: Clock,
    pace: Pace,
    knows_copies: bool,
}

impl State {
    /// Opens or makes the store at this path, for this process alone; its key is the file beside it that
    /// ends in `.key`.
    ///
    /// # Errors
    /// Where another kernel holds it, others may touch it, or any row is not as this kernel left it.
    pub fn open(path: &Path, clock: Clock) -> Result<Self, StateFault> {
        let store = Store::open(path)?;
        let pace = Pace::from(clock().unix_ms.max(store.latest_ms()));
        Ok(Self {
            knows_copies: store.notes()?.iter().any(Note::is_copy),
            store: Arc::new(Mutex::new(store)),
            clock,
            pace,
        })
    }

    /// Lets the time of budgets pass by this clock, which nobody can set, from where it stood when something was last
    /// charged. Without it budgets go by the wall clock, as far as that goes forward.
    ///
    /// # Errors
    /// Where the store is not believed.
    pub fn paced_by(mut self, steady: Steady) -> Result<Self, StateFault> {
        let store = self.store.lock().map_err(|_| StateFault::Poisoned)?;
        let mark = notes::mark(store.notes()?);
        let gone_ms = (self.clock)().unix_ms.saturating_sub(store.latest_ms());
        drop(store);
        self.pace = self.pace.by(steady, mark.as_ref(), gone_ms);
        Ok(self)
    }

    /// Decides and, in the same transaction, spends the receipts that the permit stands on and notes
    /// the subjects that the call writes. A call without subjects touches no disk.
    ///
    /// The position is the moment of the decision: a validation mints from there.
    ///
    /// # Errors
    /// The decision's own denial, `kernel.state-tampered` or `kernel.state-unavailable`.
    pub async fn decide_and_spend<P: Stands>(
        &self,
        subjects: Subjects,
        decide: impl FnOnce(&LedgerView, Now) -> Result<P, Denial> + Send + 'static,
    ) -> Result<(P, Spent), Denial> {
        let clock = Arc::clone(&self.clock);
        if subjects.is_empty() {
            let permit = decide(&LedgerView::default(), clock())?;
            spendable(&permit, &Ledger::default())?;
            budgets::payable(&permit, None)?;
            data::noted(&permit)?;
            return Ok((permit, Spent::default()));
        }
        let pace = self.pace.clone();
        // Boxed: most calls are about no subject, and would have to hold a place for it.
        Box::pin(self.with_store(move |store| {
            let now = clock();
            let named = [subjects.about.as_slice(), &subjects.writes].concat();
            let payer = subjects.payer.as_deref();
            let about = About {
                subjects: &named,
                principal: payer,
            };
            let values = store.values(&subjects)?;
            store.transact(about, now, |ledger, head| {
                let at_ms = pace.at_ms(head.high_ms);
                let mut view = ledger.view(&subjects.about, now);
                if let Some(payer) = payer {
                    view.spending = charges::spending(&ledger.charges, payer, &values, at_ms);
                }
                let permit = decide(&view, now).map_err(Stop)?;
                spendable(&permit, ledger).map_err(Stop)?;
                budgets::payable(&permit, payer).map_err(Stop)?;
                let since = Position(head.seq);
                let mut change = ledger.note_writes(&subjects.writes, head);
                change.receipts = permit.receipts().iter().cloned().map(spent).collect();
                let reserved = Reserved::of(permit.charges(), payer, &values, at_ms)?;
                data::note(ledger, &mut change, permit.copies())?;
                budgets::reserve(ledger, &mut change, &reserved, pace.mark(head.high_ms))?;
                let spent = Spent { since, reserved };
                Ok(((permit, spent), change.is_any().then_some(change)))
            })
        }))
        .await
    }

    /// Notes once more, after the act, that the subjects were written: a validation that read while the
    /// write was under way must not stand on it.
    ///
    /// # Errors
    /// `kernel.state-tampered` or `kernel.state-unavailable`.
    pub async fn settle(&self, writes: &[String]) -> Result<(), Denial> {
        if writes.is_empty() {
            return Ok(());
        }
        let (writes, clock) = (writes.to_vec(), Arc::clone(&self.clock));
        self.with_store(move |store| {
            store.transact(About::subjects(&writes), clock(), |ledger, head| {
                Ok(((), Some(ledger.note_writes(&writes, head))))
            })
        })
        .await
    }

    /// Mints a receipt from evidence in which every check passed; `None` where one did not, or where the
    /// subject was written since the validation was permitted.
    ///
    /// # Errors
    /// `kernel.state-tampered` or `kernel.state-unavailable`.
    pub async fn mint(&self, minting: Minting<'_>) -> Result<Option<Receipt>, Denial> {
        if !minting.evidence.counts.all_passed() || minting.evidence.rows == 0 {
            return Ok(None);
        }
        let since = minting.since;
        let (draft, ttl_s) = (draft(&minting), minting.ttl_s);
        let clock = Arc::clone(&self.clock);
        self.with_store(move |store| {
            let now = clock();
            let subject = vec![draft.subject.clone()];
            store.transact(About::subjects(&subject), now, |ledger, head| {
                if ledger.last_write(&draft.subject) > since.0 {
                    return Ok((None, None));
                }
                if ledger.clock_went_back(now) {
                    // What was minted under another clock is void; the mark begins anew at this one.
                    head.seq = head.seq.saturating_add(1);
                    head.floor = head.seq;
                    head.high_ms = now.unix_ms;
                }
                head.seq = head.seq.saturating_add(1);
                let ttl_s = i64::try_from(ttl_s).unwrap_or(i64::MAX);
                let receipt = Receipt {
                    id: receipt_id()?,
                    seq: head.seq,
                    minted_s: now.unix_s(),
                    expires_s: now.unix_s().saturating_add(ttl_s),
                    ..draft
                };
                let change = Change {
                    dropped_receipts: ledger.surplus(&receipt.subject),
                    receipts: vec![receipt.clone()],
                    ..Change::default()
                };
                Ok((Some(receipt), Some(change)))
            })
        })
        .await
    }

    /// Runs on a thread that may wait for the disk. A panic of the body leaves the store as it was and
    /// goes on in the caller, where the call's own net catches it.
    async fn with_store<T: Send + 'static>(
        &self,
        body: impl FnOnce(&mut Store) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Denial> {
        let store = Arc::clone(&self.store);
        let task = tokio::task::spawn_blocking(move || {
            // A poisoned lock means that the store itself panicked: nothing is known of it any more.
            let mut store = store.lock().map_err(|_| Stop::from(StateFault::Poisoned));
            let store = match &mut store {
                Ok(store) => store,
                Err(stop) => return Ok(Err(stop.clone())),
            };
            catch_unwind(AssertUnwindSafe(|| body(store)))
        });
        match task.await {
            Ok(Ok(result)) => result.map_err(|stop| stop.0),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(StateFault::Poisoned.denial()),
        }
    }
}

/// All receipts in the order of their mints, verified, read beside a kernel that may hold the store.
///
/// # Errors
/// As [`State::open`], save that another kernel may hold it.
pub fn receipts(path: &Path) -> Result<Vec<Receipt>, StateFault> {
    let mut receipts: Vec<_> = Store::look(path)?.receipts.into_values().collect();
    receipts.sort_by_key(|receipt| receipt.seq);
    Ok(receipts)
}

/// Why a transaction ends without effect.
#[derive(Clone)]
struct Stop(Denial);

impl From<StateFault> for Stop {
    fn from(fault: StateFault) -> Self {
        Self(fault.denial())
    }
}

/// A permit stands only on receipts exactly as the ledger holds them.
fn spendable(permit: &impl Stands, ledger: &Ledger) -> Result<(), Denial> {
    let known = |receipt: &Receipt| ledger.receipts.get(&receipt.id) == Some(receipt);
    if permit.receipts().iter().all(known) {
        return Ok(());
    }
    Err(Denial::kernel(
        "kernel.receipt-unknown",
        Phase::Kernel,
        "the decision stands on a receipt that the kernel does not hold",
        "ask an operator: this is a defect of the kernel",
    ))
}

fn spent(receipt: Receipt) -> Receipt {
    Receipt {
        spent: true,
        ..receipt
    }
}

/// The receipt but for its id, place and time.
fn draft(minting: &Minting<'_>) -> Receipt {
    let Evidence {
        kind,
        dataset,
        subject,
        digest,
        suite,
        counts,
        rows,
    } = minting.evidence.clone();
    Receipt {
        id: String::new(),
        kind,
        dataset,
        subject,
        digest,
        suite,
        counts,
        rows,
        epoch: minting.epoch.to_owned(),
        principal: minting.principal.to_owned(),
        run: minting.run.to_owned(),
        seq: 0,
        minted_s: 0,
        expires_s: 0,
        spent: false,
    }
}

/// `rcpt_` and 26 characters of RFC 4648 base32 in lower case: 130 random bits.
fn receipt_id() -> Result<String, StateFault> {
    let mut random = [0_u8; 26];
    random::fill(&mut random).map_err(|error| StateFault::Io(error.to_string()))?;
    let letter = |byte: u8| match byte % 32 {
        low @ 0..26 => char::from(b'a' + low),
        high => char::from(b'2' + (high - 26)),
    };
    Ok("rcpt_"
        .chars()
        .chain(random.into_iter().map(letter))
        .collect())
}
