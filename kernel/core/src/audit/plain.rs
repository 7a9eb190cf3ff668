//! Reads what is kept of a record from its line, member by member and in one pass: building [`Record`] costs more than
//! reading it.
//! Knows nothing of the records around it. What is unusual it leaves to [`Record::parse`].

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::cursor::{Cursor, Odd};
use super::kind::Members as M;
use super::known::Known;
use super::seen::{certificate, named, owned};
use super::{Decision, Kind, Record, Seen, SentWord, Status, VERSION, stamp};

/// Members that every record has.
const ALWAYS: u8 = 8;

const DECISIONS: [Decision; 3] = [Decision::Allow, Decision::Deny, Decision::Fail];
const SENT: [SentWord; 3] = [SentWord::Yes, SentWord::No, SentWord::Maybe];
const STATUSES: [Status; 6] = [
    Status::Ok,
    Status::ToolError,
    Status::Denied,
    Status::Withheld,
    Status::Failed,
    Status::Unknown,
];

/// A line that is being read.
pub(super) struct Plain<'k> {
    seen: Box<Seen>,
    known: &'k mut Known,
    present: M,
    /// How many members were read that every record has: names stand in order, so none of them twice.
    always: u8,
}

impl<'k> Plain<'k> {
    pub(super) fn with(known: &'k mut Known) -> Self {
        Self {
            seen: Box::new(Seen::blank()),
            known,
            present: M::NONE,
            always: 0,
        }
    }

    /// The record, where the members are those of its kind and each is in its form. Its leaf is not known yet.
    pub(super) fn read(mut self, line: &[u8]) -> Result<Box<Seen>, Odd> {
        let mut from = Cursor::over(line);
        from.expect(b"{")?;
        let (mut first, mut name): (bool, &[u8]) = (true, b"");
        while from.next_item(&mut first, b'}')? {
            name = from.name(name)?;
            let member = self.member(name, &mut from)?;
            self.present = self.present.and(member);
        }
        let whole = from.is_done() && self.always == ALWAYS;
        if whole && self.seen.kind.fits(self.present) {
            if !matches!(self.seen.kind, Kind::Intent | Kind::PolicyLoad) {
                self.seen.epoch = None;
            }
            return Ok(self.seen);
        }
        Err(Odd)
    }

    /// Reads one member, and says which it was.
    fn member(&mut self, name: &[u8], from: &mut Cursor<'_>) -> Result<M, Odd> {
        let Self { seen, known, .. } = self;
        match name {
            b"boot" => {
                seen.boot = known
                    .boot
                    .take(from, |from| from.id().map(Some))?
                    .ok_or(Odd)?
            }
            b"kind" => seen.kind = word(from, &Kind::ALL, Kind::as_str)?,
            b"log" => {
                seen.log = known
                    .log
                    .take(from, |from| from.id().map(Some))?
                    .ok_or(Odd)?
            }
            b"mono" => {
                if !stamp::is_mono(from.digits()?) {
                    return Err(Odd);
                }
            }
            b"prev" => seen.prev = from.leaf()?,
            b"seq" => seen.seq = from.int()?.get(),
            b"ts" => seen.ts = stamp::Stamp::read(from.moment()?).ok_or(Odd)?,
            b"v" => {
                if from.int()?.get() != VERSION {
                    return Err(Odd);
                }
            }
            _ => return self.optional(name, from),
        }
        self.always += 1;
        Ok(M::NONE)
    }

    fn optional(&mut self, name: &[u8], from: &mut Cursor<'_>) -> Result<M, Odd> {
        let Self { seen, known, .. } = self;
        Ok(match name {
            b"args" => args(from).map(|()| M::ARGS)?,
            b"call" => {
                seen.call = Some(from.id()?);
                M::CALL
            }
            b"capabilities" => {
                known
                    .capabilities
                    .take(from, |from| each(from, |r| &r.capabilities))?;
                M::CAPABILITIES
            }
            b"catalog" => {
                seen.catalog = *known.catalog.take(from, |from| from.leaf().map(Some))?;
                M::CATALOG
            }
            b"decision" => {
                seen.decision = Some(word(from, &DECISIONS, Decision::as_str)?);
                M::DECISION
            }
            b"dur_us" => from.int().map(|_| M::DUR)?,
            b"epoch" => {
                let read = |from: &mut Cursor<'_>| from.string().map(str::to_owned);
                seen.epoch = Some(known.epoch.take(from, read)?.clone());
                M::EPOCH
            }
            b"facts" => {
                known.facts.take(from, |from| each(from, |r| &r.facts))?;
                M::FACTS
            }
            b"obligations" => {
                let read = |from: &mut Cursor<'_>| member(from, |r| &r.obligations).map(|_| ());
                known.obligations.take(from, read)?;
                M::OBLIGATIONS
            }
            b"result" => result(from).map(|()| M::RESULT)?,
            b"rules" => {
                known.rules.take(from, |from| each(from, |r| &r.rules))?;
                M::RULES
            }
            b"salts" => {
                known.salts.take(from, string)?;
                M::SALTS
            }
            b"sent" => word(from, &SENT, SentWord::as_str).map(|_| M::SENT)?,
            b"server" => {
                known.server.take(from, string)?;
                M::SERVER
            }
            b"status" => {
                seen.status = Some(word(from, &STATUSES, Status::as_str)?);
                M::STATUS
            }
            b"tool" => {
                known.tool.take(from, string)?;
                M::TOOL
            }
            b"who" => {
                let read = |from: &mut Cursor<'_>| member(from, |r| &r.who).map(|_| ());
                known.who.take(from, read)?;
                M::WHO
            }
            _ => return self.rare(name, from),
        })
    }

    /// Members that few records have.
    fn rare(&mut self, name: &[u8], from: &mut Cursor<'_>) -> Result<M, Odd> {
        let seen = &mut self.seen;
        Ok(match name {
            b"anchor" => member(from, |r| &r.anchor).map(|_| M::ANCHOR)?,
            b"basis" => member(from, |r| &r.basis).map(|_| M::BASIS)?,
            b"cause" => string(from).map(|()| M::CAUSE)?,
            b"clock" => member(from, |r| &r.clock).map(|_| M::CLOCK)?,
            b"count" => {
                seen.count = Some(from.int()?);
                M::COUNT
            }
            b"cut" => member(from, |r| &r.cut).map(|_| M::CUT)?,
            b"errand" => string(from).map(|()| M::ERRAND)?,
            b"findings" => each(from, |r| &r.findings).map(|()| M::FINDINGS)?,
            b"masked_columns" => from.int().map(|_| M::MASKED)?,
            b"open" => {
                seen.open = Some(member(from, |r| &r.open)?);
                M::OPEN
            }
            b"prune" => {
                seen.prune = Some(Box::new(member(from, |r| &r.prune)?));
                M::PRUNE
            }
            b"receipt" => member(from, |r| &r.receipt).map(|_| M::RECEIPT)?,
            b"redaction" => {
                seen.redaction = Some(named(&member(from, |r| &r.redaction)?));
                M::REDACTION
            }
            b"rotate" => {
                seen.rotate = Some(certificate(&member(from, |r| &r.rotate)?));
                M::ROTATE
            }
            b"salt_key" => member(from, |r| &r.salt_key).map(|_| M::SALT_KEY)?,
            b"seal" => {
                seen.seal = Some(Box::new(member(from, |r| &r.seal)?));
                M::SEAL
            }
            b"spent" => each(from, |r| &r.spent).map(|()| M::SPENT)?,
            b"start" => {
                seen.sync = Some(member(from, |r| &r.start)?.sync);
                M::START
            }
            b"texts" => each(from, |r| &r.texts).map(|()| M::TEXTS)?,
            b"tool_commit" => from.leaf().map(|_| M::TOOL_COMMIT)?,
            b"torn" => {
                seen.torn = Some(owned(&member(from, |r| &r.torn)?));
                M::TORN
            }
            _ => return Err(Odd),
        })
    }
}

/// [`super::Args`], all of whose members are always there.
fn args(from: &mut Cursor<'_>) -> Result<(), Odd> {
    from.expect(br#"{"commit":"#)?;
    from.leaf()?;
    from.expect(br#","keys":["#)?;
    let mut first = true;
    while from.next_item(&mut first, b']')? {
        from.string()?;
    }
    from.expect(br#","len":"#)?;
    from.int()?;
    from.expect(b"}")
}

/// [`super::Delivered`].
fn result(from: &mut Cursor<'_>) -> Result<(), Odd> {
    from.expect(br#"{"delivered":"#)?;
    from.leaf()?;
    from.expect(br#","delivered_len":"#)?;
    from.int()?;
    if from.passes(br#","upstream":"#) {
        from.leaf()?;
    }
    from.expect(br#","upstream_len":"#)?;
    from.int()?;
    from.expect(b"}")
}

fn string(from: &mut Cursor<'_>) -> Result<(), Odd> {
    from.string().map(|_| ())
}

/// One word of a closed set.
fn word<T: Copy>(
    from: &mut Cursor<'_>,
    all: &[T],
    written: fn(T) -> &'static str,
) -> Result<T, Odd> {
    let word = from.word()?;
    let one = all.iter().find(|one| written(**one).as_bytes() == word);
    one.copied().ok_or(Odd)
}

/// A member of the type that it has in [`Record`].
fn member<'de, T: Deserialize<'de>>(
    from: &mut Cursor<'de>,
    _: for<'r> fn(&'r Record<'de>) -> &'r Option<T>,
) -> Result<T, Odd> {
    T::deserialize(from)
}

/// A list of the type that it has in [`Record`], read and let go.
fn each<'de, T: Deserialize<'de>>(
    from: &mut Cursor<'de>,
    _: for<'r> fn(&'r Record<'de>) -> &'r Option<Vec<T>>,
) -> Result<(), Odd> {
    from.deserialize_seq(Each(PhantomData::<T>))
}

struct Each<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Each<T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element::<T>()?.is_some() {}
        Ok(())
    }
}
