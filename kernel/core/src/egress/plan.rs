//! What the keys of an object say of its members: decided once for all objects that have the same keys.
//! Knows nothing of the values.

use std::cell::Cell;
use std::rc::Rc;

use super::alike::Cells;
use super::cannot_mask::CannotMask;
use super::context::{Context, PERSONAL, hint};
use super::examiner::{Examiner, Key};
use super::tape::Value;

/// Most plans that are kept, and most members of an object whose plan is.
const PLANS_MAX: usize = 8;
const MEMBERS_MAX: usize = 256;

/// One member of an object.
pub(super) struct Planned {
    name: String,
    pub(super) key: Key,
    /// What holds of its value where nothing beside it labels it.
    own: Context,
    /// What was learnt of its values under that.
    cells: Cells,
}

/// What is known of an object by its keys and by what is said around it.
pub(super) struct Plan {
    around: Context,
    members: Vec<Planned>,
    /// Some member is personal, so that a bare name beside it is a person's.
    pub(super) personal: bool,
    /// Some member's value may name what stands beside it.
    pub(super) labelled: bool,
    /// Some member's value may name the columns of the rows beside it.
    pub(super) headed: bool,
    /// Another object had it before: there are rows, of which some may look alike.
    rows: Cell<bool>,
}

/// The plan of the latest object of a tape, by the form of its keys.
pub(super) struct Latest {
    form: u32,
    plan: Rc<Plan>,
}

impl Planned {
    /// What holds of the value, where the object has this label.
    pub(super) fn context(&self, around: Context, label: Context, personal: bool) -> Context {
        if label.kinds.is_empty() || !self.key.context.has(hint::GENERIC) {
            return self.own;
        }
        let mut own = self.key.context;
        if own.kinds.is_empty() {
            own.kinds = label.kinds;
        }
        own.within(around, personal)
    }
}

impl Plan {
    /// As [`Plan::of`], where the latest object of the same tape may have had the same keys.
    ///
    /// # Errors
    /// As [`Plan::of`].
    pub(super) fn again(
        latest: &mut Option<Latest>,
        examiner: &mut Examiner<'_>,
        object: Value<'_, '_>,
        around: Context,
        layer: usize,
    ) -> Result<Rc<Self>, CannotMask> {
        let form = object.form();
        let known = latest.as_ref().filter(|latest| latest.form == form);
        if let Some(latest) = known.filter(|latest| form > 0 && latest.plan.around == around) {
            latest.plan.rows.set(true);
            return Ok(Rc::clone(&latest.plan));
        }
        let plan = Self::of(examiner, object, "", around, layer)?;
        *latest = Some(Latest {
            form,
            plan: Rc::clone(&plan),
        });
        Ok(plan)
    }

    /// The plan of an object; `above` is the key over it, where that begins a phrase that a key inside may end.
    ///
    /// # Errors
    /// [`CannotMask`] where a key cannot be examined within the bounds.
    pub(super) fn of(
        examiner: &mut Examiner<'_>,
        object: Value<'_, '_>,
        above: &str,
        around: Context,
        layer: usize,
    ) -> Result<Rc<Self>, CannotMask> {
        // What a phrase says holds for this object alone.
        if !above.is_empty() || object.len() > MEMBERS_MAX {
            return Self::new(examiner, object, above, around, layer).map(Rc::new);
        }
        let known = examiner
            .plans
            .iter()
            .position(|plan| plan.fits(object, around));
        if let Some(at) = known {
            examiner.plans.swap(0, at);
            if let Some(plan) = examiner.plans.first() {
                plan.rows.set(true);
            }
        } else {
            let plan = Self::new(examiner, object, above, around, layer)?;
            examiner.plans.truncate(PLANS_MAX - 1);
            examiner.plans.insert(0, Rc::new(plan));
        }
        match examiner.plans.first() {
            Some(plan) => Ok(Rc::clone(plan)),
            None => Self::new(examiner, object, above, around, layer).map(Rc::new),
        }
    }

    fn fits(&self, object: Value<'_, '_>, around: Context) -> bool {
        self.members.len() == object.len()
            && self.around == around
            && self
                .members
                .iter()
                .zip(object.members())
                .all(|(planned, (key, _))| planned.name == key)
    }

    /// What the names of members say, by themselves or as the end of a phrase that the key above begins. What that
    /// key says by itself it says of all that is below it, or of none.
    fn new(
        examiner: &mut Examiner<'_>,
        object: Value<'_, '_>,
        above: &str,
        around: Context,
        layer: usize,
    ) -> Result<Self, CannotMask> {
        let mut members = Vec::with_capacity(object.len());
        for (name, _) in object.members() {
            let mut key = examiner.key(name, layer)?;
            if !above.is_empty() && key.clean && key.context.kinds.is_empty() {
                let phrase = examiner.key(&format!("{above} {name}"), layer)?;
                key.context.kinds = phrase.context.kinds.without(around.kinds);
            }
            members.push(Planned {
                name: name.to_owned(),
                key,
                own: Context::default(),
                cells: Cells::new(),
            });
        }
        let personal = members
            .iter()
            .any(|one: &Planned| one.key.context.kinds.meets(PERSONAL));
        for one in &mut members {
            one.own = one.key.context.within(around, personal);
        }
        Ok(Self {
            around,
            personal,
            labelled: members.iter().any(|one| one.key.label.is_some()),
            headed: members.iter().any(|one| one.key.heading),
            rows: Cell::new(false),
            members,
        })
    }

    /// What was learnt of the values of a member, if there are others and what holds of this one held of them.
    pub(super) fn cells<'p>(&self, planned: &'p Planned, context: Context) -> Option<&'p Cells> {
        (self.rows.get() && context == planned.own).then_some(&planned.cells)
    }

    /// How many members it has.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The nth member.
    pub(super) fn member(&self, nth: usize) -> Option<&Planned> {
        self.members.get(nth)
    }
}
