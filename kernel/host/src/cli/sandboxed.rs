//! What `aegis check` says of each downstream's processes: how they are kept, and whether a sandbox is in force here.
//! Knows nothing of how they are held; it starts nothing.

use aegis_core::json::Json;

use crate::config::PeerConfig;
use crate::load::Loaded;
use crate::sandbox;

/// One line for each downstream that is started here.
pub(super) fn text(loaded: &Loaded) -> String {
    let mut text = String::new();
    for (name, held) in held(loaded) {
        let line = match held {
            Held::Open => "no sandbox: its processes may touch what this user may".to_owned(),
            Held::Strict(Ok(abi)) => {
                format!("sandbox strict, in force on this system (Landlock {abi}, seccomp)")
            }
            Held::Strict(Err(why)) => {
                format!("sandbox strict, NOT in force here, and no kernel starts with it: {why}")
            }
        };
        text.push_str(&format!("south {name}: {line}\n"));
    }
    text
}

/// The same for programs.
pub(super) fn to_json(loaded: &Loaded) -> Json {
    let rows = held(loaded).map(|(name, held)| {
        let (wanted, abi, why) = match held {
            Held::Open => (Json::Null, Json::Null, Json::Null),
            Held::Strict(Ok(abi)) => (Json::from("strict"), Json::from(i64::from(abi)), Json::Null),
            Held::Strict(Err(why)) => (Json::from("strict"), Json::Null, Json::from(why)),
        };
        Json::object([
            ("server", Json::from(name)),
            ("sandbox", wanted),
            ("landlock", abi),
            ("problem", why),
        ])
    });
    Json::Array(rows.collect())
}

enum Held {
    Open,
    Strict(Result<i32, String>),
}

fn held(loaded: &Loaded) -> impl Iterator<Item = (&str, Held)> {
    let all = loaded.config.south.iter();
    let children = all.filter_map(|(name, south)| match &south.peer {
        PeerConfig::Program(program) => Some((name, program)),
        PeerConfig::Remote(_) => None,
    });
    children.map(|(name, program)| match &program.strict {
        None => (name.as_str(), Held::Open),
        Some(strict) => {
            // The program is looked for where it is started; what it may reach is held against this system.
            let possible = sandbox::possible(strict, &loaded.config.binary);
            let held = possible.and_then(|()| sandbox::in_force());
            (name.as_str(), Held::Strict(held))
        }
    })
}
