//! Which keys may have signed a log's checkpoints, from what an auditor holds and certificates found anywhere.
//! Knows nothing of checkpoints' roots. A certificate is believed for its signatures alone, never for its place.

use std::collections::BTreeMap;

use super::{EpochCertificate, KeyUse, Note, Signed, VerifierKey};

/// How a key came to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Believed {
    /// The auditor gave it.
    Given,
    /// A root key that the auditor gave certifies it.
    Root,
    /// The key of the epoch before certifies it, and no root does: whoever stole that key could have.
    Before,
}

/// A key that may sign checkpoints of one log, and from which size to which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Its number, where a certificate says so.
    pub number: Option<u64>,
    /// The key.
    pub key: VerifierKey,
    /// The smallest size that it signs.
    pub from: u64,
    /// The largest, where a later epoch begins there.
    pub until: Option<u64>,
    /// Why it is believed.
    pub believed: Believed,
}

/// What is wrong with a set of certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochFault {
    /// Which certificate, by its place in what was given.
    pub at: usize,
    /// In words.
    pub detail: &'static str,
}

/// The keys of one log.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    epochs: Vec<Epoch>,
    has_root: bool,
}

impl Trust {
    /// Judges certificates of the log of this origin by the keys that an auditor gave. Certificates that no key
    /// vouches for are passed over; those of other logs too.
    ///
    /// # Errors
    /// Where certificates that are vouched for contradict each other, or bear a forged signature of a key that was given.
    pub fn new(
        origin: &str,
        given: &[VerifierKey],
        certificates: &[Note],
    ) -> Result<Self, EpochFault> {
        let notes = |key: &&VerifierKey| key.usage() == KeyUse::Note;
        let roots: Vec<&VerifierKey> = given
            .iter()
            .filter(notes)
            .filter(|key| key.name() != origin)
            .collect();
        let direct: Vec<&VerifierKey> = given
            .iter()
            .filter(notes)
            .filter(|key| key.name() == origin)
            .collect();
        let mut numbered: BTreeMap<u64, (usize, EpochCertificate, Believed)> = BTreeMap::new();
        let mut read: Vec<(usize, &Note, EpochCertificate)> = certificates
            .iter()
            .enumerate()
            .filter_map(|(at, note)| Some((at, note, EpochCertificate::parse(note.text())?)))
            .filter(|(_, _, certificate)| certificate.origin == origin)
            .collect();
        read.sort_by_key(|(_, _, certificate)| certificate.epoch);
        for (at, note, certificate) in read {
            let Some(believed) = vouched(at, note, &certificate, &roots, &direct, &numbered)?
            else {
                continue;
            };
            if let Some((_, other, _)) = numbered.get(&certificate.epoch) {
                if *other == certificate {
                    continue;
                }
                let detail = "two certificates of one epoch differ";
                return Err(EpochFault { at, detail });
            }
            numbered.insert(certificate.epoch, (at, certificate, believed));
        }
        let ends: Vec<(VerifierKey, u64)> = numbered
            .values()
            .filter_map(|(_, next, _)| Some((next.previous.clone()?, next.from)))
            .collect();
        let mut trust = Self {
            epochs: Vec::new(),
            has_root: !roots.is_empty(),
        };
        trust.order(numbered)?;
        for key in direct {
            if trust.epochs.iter().any(|epoch| epoch.key == *key) {
                continue;
            }
            trust.epochs.push(Epoch {
                number: None,
                key: key.clone(),
                from: 0,
                until: ends
                    .iter()
                    .find(|(before, _)| before == key)
                    .map(|(_, at)| *at),
                believed: Believed::Given,
            });
        }
        Ok(trust)
    }

    /// Each epoch ends where the next one begins.
    fn order(
        &mut self,
        numbered: BTreeMap<u64, (usize, EpochCertificate, Believed)>,
    ) -> Result<(), EpochFault> {
        for (number, (at, certificate, believed)) in numbered {
            if let Some(last) = self.epochs.last_mut() {
                let follows = last.number.and_then(|before| before.checked_add(1)) == Some(number);
                if certificate.from < last.from {
                    let detail = "an epoch begins before the one that it follows";
                    return Err(EpochFault { at, detail });
                }
                if follows && certificate.previous.as_ref() != Some(&last.key) {
                    let detail = "an epoch names another key before it than there was";
                    return Err(EpochFault { at, detail });
                }
                last.until = Some(certificate.from);
            }
            self.epochs.push(Epoch {
                number: Some(number),
                key: certificate.key,
                from: certificate.from,
                until: None,
                believed,
            });
        }
        Ok(())
    }

    /// The keys, by epoch; those without a certificate come last.
    #[must_use]
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }

    /// Whether a root key was given.
    #[must_use]
    pub fn has_root(&self) -> bool {
        self.has_root
    }

    /// Who signed a checkpoint of this size.
    #[must_use]
    pub fn judge(&self, note: &Note, size: u64) -> Judged<'_> {
        let mut judged = Judged::Unknown;
        for epoch in &self.epochs {
            match note.signed_by(&epoch.key) {
                Signed::No => {}
                Signed::Forged => return Judged::Forged(epoch),
                Signed::Yes(_) if size < epoch.from || epoch.until.is_some_and(|to| size > to) => {
                    return Judged::OutOfEpoch(epoch);
                }
                Signed::Yes(_) => judged = Judged::Signed(epoch),
            }
        }
        judged
    }
}

/// What the keys of a log say of one checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged<'t> {
    /// None of them signed it.
    Unknown,
    /// A signature that names this key does not hold.
    Forged(&'t Epoch),
    /// The key signed it, for a size outside its epoch.
    OutOfEpoch(&'t Epoch),
    /// The key signed it.
    Signed(&'t Epoch),
}

/// Whether a certificate is to be believed. Where a root was given, the root alone decides.
fn vouched(
    at: usize,
    note: &Note,
    certificate: &EpochCertificate,
    roots: &[&VerifierKey],
    direct: &[&VerifierKey],
    numbered: &BTreeMap<u64, (usize, EpochCertificate, Believed)>,
) -> Result<Option<Believed>, EpochFault> {
    let detail = "a certificate bears a forged signature";
    let mut by_root = false;
    for root in roots {
        match note.signed_by(root) {
            Signed::No => {}
            Signed::Forged => return Err(EpochFault { at, detail }),
            Signed::Yes(_) => by_root = true,
        }
    }
    if by_root {
        return Ok(Some(Believed::Root));
    }
    if !roots.is_empty() {
        return Ok(None);
    }
    let Some(previous) = &certificate.previous else {
        return Ok(None);
    };
    let known = direct.contains(&previous)
        || numbered
            .values()
            .any(|(_, before, _)| before.key == *previous);
    match note.signed_by(previous) {
        Signed::Yes(_) if known => Ok(Some(Believed::Before)),
        Signed::Forged if known => Err(EpochFault { at, detail }),
        _ => Ok(None),
    }
}
