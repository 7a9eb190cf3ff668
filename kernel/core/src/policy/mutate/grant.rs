//! Changes of rules that grant: grants, look-ups and sums.
//! Knows nothing of what they say to a call.

use super::change::Changes;
use crate::limits;
use crate::policy::Rule;
use crate::policy::phase::{Grant, Lookup, Measure};

pub(super) fn grant(rule: &Grant, changes: &mut Changes<'_>) {
    let Grant {
        head,
        who,
        capabilities,
        tools,
        resources,
    } = rule;
    let with = |changed: Grant| Rule::Grant(changed);
    changes.head(head, false, |head| {
        with(Grant {
            head,
            ..rule.clone()
        })
    });
    changes.who(who, |who| {
        with(Grant {
            who,
            ..rule.clone()
        })
    });
    changes.list(capabilities, |capabilities| {
        with(Grant {
            capabilities,
            ..rule.clone()
        })
    });
    changes.optional("tools", tools.as_ref(), |tools| {
        with(Grant {
            tools,
            ..rule.clone()
        })
    });
    changes.optional("resources", resources.as_ref(), |resources| {
        with(Grant {
            resources,
            ..rule.clone()
        })
    });
}

pub(super) fn lookup(rule: &Lookup, changes: &mut Changes<'_>) {
    let Lookup {
        head,
        who,
        labels,
        budget,
    } = rule;
    let with = |changed: Lookup| Rule::Lookup(changed);
    changes.head(head, false, |head| {
        with(Lookup {
            head,
            ..rule.clone()
        })
    });
    changes.who(who, |who| {
        with(Lookup {
            who,
            ..rule.clone()
        })
    });
    changes.list(labels, |labels| {
        with(Lookup {
            labels,
            ..rule.clone()
        })
    });
    changes.budget(*budget, |budget| {
        with(Lookup {
            budget,
            ..rule.clone()
        })
    });
}

pub(super) fn measure(rule: &Measure, changes: &mut Changes<'_>) {
    let Measure {
        head,
        who,
        labels,
        rows_min,
        share_max,
        budget,
    } = rule;
    let with = |changed: Measure| Rule::Measure(changed);
    changes.head(head, false, |head| {
        with(Measure {
            head,
            ..rule.clone()
        })
    });
    changes.who(who, |who| {
        with(Measure {
            who,
            ..rule.clone()
        })
    });
    changes.list(labels, |labels| {
        with(Measure {
            labels,
            ..rule.clone()
        })
    });
    changes.number(
        ("rows_min", *rows_min, limits::MEASURE_ROWS_MIN),
        |rows_min| {
            with(Measure {
                rows_min,
                ..rule.clone()
            })
        },
    );
    changes.number(("share_max", *share_max, 1), |share_max| {
        with(Measure {
            share_max,
            ..rule.clone()
        })
    });
    changes.budget(*budget, |budget| {
        with(Measure {
            budget,
            ..rule.clone()
        })
    });
}
