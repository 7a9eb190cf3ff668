//! What operators write: configuration, policies, and what is asked about them.
//! Knows nothing of what rules say.

/// Rules that one rule is held against when it is asked whether it changes anything.
pub const REDUNDANT_LOOKS_MAX: usize = 512;
/// Fewest people that a policy may call enough for a group.
pub const SMALL_GROUP_MIN: u64 = 3;
/// People of a group below which it is small, where the rule does not say.
pub const SMALL_GROUP_K: u64 = 11;
/// Most columns that name a group.
pub const SMALL_GROUP_COLUMNS_MAX: usize = 4;
/// Most different questions about the groups of one rule whose answers are held against each other.
pub const SMALL_GROUP_ANSWERS_MAX: usize = 64;
/// Most groups of one answer that are held against each other.
pub const SMALL_GROUP_ROWS_MAX: usize = 2_048;
/// Steps in which it must be clear what can be computed from them.
pub const SMALL_GROUP_WORK_MAX: usize = 50_000_000;
/// Fewest rows that a policy may demand behind a sum.
pub const MEASURE_ROWS_MIN: u64 = 3;
/// Largest file that an operator writes (manifest, policy, configuration), in bytes.
pub const CONFIG_BYTES_MAX: usize = 1024 * 1024;
/// Largest compiled form of one pattern in a manifest or policy, in bytes.
pub const PATTERN_BYTES_MAX: usize = 256 * 1024;
/// Most rules in shadow mode that a record names, the earliest phases first.
pub const SHADOWS_NOTED_MAX: usize = 64;
/// Deepest nesting of `when` in a rule.
pub const CONDITION_DEPTH_MAX: usize = 8;
/// Most questions of one `when`.
pub const CONDITION_PARTS_MAX: usize = 64;
/// Most small changes of a policy that its cases are held against.
pub const MUTANTS_MAX: usize = 50_000;
/// Most cases of a policy, each moment of a case counted.
pub const POLICY_CASES_MAX: usize = 10_000;
/// Classes of calls that one question about a policy looks at; beyond, it is not decided.
pub const PROVE_CLASSES_MAX: u64 = 2_000_000;
/// Different arguments of one tool that a question looks at; beyond, it is not decided.
pub const PROVE_CALLS_MAX: usize = 20_000;
/// States of the automaton that tells texts apart; beyond, the text is not known.
pub const PROVE_STATES_MAX: usize = 20_000;
/// Memory for these states, in bytes.
pub const PROVE_STATES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Classes of texts of one argument; beyond, the text is not known.
pub const PROVE_TEXTS_MAX: usize = 512;
/// Longest length that a rule may ask of a text or list so that it is told apart exactly.
pub const PROVE_LENGTH_MAX: u64 = 256;
/// Numbers up to here have neighbours that are told apart exactly.
pub const PROVE_NUMBER_MAX: f64 = 1e15;
/// Kinds of calls that one difference of two policies names.
pub const PROVE_SHOWN_MAX: usize = 8;
/// Most questions of one file.
pub const PROVE_QUESTIONS_MAX: usize = 256;
/// How often the files of a policy are looked at for changes, in milliseconds.
pub const WATCH_MS: u64 = 1_000;
/// How seldom a configuration may have them looked at, in milliseconds: an hour.
pub const WATCH_MS_MAX: u64 = 3_600_000;
