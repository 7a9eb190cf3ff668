//! Lets others go first, and goes on in the order in which it came.
//! Knows nothing of who they are.

use std::future::poll_fn;
use std::task::Poll;

/// Returns once every task that waits in this thread's queue has run. Those who wait here go on in the order in which they came: tokio's own
/// `yield_now` wakes who yielded last first.
pub(crate) async fn after_others() {
    let mut waited = false;
    poll_fn(|context| match std::mem::replace(&mut waited, true) {
        true => Poll::Ready(()),
        false => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}
