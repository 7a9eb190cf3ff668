//! The house rules as a test: sizes, bans, import edges, headers, promises.
//! Knows nothing of behaviour.

mod tidy {
    pub mod edges;
    pub mod promises;
    pub mod sizes;
    pub mod source;
    pub mod words;
}

fn judge(rule: fn(&[tidy::source::Source]) -> Vec<String>) {
    let sources = tidy::source::all();
    assert!(
        sources.len() > 50,
        "the walk found only {} files",
        sources.len()
    );
    let problems = rule(&sources);
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn files_and_functions_stay_small() {
    judge(tidy::sizes::judge);
}

#[test]
fn imports_run_only_as_drawn() {
    judge(tidy::edges::judge);
}

#[test]
fn banned_words_stay_out() {
    judge(tidy::words::judge);
}

#[test]
fn every_rule_of_the_kernel_is_told_to_readers_of_the_log() {
    judge(tidy::words::own_rules);
}

#[test]
fn every_file_says_what_it_is_for() {
    judge(tidy::words::headers);
}

#[test]
fn promises_and_threats_name_live_tests() {
    let problems = tidy::promises::judge();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
