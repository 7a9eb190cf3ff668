//! Reads `[south.NAME.queue]`: how calls of one downstream wait for their turn.
//! Knows nothing of who waits.

use aegis_core::limits::{QUEUE_DELAY_MS_MAX, QUEUE_PENDING_MAX};
use aegis_core::policy::ToolPattern;
use aegis_core::principal::Principal;
use aegis_core::source::Section;

use crate::config::QueueConfig;

pub(super) fn read(server: &str, south: &mut Section<'_>) -> Option<QueueConfig> {
    let mut section = south.section("queue")?;
    section.require("delay_ms");
    section.require("pending_max");
    let delay = section.count("delay_ms");
    let jitter = section.count("jitter_ms");
    let pending = section.count("pending_max");
    for time in [&delay, &jitter].into_iter().flatten() {
        if *time.get_ref() > QUEUE_DELAY_MS_MAX {
            let message = format!("longer than {QUEUE_DELAY_MS_MAX} milliseconds");
            section.problem(time.span(), message, "give a shorter time");
        }
    }
    if let Some(pending) = &pending
        && !(1..=QUEUE_PENDING_MAX).contains(pending.get_ref())
    {
        let message = "no such number of calls that wait";
        section.problem(
            pending.span(),
            message,
            format!("give 1 to {QUEUE_PENDING_MAX}"),
        );
    }
    let waits = [&delay, &jitter]
        .into_iter()
        .flatten()
        .any(|time| *time.get_ref() > 0);
    if !waits {
        let fix = "give a `delay_ms` or a `jitter_ms`, or leave the queue out";
        section.problem(section.span(), "nobody would ever wait in this queue", fix);
    }
    let form = "a tool of this server, such as `SERVER__read`, or `SERVER__*`";
    let own = |text: &str| {
        let prefix = format!("{server}__");
        ToolPattern::parse(text).filter(|_| text.starts_with(&prefix))
    };
    let tools = section.parsed_list("bypass_tools", form, own);
    let form = "a principal of 1 to 64 of `A-Z a-z 0-9 . _ @ -`";
    let principals = section.parsed_list("bypass_principals", form, |text| {
        Principal::is_name(text).then(|| text.to_owned())
    });
    Some(QueueConfig {
        delay_ms: delay?.into_inner(),
        jitter_ms: jitter.map_or(0, |jitter| jitter.into_inner()),
        pending_max: pending?.into_inner(),
        bypass_tools: tools
            .into_iter()
            .flatten()
            .map(|one| one.into_inner())
            .collect(),
        bypass_principals: principals
            .into_iter()
            .flatten()
            .map(|one| one.into_inner())
            .collect(),
    })
}
