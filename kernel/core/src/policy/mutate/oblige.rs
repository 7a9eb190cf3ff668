//! Changes of rules that oblige the answer: small groups and transforms.
//! Knows nothing of what they say to a call.

use std::collections::BTreeMap;

use serde_spanned::Spanned;

use super::change::Changes;
use super::lists;
use crate::limits;
use crate::policy::phase::{Caps, DetectRule, FieldRule, Mask, SmallGroups, Transform};
use crate::policy::{Coarse, GroupTerms, LabelPattern, Operator, Rule};

pub(super) fn small_groups(rule: &SmallGroups, changes: &mut Changes<'_>) {
    let SmallGroups { head, tools, terms } = rule;
    let GroupTerms {
        rule: _,  // the id
        count: _, // a column's name; the answer decides what is there
        by,
        total,
        k,
    } = terms;
    changes.head(head, true, |head| {
        Rule::SmallGroups(SmallGroups {
            head,
            ..rule.clone()
        })
    });
    changes.list(tools, |tools| {
        Rule::SmallGroups(SmallGroups {
            tools,
            ..rule.clone()
        })
    });
    let with = |terms: GroupTerms| {
        Rule::SmallGroups(SmallGroups {
            terms,
            ..rule.clone()
        })
    };
    let told = "a case that says on which terms rows leave (`small_groups`)";
    let names: Vec<Spanned<String>> = by
        .iter()
        .map(|name| Spanned::new(changes.here(), name.clone()))
        .collect();
    for one in lists::altered(&names, changes.universe) {
        let by = one.list.into_iter().map(Spanned::into_inner).collect();
        let changed = with(GroupTerms {
            by,
            ..terms.clone()
        });
        changes.add(changes.here(), one.change, told, changed);
    }
    if total.is_some() {
        let changed = with(GroupTerms {
            total: None,
            ..terms.clone()
        });
        changes.add(changes.here(), "`total` is left out", told, changed);
    }
    changes.number(("k", *k, limits::SMALL_GROUP_MIN), |k| {
        with(GroupTerms { k, ..terms.clone() })
    });
}

pub(super) fn transform(rule: &Transform, changes: &mut Changes<'_>) {
    let Transform {
        head,
        mask,
        detect,
        analyse,
        fields: shapes,
        caps,
    } = rule;
    let with = |changed: Transform| Rule::Transform(changed);
    changes.head(head, true, |head| {
        with(Transform {
            head,
            ..rule.clone()
        })
    });
    if let Some(mask) = mask {
        masks(rule, mask, changes);
    }
    if let Some(detect) = detect {
        detectors(rule, detect, changes);
    }
    if let Some(shapes) = shapes {
        fields(rule, shapes, changes);
    }
    for one in lists::altered(analyse, changes.universe) {
        let changed = with(Transform {
            analyse: one.list,
            ..rule.clone()
        });
        changes.add(one.at, one.change, one.told_by, changed);
    }
    if let Some(first) = analyse.first() {
        let changed = with(Transform {
            analyse: Vec::new(),
            ..rule.clone()
        });
        let told = "a case that says that the answer is analysed (`analysed`)";
        changes.add(first.span(), "`analyse` is left out", told, changed);
    }
    let Caps {
        row_max,
        byte_max,
        change_max,
        limit,
    } = *caps;
    let caps_with = |caps: Caps| {
        Rule::Transform(Transform {
            caps,
            ..rule.clone()
        })
    };
    cap("row_max", row_max, changes, |row_max| {
        caps_with(Caps { row_max, ..*caps })
    });
    cap("byte_max", byte_max, changes, |byte_max| {
        caps_with(Caps { byte_max, ..*caps })
    });
    cap("limit", limit, changes, |limit| {
        caps_with(Caps { limit, ..*caps })
    });
    cap("change_max", change_max, changes, |change_max| {
        caps_with(Caps {
            change_max,
            ..*caps
        })
    });
}

fn cap(key: &str, cap: Option<u64>, changes: &mut Changes<'_>, with: impl Fn(Option<u64>) -> Rule) {
    let Some(number) = cap else { return };
    let told = "a case that says what is capped (`caps`)";
    changes.add(
        changes.here(),
        format!("`{key}` is left out"),
        told,
        with(None),
    );
    changes.number((key, number, 0), |number| with(Some(number)));
}

/// Each label that there is and that the mask means: masked more mildly, and not masked at all.
fn masks(rule: &Transform, mask: &Mask, changes: &mut Changes<'_>) {
    let Mask {
        labels,
        default: _, // what it does is changed label by label
        by_label,
        listed,
        subject,
    } = mask;
    let with = |mask: Option<Mask>| {
        Rule::Transform(Transform {
            mask,
            ..rule.clone()
        })
    };
    let at = labels.first().map_or(changes.here(), Spanned::span);
    let beside = rule.detect.is_some() || rule.fields.is_some() || !rule.analyse.is_empty();
    if beside || rule.caps != Caps::default() {
        let told = "a case that says how a column is masked (`masks`)";
        changes.add(at.clone(), "`mask` is left out", told, with(None));
    }
    changes.list(labels, |labels| {
        with(Some(Mask {
            labels,
            ..mask.clone()
        }))
    });
    for label in changes.universe.labels.clone() {
        let Some(operator) = mask.operator(&label) else {
            continue;
        };
        let listed_at = listed.iter().find(|one| *one.get_ref() == label);
        let at = listed_at.map_or(at.clone(), Spanned::span);
        let told =
            format!("a case in which a column with `{label}` leaves, with its mask (`masks`)");
        if let Some(milder) = milder(operator) {
            let mut by_label: BTreeMap<_, _> = by_label.clone();
            by_label.insert(label.clone(), milder);
            let change = format!("`{label}` is masked by `{milder}`, not `{operator}`");
            let changed = with(Some(Mask {
                by_label,
                ..mask.clone()
            }));
            changes.add(at.clone(), change, told.clone(), changed);
        }
        let exact = |one: &&crate::manifest::Label| **one != label && mask.operator(one).is_some();
        let rest = changes.universe.labels.iter().filter(exact);
        let rest = rest.filter_map(|one| LabelPattern::parse(one.as_str()));
        let labels: Vec<_> = rest.map(|one| Spanned::new(at.clone(), one)).collect();
        let changed = with(Some(Mask {
            labels,
            ..mask.clone()
        }));
        changes.add(
            at,
            format!("`{label}` is not meant by the mask"),
            told,
            changed,
        );
    }
    if let Some(subject) = subject {
        let changed = with(Some(Mask {
            subject: None,
            ..mask.clone()
        }));
        let told = "a case in which a date leaves beside its subject (`masks`)";
        changes.add(subject.span(), "`subject` is left out", told, changed);
    }
}

/// The next milder operator.
fn milder(operator: Operator) -> Option<Operator> {
    Some(match operator {
        Operator::Withhold => Operator::Drop,
        Operator::Drop => Operator::Redact,
        Operator::Redact => Operator::Hash,
        Operator::Hash => Operator::Token,
        Operator::Token => Operator::Generalise(Coarse::Suited),
        Operator::Generalise(Coarse::Suited) => Operator::DateShift(1),
        Operator::Generalise(
            Coarse::Prefix(_) | Coarse::Network | Coarse::Month | Coarse::Year | Coarse::Band(_),
        ) => Operator::Generalise(Coarse::Suited),
        Operator::DateShift(days) if days > 1 => Operator::DateShift(days.saturating_sub(1)),
        Operator::DateShift(_) => Operator::KEEP_LAST_4,
        Operator::KeepLast(kept) if kept < 6 => Operator::KeepLast(kept.saturating_add(1)),
        Operator::KeepLast(_) => Operator::Search,
        Operator::Search => return None,
    })
}

fn detectors(rule: &Transform, detect: &DetectRule, changes: &mut Changes<'_>) {
    let DetectRule { profile, by_type } = detect;
    let with = |detect: Option<DetectRule>| {
        Rule::Transform(Transform {
            detect,
            ..rule.clone()
        })
    };
    let told = "a case that says what detectors look for (`detect`)";
    changes.add(profile.span(), "`detect` is left out", told, with(None));
    let other = match profile.get_ref().as_str() {
        "standard" => "strict",
        _ => "standard",
    };
    let changed = with(Some(DetectRule {
        profile: Spanned::new(profile.span(), other.to_owned()),
        ..detect.clone()
    }));
    let change = format!("the profile is `{other}`, not `{}`", profile.get_ref());
    changes.add(profile.span(), change, told, changed);
    for (place, (name, _)) in by_type.iter().enumerate() {
        let rest = by_type.iter().enumerate().filter(|(at, _)| *at != place);
        let by_type = rest.map(|(_, one)| one.clone()).collect();
        let changed = with(Some(DetectRule {
            by_type,
            ..detect.clone()
        }));
        let change = format!("`{}` is left to the profile", name.get_ref());
        changes.add(name.span(), change, told, changed);
    }
}

/// Each field that does not leave, or leaves under another name.
fn fields(rule: &Transform, shapes: &FieldRule, changes: &mut Changes<'_>) {
    let FieldRule {
        tools,
        drop,
        rename,
    } = shapes;
    let with = |fields: FieldRule| {
        Rule::Transform(Transform {
            fields: Some(fields),
            ..rule.clone()
        })
    };
    changes.list(tools, |tools| {
        with(FieldRule {
            tools,
            ..shapes.clone()
        })
    });
    for (place, field) in drop.iter().enumerate() {
        let rest = drop.iter().enumerate().filter(|(at, _)| *at != place);
        let changed = with(FieldRule {
            drop: rest.map(|(_, one)| one.clone()).collect(),
            ..shapes.clone()
        });
        let change = format!("`{}` is not dropped", field.get_ref().as_str());
        let told = "a case that says what does not leave (`drop`)";
        changes.add(field.span(), change, told, changed);
    }
    for (place, (field, _)) in rename.iter().enumerate() {
        let rest = rename.iter().enumerate().filter(|(at, _)| *at != place);
        let changed = with(FieldRule {
            rename: rest.map(|(_, one)| one.clone()).collect(),
            ..shapes.clone()
        });
        let change = format!("`{}` is not renamed", field.get_ref().as_str());
        let told = "a case that says what leaves under another name (`rename`)";
        changes.add(field.span(), change, told, changed);
    }
}
