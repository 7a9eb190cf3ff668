//! `aegis serve`: one agent on standard input and output.
//! Knows nothing of MCP; it starts the kernel, lets north serve it, and ends it in order.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aegis_core::limits;
use aegis_core::principal::{Principal, Proof};

use super::problems;
use crate::lifecycle::Kernel;
use crate::{load, north, panics, start};

/// Runs the command: 0 once the agent has gone, 1 where the log failed on the way, 2 where it cannot start.
pub(super) fn run(config: &Path) -> u8 {
    panics::silence();
    let loaded = match load::load(config) {
        Ok(loaded) => loaded,
        Err(found) => {
            eprint!(
                "{}",
                problems::render(&found, problems::Severity::Error, false)
            );
            return 2;
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(problem) => {
            eprintln!("aegis serve: no runtime: {problem}");
            return 2;
        }
    };
    // The configuration names the one principal of this stdio; nothing that the agent says can.
    let principal = Principal::assertion(&loaded.config.principal, Proof::Configured);
    runtime.block_on(async {
        let kernel = match start::kernel(loaded).await {
            Ok(kernel) => Arc::new(kernel),
            Err(fault) => {
                eprintln!("aegis serve: {fault}");
                return 2;
            }
        };
        // A log that fails ends the service: nothing may be done that cannot be recorded.
        let served = {
            let mut north = pin!(north::serve_stdio(Arc::clone(&kernel), principal));
            tokio::select! {
                served = &mut north => served.map_err(|fault| fault.to_string()),
                reason = kernel.journal.poisoned() => {
                    // Whoever waits hears by name that it was refused, before everything ends.
                    let grace = Duration::from_millis(limits::LOG_FAILED_GRACE_MS);
                    let _ = tokio::time::timeout(grace, &mut north).await;
                    Err(format!("the log failed: {reason}"))
                }
            }
        };
        if let Err(fault) = &served {
            eprintln!("aegis serve: {fault}");
        }
        end(kernel, served.is_ok()).await
    })
}

/// Children first, then the log's last record.
async fn end(kernel: Arc<Kernel>, served: bool) -> u8 {
    kernel.south.shutdown().await;
    let closed = kernel.journal.close().await;
    u8::from(!served || closed.is_err())
}
