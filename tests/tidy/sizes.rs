//! Files of at most 450 lines, functions of at most 70; rustfmt holds the columns.
//! Knows nothing of content.

use super::source::Source;

const FILE_LINES_MAX: usize = 450;
const FUNCTION_LINES_MAX: usize = 70;

/// What is too large.
pub fn judge(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            problems.push(format!(
                "{}: {lines} lines, split by meaning at {FILE_LINES_MAX}",
                source.path
            ));
        }
        functions(source, &mut problems);
    }
    problems
}

/// A function begins at a line that holds `fn ` and ends at the closing brace of the same indentation.
fn functions(source: &Source, problems: &mut Vec<String>) {
    let mut open: Option<(usize, String)> = None;
    for (at, line) in source.lines() {
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let code = line.trim_start();
        let starts = [
            "fn ",
            "pub fn ",
            "async fn ",
            "pub async fn ",
            "pub(crate) fn ",
            "pub(super) fn ",
        ];
        if open.is_none()
            && starts.iter().any(|start| code.starts_with(start))
            && !code.ends_with(';')
            && !code.ends_with('}')
        {
            open = Some((at, indent));
        } else if let Some((from, depth)) = &open
            && *depth == indent
            && (code == "}" || code.ends_with("; }") || code == ";")
        {
            let length = at - from + 1;
            if length > FUNCTION_LINES_MAX {
                problems.push(format!(
                    "{}:{from}: a function of {length} lines, at most {FUNCTION_LINES_MAX}",
                    source.path
                ));
            }
            open = None;
        }
    }
}
