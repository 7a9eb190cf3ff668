//! Every leaf, key and number of a JSON value, each with what the keys around it say.
//! Knows nothing of how a text is searched.

use crate::json::Json;
use crate::limits;

use super::apply;
use super::cannot_mask::CannotMask;
use super::context::{Context, PERSONAL};
use super::finding::Finding;
use super::hit::Hit;
use super::leaf::Examiner;

/// A find in the nth text of a value; keys, strings and numbers count in the order of the source.
pub(super) type Found = (usize, Hit);

/// Finds and masks.
pub(super) fn mask(
    examiner: &mut Examiner<'_>,
    value: Json,
) -> Result<(Json, Vec<Finding>), CannotMask> {
    let found = find(examiner, &value)?;
    apply::apply(examiner, value, found)
}

/// Everything in `value`, by ordinal.
pub(super) fn find(examiner: &mut Examiner<'_>, value: &Json) -> Result<Vec<Found>, CannotMask> {
    let mut walk = Walk {
        examiner,
        ordinal: 0,
        found: Vec::new(),
    };
    walk.value(value, Context::default(), 0)?;
    let found = walk.found;
    Ok(found)
}

struct Walk<'w, 'a> {
    examiner: &'w mut Examiner<'a>,
    ordinal: usize,
    found: Vec<Found>,
}

impl Walk<'_, '_> {
    fn value(&mut self, value: &Json, context: Context, depth: usize) -> Result<(), CannotMask> {
        if depth > limits::JSON_DEPTH_MAX {
            return Err(CannotMask::TooDeep);
        }
        match value {
            Json::Null | Json::Bool(_) => Ok(()),
            Json::Number(number) => self.text(number.lexeme(), context),
            Json::String(text) => self.text(text, context),
            Json::Array(items) => items
                .iter()
                .try_for_each(|item| self.value(item, context, depth + 1)),
            Json::Object(object) => {
                let mut personal = false;
                for key in object.keys() {
                    personal |= self.examiner.context_of(key).kinds.meets(PERSONAL);
                }
                for (key, member) in object.iter() {
                    self.text(key, Context::default())?;
                    let own = self.examiner.context_of(key).within(context, personal);
                    self.value(member, own, depth + 1)?;
                }
                Ok(())
            }
        }
    }

    fn text(&mut self, text: &str, context: Context) -> Result<(), CannotMask> {
        let ordinal = self.ordinal;
        self.ordinal += 1;
        self.examiner.allow(text.len());
        let hits = self.examiner.examine(text, context)?;
        self.found
            .extend(hits.into_iter().map(|hit| (ordinal, hit)));
        Ok(())
    }
}
