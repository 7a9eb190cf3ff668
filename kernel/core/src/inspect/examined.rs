//! A call whose every argument has been read.
//! Knows nothing of whether it may pass.

use std::sync::Arc;

use super::{Finding, Output, Reach, Readings, Restoration};
use crate::call::Call;
use crate::capability::CapabilitySet;
use crate::manifest::{Bound, Catalog, Copied, System, Tool};

/// A call with all that is known about it; made by [`super::examine`] alone.
#[derive(Debug)]
#[must_use]
pub struct Examined {
    bound: Bound,
    capabilities: CapabilitySet,
    findings: Vec<Finding>,
    outputs: Option<Vec<Output>>,
    reach: Reach,
    subjects: Vec<String>,
    writes: Vec<String>,
    restorations: Vec<Restoration>,
    catalog: Arc<Catalog>,
    copies: Vec<Copied>,
}

impl Examined {
    pub(super) fn new(bound: Bound, readings: Readings, catalog: Arc<Catalog>) -> Self {
        let mut capabilities = bound.tool().capabilities.clone();
        capabilities.extend(readings.findings.iter().filter_map(|f| f.fact.capability()));
        let Readings {
            findings,
            outputs,
            reach,
            subjects,
            writes,
            restorations,
            copies,
            ..
        } = readings;
        Self {
            bound,
            capabilities,
            findings,
            outputs,
            reach,
            subjects,
            writes,
            restorations,
            catalog,
            copies: copies.into_iter().collect(),
        }
    }

    /// The call.
    #[must_use]
    pub fn call(&self) -> &Call {
        self.bound.call()
    }

    /// The system that the tool belongs to.
    #[must_use]
    pub fn system(&self) -> &Arc<System> {
        self.bound.system()
    }

    /// The tool.
    #[must_use]
    pub fn tool(&self) -> &Arc<Tool> {
        self.bound.tool()
    }

    /// What the call can do: declared by the manifest and added by facts.
    #[must_use]
    pub fn capabilities(&self) -> &CapabilitySet {
        &self.capabilities
    }

    /// What was proven, and where.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The columns of the result by position, where a statement was read.
    #[must_use]
    pub fn outputs(&self) -> Option<&[Output]> {
        self.outputs.as_deref()
    }

    /// Whether a rule with a budget could speak of the call: it sums measures, or looks rows up.
    #[must_use]
    pub fn may_cost(&self) -> bool {
        if self.reach.sought.is_some() || self.reach.guesses {
            return true;
        }
        let outputs = self.outputs.as_deref().unwrap_or_default();
        outputs.iter().any(|output| !output.summed.is_empty())
    }

    /// What the engine's wall is to allow.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// The canonical subjects that receipts for this call must be about (datasets named).
    #[must_use]
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }

    /// The canonical subjects that this call writes: their receipts become void.
    #[must_use]
    pub fn writes(&self) -> &[String] {
        &self.writes
    }

    /// Tokens that are to be exchanged for their values on the way south.
    #[must_use]
    pub fn restorations(&self) -> &[Restoration] {
        &self.restorations
    }

    /// The catalogue that the arguments were read against; empty where the system has none.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Labels that go with values into columns which do not carry them yet.
    #[must_use]
    pub fn copies(&self) -> &[Copied] {
        &self.copies
    }

    pub(crate) fn into_parts(self) -> ExaminedParts {
        ExaminedParts {
            system: Arc::clone(self.bound.system()),
            tool: Arc::clone(self.bound.tool()),
            call: self.bound.into_call(),
            capabilities: self.capabilities,
            findings: self.findings,
            outputs: self.outputs,
            reach: self.reach,
            writes: self.writes,
            restorations: self.restorations,
            catalog: self.catalog,
            copies: self.copies,
        }
    }
}

/// An examined call taken apart by the policy engine, to become a permit.
#[derive(Debug)]
pub(crate) struct ExaminedParts {
    pub(crate) system: Arc<System>,
    pub(crate) tool: Arc<Tool>,
    pub(crate) call: Call,
    pub(crate) capabilities: CapabilitySet,
    pub(crate) findings: Vec<Finding>,
    pub(crate) outputs: Option<Vec<Output>>,
    pub(crate) reach: Reach,
    pub(crate) writes: Vec<String>,
    pub(crate) restorations: Vec<Restoration>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) copies: Vec<Copied>,
}
