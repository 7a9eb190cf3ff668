//! All classes of texts that some patterns can tell apart, with one text of each.
//! Knows nothing of what the patterns are for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use regex_automata::hybrid::dfa::DFA;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};

use crate::limits;

/// One text of each class, and whether these are all classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    /// The shortest text of each class.
    pub(super) found: Vec<String>,
    /// Whether there is no other class.
    pub(super) complete: bool,
}

/// Classes that were found once are known: many questions and tools tell the same texts apart.
#[derive(Debug, Default)]
pub(super) struct Lexicon(RefCell<BTreeMap<(String, BTreeSet<String>), Texts>>);

impl Lexicon {
    /// The classes of the whole texts that `universe` means, cut by which of `cuts` mean them.
    pub(super) fn classes(&self, universe: &str, cuts: &BTreeSet<String>) -> Texts {
        let key = (universe.to_owned(), cuts.clone());
        if let Some(known) = self.0.borrow().get(&key) {
            return known.clone();
        }
        let texts = classes(universe, cuts);
        self.0.borrow_mut().insert(key, texts.clone());
        texts
    }
}

/// Finds them.
///
/// All patterns are one automaton; its states are visited, the shortest way first. Two texts that end in the same
/// state are meant by the same patterns, so one of each combination stands for all. Where the automaton cannot be
/// built, or has more states than `limits::PROVE_STATES_MAX`, the classes are not complete.
fn classes(universe: &str, cuts: &BTreeSet<String>) -> Texts {
    let anchored = |pattern: &str| format!("^(?:{pattern})$");
    let mut patterns = vec![anchored(universe)];
    patterns.extend(cuts.iter().map(|cut| anchored(cut)));
    let config = DFA::config()
        .match_kind(MatchKind::All)
        .cache_capacity(limits::PROVE_STATES_BYTES_MAX)
        .skip_cache_capacity_check(true);
    match DFA::builder().configure(config).build_many(&patterns) {
        Ok(dfa) => visit(&dfa),
        Err(_) => Texts::default(),
    }
}

/// Letters come first, so that texts are readable where they may be.
fn letters(dfa: &DFA) -> Vec<u8> {
    let pleasing = (b'a'..=b'z').chain(b'0'..=b'9').chain(b'A'..=b'Z');
    let marks = b"._-/@ ".iter().copied();
    let mut seen = BTreeSet::new();
    // Controls come last, and NUL, which no call may hold, after all others.
    pleasing
        .chain(marks)
        .chain(b'!'..=b'~')
        .chain(0x80..=u8::MAX)
        .chain(1..=u8::MAX)
        .chain([0])
        .filter(|byte| seen.insert(dfa.byte_classes().get(*byte)))
        .collect()
}

fn visit(dfa: &DFA) -> Texts {
    let mut texts = Texts::default();
    let mut cache = dfa.create_cache();
    let from = start::Config::new().anchored(Anchored::Yes);
    let Ok(first) = dfa.start_state(&mut cache, &from) else {
        return texts;
    };
    let letters = letters(dfa);
    let mut classes: BTreeMap<Vec<usize>, String> = BTreeMap::new();
    let mut order: Vec<Vec<usize>> = Vec::new();
    let mut known = BTreeSet::from([first]);
    let mut open = VecDeque::from([(first, Vec::new())]);
    while let Some((state, bytes)) = open.pop_front() {
        let Ok(end) = dfa.next_eoi_state(&mut cache, state) else {
            return texts;
        };
        let meant = match end.is_match() {
            true => (0..dfa.match_len(&cache, end))
                .map(|at| dfa.match_pattern(&cache, end, at).as_usize())
                .collect(),
            false => BTreeSet::new(),
        };
        if meant.contains(&0) {
            let class: Vec<usize> = meant.into_iter().collect();
            if let (false, Ok(text)) = (
                classes.contains_key(&class),
                String::from_utf8(bytes.clone()),
            ) {
                classes.insert(class.clone(), text);
                order.push(class);
            }
        }
        for letter in &letters {
            let Ok(next) = dfa.next_state(&mut cache, state, *letter) else {
                return texts;
            };
            if next.is_quit() {
                return texts;
            }
            if !next.is_dead() && known.insert(next) {
                let mut longer = bytes.clone();
                longer.push(*letter);
                open.push_back((next, longer));
            }
        }
        let overflowing = known.len() > limits::PROVE_STATES_MAX
            || classes.len() > limits::PROVE_TEXTS_MAX
            || cache.clear_count() > 0; // the names of states are no longer the same
        if overflowing {
            texts.found = in_order(&order, &classes);
            return texts;
        }
    }
    texts.found = in_order(&order, &classes);
    texts.complete = true;
    texts
}

fn in_order(order: &[Vec<usize>], classes: &BTreeMap<Vec<usize>, String>) -> Vec<String> {
    let texts = order.iter().filter_map(|class| classes.get(class));
    texts.cloned().collect()
}

/// The pattern of one text, letter by letter.
pub(super) fn exactly(text: &str) -> String {
    regex::escape(text)
}

/// The pattern of a text, whatever the case of its ASCII letters.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(|c| either(c, &[])).collect()
}

/// The pattern of a text as stores fold it that fold more than ASCII: the letters whose upper and lower case meet there.
pub(super) fn widely_folded(text: &str) -> String {
    let mut pattern = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let twice = c.eq_ignore_ascii_case(&'s')
            && rest.peek().is_some_and(|n| n.eq_ignore_ascii_case(&'s'));
        if twice {
            rest.next();
            pattern.push_str("(?:[sSſ][sSſ]|ß|ẞ)");
            continue;
        }
        pattern.push_str(&match c.to_ascii_lowercase() {
            's' => either(c, &['ſ']),
            'i' => either(c, &['ı']),
            'k' => either(c, &['\u{212a}']),
            _ => either(c, &[]),
        });
    }
    pattern
}

fn either(c: char, more: &[char]) -> String {
    let mut ways = BTreeSet::from([c, c.to_ascii_lowercase(), c.to_ascii_uppercase()]);
    ways.extend(more);
    match ways.len() {
        1 => regex::escape(c.encode_utf8(&mut [0; 4])),
        _ => format!("[{}]", ways.into_iter().collect::<String>()),
    }
}
