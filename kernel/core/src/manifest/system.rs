//! One downstream system: its tools, labels, protected domains and datasets.
//! Knows nothing of how it is reached or with which secrets.

use std::collections::BTreeMap;

use super::{Catalog, Dataset, Label, Tool};

/// One system, as its manifest declares it.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// The name before `__` in tool names, and the configuration's `[south.NAME]`.
    pub server: String,
    /// Whether the kernel itself serves it (`medallion`).
    pub native: bool,
    /// Its tools, by the downstream's own names.
    pub tools: BTreeMap<String, Tool>,
    /// Labels by `table` and `column`, ASCII-lower-case.
    pub labels: BTreeMap<(String, String), (Label, bool)>,
    /// Tables declared here, for use without a live system.
    pub catalog: Catalog,
    /// Areas of its data that only some capabilities may enter.
    pub domains: Vec<Domain>,
    /// Datasets that live in it.
    pub datasets: Vec<Dataset>,
    /// Approved tool definitions: tool → SHA-256 of the whole definition as the downstream lists it
    /// ([`crate::definition::Definition::digest`]), in lower-case hex. A tool that is not here is not pinned.
    pub pins: BTreeMap<String, String>,
    /// Whether every declared tool has to be pinned; where the manifest does not say, a file of accepted definitions
    /// says yes.
    pub pinned: Option<bool>,
    /// SHA-256 of the canonical manifest text, in lower-case hex: part of the policy epoch.
    pub digest: String,
}

/// A protected area of data, e.g. `gold`: facts inside it become `gold:read` and `gold:write`.
#[derive(Clone, Debug)]
pub struct Domain {
    /// The area's name, a capability word.
    pub name: String,
    /// Table patterns: a name, or a prefix and `*`. Compared with ASCII case folded.
    pub tables: Vec<String>,
    /// Path prefixes, compared component by component; `**/NAME` is a component anywhere, `*` in it any letters.
    pub paths: Vec<String>,
}

impl Domain {
    /// Whether a table belongs to the domain. Patterns are whole names, or a prefix and `*`.
    #[must_use]
    pub fn holds_table(&self, table: &str) -> bool {
        let table = table.to_ascii_lowercase();
        self.tables.iter().any(
            |pattern| match pattern.to_ascii_lowercase().strip_suffix('*') {
                Some(prefix) => table.starts_with(prefix),
                None => table == pattern.to_ascii_lowercase(),
            },
        )
    }

    /// Whether a normalised path lies in the domain: component by component, so that `gold_evil` is
    /// not in `gold`; letters of either case, since some stores fold them.
    #[must_use]
    pub fn holds_path(&self, path: &str) -> bool {
        self.paths.iter().any(|prefix| {
            if let Some(name) = prefix.strip_prefix(ANYWHERE) {
                let name = fold(name);
                return path.split('/').any(|step| is_like(&name, &fold(step)));
            }
            let mut path = path.split('/').map(fold);
            prefix
                .trim_matches('/')
                .split('/')
                .map(fold)
                .all(|step| path.next() == Some(step))
        })
    }
}

/// How a path begins that is meant at any depth.
pub const ANYWHERE: &str = "**/";

/// Whether a component has this form, `*` in it standing for any letters.
fn is_like(form: &str, component: &str) -> bool {
    let mut parts = form.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = component.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        let found = match parts.peek() {
            None => return rest.ends_with(part),
            Some(_) => rest.split_once(part),
        };
        match found {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// Upper, then lower case: folds what case-insensitive stores fold.
fn fold(component: &str) -> String {
    component.to_uppercase().to_lowercase()
}

impl Domain {
    /// Whether the domain lies below a normalised path: who moves or removes the folder takes it along.
    #[must_use]
    pub fn lies_below(&self, path: &str) -> bool {
        let prefixes = self.paths.iter();
        let mut prefixes = prefixes.filter(|prefix| !prefix.starts_with(ANYWHERE));
        prefixes.any(|prefix| {
            let mut prefix = prefix.trim_matches('/').split('/').map(fold);
            path.split('/')
                .map(fold)
                .all(|step| prefix.next() == Some(step))
        })
    }
}

impl System {
    /// Whether a tool without a pin is not called.
    #[must_use]
    pub fn wants_pins(&self) -> bool {
        self.pinned == Some(true)
    }

    /// The live catalogue with this manifest's labels on its columns; `measure` is the flag
    /// beside the label.
    #[must_use]
    pub fn label(&self, mut catalog: Catalog) -> Catalog {
        let tables: Vec<_> = catalog.tables().cloned().collect();
        for mut table in tables {
            let folded = table.name.to_ascii_lowercase();
            for column in &mut table.columns {
                let key = (folded.clone(), column.name.to_ascii_lowercase());
                if let Some((label, measure)) = self.labels.get(&key) {
                    column.label = Some(label.clone());
                    column.measure = *measure;
                }
            }
            catalog.insert(table);
        }
        catalog
    }
}
