//! Random queries from lists of numbers: the same ones in every run, more of them by request.
//! Knows nothing of engines.

use aegis_core::inspect::sql::Reading;
use aegis_core::manifest::{Catalog, catalog_file};
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

const CATALOG: &str = include_str!("../corpus/sql/catalog.toml");

fn setting(name: &str) -> Option<u32> {
    std::env::var(name).ok()?.parse().ok()
}

/// The same cases in every run; `AEGIS_SQL_CASES` asks for more of them, `AEGIS_SQL_SEED` for others, and
/// `AEGIS_SQL_ALL` for every failure as it is, where otherwise the first one is made as simple as it can be.
pub(crate) fn run(
    default_cases: u32,
    write: impl Fn(&[u16]) -> String,
    check: impl Fn(&str, &Catalog) -> Result<(), String>,
) {
    let cases = setting("AEGIS_SQL_CASES").unwrap_or(default_cases);
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&setting("AEGIS_SQL_SEED").unwrap_or(0).to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let catalog = catalog_file::parse(CATALOG).unwrap();
    let all = std::env::var_os("AEGIS_SQL_ALL").is_some();
    let failures = std::cell::RefCell::new(Vec::new());
    let outcome = runner.run(&vec(0..u16::MAX, 0..160), |choices| {
        let sql = write(&choices);
        match check(&sql, &catalog) {
            Err(problem) if all => failures.borrow_mut().push(format!("{sql}\n{problem}")),
            outcome => {
                outcome.map_err(|problem| TestCaseError::fail(format!("{sql}\n{problem}")))?;
            }
        }
        Ok(())
    });
    let failures = failures.into_inner();
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n\n")
    );
    if let Err(fault) = outcome {
        panic!("{fault}");
    }
}

/// Whether a text was read, and runs as well; with `AEGIS_SQL_TELL` each that does not is told.
pub(crate) fn read_and_ran(
    sql: &str,
    reading: &Reading,
    runs: impl Fn(&str) -> Result<(), String>,
) -> bool {
    let tells = std::env::var_os("AEGIS_SQL_TELL").is_some();
    if let Some(refusal) = &reading.refusal {
        if tells {
            eprintln!("REFUSED {} {:?} {sql}", refusal.rule, runs(sql).err());
        }
        return false;
    }
    let ran = runs(sql);
    if let (true, Err(complaint)) = (tells, &ran) {
        eprintln!("FAILED {complaint} :: {sql}");
    }
    ran.is_ok()
}
