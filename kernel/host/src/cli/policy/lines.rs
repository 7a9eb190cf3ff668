//! The difference of two texts, by lines.
//! Knows nothing of what they say.

/// Most pairs of lines that are held against each other; beyond, what differs is shown as a whole.
const PAIRS_MAX: usize = 4_000_000;

/// Lines that only the first text has (`-`) and that only the second has (`+`), each below the last line before it
/// that does not begin with a space; empty where there is no difference.
pub(super) fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut shown = String::new();
    let mut place: Option<&str> = None;
    let mut told: Option<&str> = None;
    for (sign, line) in script(&old, &new) {
        let heading = !line.starts_with(' ') && !line.is_empty();
        if heading && sign == ' ' {
            place = Some(line);
        }
        if sign == ' ' {
            continue;
        }
        if let Some(at) = place.filter(|at| !heading && told != Some(at)) {
            shown.push_str(&format!("  {at}\n"));
            told = place;
        }
        shown.push_str(&format!("{sign} {line}\n"));
    }
    shown
}

/// Every line of both, with where it stands.
fn script<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(char, &'a str)> {
    let alike = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (head, old) = old.split_at_checked(alike).unwrap_or((old, &[]));
    let (_, new) = new.split_at_checked(alike).unwrap_or((new, &[]));
    let mut script: Vec<(char, &str)> = head.iter().map(|line| (' ', *line)).collect();
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        script.extend(old.iter().map(|line| ('-', *line)));
        script.extend(new.iter().map(|line| ('+', *line)));
        return script;
    }
    // `common[i][j]` is how many lines `old[i..]` and `new[j..]` have in common, in order.
    let mut common = vec![vec![0_u32; new.len().saturating_add(1)]; old.len().saturating_add(1)];
    let at = |table: &[Vec<u32>], i: usize, j: usize| {
        table
            .get(i)
            .and_then(|row| row.get(j))
            .copied()
            .unwrap_or(0)
    };
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            let (down, right) = (i.saturating_add(1), j.saturating_add(1));
            let best = match one == other {
                true => at(&common, down, right).saturating_add(1),
                false => at(&common, down, j).max(at(&common, i, right)),
            };
            if let Some(cell) = common.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (Some(one), Some(other)) if one == other => {
                script.push((' ', one));
                (i, j) = (i.saturating_add(1), j.saturating_add(1));
            }
            (Some(one), other)
                if other.is_none()
                    || at(&common, i.saturating_add(1), j)
                        >= at(&common, i, j.saturating_add(1)) =>
            {
                script.push(('-', one));
                i = i.saturating_add(1);
            }
            (_, Some(other)) => {
                script.push(('+', other));
                j = j.saturating_add(1);
            }
            (_, None) => return script,
        }
    }
}
