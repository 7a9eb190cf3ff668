//! When the rules of a running kernel are read anew, and what the operator is told of it.
//! Knows nothing of how they are exchanged.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::problems::{self, Severity};
use crate::lifecycle::Kernel;
use crate::reload::{Reload, Reloaded};

/// Reads them at every SIGHUP, and once the files have changed and stay as they are.
pub(super) async fn whenever(kernel: &Kernel, mut reload: Reload, watch_ms: u64) -> Infallible {
    let mut asked = signal(SignalKind::hangup()).ok();
    loop {
        let hangup = async {
            match asked.as_mut() {
                Some(asked) => asked.recv().await,
                None => pending().await,
            }
        };
        let watch = async {
            match watch_ms {
                0 => pending().await,
                ms => tokio::time::sleep(Duration::from_millis(ms)).await,
            }
        };
        let by_hand = tokio::select! {
            _ = hangup => true,
            () = watch => false,
        };
        if !by_hand && !reload.is_due() {
            continue;
        }
        match reload.now(kernel).await {
            Reloaded::Same if !by_hand => {}
            reloaded => tell(&reloaded),
        }
    }
}

fn tell(reloaded: &Reloaded) {
    match reloaded {
        Reloaded::Same => {
            crate::told::tell!("aegis serve: the rules in force are those of the files")
        }
        Reloaded::Exchanged(epoch, warnings) => {
            problems::show(warnings, Severity::Warning);
            let epoch: String = epoch.chars().take(12).collect();
            crate::told::tell!("aegis serve: policy {epoch} is in force");
        }
        Reloaded::Kept(problems) => {
            problems::show(problems, Severity::Error);
            crate::told::tell!(
                "aegis serve: the files are NOT taken over; the rules in force stay"
            );
        }
        Reloaded::Unrecorded => {
            crate::told::tell!(
                "aegis serve: the log takes no record of other rules; those in force stay"
            );
        }
    }
}
