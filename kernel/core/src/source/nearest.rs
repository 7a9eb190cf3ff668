//! The name that was probably meant.
//! Knows nothing of what the names stand for.

/// The closest of `known` to `given`, where one is close enough to suggest: a few edits away, or the same
/// word shortened or lengthened.
#[must_use]
pub fn nearest<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let letters: Vec<char> = given.chars().take(LENGTH_MAX).collect();
    let most = (letters.len() / 3).clamp(1, 3);
    let near = |distance: usize, name: &str| {
        let alike = name
            .chars()
            .zip(&letters)
            .take_while(|(a, b)| a == *b)
            .count();
        let longer = alike >= 3 && alike == letters.len().min(name.chars().count());
        distance <= most || longer || (alike >= 4 && distance <= 3)
    };
    known
        .into_iter()
        .map(|name| (distance(&letters, name), name))
        .filter(|(distance, name)| near(*distance, name))
        .min()
        .map(|(_, name)| name)
}

/// The fix for a name that is not known: the nearest one, else the list of what there is.
#[must_use]
pub fn did_you_mean<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    if let Some(name) = nearest(given, known.iter().copied()) {
        return format!("did you mean `{name}`?");
    }
    let listed: Vec<String> = known
        .iter()
        .take(LISTED_MAX)
        .map(|n| format!("`{n}`"))
        .collect();
    let more = if known.len() > LISTED_MAX {
        ", …"
    } else {
        ""
    };
    match listed.is_empty() {
        true => "there is none to choose from".to_owned(),
        false => format!("use one of {}{more}", listed.join(", ")),
    }
}

const LENGTH_MAX: usize = 64;
const LISTED_MAX: usize = 24;

/// Edits between the two, a swap of neighbours counting as one (Damerau, optimal string alignment).
fn distance(given: &[char], name: &str) -> usize {
    let name: Vec<char> = name.chars().take(LENGTH_MAX).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=name.len()).collect();
    let at = |row: &[usize], i: usize| row.get(i).copied().unwrap_or(usize::MAX / 2);
    let mut left_char = None;
    for (i, g) in given.iter().enumerate() {
        let mut row = vec![i.saturating_add(1)];
        let mut left_name = None;
        for (j, n) in name.iter().enumerate() {
            let swap = match (left_char, left_name, j.checked_sub(1)) {
                (Some(lg), Some(ln), Some(k)) if lg == n && ln == g => at(&before, k),
                _ => usize::MAX / 2,
            };
            let cost = at(&above, j)
                .saturating_add(usize::from(g != n))
                .min(at(&above, j.saturating_add(1)).saturating_add(1))
                .min(at(&row, j).saturating_add(1))
                .min(swap.saturating_add(1));
            row.push(cost);
            left_name = Some(n);
        }
        left_char = Some(g);
        before = std::mem::replace(&mut above, row);
    }
    at(&above, name.len())
}
