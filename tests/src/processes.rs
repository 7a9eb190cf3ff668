//! The process table, as `/proc` shows it.
//! Knows nothing of what the processes are.

use std::time::{Duration, Instant};

/// A process: its number and when it began, since numbers are given again.
pub type Process = (u32, String);

/// All processes, with their parents; a zombie is none.
fn processes() -> Vec<(Process, u32)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap() {
        let entry = entry.unwrap();
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name may hold anything; what follows its last parenthesis is: state, parent, …, 20th: start.
        let rest = stat.rsplit(')').next().unwrap_or_default().to_owned();
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let (Some(&state), Some(parent), Some(&start)) =
            (fields.first(), fields.get(1), fields.get(19))
        else {
            continue;
        };
        if state != "Z" && state != "X" {
            found.push(((pid, start.to_owned()), parent.parse().unwrap()));
        }
    }
    found
}

/// The children of a process.
#[must_use]
pub fn children_of(parent: u32) -> Vec<Process> {
    processes()
        .into_iter()
        .filter(|(_, of)| *of == parent)
        .map(|(process, _)| process)
        .collect()
}

/// Everything below a process.
#[must_use]
pub fn descendants_of(process: u32) -> Vec<Process> {
    let all = processes();
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![process];
    while let Some(parent) = parents.pop() {
        for (child, _) in all.iter().filter(|(_, of)| *of == parent) {
            parents.push(child.0);
            found.push(child.clone());
        }
    }
    found
}

/// Waits until none of these lives.
///
/// # Panics
/// Where one does after twenty seconds.
pub fn gone(of: &[Process]) {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        let alive: Vec<_> = processes()
            .into_iter()
            .map(|(process, _)| process)
            .filter(|process| of.contains(process))
            .collect();
        if alive.is_empty() {
            return;
        }
        let words: Vec<_> = alive
            .iter()
            .map(|(pid, _)| std::fs::read_to_string(format!("/proc/{pid}/cmdline")))
            .collect();
        assert!(
            Instant::now() < patience,
            "still there: {alive:?} {words:?}"
        );
        std::thread::yield_now();
    }
}
