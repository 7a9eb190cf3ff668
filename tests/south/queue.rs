//! The queue of a downstream: order, pace, bound, leaving, end. Time and chance are turned by hand.
//! Knows nothing of downstreams.

use std::sync::{Arc, Mutex};

use aegis_core::policy::ToolPattern;
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use aegis_host::config::QueueConfig;
use aegis_host::south::{Pacer, Pause, Queue};
use aegis_host::wish::Wish;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, yield_now};

/// Pauses end when the test says so; chance is what it says.
#[derive(Default)]
struct Hand {
    draw: u64,
    begun: Mutex<Vec<(u64, Option<oneshot::Sender<()>>)>>,
}

impl Hand {
    fn lengths(&self) -> Vec<u64> {
        self.begun
            .lock()
            .unwrap()
            .iter()
            .map(|(ms, _)| *ms)
            .collect()
    }

    /// Ends the latest pause.
    fn end(&self) {
        let end = self.begun.lock().unwrap().last_mut().unwrap().1.take();
        end.unwrap().send(()).unwrap();
    }
}

impl Pacer for Hand {
    fn pause(&self, ms: u64) -> Pause {
        let (end, ended) = oneshot::channel();
        self.begun.lock().unwrap().push((ms, Some(end)));
        Box::pin(async move {
            let _ = ended.await;
        })
    }

    fn draw(&self, most: u64) -> u64 {
        self.draw.min(most)
    }
}

struct Line {
    queue: Arc<Queue>,
    hand: Arc<Hand>,
    passed: Arc<Mutex<Vec<usize>>>,
    calls: JoinSet<Result<(), Refusal>>,
}

impl Line {
    fn new(pending_max: u64, draw: u64) -> Self {
        let terms = QueueConfig {
            delay_ms: 1_000,
            jitter_ms: 400,
            pending_max,
            bypass_tools: vec![ToolPattern::parse("mail__read").unwrap()],
            bypass_principals: vec!["ops".to_owned()],
        };
        let hand = Arc::new(Hand {
            draw,
            ..Hand::default()
        });
        Self {
            queue: Arc::new(Queue::new("mail", terms, hand.clone())),
            hand,
            passed: Arc::default(),
            calls: JoinSet::new(),
        }
    }

    fn call(&mut self, name: usize, wish: Wish) {
        let (queue, passed) = (Arc::clone(&self.queue), Arc::clone(&self.passed));
        self.calls.spawn(async move {
            queue.turn("mail__send", "agent", &wish).await?;
            passed.lock().unwrap().push(name);
            Ok(())
        });
    }

    fn passed(&self) -> Vec<usize> {
        self.passed.lock().unwrap().clone()
    }
}

/// Lets every task go as far as it can.
async fn settle() {
    for _ in 0..64 {
        yield_now().await;
    }
}

fn unsent(code: FailureCode) -> Refusal {
    Refusal::Failed(Failure {
        sent: Sent::No,
        code,
    })
}

#[tokio::test]
async fn calls_pass_in_their_order_one_a_pause() {
    let mut line = Line::new(50, 250);
    for name in 0..5 {
        line.call(name, Wish::standing());
        settle().await;
    }
    assert_eq!(line.passed(), [0], "the first does not wait");
    for passed in 2..=5 {
        line.hand.end();
        settle().await;
        assert_eq!(line.passed(), (0..passed).collect::<Vec<_>>());
    }
    assert_eq!(line.hand.lengths(), [1_250; 5]);
    assert_eq!(line.queue.waiting(), 0);
}

#[tokio::test]
async fn chance_adds_no_more_than_it_may() {
    for (draw, length) in [(0, 1_000), (400, 1_400), (u64::MAX, 1_400)] {
        let mut line = Line::new(50, draw);
        line.call(0, Wish::standing());
        settle().await;
        assert_eq!(line.hand.lengths(), [length]);
    }
}

#[tokio::test]
async fn whoever_gives_up_leaves_the_line_and_the_others_move_up() {
    let mut line = Line::new(3, 0);
    line.call(0, Wish::standing());
    let (withdrawal, wish) = Wish::new();
    let (other, soon) = Wish::new();
    line.call(1, wish);
    line.call(2, soon);
    line.call(3, Wish::standing());
    settle().await;
    assert_eq!((line.passed(), line.queue.waiting()), (vec![0], 3));
    // The one whose turn is next, and one behind it.
    withdrawal.withdraw();
    other.withdraw();
    settle().await;
    assert_eq!(line.queue.waiting(), 1);
    line.hand.end();
    settle().await;
    assert_eq!(line.passed(), [0, 3]);
    assert_eq!(line.hand.lengths().len(), 2, "who left began no pause");
    let mut ends = Vec::new();
    while let Some(end) = line.calls.join_next().await {
        ends.push(end.unwrap());
    }
    let gone = ends
        .iter()
        .filter(|end| **end == Err(unsent(FailureCode::Cancelled)));
    assert_eq!(gone.count(), 2, "{ends:?}");
}

#[tokio::test]
async fn a_full_queue_says_so_and_how_long_it_takes() {
    let mut line = Line::new(2, 0);
    for name in 0..4 {
        line.call(name, Wish::standing());
        settle().await;
    }
    let end = line.calls.join_next().await.unwrap().unwrap();
    assert_eq!(end, Ok(()));
    let Err(Refusal::Denied(denial)) = line.calls.join_next().await.unwrap().unwrap() else {
        panic!("the fourth was let in");
    };
    assert_eq!(denial.first().rule, "kernel.queue-full");
    assert!(
        denial.first().reason.contains("2 calls wait for `mail`"),
        "{denial:?}"
    );
    assert!(denial.first().fix.contains("about 3 seconds"), "{denial:?}");
    // Whoever need not wait does not ask how many do.
    let (read, ops) = (("mail__read", "agent"), ("mail__send", "ops"));
    for (tool, principal) in [read, ops] {
        let turn = line.queue.turn(tool, principal, &Wish::standing()).await;
        assert_eq!(turn, Ok(()), "{tool} {principal}");
    }
    line.hand.end();
    settle().await;
    line.call(4, Wish::standing());
    settle().await;
    assert_eq!(
        (line.passed(), line.queue.waiting()),
        (vec![0, 1], 2),
        "room again"
    );
}

#[tokio::test]
async fn at_the_end_nobody_waits() {
    let mut line = Line::new(9, 0);
    for name in 0..5 {
        line.call(name, Wish::standing());
    }
    settle().await;
    line.queue.close();
    settle().await;
    assert_eq!((line.passed(), line.queue.waiting()), (vec![0], 0));
    line.call(5, Wish::standing());
    let mut unavailable = 0;
    while let Some(end) = line.calls.join_next().await {
        unavailable += usize::from(end.unwrap() == Err(unsent(FailureCode::Unavailable)));
    }
    assert_eq!(unavailable, 5);
}
