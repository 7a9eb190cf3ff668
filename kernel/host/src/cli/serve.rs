//! `aegis serve`: one agent on standard input and output, or many over HTTP.
//! Knows nothing of MCP; it starts the kernel, lets north serve it, and ends it in order.

use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aegis_core::limits;
use aegis_core::principal::{Principal, Proof};
use tokio::sync::oneshot;

use super::{problems, rules_anew, serve_http};
use crate::config::Config;
use crate::lifecycle::Kernel;
use crate::north::http::{HttpFault, HttpOptions, HttpServer};
use crate::reload::Reload;
use crate::south::Keyring;
use crate::{guard, load, north, panics, start};

/// Runs the command: 0 once the agent has gone, 1 where the log failed on the way, 2 where it cannot start.
pub(super) fn run(config: &Path, http: Option<Option<SocketAddr>>, principal: Option<&str>) -> u8 {
    panics::silence();
    guard::raise();
    let loaded = match load::load(config) {
        Ok(loaded) => loaded,
        Err(found) => {
            let problems = problems::render(&found, problems::Severity::Error, false);
            crate::told::tell!("{}", problems.trim_end_matches('\n'));
            return 2;
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(problem) => {
            crate::told::tell!("aegis serve: no runtime: {problem}");
            return 2;
        }
    };
    let keyring = Keyring::new(loaded.config.secrets.clone());
    let agents = match Agents::of(&loaded.config, http, principal, &keyring) {
        Ok(agents) => agents,
        Err(fault) => {
            crate::told::tell!("aegis serve: {fault}");
            return 2;
        }
    };
    let (watch_ms, reload) = (loaded.config.watch_ms, Reload::of(&loaded));
    runtime.block_on(async {
        let started = start::kernel_with(loaded, &keyring).await;
        // What was found is where it belongs; the rest, the store's key among it, is wiped.
        drop(keyring);
        let kernel = match started {
            Ok(kernel) => Arc::new(kernel),
            Err(fault) => {
                crate::told::tell!("aegis serve: {fault}");
                return 2;
            }
        };
        let agents = match agents.begin(&kernel).await {
            Ok(serving) => serving,
            Err(fault) => {
                crate::told::tell!("aegis serve: {fault}");
                end(kernel, false).await;
                return 2;
            }
        };
        let served = serve(&kernel, agents, reload, watch_ms).await;
        if let Err(fault) = &served {
            crate::told::tell!("aegis serve: {fault}");
        }
        end(kernel, served.is_ok()).await
    })
}

/// Serves until the agents have gone. Meanwhile rules are exchanged, and what downstreams change is recorded and told.
async fn serve(
    kernel: &Arc<Kernel>,
    mut agents: Serving,
    reload: Reload,
    watch_ms: u64,
) -> Result<(), String> {
    let (over, ended) = oneshot::channel::<()>();
    let heeding = tokio::spawn(Arc::clone(kernel).heed_until(ended));
    let rules = rules_anew::whenever(kernel, reload, watch_ms);
    // A log that fails ends the service: nothing may be done that cannot be recorded.
    let served = tokio::select! {
        served = &mut agents => served,
        never = rules => match never {},
        reason = kernel.journal.poisoned() => {
            // Whoever waits hears by name that it was refused, before everything ends.
            let grace = Duration::from_millis(limits::LOG_FAILED_GRACE_MS);
            let _ = tokio::time::timeout(grace, &mut agents).await;
            Err(format!("the log failed: {reason}"))
        }
    };
    drop(agents);
    drop(over);
    let _ = heeding.await;
    served
}

/// How agents come.
enum Agents {
    OnStdio(Principal),
    OverHttp(HttpOptions),
}

type Serving = Pin<Box<dyn Future<Output = Result<(), String>>>>;

impl Agents {
    fn of(
        config: &Config,
        http: Option<Option<SocketAddr>>,
        named: Option<&str>,
        keyring: &Keyring,
    ) -> Result<Self, String> {
        match http {
            Some(address) => serve_http::options(config, address, keyring).map(Self::OverHttp),
            None => {
                let who = who(config, named)?;
                Ok(Self::OnStdio(Principal::assertion(who, Proof::Configured)))
            }
        }
    }

    /// Takes the address, if there is one; the rest is serving.
    async fn begin(self, kernel: &Arc<Kernel>) -> Result<Serving, HttpFault> {
        let kernel = Arc::clone(kernel);
        match self {
            Self::OnStdio(principal) => Ok(Box::pin(async move {
                let served = north::serve_stdio(kernel, principal).await;
                served.map_err(|fault| fault.to_string())
            })),
            Self::OverHttp(options) => {
                let server = HttpServer::bind(kernel, options).await?;
                crate::told::tell!("aegis serve: listening on {}", server.url());
                Ok(Box::pin(async move {
                    server.serve(serve_http::told_to_end()).await;
                    Ok(())
                }))
            }
        }
    }
}

/// The configuration names the one principal of this stdio, or lets the process that starts the kernel choose among
/// some; nothing that the agent says can.
fn who<'a>(config: &'a Config, named: Option<&'a str>) -> Result<&'a str, String> {
    match named {
        None => Ok(&config.principal),
        Some(name) if *name == config.principal || config.others.iter().any(|one| one == name) => {
            Ok(name)
        }
        Some(name) => Err(format!(
            "the configuration does not let `{}` speak: name it under `[kernel]` in `others`, or leave `--principal` out",
            name.escape_debug()
        )),
    }
}

/// Children first, then the log's last record.
async fn end(kernel: Arc<Kernel>, served: bool) -> u8 {
    kernel.south.shutdown().await;
    let closed = kernel.journal.close().await;
    u8::from(!served || closed.is_err())
}
