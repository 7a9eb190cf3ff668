//! What is known of a log beside its records: signed checkpoints, in the folder and kept elsewhere, and heads.
//! Knows nothing of records; it is told the root at each size and says where they disagree.

use std::io;
use std::path::Path;

use aegis_core::audit::{Class, Epoch, Id, Judged, Leaf, Note, Signed, Trust, VerifierKey};

use super::check::Broken;
use super::notes::{Claim, Notes, certificates, folder_note, wrong};
use super::{CHECKPOINT, CHECKPOINTS, COSIGNED, KEYS};

/// The newest checkpoint of some kind that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// How many records it covers.
    pub size: u64,
    /// Their root.
    pub root: Leaf,
    /// `ts` of the last of them.
    pub ts: String,
}

/// Two checkpoints that cannot both be of one log, both signed by its keys: a proof of equivocation for anyone
/// who holds those keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivocation {
    /// The one that the records contradict.
    pub one: Note,
    /// The one that they agree with.
    pub other: Note,
}

/// Everything that is claimed of a log, and how far it was confirmed.
pub(crate) struct Claims {
    log: Option<Id>,
    origin: Option<String>,
    trust: Trust,
    keys_given: bool,
    witnesses: Vec<VerifierKey>,
    quorum: usize,
    history: Option<Notes>,
    last_size: u64,
    /// The size that the folder's newest checkpoint names.
    newest_size: u64,
    /// Those that are not in the history, the smallest last.
    kept: Vec<Claim>,
    /// A signed checkpoint that the records contradict.
    fork: Option<Claim>,
    /// The newest signed one that they agree with, and its size.
    agreed: Option<(u64, Note)>,
    pub(crate) found: Found,
}

/// What was confirmed.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Checkpoints that the auditor's keys signed.
    pub signed: Option<Covered>,
    /// The epoch of the key that signed the newest of them.
    pub epoch: Option<Epoch>,
    /// Checkpoints and receipts kept elsewhere.
    pub anchored: Option<Covered>,
    /// Checkpoints that enough witnesses have seen.
    pub witnessed: Option<Covered>,
    /// The earliest time that a quorum states of the newest of them, seconds since 1970 UTC.
    pub witnessed_s: Option<u64>,
    /// How many checkpoints were looked at, how many of them the keys signed, how many nobody known did.
    pub checkpoints: u64,
    /// Of those, the ones that no key given signed.
    pub unknown: u64,
    /// Checkpoints kept elsewhere that hold.
    pub outside: u64,
    /// The history ends in bytes that are no whole note.
    pub history_torn: bool,
    /// A proof of equivocation.
    pub equivocation: Option<Equivocation>,
    /// The origin of the checkpoints.
    pub origin: Option<String>,
    /// Whether a checkpoint lies in the folder although its history does not.
    pub history_missing: bool,
    /// Whether the folder's newest checkpoint is larger than the last one of its history.
    pub history_behind: bool,
}

impl Claims {
    /// Reads what lies in the folder, and joins it with what was given.
    pub(crate) fn load(
        dir: &Path,
        keys: &[VerifierKey],
        witnesses: &[VerifierKey],
        quorum: usize,
        outside: Vec<Claim>,
    ) -> io::Result<Result<Self, Broken>> {
        let mut kept = outside;
        let mut newest = None;
        let mut newest_size = 0;
        for name in [CHECKPOINT, COSIGNED] {
            match folder_note(dir, name)? {
                None => {}
                Some(Err(broken)) => return Ok(Err(broken)),
                Some(Ok(claim)) => {
                    if name == CHECKPOINT {
                        newest_size = claim.checkpoint.size;
                    }
                    newest = newest.or(Some(claim.checkpoint.origin.clone()));
                    kept.push(claim);
                }
            }
        }
        let has_checkpoint = newest.is_some();
        let mut history = Notes::open(&dir.join(CHECKPOINTS))?;
        let has_history = history.is_some();
        if let Some(notes) = &mut history {
            match notes.peek()? {
                Err(broken) => return Ok(Err(broken)),
                Ok(claim) => {
                    newest = newest.or_else(|| claim.map(|c| c.checkpoint.origin.clone()));
                }
            }
        }
        let origin = newest.or_else(|| {
            let named = kept.iter().find(|claim| !claim.given);
            named.map(|claim| claim.checkpoint.origin.clone())
        });
        let certificates = certificates(&dir.join(KEYS))?;
        let trust = match Trust::new(origin.as_deref().unwrap_or_default(), keys, &certificates) {
            Ok(trust) => trust,
            Err(fault) => {
                let detail = fault.detail.to_owned();
                return Ok(Err(wrong(Class::BadSig, 0, detail, KEYS.to_owned(), 0)));
            }
        };
        kept.sort_by_key(|claim| std::cmp::Reverse(claim.checkpoint.size));
        let found = Found {
            origin: origin.clone(),
            history_missing: has_checkpoint && !has_history,
            ..Found::default()
        };
        Ok(Ok(Self {
            log: None,
            origin,
            trust,
            keys_given: !keys.is_empty(),
            witnesses: witnesses.to_vec(),
            quorum,
            history,
            last_size: 0,
            newest_size,
            kept,
            fork: None,
            agreed: None,
            found,
        }))
    }

    /// Passes over what is claimed of smaller trees, which are not looked at again.
    pub(crate) fn skip_to(&mut self, size: u64) -> io::Result<Result<(), Broken>> {
        self.kept.retain(|claim| claim.checkpoint.size >= size);
        if let Some(history) = &mut self.history {
            loop {
                match history.peek()? {
                    Ok(Some(claim)) if claim.checkpoint.size < size => drop(history.take()),
                    Ok(_) => break,
                    Err(broken) => return Ok(Err(broken)),
                }
            }
        }
        Ok(Ok(()))
    }

    /// Whether something is claimed of a tree of this size.
    pub(crate) fn wants(&mut self, size: u64) -> io::Result<Result<bool, Broken>> {
        if self
            .kept
            .last()
            .is_some_and(|claim| claim.checkpoint.size <= size)
        {
            return Ok(Ok(true));
        }
        let Some(history) = &mut self.history else {
            return Ok(Ok(false));
        };
        Ok(history
            .peek()?
            .map(|claim| claim.is_some_and(|claim| claim.checkpoint.size <= size)))
    }

    /// Compares with the tree of this size.
    pub(crate) fn at(
        &mut self,
        size: u64,
        root: Leaf,
        log: Option<Id>,
        ts: &str,
    ) -> io::Result<Result<(), Broken>> {
        self.log = log.or(self.log);
        while let Some(history) = &mut self.history {
            match history.peek()? {
                Err(broken) => return Ok(Err(broken)),
                Ok(Some(claim)) if claim.checkpoint.size <= size => {}
                Ok(_) => break,
            }
            let Some(claim) = history.take() else { break };
            if claim.checkpoint.size < self.last_size {
                let detail = "the history of checkpoints goes backwards".to_owned();
                return Ok(Err(claim.broken(Class::Reorder, detail)));
            }
            self.last_size = claim.checkpoint.size;
            if let Err(broken) = self.judge(claim, size, root, ts) {
                return Ok(Err(broken));
            }
        }
        while let Some(claim) = self.kept.pop_if(|claim| claim.checkpoint.size <= size) {
            if let Err(broken) = self.judge(claim, size, root, ts) {
                return Ok(Err(broken));
            }
        }
        Ok(Ok(()))
    }

    fn judge(&mut self, claim: Claim, size: u64, root: Leaf, ts: &str) -> Result<(), Broken> {
        self.found.checkpoints += u64::from(!claim.given);
        let signed = self.signature(&claim)?;
        if claim.checkpoint.size != size {
            let detail = "a checkpoint of a size that was passed already".to_owned();
            return Err(claim.broken(Class::Reorder, detail));
        }
        if claim.checkpoint.root != root {
            if signed.is_none() {
                let detail = format!("the first {size} records have another root: {root}");
                return Err(claim.broken(Class::Edit, detail));
            }
            // A second signed checkpoint that the records agree with makes it a fork: it may have come already, or read on.
            if let Some((at, other)) = &self.agreed
                && *at == size
            {
                return Err(forked(&mut self.found, &claim, other, size));
            }
            self.fork.get_or_insert(claim);
            return Ok(());
        }
        let covered = Covered {
            size,
            root,
            ts: ts.to_owned(),
        };
        if let Some(epoch) = signed {
            if let Some(one) = &self.fork {
                return Err(forked(&mut self.found, one, &claim.note, size));
            }
            self.agreed = Some((size, claim.note.clone()));
            self.found.signed = Some(covered.clone());
            self.found.epoch = Some(epoch);
        }
        if claim.outside {
            self.found.outside += u64::from(!claim.given);
            self.found.anchored = Some(covered.clone());
        }
        self.cosigned(&claim, covered)
    }

    /// By which of the log's keys a checkpoint is signed.
    fn signature(&mut self, claim: &Claim) -> Result<Option<Epoch>, Broken> {
        if claim.given {
            return Ok(None);
        }
        let ours = self.origin.as_deref() == Some(claim.checkpoint.origin.as_str());
        let named = claim.checkpoint.log();
        if !ours || named.is_none() || (self.log.is_some() && named != self.log) {
            let detail = "a checkpoint of another log".to_owned();
            return Err(claim.broken(Class::Splice, detail));
        }
        match self.trust.judge(&claim.note, claim.checkpoint.size) {
            Judged::Signed(epoch) => Ok(Some(epoch.clone())),
            Judged::Unknown => {
                self.found.unknown += 1;
                Ok(None)
            }
            Judged::Forged(epoch) => {
                let detail = format!("a signature of {} does not hold", epoch.key);
                Err(claim.broken(Class::BadSig, detail))
            }
            Judged::OutOfEpoch(epoch) => {
                let detail = format!("signed by {} outside its epoch", epoch.key);
                Err(claim.broken(Class::BadSig, detail))
            }
        }
    }

    /// Counts the witnesses that have seen a checkpoint.
    fn cosigned(&mut self, claim: &Claim, covered: Covered) -> Result<(), Broken> {
        let mut times = Vec::new();
        for witness in &self.witnesses {
            match claim.note.signed_by(witness) {
                Signed::No => {}
                Signed::Yes(time) => times.push(time.unwrap_or_default()),
                Signed::Forged => {
                    let detail = format!("a cosignature of {witness} does not hold");
                    return Err(claim.broken(Class::BadSig, detail));
                }
            }
        }
        if self.quorum > 0 && times.len() >= self.quorum {
            // The time by which a whole quorum had seen it.
            times.sort_unstable();
            self.found.witnessed_s = times.get(self.quorum - 1).copied();
            self.found.anchored = Some(covered.clone());
            self.found.witnessed = Some(covered);
        }
        Ok(())
    }

    /// What can only be said once all records are read.
    pub(crate) fn finish(&mut self, records: u64) -> io::Result<Result<(), Broken>> {
        if let Some(one) = self.fork.take() {
            let detail = format!(
                "the first {} records have another root than this signed checkpoint names",
                one.checkpoint.size
            );
            return Ok(Err(one.broken(Class::Edit, detail)));
        }
        let rest = match &mut self.history {
            Some(history) => match history.peek()? {
                Err(broken) => return Ok(Err(broken)),
                Ok(_) => history.take(),
            },
            None => None,
        };
        if let Some(history) = &self.history {
            self.found.history_torn = history.is_torn();
            self.found.history_behind = self.newest_size > self.last_size;
        }
        // Every claim that is left is of a larger tree. One that no key signed proves nothing, but it is there.
        let mut left = rest.into_iter().chain(std::mem::take(&mut self.kept));
        if let Some(claim) = left.next() {
            if let Err(broken) = self.signature(&claim) {
                return Ok(Err(broken));
            }
            let detail = format!(
                "a checkpoint names {} records, {records} are there",
                claim.checkpoint.size
            );
            return Ok(Err(claim.broken(Class::Truncated, detail)));
        }
        let nobody = self.found.signed.is_none() && self.found.unknown > 0;
        if self.keys_given && nobody {
            let detail = "checkpoints are there, and none is signed by a key that was given";
            let file = CHECKPOINTS.to_owned();
            return Ok(Err(wrong(
                Class::UnknownKey,
                records,
                detail.to_owned(),
                file,
                0,
            )));
        }
        Ok(Ok(()))
    }
}

/// Two signed checkpoints of which the records agree with one alone.
fn forked(found: &mut Found, one: &Claim, other: &Note, size: u64) -> Broken {
    found.equivocation = Some(Equivocation {
        one: one.note.clone(),
        other: other.clone(),
    });
    let detail = format!(
        "two checkpoints signed by the log's keys are of two logs: the records agree with the one of size {size}"
    );
    one.broken(Class::Fork, detail)
}
