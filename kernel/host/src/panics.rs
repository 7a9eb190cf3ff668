//! A panic anywhere in a call becomes a value; the process lives on.
//! Knows nothing of calls.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// Polls a future to its end; a panic in any poll ends it as an error. The future is boxed by who has it: here it
/// would be kept twice, as it was given and as it is polled.
///
/// # Errors
/// The payload of the panic, which must not be shown: it may quote data.
pub(crate) async fn caught<T>(
    mut future: Pin<Box<impl Future<Output = T>>>,
) -> Result<T, Box<dyn Any + Send>> {
    std::future::poll_fn(move |context| {
        // INVARIANT (no use after panic): the future is dropped by the caller and never polled again.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(payload) => Poll::Ready(Err(payload)),
        }
    })
    .await
}

/// Keeps panic messages off stderr: they may quote data. The place stays.
pub(crate) fn silence() {
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(String::new, ToString::to_string);
        crate::told::tell!("aegis: a panic at {place} was caught and the call refused");
    }));
}
