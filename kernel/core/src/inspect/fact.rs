//! What an interceptor has proven about an argument.
//! Knows nothing of what policy makes of it.

use super::sql::Family;
use crate::capability::Capability;
use crate::manifest::{Access, Label};

/// One proven fact. Facts only add capabilities, they never take any away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// A table is read.
    Reads(String),
    /// A table's rows are written.
    Writes(String),
    /// Rows are added to a table; it stands beside [`Fact::Writes`], which is what capabilities are about.
    Inserts(String),
    /// Rows of a table are changed.
    Updates(String),
    /// Rows of a table are removed.
    Deletes(String),
    /// A table, view or index is created.
    Creates(String),
    /// A table, view or index is dropped.
    Drops(String),
    /// A table is emptied.
    Truncates(String),
    /// A table is altered so that data or its name is lost.
    Alters(String),
    /// Rows are deleted without a proven scope.
    UnscopedDelete(String),
    /// Rows are updated without a proven scope.
    UnscopedUpdate(String),
    /// A function is called.
    Calls(String),
    /// A labelled column decides which rows are touched or in which order they come.
    Filters(Label),
    /// Rows are looked up by one exact value of a labelled column, which is its only use in a predicate.
    LooksUp(Label),
    /// A rule of a table compares a labelled column: whether a write goes through tells of its values. What that needs
    /// stands beside it.
    Constrains(Label),
    /// A labelled column is written into one that does not carry the label.
    Launders(Label),
    /// A path is touched.
    Touches {
        /// The normalised path.
        path: String,
        /// What is done there.
        access: Access,
    },
    /// A host is contacted.
    Contacts(String),
    /// A protected domain is read.
    DomainRead(String),
    /// A protected domain is written.
    DomainWrite(String),
    /// A dataset is named.
    Names(String),
    /// A token of this type is exchanged for its value.
    Restores(String),
    /// A mask passes as it is.
    Passes(String),
    /// A statement of a family that a manifest has opened.
    Opens(Family),
}

impl Fact {
    /// The capability that the fact stands for; `None` where it grants nothing by itself.
    #[must_use]
    pub fn capability(&self) -> Option<Capability> {
        let (area, verb) = match self {
            Self::Reads(_) => ("db", "read"),
            Self::Writes(_) => ("db", "write"),
            Self::Creates(_) => ("db", "create"),
            Self::Drops(_) => ("db", "drop"),
            Self::Truncates(_) => ("db", "truncate"),
            Self::Alters(_) => ("db", "alter"),
            Self::UnscopedDelete(_) => ("db", "delete-unscoped"),
            Self::UnscopedUpdate(_) => ("db", "update-unscoped"),
            Self::Filters(label) => (label.area(), Capability::FILTER),
            Self::LooksUp(label) => (label.area(), Capability::LOOKUP),
            Self::Launders(label) => (label.area(), "launder"),
            Self::Touches { access, .. } => ("object", access.as_str()),
            Self::Contacts(_) => ("net", "contact"),
            Self::DomainRead(domain) => (domain.as_str(), "read"),
            Self::DomainWrite(domain) => (domain.as_str(), "write"),
            Self::Restores(_) => ("mask", "restore"),
            Self::Passes(_) => ("mask", "pass"),
            Self::Opens(family) => ("sql", family.as_str()),
            Self::Inserts(_)
            | Self::Updates(_)
            | Self::Deletes(_)
            | Self::Calls(_)
            | Self::Names(_)
            | Self::Constrains(_) => return None,
        };
        Some(Capability::known(area, verb))
    }

    /// The word for the kind of fact, as the log records it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Reads(_) => "reads",
            Self::Writes(_) => "writes",
            Self::Inserts(_) => "inserts",
            Self::Updates(_) => "updates",
            Self::Deletes(_) => "deletes",
            Self::Creates(_) => "creates",
            Self::Drops(_) => "drops",
            Self::Truncates(_) => "truncates",
            Self::Alters(_) => "alters",
            Self::UnscopedDelete(_) => "unscoped-delete",
            Self::UnscopedUpdate(_) => "unscoped-update",
            Self::Calls(_) => "calls",
            Self::Filters(_) => "filters",
            Self::LooksUp(_) => "looks-up",
            Self::Constrains(_) => "constrains",
            Self::Launders(_) => "launders",
            Self::Touches { .. } => "touches",
            Self::Contacts(_) => "contacts",
            Self::DomainRead(_) => "domain-read",
            Self::DomainWrite(_) => "domain-write",
            Self::Names(_) => "names",
            Self::Restores(_) => "restores",
            Self::Passes(_) => "passes-mask",
            Self::Opens(_) => "opens",
        }
    }

    /// The fact that [`Fact::kind`] and [`Fact::subject`] name, with what is done at a path; `None` where
    /// there is no such fact.
    #[must_use]
    pub fn from_words(kind: &str, subject: &str, access: Option<Access>) -> Option<Self> {
        let name = subject.to_owned();
        Some(match kind {
            "reads" => Self::Reads(name),
            "writes" => Self::Writes(name),
            "inserts" => Self::Inserts(name),
            "updates" => Self::Updates(name),
            "deletes" => Self::Deletes(name),
            "creates" => Self::Creates(name),
            "drops" => Self::Drops(name),
            "truncates" => Self::Truncates(name),
            "alters" => Self::Alters(name),
            "unscoped-delete" => Self::UnscopedDelete(name),
            "unscoped-update" => Self::UnscopedUpdate(name),
            "calls" => Self::Calls(name),
            "filters" => Self::Filters(Label::parse(subject)?),
            "looks-up" => Self::LooksUp(Label::parse(subject)?),
            "constrains" => Self::Constrains(Label::parse(subject)?),
            "launders" => Self::Launders(Label::parse(subject)?),
            "touches" => Self::Touches {
                path: name,
                access: access?,
            },
            "contacts" => Self::Contacts(name),
            "domain-read" => Self::DomainRead(name),
            "domain-write" => Self::DomainWrite(name),
            "names" => Self::Names(name),
            "opens" => Self::Opens(Family::parse(&format!("sql:{subject}"))?),
            _ => return None,
        })
    }

    /// What the fact is about: a table, label, path, host, domain or dataset.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::Reads(name)
            | Self::Writes(name)
            | Self::Inserts(name)
            | Self::Updates(name)
            | Self::Deletes(name)
            | Self::Creates(name)
            | Self::Drops(name)
            | Self::Truncates(name)
            | Self::Alters(name)
            | Self::UnscopedDelete(name)
            | Self::UnscopedUpdate(name)
            | Self::Calls(name)
            | Self::Contacts(name)
            | Self::DomainRead(name)
            | Self::DomainWrite(name)
            | Self::Names(name)
            | Self::Restores(name)
            | Self::Passes(name) => name,
            Self::Filters(label)
            | Self::LooksUp(label)
            | Self::Constrains(label)
            | Self::Launders(label) => label.as_str(),
            Self::Touches { path, .. } => path,
            Self::Opens(family) => family.as_str(),
        }
    }
}

/// A fact with the place where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was proven.
    pub fact: Fact,
    /// The argument that it was read from.
    pub argument: String,
    /// Bytes of that argument, where the interceptor knows them.
    pub span: Option<(usize, usize)>,
}
