//! Tables and objects that a grant is limited to.
//! Knows nothing of who is granted anything.

use super::when::{Spelling, covers};
use crate::capability::Capability;
use crate::inspect::Fact;
use crate::inspect::sql::Dialect;
use crate::manifest::{Argument, ArgumentKind, Tool};

/// `postgres:customers`, `postgres:silver_*`, `s3:silver/*`: a system and what lies in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The system.
    pub server: String,
    /// A name, or a prefix and `*`; of objects component by component.
    pub pattern: String,
}

impl Resource {
    /// Reads the text form; `None` where it is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (server, pattern) = text.split_once(':')?;
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let sound = !server.is_empty()
            && server.chars().all(word)
            && super::when::Subjects::is_pattern(pattern, false);
        sound.then(|| Self {
            server: server.to_owned(),
            pattern: pattern.to_owned(),
        })
    }

    /// Whether what the fact is about lies within. Case is folded only where the tool's engine folds it too.
    #[must_use]
    pub fn covers(&self, tool: &Tool, fact: &Fact) -> bool {
        let folds =
            |argument: &Argument| matches!(argument.kind, ArgumentKind::Sql(Dialect::Sqlite));
        let how = match fact {
            Fact::Touches { .. } => Spelling::Path,
            _ if tool.arguments.iter().any(folds) => Spelling::Folded,
            _ => Spelling::Exact,
        };
        self.server == tool.server && covers(&self.pattern, fact.subject(), how)
    }

    /// Whether every use that a call to the tool makes of the capability is told by a fact with its table or object:
    /// else a grant that is limited to some cannot be held against the call.
    #[must_use]
    pub fn is_told(tool: &Tool, capability: &Capability) -> bool {
        tool.arguments
            .iter()
            .filter(|argument| argument.required)
            .any(|argument| match &argument.kind {
                ArgumentKind::Sql(_) => Capability::OF_SQL
                    .iter()
                    .any(|verb| capability.is("db", verb)),
                ArgumentKind::Table => capability.is("db", "read"),
                ArgumentKind::Path(access) | ArgumentKind::Paths(access) => {
                    capability.is("object", access.as_str())
                }
                _ => false,
            })
    }
}
