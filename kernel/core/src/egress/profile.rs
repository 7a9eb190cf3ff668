//! Which types are looked for, and how each is masked.
//! Knows nothing of how they are found, nor of files.

use std::sync::Arc;

use super::detect::OwnDetector;
use super::kind::{Family, Kind};
use super::profile_file;
use crate::policy::{Detect, Operator};
use crate::source::Problem;

/// The built-in profiles: data, in the form in which operators write their own.
const BUILT_IN: [(&str, &str); 4] = [
    (
        "standard",
        include_str!("../../../../profiles/standard.toml"),
    ),
    ("strict", include_str!("../../../../profiles/strict.toml")),
    (
        "financial",
        include_str!("../../../../profiles/financial.toml"),
    ),
    ("health", include_str!("../../../../profiles/health.toml")),
];

/// Which types are on, each with its operator; and the detectors that operators added.
#[derive(Clone, Debug)]
pub struct Profile {
    operators: Vec<Option<Operator>>,
    own: Vec<Arc<OwnDetector>>,
    thorough: bool,
}

impl Profile {
    /// Every type of a person and every secret: tokens for what joins, redaction for what opens doors.
    #[must_use]
    pub fn standard() -> Self {
        // The text is part of the program; were it unreadable, everything would be redacted.
        Self::named("standard").unwrap_or_else(Self::everything)
    }

    /// Nothing is looked for but known secrets.
    #[must_use]
    pub(super) fn nothing() -> Self {
        Self {
            operators: Kind::built_in().map(|_| None).collect(),
            own: Vec::new(),
            thorough: false,
        }
    }

    fn everything() -> Self {
        Self {
            operators: Kind::built_in().map(|_| Some(Operator::Redact)).collect(),
            own: Vec::new(),
            thorough: false,
        }
    }

    /// The built-in profile of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (file, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        profile_file::read(text, file).ok()
    }

    /// The names of the built-in profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// Reads a profile. See [`Profile::read`].
    ///
    /// # Errors
    /// Every problem of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        Self::read(text, "profile.toml")
    }

    /// Reads a profile; `file` is its name in problems.
    ///
    /// ```toml
    /// base = "standard"                 # or strict, financial, health, nothing
    /// default = "token"                 # what is done to every type that is on
    /// [family]                          # personal, national, financial, health, network, secret
    /// financial = "redact"
    /// [mask]                            # a type: an operator, or "off"
    /// DATE_OF_BIRTH = "generalise-year"
    /// [[detector]]                      # a type of your own
    /// type = "EMPLOYEE_ID"
    /// pattern = "E-[0-9]{7}"            # linear-time; a word of its own in the text
    /// validator = "luhn"                # none, luhn, mod97, mod11, mod11-10, verhoeff
    /// tier = "context"                  # pattern (default), context: only beside one of the words, off
    /// words = ["employee", "staff id"]
    /// mask = "token"
    /// matches = ["E-4111111"]           # checked when the profile is read
    /// rejects = ["E-12"]
    /// ```
    ///
    /// # Errors
    /// Every problem of the text, with its place and fix.
    pub fn read(text: &str, file: &str) -> Result<Self, Vec<Problem>> {
        profile_file::read(text, file)
    }

    /// The same without shortcuts: every text and every seam is searched the long way, many times slower. What is
    /// found must be the same; tests hold the two against each other.
    #[must_use]
    pub fn without_shortcuts(mut self) -> Self {
        self.thorough = true;
        self
    }

    pub(super) fn is_thorough(&self) -> bool {
        self.thorough
    }

    /// How a type is masked; `None` where it is not looked for.
    #[must_use]
    pub fn operator(&self, kind: Kind) -> Option<Operator> {
        self.operators.get(kind.index()).copied().flatten()
    }

    /// The names of all types that it could mask.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        let built_in = Kind::built_in().filter(|kind| *kind != Kind::SECRET);
        let built_in = built_in.filter_map(|kind| -> Option<&str> { kind.name() });
        built_in.chain(self.own.iter().map(|own| own.name()))
    }

    /// This profile as a rule has it, with other operators for some types. `None` where a type is unknown.
    pub(super) fn with(mut self, detect: &Detect) -> Option<Self> {
        for (name, operator) in &detect.by_type {
            let kind = self.kind(name)?;
            self.set(kind, *operator);
        }
        Some(self)
    }

    /// What both look for, each type under the stricter operator. `None` where they hold more types of
    /// their own than there is room for.
    pub(super) fn union(mut self, other: &Self) -> Option<Self> {
        for kind in Kind::built_in() {
            self.stricter(kind, other.operator(kind));
        }
        for (at, own) in other.own.iter().enumerate() {
            let kind = match self.kind(own.name()) {
                Some(kind) => kind,
                None => self.add(Arc::clone(own), None)?,
            };
            self.stricter(kind, Kind::own(at).and_then(|kind| other.operator(kind)));
        }
        Some(self)
    }

    /// The type of this name, built in or added.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        Kind::named(name).or_else(|| {
            let at = self.own.iter().position(|own| own.name() == name)?;
            Kind::own(at)
        })
    }

    /// The name of a type.
    pub(super) fn name_of(&self, kind: Kind) -> Option<&str> {
        if let Some(name) = kind.name() {
            return Some(name);
        }
        let at = kind.index().checked_sub(Kind::BUILT_IN)?;
        self.own.get(at).map(|own| own.name())
    }

    /// The added detectors with their types.
    pub(super) fn own(&self) -> impl Iterator<Item = (Kind, &OwnDetector)> {
        let all = self.own.iter().enumerate();
        all.filter_map(|(at, own)| Some((Kind::own(at)?, own.as_ref())))
    }

    /// Adds a detector; `None` where there is no room.
    pub(super) fn add(
        &mut self,
        detector: Arc<OwnDetector>,
        operator: Option<Operator>,
    ) -> Option<Kind> {
        let kind = Kind::own(self.own.len())?;
        self.own.push(detector);
        self.operators.push(operator);
        Some(kind)
    }

    pub(super) fn set(&mut self, kind: Kind, operator: Option<Operator>) {
        if let Some(slot) = self.operators.get_mut(kind.index()) {
            *slot = operator;
        }
    }

    /// Every type that is on gets this operator.
    pub(super) fn set_all_on(&mut self, operator: Operator) {
        for slot in self.operators.iter_mut().flatten() {
            *slot = operator;
        }
    }

    pub(super) fn set_family(&mut self, family: Family, operator: Option<Operator>) {
        for kind in Kind::built_in().filter(|kind| kind.family() == family) {
            self.set(kind, operator);
        }
    }

    fn stricter(&mut self, kind: Kind, other: Option<Operator>) {
        let operator = match (self.operator(kind), other) {
            (Some(one), Some(other)) => Some(one.or_stricter(other)),
            (one, other) => one.or(other),
        };
        self.set(kind, operator);
    }
}
