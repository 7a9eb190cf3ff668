//! Leave to make one call, with everything that it is bound to.
//! Knows nothing of how the call is made.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{Obligations, Statement, Terms};
use crate::call::Call;
use crate::capability::CapabilitySet;
use crate::inspect::{ExaminedParts, Finding, Output, Reach, Restoration};
use crate::json::Object;
use crate::manifest::{Catalog, Copied, System, Tool};
use crate::principal::Principal;
use crate::receipt::{Charge, Receipt};

/// Leave to make one call. Only the policy engine makes it; it cannot be copied, and it is given up
/// for the sealed answer. It is large and passes through many hands: they hold its place alone.
#[must_use]
pub struct Permit(Box<Granted>);

struct Granted {
    call: Call,
    system: Arc<System>,
    tool: Arc<Tool>,
    capabilities: CapabilitySet,
    findings: Vec<Finding>,
    outputs: Option<Vec<Output>>,
    reach: Reach,
    writes: Vec<String>,
    restorations: Vec<Restoration>,
    obligations: Box<Obligations>,
    spends: Vec<Receipt>,
    charges: Vec<Charge>,
    statement: Option<Statement>,
    epoch: Arc<str>,
    catalog: Arc<Catalog>,
    copies: Vec<Copied>,
}

impl Permit {
    pub(in crate::policy) fn new(examined: ExaminedParts, terms: Terms, epoch: Arc<str>) -> Self {
        let ExaminedParts {
            system,
            tool,
            call,
            capabilities,
            findings,
            outputs,
            reach,
            writes,
            restorations,
            catalog,
            copies,
        } = examined;
        let Terms {
            obligations,
            spends,
            charges,
            statement,
        } = terms;
        Self(Box::new(Granted {
            call,
            system,
            tool,
            capabilities,
            findings,
            outputs,
            reach,
            writes,
            restorations,
            obligations: Box::new(obligations),
            spends,
            charges,
            statement,
            epoch,
            catalog,
            copies,
        }))
    }

    /// Who may make the call.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        self.0.call.principal()
    }

    /// The run that it belongs to.
    #[must_use]
    pub fn run(&self) -> &str {
        self.0.call.run()
    }

    /// The system that it goes to.
    #[must_use]
    pub fn system(&self) -> &Arc<System> {
        &self.0.system
    }

    /// The tool that it uses.
    #[must_use]
    pub fn tool(&self) -> &Arc<Tool> {
        &self.0.tool
    }

    /// The very arguments that were judged.
    #[must_use]
    pub fn arguments(&self) -> &Object {
        self.0.call.arguments()
    }

    /// What goes south: the arguments that were judged, and in the place of a query the same with the limit of a rule.
    #[must_use]
    pub fn sent(&self) -> Cow<'_, Object> {
        match &self.0.statement {
            None => Cow::Borrowed(self.0.call.arguments()),
            Some(statement) => Cow::Owned(statement.put_into(self.0.call.arguments())),
        }
    }

    /// Whether its downstream may answer by questions: the tool may ask, and the agent can be asked.
    #[must_use]
    pub fn may_ask(&self) -> bool {
        self.0.tool.asks && self.0.call.can_be_asked()
    }

    /// What the call can do.
    #[must_use]
    pub fn capabilities(&self) -> &CapabilitySet {
        &self.0.capabilities
    }

    /// What was proven about it.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// The columns of its result, where a statement was read.
    #[must_use]
    pub fn outputs(&self) -> Option<&[Output]> {
        self.0.outputs.as_deref()
    }

    /// What the engine's wall is to allow.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.0.reach
    }

    /// The subjects that it writes.
    #[must_use]
    pub fn writes(&self) -> &[String] {
        &self.0.writes
    }

    /// Tokens in the arguments that are exchanged for their values on the way south, and nothing beside them.
    #[must_use]
    pub fn restorations(&self) -> &[Restoration] {
        &self.0.restorations
    }

    /// What must happen to the answer.
    #[must_use]
    pub fn obligations(&self) -> &Obligations {
        &self.0.obligations
    }

    /// The receipts that it stands on. Whether each is single-use was settled by the rule; the state
    /// store marks them spent in the transaction of the decision.
    #[must_use]
    pub fn spends(&self) -> &[Receipt] {
        &self.0.spends
    }

    /// What it takes from budgets: reserved by the state store in the transaction of the decision.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        &self.0.charges
    }

    /// The policy epoch of the decision.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.0.epoch
    }

    /// The catalogue that the decision was made with.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.0.catalog
    }

    /// Labels that go with values into columns which do not carry them yet.
    #[must_use]
    pub fn copies(&self) -> &[Copied] {
        &self.0.copies
    }

    /// Gives up the permit for what its answer owes; [`crate::egress::seal`] is the one caller.
    pub(crate) fn into_terms(self) -> (Arc<Tool>, Option<Vec<Output>>, Box<Obligations>) {
        let Granted {
            tool,
            outputs,
            obligations,
            ..
        } = *self.0;
        (tool, outputs, obligations)
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit({}__{})", self.0.system.server, self.0.tool.name)
    }
}
