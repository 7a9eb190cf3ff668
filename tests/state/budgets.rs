//! Budgets: reserved at once, kept over restarts, and refilled by nothing but time.
//! Knows nothing of what they are for.

use std::sync::atomic::AtomicU64;

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

#[tokio::test]
async fn a_clock_that_is_set_forward_refills_nothing_while_the_kernel_runs() {
    let house = House::new();
    let steady_ms = Arc::new(AtomicU64::new(7));
    let hand = Arc::clone(&steady_ms);
    let kernel = Kernel {
        state: house
            .open()
            .state
            .paced_by(Arc::new(move || hand.load(Ordering::SeqCst))),
    };
    assert_eq!(told(&kernel, 3).await, 3);
    house.set_clock(NOON_MS + 10 * 86_400_000);
    assert_eq!(told(&kernel, 3).await, 0, "the wall does not count");
    steady_ms.store(2 * 3_600_000, Ordering::SeqCst);
    assert_eq!(told(&kernel, 3).await, 3, "time that passed does");
}

#[tokio::test]
async fn what_was_certainly_not_sent_is_given_back_once() {
    let house = House::new();
    let kernel = house.open();
    assert_eq!(told(&kernel, 3).await, 3);
    let kept = Charge {
        refundable: false,
        ..one_call()
    };
    let nothing = Reserved::of("agent", &[kept]);
    kernel.state.refund(&nothing).await.unwrap();
    assert_eq!(told(&kernel, 3).await, 0, "a charge that is kept");
    let other = Reserved::of("another", &[one_call()]);
    kernel.state.refund(&other).await.unwrap();
    assert_eq!(told(&kernel, 3).await, 0, "another principal's");
    let one = Reserved::of("agent", &[one_call()]);
    kernel.state.refund(&one).await.unwrap();
    assert_eq!(told(&kernel, 3).await, 1);
    drop(kernel);
    assert_eq!(told(&house.open(), 3).await, 0);
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
