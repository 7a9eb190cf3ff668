//! XML inside a text: its elements as a value that can be walked, so that what a name says holds for all inside it.
//! Knows nothing of what is searched for. Attributes, and texts beside elements, are searched with the text around them.

use std::borrow::Cow;

use crate::egress::tape::Tape;
use crate::json::{Build, Place};

/// Deepest nesting that is read.
const DEPTH_MAX: usize = 32;
/// Longest name of an element, in bytes.
const NAME_BYTES_MAX: usize = 48;
/// Before a text in which no mark is one of tags, and how long one may be, in bytes.
const CDATA: &str = "<![CDATA[";
const CDATA_BYTES_MAX: usize = 4096;

/// An element that is not closed yet.
struct Open<'t> {
    name: &'t str,
    members: (usize, usize),
}

/// The elements of a text, where all of them are closed as they were opened; `None` where not, or where there are none.
pub(in crate::egress) fn read(text: &str) -> Option<Tape<'_>> {
    if !text.contains("</") {
        return None;
    }
    let mut tape = Tape::default();
    let mut open = vec![Open {
        name: "",
        members: tape.record(0),
    }];
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..)?;
        let from = text.len() - rest.len();
        let end = rest.find('>')?;
        let (tag, after) = (rest.get(..end)?, rest.get(end + 1..)?);
        rest = after;
        if tag.starts_with(['!', '?']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().filter(|one| one.name == name.trim())?;
            tape.recorded(closed.members, 0);
            tape.member(&mut open.last_mut()?.members, ());
            continue;
        }
        let name = tag.split([' ', '\n', '\t', '/']).next()?;
        let top = open.last_mut()?;
        let local = name.rsplit(':').next().unwrap_or(name);
        if local.is_empty() || local.len() > NAME_BYTES_MAX {
            return None;
        }
        let at = from + (name.len() - local.len());
        tape.key(&mut top.members, Cow::Borrowed(local), place(at, local));
        if tag.ends_with('/') {
            tape.word(None);
            tape.member(&mut top.members, ());
            continue;
        }
        let (skipped, inside, after) = content(rest)?;
        let closes = after.strip_prefix("</");
        if let Some(closes) = closes.filter(|_| !inside.trim().is_empty()) {
            let end = closes.find('>')?;
            if closes.get(..end)?.trim() != name {
                return None;
            }
            let shown = inside.trim_start();
            let at = text.len() - rest.len() + skipped + (inside.len() - shown.len());
            let shown = shown.trim_end();
            tape.string(Cow::Borrowed(shown), place(at, shown));
            tape.member(&mut top.members, ());
            rest = closes.get(end + 1..)?;
            continue;
        }
        if open.len() > DEPTH_MAX {
            return None;
        }
        open.push(Open {
            name,
            members: tape.record(0),
        });
    }
    let root = open.pop().filter(|_| open.is_empty())?;
    let any = root.members.1 > 0;
    tape.recorded(root.members, 0);
    any.then_some(tape)
}

/// What stands in an element up to the next tag: how many bytes before it are none of it, it, and what follows. What
/// stands in `<![CDATA[…]]>` is a text as it is.
fn content(rest: &str) -> Option<(usize, &str, &str)> {
    let bare = rest.trim_start();
    if let Some(inner) = bare.strip_prefix(CDATA) {
        let near = inner.get(..inner.floor_char_boundary(CDATA_BYTES_MAX))?;
        if let Some(end) = near.find("]]>") {
            let skipped = rest.len() - bare.len() + CDATA.len();
            let (inside, after) = inner.split_at_checked(end)?;
            return Some((skipped, inside, after.get("]]>".len()..)?.trim_start()));
        }
    }
    let (inside, after) = rest.split_at_checked(rest.find('<')?)?;
    Some((0, inside, after))
}

fn place(at: usize, part: &str) -> Place {
    Place {
        at,
        bytes: part.len(),
    }
}
