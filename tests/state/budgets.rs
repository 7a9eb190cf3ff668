//! Budgets: reserved at once, kept over restarts, and refilled by nothing but time.
//! Knows nothing of what they are for.

use std::sync::atomic::AtomicU64;

use aegis_core::receipt::{Spending, Unit};

use super::kit::*;

async fn told(kernel: &Kernel, calls: u64) -> usize {
    let mut told = 0;
    while kernel.charge(calls).await.is_ok() {
        told += 1;
    }
    told
}

#[tokio::test]
async fn of_thirty_parallel_calls_against_a_limit_of_three_three_pass() {
    let house = House::new();
    let kernel = Arc::new(house.open());
    let passed = Arc::new(AtomicUsize::new(0));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let (kernel, passed) = (Arc::clone(&kernel), Arc::clone(&passed));
        calls.spawn(async move {
            if kernel.charge(3).await.is_ok() {
                passed.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    while calls.join_next().await.is_some() {}
    assert_eq!(passed.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_restart_refills_nothing_and_the_window_moves_on() {
    let house = House::new();
    assert_eq!(told(&house.open(), 3).await, 3);
    assert_eq!(told(&house.open(), 3).await, 0);
    house.set_clock(NOON_MS + 3_599_000);
    assert_eq!(told(&house.open(), 3).await, 0, "within the window");
    // A charge counts for at most one slot, a thirty-second of the window, longer.
    house.set_clock(NOON_MS + 3_600_000 + 3_600_000 / 32 + 1);
    assert_eq!(told(&house.open(), 3).await, 3);
}

#[tokio::test]
async fn a_clock_that_goes_back_refills_nothing() {
    let house = House::new();
    let kernel = house.open();
    assert_eq!(told(&kernel, 3).await, 3);
    for back_ms in [1, 60_000, 86_400_000, NOON_MS] {
        house.set_clock(NOON_MS - back_ms);
        assert_eq!(told(&kernel, 3).await, 0, "{back_ms}");
    }
    drop(kernel);
    assert_eq!(told(&house.open(), 3).await, 0, "after a restart");
}

/// A kernel on a machine that was started under this name, so long ago.
fn on_machine(house: &House, boot: &str, up_ms: &Arc<AtomicU64>) -> Kernel {
    let hand = Arc::clone(up_ms);
    let steady = Steady {
        ms: Arc::new(move || hand.load(Ordering::SeqCst)),
        boot: (!boot.is_empty()).then(|| boot.to_owned()),
    };
    let state = house.open().state.paced_by(steady).unwrap();
    Kernel { state }
}

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: u64 = 3_600_000;

#[tokio::test]
async fn a_clock_that_is_set_forward_refills_nothing_while_the_kernel_runs() {
    let house = House::new();
    let up_ms = Arc::new(AtomicU64::new(7));
    let kernel = on_machine(&house, "a", &up_ms);
    assert_eq!(told(&kernel, 3).await, 3);
    house.set_clock(NOON_MS + 10 * DAY_MS);
    assert_eq!(told(&kernel, 3).await, 0, "the wall does not count");
    up_ms.store(2 * HOUR_MS, Ordering::SeqCst);
    assert_eq!(told(&kernel, 3).await, 3, "time that passed does");
}

#[tokio::test]
async fn a_clock_that_is_set_forward_while_the_kernel_is_down_refills_nothing() {
    let house = House::new();
    let up_ms = Arc::new(AtomicU64::new(50 * HOUR_MS));
    assert_eq!(told(&on_machine(&house, "a", &up_ms), 3).await, 3);
    house.set_clock(NOON_MS + 400 * DAY_MS);
    assert_eq!(told(&on_machine(&house, "a", &up_ms), 3).await, 0);
    up_ms.store(51 * HOUR_MS + HOUR_MS / 16, Ordering::SeqCst);
    house.set_clock(NOON_MS - 400 * DAY_MS);
    let kernel = on_machine(&house, "a", &up_ms);
    assert_eq!(
        told(&kernel, 3).await,
        3,
        "time that passed, whatever the wall says"
    );
}

#[tokio::test]
async fn of_the_time_that_a_machine_was_off_the_wall_clock_tells_a_bounded_part() {
    let house = House::new();
    let up_ms = Arc::new(AtomicU64::new(50 * HOUR_MS));
    let mut kernel = on_machine(&house, "a", &up_ms);
    for (at, minute) in [0, 40].into_iter().enumerate() {
        up_ms.store(50 * HOUR_MS + minute * 60_000, Ordering::SeqCst);
        assert_eq!(told(&kernel, 2 * (u64::try_from(at).unwrap() + 1)).await, 2);
    }
    // Off for a year, by the wall: an hour of it counts, and what was charged forty minutes later still does.
    drop(kernel);
    house.set_clock(NOON_MS + 400 * DAY_MS);
    up_ms.store(0, Ordering::SeqCst);
    kernel = on_machine(&house, "b", &up_ms);
    assert_eq!(told(&kernel, 4).await, 2, "what is an hour old");
    drop(kernel);
    // Without a wall to go by, the time since the start alone counts.
    house.set_clock(0);
    up_ms.store(60_000, Ordering::SeqCst);
    assert_eq!(told(&on_machine(&house, "c", &up_ms), 4).await, 0);
    // A system that does not name its starts is not taken for one that was started anew.
    assert_eq!(told(&on_machine(&house, "", &up_ms), 4).await, 0);
}

fn gone() -> Came {
    Came {
        sent: true,
        rows: Some(0),
        bytes: Some(0),
        ..Came::default()
    }
}

async fn reserve(kernel: &Kernel, payer: &str, charges: Vec<Charge>) -> Reserved {
    let subjects = Subjects {
        payer: Some(payer.to_owned()),
        ..Subjects::default()
    };
    let yes = Charged(charges);
    let done = kernel
        .state
        .decide_and_spend(subjects, |_, _| Ok(yes))
        .await;
    done.unwrap().1.reserved
}

async fn seen(kernel: &Kernel, payer: &str) -> Spending {
    let subjects = Subjects {
        payer: Some(payer.to_owned()),
        ..Subjects::default()
    };
    let slot = Arc::new(Mutex::new(None));
    let held = Arc::clone(&slot);
    let look = move |view: &LedgerView, _| {
        *held.lock().unwrap() = Some(view.spending.clone());
        Ok(Charged(vec![]))
    };
    kernel.state.decide_and_spend(subjects, look).await.unwrap();
    let seen = slot.lock().unwrap().take();
    seen.unwrap()
}

#[tokio::test]
async fn what_is_given_back_depends_on_how_the_call_came_out() {
    let house = House::new();
    let kernel = house.open();
    let unsent = Came {
        failed: true,
        ..gone()
    };
    let unsent = Came {
        sent: false,
        ..unsent
    };
    let failed = Came {
        failed: true,
        ..gone()
    };
    let cancelled = Came {
        cancelled: true,
        ..unsent
    };
    let done = Came {
        rows: Some(4),
        ..gone()
    };
    let unknown = Came {
        rows: None,
        ..gone()
    };
    for (back, came, kept) in [
        (Back::Never, unsent, 10),
        (Back::Unsent, unsent, 0),
        (Back::Unsent, failed, 10),
        (Back::Failed, unsent, 0),
        (Back::Failed, failed, 0),
        (Back::Failed, cancelled, 10),
        (Back::Failed, gone(), 10),
        (Back::Unused(Unit::Rows), done, 4),
        (Back::Unused(Unit::Rows), unknown, 10),
        (Back::Unused(Unit::Bytes), done, 0),
    ] {
        for over in [
            HOUR,
            Over::Bucket {
                refill: 1,
                every_ms: 60_000,
            },
        ] {
            let account = format!("rule/{back:?}/{came:?}/{over:?}");
            let charge = Charge {
                account: account.clone(),
                amount: 10,
                over,
                back,
                ..one_call()
            };
            let reserved = reserve(&kernel, "agent", vec![charge]).await;
            assert_eq!(seen(&kernel, "agent").await.used(&account, over), 10);
            assert_eq!(seen(&kernel, "another").await.used(&account, over), 0);
            kernel.state.give_back(&reserved, &came).await.unwrap();
            assert_eq!(
                seen(&kernel, "agent").await.used(&account, over),
                kept,
                "{account}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_given_back_is_taken_from_where_it_was_charged() {
    let house = House::new();
    let kernel = house.open();
    let old = reserve(&kernel, "agent", vec![one_call()]).await;
    house.set_clock(NOON_MS + 1_800_000);
    assert_eq!(told(&kernel, 2).await, 1);
    kernel
        .state
        .give_back(&old, &Came::default())
        .await
        .unwrap();
    // The newer charge counts for its whole hour.
    house.set_clock(NOON_MS + 1_800_000 + 3_590_000);
    assert_eq!(seen(&kernel, "agent").await.used(ACCOUNT, HOUR), 1);
}

#[tokio::test]
async fn all_principals_pay_from_a_shared_account() {
    let house = House::new();
    let kernel = house.open();
    let shared = Charge {
        shared: true,
        ..one_call()
    };
    reserve(&kernel, "one", vec![shared.clone(), one_call()]).await;
    reserve(&kernel, "two", vec![shared]).await;
    for (who, used) in [("one", 3), ("two", 2), ("three", 2)] {
        assert_eq!(seen(&kernel, who).await.used(ACCOUNT, HOUR), used, "{who}");
    }
}

#[tokio::test]
async fn a_bucket_is_paid_off_at_its_rate_and_no_faster() {
    let house = House::new();
    let kernel = house.open();
    let over = Over::Bucket {
        refill: 7,
        every_ms: 60_000,
    };
    let charge = |amount| Charge {
        amount,
        over,
        back: Back::Unused(Unit::Bytes),
        ..one_call()
    };
    // Many small steps pay off what one large step does: nothing is lost or won in rounding.
    reserve(&kernel, "agent", vec![charge(70)]).await;
    for step in 1..=600 {
        house.set_clock(NOON_MS + step * 1_000);
        if step % 60 == 0 {
            reserve(&kernel, "agent", vec![charge(1)]).await;
        }
    }
    assert_eq!(seen(&kernel, "agent").await.used(ACCOUNT, over), 10);
    // Given back is at most what was not paid off meanwhile.
    let unused = reserve(&kernel, "agent", vec![charge(14)]).await;
    house.set_clock(NOON_MS + 600_000 + 60_000);
    kernel.state.give_back(&unused, &gone()).await.unwrap();
    assert_eq!(seen(&kernel, "agent").await.used(ACCOUNT, over), 10);
    house.set_clock(NOON_MS + 600_000 + 3_600_000);
    assert_eq!(seen(&kernel, "agent").await.used(ACCOUNT, over), 0);
}

#[tokio::test]
async fn different_values_are_counted_and_no_value_is_in_the_file() {
    let house = House::new();
    let kernel = house.open();
    let ask = async |kernel: &Kernel, values: &[&str]| {
        let subjects = Subjects {
            payer: Some("agent".to_owned()),
            values: vec![(
                ACCOUNT.to_owned(),
                values.iter().map(|&v| v.to_owned()).collect(),
            )],
            ..Subjects::default()
        };
        let count = values.len();
        let decide = move |view: &LedgerView, _| {
            let fresh = (0..count)
                .filter(|at| !view.spending.knows(ACCOUNT, *at, HOUR))
                .count();
            if view.spending.values(ACCOUNT, HOUR) + u64::try_from(fresh).unwrap() > 3 {
                return Err(no());
            }
            let charge = |at| Charge {
                account: format!("{ACCOUNT}#={at}"),
                ..one_call()
            };
            Ok(Charged((0..count).map(charge).collect()))
        };
        kernel
            .state
            .decide_and_spend(subjects, decide)
            .await
            .is_ok()
    };
    assert!(ask(&kernel, &["ann@x.example", "ben@x.example"]).await);
    assert!(ask(&kernel, &["ben@x.example"]).await, "known");
    assert!(!ask(&kernel, &["cleo", "dan"]).await, "one too many");
    house.set_clock(NOON_MS + 1_800_000);
    assert!(ask(&kernel, &["cleo", "ann@x.example"]).await);
    drop(kernel);
    let kernel = house.open();
    assert!(!ask(&kernel, &["dan"]).await, "over a restart");
    // The one that was used last at noon counts no more; the one that was used again does.
    house.set_clock(NOON_MS + 3_600_000 + 3_600_000 / 32 + 1);
    assert!(ask(&kernel, &["dan"]).await);
    assert!(!ask(&kernel, &["eve"]).await);
    drop(kernel);
    for file in fs::read_dir(house.path.parent().unwrap()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(5).any(|part| part == b"ann@x"));
    }
}

#[tokio::test]
async fn nobody_pays_unasked() {
    let house = House::new();
    let kernel = house.open();
    let unasked = kernel
        .state
        .decide_and_spend(Subjects::default(), |_, _| Ok(Charged(vec![one_call()])));
    assert_eq!(rule(unasked.await.map(|_| ())), "kernel.budget-unknown");
}

#[tokio::test]
async fn a_file_of_the_version_before_budgets_is_taken_over() {
    let house = House::new();
    house.open().mint_one().await;
    let db = Connection::open(&house.path).unwrap();
    db.execute_batch("DROP TABLE charges; PRAGMA user_version = 1")
        .unwrap();
    drop(db);
    assert_eq!(state::receipts(&house.path).unwrap().len(), 1);
    let kernel = house.open();
    assert_eq!(told(&kernel, 3).await, 3);
    assert!(kernel.spend_if_unspent().await.is_ok());
}
