//! Minting, spending, voiding, restarting.
//! Knows nothing of tampering.

use super::kit::*;

#[tokio::test]
async fn receipts_survive_a_restart() {
    let house = House::new();
    let minted = house.open().mint_one().await;
    assert!(
        minted.id.len() == 31 && minted.id.starts_with("rcpt_"),
        "{}",
        minted.id
    );
    assert_eq!(minted.expires_s - minted.minted_s, 3_600);
    assert_eq!(state::receipts(&house.path).unwrap(), vec![minted.clone()]);
    let kernel = house.open();
    assert_eq!(kernel.view(SUBJECT).await.receipts, vec![minted.clone()]);
    // A subject is compared for equality, never by prefix or case.
    for other in [
        "s3:object:silver/orders",
        "s3:object:silver/orders.csv2",
        "S3:object:silver/orders.csv",
        "",
    ] {
        assert_eq!(kernel.view(other).await.receipts, vec![], "{other}");
    }
    kernel.spend(&minted).await.unwrap();
    drop(kernel);
    let after = house.open().view(SUBJECT).await.receipts;
    assert_eq!(
        after,
        vec![Receipt {
            spent: true,
            ..minted
        }]
    );
}

#[tokio::test]
async fn only_evidence_in_which_everything_passed_becomes_a_receipt() {
    let kernel = House::new().open();
    let passed = Counts {
        evaluated: 3,
        passed: 3,
        failed: 0,
        skipped: 0,
    };
    for (counts, rows) in [
        (Counts::default(), 5),
        (
            Counts {
                evaluated: 3,
                passed: 2,
                failed: 1,
                skipped: 0,
            },
            5,
        ),
        (
            Counts {
                evaluated: 3,
                passed: 3,
                failed: 0,
                skipped: 1,
            },
            5,
        ),
        (
            Counts {
                evaluated: 2,
                passed: 3,
                failed: 0,
                skipped: 0,
            },
            5,
        ),
        (passed, 0),
    ] {
        let evidence = Evidence {
            counts,
            rows,
            ..evidence()
        };
        assert_eq!(
            kernel.mint(&evidence, None).await,
            None,
            "{counts:?} {rows}"
        );
    }
    let evidence = Evidence {
        counts: passed,
        rows: 5,
        ..evidence()
    };
    let minted = kernel.mint(&evidence, None).await.unwrap();
    assert_eq!(
        (minted.digest, minted.suite, minted.counts),
        (evidence.digest, evidence.suite, passed)
    );
}

#[tokio::test]
async fn a_write_voids_whatever_stood_before_it() {
    let kernel = House::new().open();
    let minted = kernel.mint_one().await;
    assert!(kernel.view(SUBJECT).await.last_write.is_empty());
    kernel.write("s3:object:silver/other.csv").await;
    assert!(
        kernel.view(SUBJECT).await.last_write.is_empty(),
        "another subject's write is not ours"
    );
    kernel.write(SUBJECT).await;
    assert!(kernel.view(SUBJECT).await.last_write[SUBJECT] > minted.seq);
    let again = kernel.mint_one().await;
    assert!(
        kernel.view(SUBJECT).await.last_write[SUBJECT] < again.seq,
        "validated after the write"
    );
    // The act ends after a validation has read: settling voids it too.
    kernel.state.settle(&[SUBJECT.to_owned()]).await.unwrap();
    assert!(kernel.view(SUBJECT).await.last_write[SUBJECT] > again.seq);
}

#[tokio::test]
async fn a_write_during_the_validation_leaves_no_receipt() {
    let kernel = House::new().open();
    let since = kernel.since().await;
    kernel.write(SUBJECT).await;
    assert_eq!(kernel.mint(&evidence(), Some(since)).await, None);
    let since = kernel.since().await;
    kernel.write("postgres:table:orders").await;
    assert!(
        kernel.mint(&evidence(), Some(since)).await.is_some(),
        "another subject's write is no reason"
    );
}

#[tokio::test]
async fn a_denied_decision_changes_nothing() {
    let kernel = House::new().open();
    let minted = kernel.mint_one().await;
    let subjects = Subjects {
        about: vec![SUBJECT.into()],
        writes: vec![SUBJECT.into()],
        ..Subjects::default()
    };
    let denied = kernel
        .state
        .decide_and_spend(subjects, |_, _| Err::<Yes, _>(no()))
        .await;
    assert_eq!(denied.err(), Some(no()));
    let view = kernel.view(SUBJECT).await;
    assert_eq!((view.receipts, view.last_write.len()), (vec![minted], 0));
}

#[tokio::test]
async fn a_permit_cannot_stand_on_what_the_ledger_does_not_hold() {
    let kernel = House::new().open();
    let minted = kernel.mint_one().await;
    let forged = [
        Receipt {
            id: "rcpt_forged".into(),
            ..minted.clone()
        },
        Receipt {
            digest: "0".repeat(64),
            ..minted.clone()
        },
        Receipt {
            expires_s: i64::MAX,
            ..minted.clone()
        },
    ];
    for receipt in forged {
        assert_eq!(rule(kernel.spend(&receipt).await), "kernel.receipt-unknown");
        let nothing = Subjects::default();
        let yes = Yes(vec![receipt]);
        let denied = kernel
            .state
            .decide_and_spend(nothing, move |_, _| Ok(yes))
            .await;
        assert_eq!(rule(denied.map(|_| ())), "kernel.receipt-unknown");
    }
    assert!(kernel.spend(&minted).await.is_ok());
}

#[test]
fn thirty_two_threads_spend_one_receipt_once() {
    let house = House::new();
    let kernel = Arc::new(house.open());
    let minted = block(kernel.mint_one());
    let (spent, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| match block(kernel.spend_if_unspent()) {
                Ok(()) => spent.fetch_add(1, Ordering::SeqCst),
                Err(_) => refused.fetch_add(1, Ordering::SeqCst),
            });
        }
    });
    assert_eq!((spent.into_inner(), refused.into_inner()), (1, 31));
    assert!(
        block(kernel.view(SUBJECT)).receipts
            == [Receipt {
                spent: true,
                ..minted
            }]
    );
}

#[tokio::test]
async fn a_clock_that_goes_back_is_seen_even_after_a_restart() {
    let house = House::new();
    let kernel = house.open();
    let minted = kernel.mint_one().await;
    house.set_clock(NOON_MS + 3_600_000);
    // Merely looking moves the mark.
    assert!(!kernel.view(SUBJECT).await.clock_went_back);
    house.set_clock(NOON_MS + 3_600_000 - limits::CLOCK_TOLERANCE_MS);
    assert!(
        !kernel.view(SUBJECT).await.clock_went_back,
        "small steps are NTP's"
    );
    house.set_clock(NOON_MS);
    assert!(kernel.view(SUBJECT).await.clock_went_back);
    drop(kernel);
    house.set_clock(NOON_MS - 60_000);
    let kernel = house.open();
    assert!(
        kernel.view(SUBJECT).await.clock_went_back,
        "the mint's moment is on disk"
    );
    // A mint under the new clock begins anew, and what stood before it is void.
    let again = kernel.mint_one().await;
    let view = kernel.view(SUBJECT).await;
    assert!(!view.clock_went_back);
    assert!(view.last_write[SUBJECT] > minted.seq && view.last_write[SUBJECT] < again.seq);
}

#[tokio::test]
async fn forgetting_writes_never_makes_a_receipt_valid() {
    let house = House::new();
    let kernel = house.open();
    let minted = kernel.mint_one().await;
    kernel.write(SUBJECT).await;
    let many: Vec<_> = (0..limits::WRITTEN_SUBJECTS_MAX)
        .map(|n| format!("s3:object:{n}"))
        .collect();
    kernel.state.settle(&many).await.unwrap();
    let count: i64 = Connection::open(&house.path)
        .unwrap()
        .query_row(
            "SELECT count(*) FROM writes WHERE subject = ?1",
            [SUBJECT],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(count, 0, "the oldest write was forgotten");
    assert!(kernel.view(SUBJECT).await.last_write[SUBJECT] > minted.seq);
    drop(kernel);
    assert!(house.open().view(SUBJECT).await.last_write[SUBJECT] > minted.seq);
}

#[tokio::test]
async fn a_subject_keeps_a_bounded_number_of_receipts() {
    let house = House::new();
    let kernel = house.open();
    let mut ids = Vec::new();
    for _ in 0..limits::RECEIPTS_PER_SUBJECT_MAX + 3 {
        ids.push(kernel.mint_one().await.id);
    }
    let kept: Vec<_> = state::receipts(&house.path)
        .unwrap()
        .into_iter()
        .map(|r| r.id)
        .collect();
    assert_eq!(kept, ids[3..]);
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "ids never repeat"
    );
}

#[tokio::test]
async fn a_panicking_decision_passes_through_and_leaves_the_store_whole() {
    let house = House::new();
    let kernel = Arc::new(house.open());
    let minted = kernel.mint_one().await;
    let inner = Arc::clone(&kernel);
    let task = tokio::spawn(async move {
        let subjects = Subjects {
            about: vec![SUBJECT.into()],
            writes: vec![SUBJECT.into()],
            ..Subjects::default()
        };
        let _ = inner
            .state
            .decide_and_spend(subjects, |_, _| -> Result<Yes, Denial> {
                panic!("as planned")
            })
            .await;
    });
    assert!(task.await.unwrap_err().is_panic());
    kernel.spend(&minted).await.unwrap();
}

#[tokio::test]
async fn calls_without_subjects_touch_no_disk() {
    let house = House::new();
    let kernel = house.open();
    // With the file in another's hands, only what needs it is refused.
    let other = Connection::open(&house.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let seen = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&seen);
    let free = kernel
        .state
        .decide_and_spend(Subjects::default(), move |view, now| {
            *slot.lock().unwrap() = Some((view.clone(), now));
            Ok(Yes(vec![]))
        });
    assert!(free.await.is_ok());
    assert_eq!(
        *seen.lock().unwrap(),
        Some((LedgerView::default(), Now { unix_ms: NOON_MS }))
    );
    let bound = Subjects {
        about: vec![SUBJECT.into()],
        writes: vec![],
        ..Subjects::default()
    };
    let held = kernel
        .state
        .decide_and_spend(bound, |_, _| Ok(Yes(vec![])))
        .await;
    assert_eq!(rule(held.map(|_| ())), "kernel.state-unavailable");
    drop(other);
    assert!(kernel.view(SUBJECT).await.receipts.is_empty());
}
