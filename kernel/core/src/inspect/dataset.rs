//! Reads the name of a dataset.
//! Knows nothing of its content.

use super::{Fact, Finding, Interceptor, Readings, Scope};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::manifest::{Argument, ArgumentKind};

/// The interceptor of `kind = "dataset"`.
#[derive(Debug)]
pub(super) struct DatasetName;

impl Interceptor for DatasetName {
    fn reads(&self, kind: &ArgumentKind) -> bool {
        matches!(kind, ArgumentKind::Dataset)
    }

    fn read(
        &self,
        argument: &Argument,
        value: &Json,
        scope: &Scope<'_>,
    ) -> Result<Readings, Denial> {
        let found = value
            .as_str()
            .and_then(|name| scope.manifests.dataset(name));
        let Some(dataset) = found else {
            return Err(Denial::kernel(
                "kernel.unknown-dataset",
                Phase::Examination,
                "no dataset of this name is declared",
                "call medallion__datasets for the names",
            ));
        };
        let fact = Fact::Names(dataset.name.clone());
        Ok(Readings {
            findings: vec![Finding {
                fact,
                argument: argument.name.clone(),
                span: None,
            }],
            subjects: vec![dataset.source.subject()],
            ..Readings::default()
        })
    }
}
