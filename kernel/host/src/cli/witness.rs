//! `aegis witness`: a second machine that signs what it has seen of logs (C2SP tlog-witness).
//! Knows nothing of what is judged and kept: [`crate::witness`] does.

use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;

use aegis_verify::plain;
use clap::{Args, Subcommand};

use crate::witness::{self, Store};

/// Arguments of `aegis witness`.
#[derive(Args, Debug)]
pub(super) struct WitnessCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a witness' folder and key, and print the public key for auditors
    Init {
        /// The folder
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The key's name, such as `witness.example/1`
        #[arg(long)]
        name: String,
    },
    /// Answer `POST /add-checkpoint`; the logs' keys stand in the folder's file `logs`, one a line
    Serve {
        /// The folder
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The address; port 0 for any, which is then printed
        #[arg(long, default_value = "127.0.0.1:7380")]
        listen: String,
    },
}

/// Runs the command and gives its exit code.
pub(super) fn run(command: WitnessCommand) -> u8 {
    let done = match command.action {
        Action::Init { dir, name } => witness::init(&dir, &name).map_err(|e| e.to_string()),
        Action::Serve { dir, listen } => serve(&dir, &listen).map(|()| String::new()),
    };
    match done {
        Ok(line) => {
            let _ = writeln!(std::io::stdout(), "{line}");
            0
        }
        Err(problem) => {
            crate::told::tell!("aegis witness: {}", plain(&problem));
            2
        }
    }
}

fn serve(dir: &std::path::Path, listen: &str) -> Result<(), String> {
    let store = Store::open(dir).map_err(|error| error.to_string())?;
    let listener = TcpListener::bind(listen).map_err(|e| format!("`{listen}`: {e}"))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{} at http://{address}", store.public());
    let _ = out.flush();
    witness::serve(&store, &listener, &|line| {
        crate::told::tell!("{}", plain(line))
    })
    .map_err(|error| error.to_string())
}
