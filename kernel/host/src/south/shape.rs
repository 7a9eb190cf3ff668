//! What the approved definition of a tool lets its results be.
//! Knows nothing of pins: whoever asks has compared them.

use aegis_core::denial::{Denial, Phase};
use aegis_core::json::Json;
use aegis_core::schema::Schema;

/// What is demanded of a result.
pub(super) enum Shape {
    /// Nothing: the definition has no output schema.
    Any,
    /// That it fits.
    Schema(Schema),
    /// More than is judged here.
    Beyond,
}

impl Shape {
    /// Of an output schema.
    pub(super) fn of(schema: Option<&Json>) -> Self {
        match schema {
            None | Some(Json::Null) => Self::Any,
            Some(schema) => Schema::read(schema).map_or(Self::Beyond, Self::Schema),
        }
    }

    /// Whether a `CallToolResult` is one that may be given. An error needs no structure; what it has must fit.
    ///
    /// # Errors
    /// `kernel.output-schema`, or `kernel.output-schema-unread` where it cannot be judged.
    pub(super) fn fits(&self, result: &Json) -> Result<(), Denial> {
        let schema = match self {
            Self::Any => return Ok(()),
            Self::Beyond => {
                return Err(Denial::kernel(
                    "kernel.output-schema-unread",
                    Phase::Kernel,
                    "the output schema of this tool demands what the kernel does not judge",
                    "ask an operator to read what `aegis check` says of it",
                ));
            }
            Self::Schema(schema) => schema,
        };
        let failed = result.get("isError").and_then(Json::as_bool) == Some(true);
        let why = match result.get("structuredContent") {
            None if failed => return Ok(()),
            None => "it has no structured content".to_owned(),
            Some(content) => match schema.check(content) {
                Ok(()) => return Ok(()),
                Err(misfit) => misfit.to_string(),
            },
        };
        Err(Denial::kernel(
            "kernel.output-schema",
            Phase::Kernel,
            format!(
                "the result does not fit the output schema of the tool that was approved: {why}"
            ),
            "tell an operator: the downstream does not do what its definition says",
        ))
    }
}
