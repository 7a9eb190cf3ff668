//! One tool as its manifest declares it: text, capabilities, arguments, result.
//! Knows nothing of what the downstream itself says of the tool.

use crate::capability::CapabilitySet;
use crate::inspect::sql::Dialect;
use crate::inspect::sql::Family;
use crate::json::{Json, Pointer};

/// One tool of a system.
#[derive(Clone, Debug)]
pub struct Tool {
    /// The system that it belongs to.
    pub server: String,
    /// The downstream's own name.
    pub name: String,
    /// Both, see [`Tool::full_name`].
    pub(super) full_name: String,
    /// What the agent reads.
    pub description: String,
    /// What a call can do at least; interceptors add.
    pub capabilities: CapabilitySet,
    /// What facts may add at the most; `None` leaves it to policy.
    pub at_most: Option<CapabilitySet>,
    /// The declared arguments, in the order in which they are shown.
    pub arguments: Vec<Argument>,
    /// Where rows and text live in a result.
    pub result: ResultShape,
    /// For the kernel alone: never listed, never callable from the north.
    pub internal: bool,
    /// Whether the downstream enforces the kernel's grant itself (`_meta["aegis/grant"]`).
    pub wall: bool,
    /// Whether the downstream may ask back by forms.
    pub asks: bool,
    /// What a result must hold to count as success.
    pub success: Option<(Pointer, Json)>,
}

impl Tool {
    /// The name that agents and policies use, `server__tool`.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// Whether one of its arguments is a SQL statement.
    #[must_use]
    pub fn reads_statements(&self) -> bool {
        let mut arguments = self.arguments.iter();
        arguments.any(|argument| matches!(argument.kind, ArgumentKind::Sql(_)))
    }
}

/// One declared argument.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name, a top-level key of the arguments object.
    pub name: String,
    /// Whether a call must hold it.
    pub required: bool,
    /// What the agent reads.
    pub description: String,
    /// Which interceptor reads it.
    pub kind: ArgumentKind,
    /// What it does with masked values that an agent writes back.
    pub masked: Masked,
    /// Families of statements that are a capability here and not refused; of SQL arguments alone.
    pub families: Vec<Family>,
}

/// What an argument does with masked values; by default it takes none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masked {
    /// Labels (`pii.email`) or types (`EMAIL_ADDRESS`) whose tokens are exchanged for their values on the
    /// way to the downstream.
    pub restores: Vec<String>,
    /// Whether masks may pass as they are: the argument is a text of the agent's own, and nothing real is
    /// overwritten by it.
    pub passes: bool,
}

/// What an argument is, and so who reads it.
#[derive(Clone, Debug)]
pub enum ArgumentKind {
    /// A SQL text in the dialect of the engine that runs it.
    Sql(Dialect),
    /// Values bound to the placeholders of the SQL argument: an array of scalars.
    SqlParams,
    /// The name of one table.
    Table,
    /// An object key or path.
    Path(Access),
    /// A list of them, one at least.
    Paths(Access),
    /// A URL.
    Url,
    /// The name of a declared dataset.
    Dataset,
    /// Anything else, within a closed schema.
    Plain(PlainSchema),
}

/// What is done at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Names are listed.
    List,
    /// Content is read.
    Read,
    /// Content is created or replaced.
    Write,
    /// Content is removed.
    Delete,
}

impl Access {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::List, Self::Read, Self::Write, Self::Delete];

    /// The word that manifests and the log use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
        }
    }

    /// The access of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.as_str() == word)
    }
}

/// The JSON Schema subset that plain arguments are checked against and shown with.
#[derive(Clone, Debug, Default)]
pub struct PlainSchema {
    /// The JSON type.
    pub kind: PlainType,
    /// The only values that may stand.
    pub one_of: Vec<Json>,
    /// Smallest number, or fewest characters or items.
    pub min: Option<i64>,
    /// Largest number, or most characters or items.
    pub max: Option<i64>,
    /// A linear-time pattern that the whole string must match.
    pub pattern: Option<regex::Regex>,
    /// The fields of an object, and no others.
    pub fields: Vec<ObjectField>,
    /// What each item of an array is; without it, any scalar.
    pub item: Option<Box<PlainSchema>>,
}

/// One declared field of an object argument.
#[derive(Clone, Debug)]
pub struct ObjectField {
    /// Its name.
    pub name: String,
    /// Whether the object must hold it.
    pub required: bool,
    /// What the agent reads.
    pub description: String,
    /// What it holds.
    pub schema: PlainSchema,
}

impl PlainSchema {
    /// What lies at this place inside, by names of fields and places in lists; `None` where a list may hold any scalar.
    /// `Err` with the name where no such field is declared.
    ///
    /// # Errors
    /// The name of the first step that leads nowhere.
    pub fn inside<'a>(&self, steps: &[&'a str]) -> Result<Option<&Self>, &'a str> {
        let Some((first, rest)) = steps.split_first() else {
            return Ok(Some(self));
        };
        match self.kind {
            PlainType::Array => match &self.item {
                None => Ok(None),
                Some(item) if first.parse::<usize>().is_ok() => item.inside(rest),
                Some(_) => Err(first),
            },
            PlainType::Object => {
                let field = self.fields.iter().find(|field| field.name == *first);
                field.ok_or(*first)?.schema.inside(rest)
            }
            _ => Err(first),
        }
    }
}

/// The JSON type of a plain argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainType {
    /// A string.
    #[default]
    String,
    /// An integer.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An array of scalars, or of what its `item` is.
    Array,
    /// An object of declared fields.
    Object,
}

/// Where things live in a tool's result.
#[derive(Clone, Debug, Default)]
pub struct ResultShape {
    /// The array of row objects, whose keys stand in the order of the statement's outputs.
    pub rows: Option<Pointer>,
    /// The array of column names.
    pub columns: Option<Pointer>,
    /// Whether a text in the place of a structure is JSON, and is read as the structure.
    pub json: bool,
    /// Whether pictures, sound and bytes that are no text may leave unread. They are withheld by default.
    pub binary: bool,
    /// Whether structured content leaves without being held against the output schema of the approved definition.
    pub unchecked: bool,
}
