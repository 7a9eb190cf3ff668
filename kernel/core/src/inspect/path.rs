//! Reads object keys and paths: one spelling, compared component by component, or refused.
//! Knows nothing of what is stored there.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::{Fact, Finding, Interceptor, Readings, Scope};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::limits;
use crate::manifest::{Access, Argument, ArgumentKind, Location};

/// The interceptor of `kind = "path"` and `"paths"`.
#[derive(Debug)]
pub(super) struct ObjectPath;

/// Why a path is refused. A path is never repaired: two readers might repair it differently.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PathFault {
    /// Nothing at all, or an empty component.
    #[error("has an empty component")]
    Empty,
    /// Longer than [`limits::PATH_BYTES_MAX`].
    #[error("is longer than the bound")]
    TooLong,
    /// Begins with `/`, `~` or a scheme.
    #[error("is not relative")]
    NotRelative,
    /// A `.` or `..` component.
    #[error("has a dot component")]
    Dots,
    /// A control or invisible character, or NUL.
    #[error("holds a control or invisible character")]
    Control,
    /// A backslash.
    #[error("holds a backslash")]
    Backslash,
    /// Percent-encoding.
    #[error("is percent-encoded")]
    Percent,
    /// A component that begins or ends with a space, or ends with a dot.
    #[error("has a component with a leading or trailing space or a trailing dot")]
    TrailingDot,
    /// A spelling that Unicode normalisation would change.
    #[error("is not in its normal Unicode form")]
    NotNormal,
    /// Latin letters beside look-alikes from another script.
    #[error("mixes scripts within a component")]
    MixedScripts,
}

impl PathFault {
    /// The rule's name.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Empty => "path.empty-component",
            Self::TooLong => "path.too-long",
            Self::NotRelative => "path.not-relative",
            Self::Dots => "path.dot-component",
            Self::Control => "path.control-character",
            Self::Backslash => "path.backslash",
            Self::Percent => "path.percent-encoded",
            Self::TrailingDot => "path.trailing-dot-or-space",
            Self::NotNormal => "path.not-normal",
            Self::MixedScripts => "path.mixed-scripts",
        }
    }
}

/// Reads a key into its one spelling: `a/b/c`. A listing's prefix may be empty or end with `/`.
///
/// # Errors
/// The first fault found.
pub fn normalise(text: &str, access: Access) -> Result<String, PathFault> {
    if text.len() > limits::PATH_BYTES_MAX {
        return Err(PathFault::TooLong);
    }
    let text = if access == Access::List {
        text.strip_suffix('/').unwrap_or(text)
    } else {
        text
    };
    if text.is_empty() {
        return if access == Access::List {
            Ok(String::new())
        } else {
            Err(PathFault::Empty)
        };
    }
    if text.starts_with(['/', '~']) || text.contains("://") || text.starts_with("file:") {
        return Err(PathFault::NotRelative);
    }
    if text.chars().any(is_hidden) {
        return Err(PathFault::Control);
    }
    if text.contains('\\') {
        return Err(PathFault::Backslash);
    }
    if text.contains('%') {
        return Err(PathFault::Percent);
    }
    if text.nfkc().ne(text.chars()) {
        return Err(PathFault::NotNormal);
    }
    text.split('/').try_for_each(check_component)?;
    Ok(text.to_owned())
}

fn check_component(component: &str) -> Result<(), PathFault> {
    match component {
        "" => Err(PathFault::Empty),
        "." | ".." => Err(PathFault::Dots),
        _ if component.starts_with(char::is_whitespace)
            || component.ends_with(|c: char| c.is_whitespace() || c == '.') =>
        {
            Err(PathFault::TrailingDot)
        }
        _ if mixes_scripts(component) => Err(PathFault::MixedScripts),
        _ => Ok(()),
    }
}

/// Controls, bidirectional and zero-width characters, soft hyphens, tags, variation selectors and fillers:
/// all that a person cannot see (Unicode General_Category Cc, Cf and Default_Ignorable ranges).
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Latin beside Cyrillic, Greek, Armenian or Cherokee: the scripts whose letters pass for Latin ones.
fn mixes_scripts(component: &str) -> bool {
    let latin = component.chars().any(|c| c.is_ascii_alphabetic());
    let twin = |c: char| {
        matches!(c, '\u{370}'..='\u{58f}' | '\u{1c80}'..='\u{1c8f}' | '\u{13a0}'..='\u{13ff}'
            | '\u{1f00}'..='\u{1fff}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}' | '\u{ab70}'..='\u{abbf}')
    };
    latin && component.chars().any(twin)
}

impl Interceptor for ObjectPath {
    fn reads(&self, kind: &ArgumentKind) -> bool {
        matches!(kind, ArgumentKind::Path(_) | ArgumentKind::Paths(_))
    }

    fn read(
        &self,
        argument: &Argument,
        value: &Json,
        scope: &Scope<'_>,
    ) -> Result<Readings, Denial> {
        let (ArgumentKind::Path(access) | ArgumentKind::Paths(access)) = argument.kind else {
            return Ok(Readings::default());
        };
        let mut readings = Readings::default();
        let texts = match value {
            Json::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for text in texts {
            let path = normalise(text.as_str().unwrap_or_default(), access).map_err(|fault| {
                Denial::kernel(
                    fault.rule(),
                    Phase::Examination,
                    format!("the path in `{}` {fault}", argument.name),
                    "give a relative path of plain components, such as silver/customers.csv",
                )
            })?;
            if matches!(access, Access::Write | Access::Delete) {
                let server = scope.system.server.clone();
                let key = path.clone();
                readings
                    .writes
                    .push(Location::Object { server, key }.subject());
            }
            readings.findings.push(Finding {
                fact: Fact::Touches { path, access },
                argument: argument.name.clone(),
                span: None,
            });
        }
        Ok(readings)
    }
}
