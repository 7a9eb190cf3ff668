//! Reads `sandbox` and `[south.NAME.reach]`: what one downstream's processes may touch.
//! Knows nothing of how that is held.

use std::path::{Path, PathBuf};

use aegis_core::limits::REACH_MAX;
use aegis_core::source::Section;

use crate::config::StrictConfig;

pub(super) fn read(south: &mut Section<'_>, base: &Path) -> Option<StrictConfig> {
    let asked = south.has("sandbox");
    let strict = south.parsed("sandbox", "`strict`", |text| {
        (text == "strict").then_some(())
    });
    let reach = south.section("reach");
    if strict.is_none() {
        if let Some(mut reach) = reach {
            if !asked {
                let fix = "add `sandbox = \"strict\"`, or leave `reach` out";
                let message = "nothing holds the downstream to its `reach`";
                reach.problem(reach.span(), message, fix);
            }
            paths(&mut reach, "read", base);
            paths(&mut reach, "write", base);
            reach.skip(&["connect", "listen", "datagrams"]);
        }
        return None;
    }
    let Some(mut reach) = reach else {
        return Some(StrictConfig::default());
    };
    Some(StrictConfig {
        read: paths(&mut reach, "read", base),
        write: paths(&mut reach, "write", base),
        connect: ports(&mut reach, "connect"),
        listen: ports(&mut reach, "listen"),
        datagrams: reach.flag("datagrams").unwrap_or(false),
    })
}

fn paths(reach: &mut Section<'_>, key: &'static str, base: &Path) -> Vec<PathBuf> {
    let given = reach.texts(key).unwrap_or_default();
    for path in given.iter().filter(|path| path.get_ref().trim().is_empty()) {
        reach.problem(path.span(), "an empty path", "name a file or a folder");
    }
    bounded(reach, key, given.len());
    given
        .into_iter()
        .map(|path| base.join(path.into_inner()))
        .collect()
}

fn ports(reach: &mut Section<'_>, key: &'static str) -> Vec<u16> {
    let Some(given) = reach.any_list(key) else {
        return Vec::new();
    };
    let all = given.get_ref();
    bounded(reach, key, all.len());
    let ports: Vec<u16> = all
        .iter()
        .filter_map(|port| port.to_string().parse().ok())
        .filter(|port| *port > 0)
        .collect();
    if ports.len() != all.len() {
        let fix = "give numbers from 1 to 65535, such as `[443, 5432]`";
        reach.problem(
            given.span(),
            format!("`{key}` holds what is no TCP port"),
            fix,
        );
    }
    ports
}

fn bounded(reach: &Section<'_>, key: &'static str, count: usize) {
    if count > REACH_MAX {
        let message = format!("`{key}` has more than {REACH_MAX} entries");
        reach.problem(
            reach.key_span(key),
            message,
            "name a folder in place of what is in it",
        );
    }
}
