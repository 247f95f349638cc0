//! Every exception from a lint has its reason beside it.

use super::Finding;

/// The lint levels that make an exception.
const LEVELS: [&str; 2] = ["allow(", "expect("];

/// Attributes of a formatted Rust file that make an exception without a reason.
pub(super) fn check(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let (start, mut attribute) = match open.take() {
            Some(open) => open,
            None if line.starts_with("#[") || line.starts_with("#![") => (index + 1, String::new()),
            None => continue,
        };
        attribute.push_str(line);
        if depth(&attribute) > 0 {
            open = Some((start, attribute));
        } else if lacks_reason(&attribute) {
            let problem = "an exception from a lint without `reason = \"…\"`";
            findings.push(Finding::new(file, start, problem));
        }
    }
    findings
}

/// How many brackets are still open.
fn depth(attribute: &str) -> i32 {
    attribute.chars().fold(0, |depth, c| match c {
        '[' | '(' => depth + 1,
        ']' | ')' => depth - 1,
        _ => depth,
    })
}

/// Whether some `allow(…)` or `expect(…)` in an attribute gives no reason.
fn lacks_reason(attribute: &str) -> bool {
    LEVELS.iter().any(|level| {
        attribute.match_indices(level).any(|(at, _)| {
            let before = attribute[..at].chars().next_back();
            let whole = before.is_some_and(|c| "[(, ".contains(c));
            whole && !arguments(&attribute[at + level.len()..]).contains("reason = ")
        })
    })
}

/// The text up to the bracket that closes the one already opened.
fn arguments(text: &str) -> &str {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_carry_reasons() {
        let cases: &[(&str, &[usize])] = &[
            ("#[allow(dead_code, reason = \"read by tests\")]", &[]),
            ("#[allow(dead_code)]", &[1]),
            ("fn a() {}\n#![expect(clippy::panic)]", &[2]),
            (
                "    #[expect(\n        clippy::panic,\n        reason = \"x\"\n    )]",
                &[],
            ),
            (
                "#[allow(\n    clippy::panic,\n    dead_code\n)]\nfn a() {}",
                &[1],
            ),
            ("#[cfg_attr(test, allow(dead_code))]", &[1]),
            (
                "#[cfg_attr(test, allow(dead_code, reason = \"x\"), allow(a))]",
                &[1],
            ),
            ("#[derive(Debug)]\nvalue.expect(\"x\");", &[]),
            ("#[disallow(x)]", &[]),
            ("// #[allow(dead_code)]", &[]),
        ];
        for (text, expected) in cases {
            let lines: Vec<usize> = check("a.rs", text).iter().map(|f| f.line).collect();
            assert_eq!(lines, *expected, "{text}");
        }
    }
}
