//! Rust files: they say what they are for, stay short, and hold nothing that is only half written.

use super::Finding;

/// Lines in a file, besides its test module.
const LINES_MAX: usize = 500;

/// Macros that stand for what is not written yet, or for a look at a value; without their `!`.
const UNFINISHED: [&str; 3] = ["todo", "unimplemented", "dbg"];

/// What is wrong with a Rust file.
pub(super) fn check(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !text.starts_with("//!") {
        findings.push(Finding::new(
            file,
            1,
            "does not start with `//!`: what is it for?",
        ));
    }
    let lines = lines_without_tests(text);
    if lines > LINES_MAX {
        let problem =
            format!("{lines} lines besides its tests; split it by concept at {LINES_MAX}");
        findings.push(Finding::new(file, 0, problem));
    }
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for name in UNFINISHED {
            if calls(code, name) {
                findings.push(Finding::new(
                    file,
                    index + 1,
                    format!("`{name}!` is unfinished"),
                ));
            }
        }
    }
    findings
}

/// Lines of a formatted file besides its top-level `#[cfg(test)] mod … { … }`.
fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let mut count = 0;
    let mut at = 0;
    while at < lines.len() {
        if let Some(length) = test_module(&lines[at..]) {
            at += length;
        } else {
            count += 1;
            at += 1;
        }
    }
    count
}

/// Lines of the test module that begins here, if one does: its attributes, and its body to the brace at the margin.
fn test_module(lines: &[&str]) -> Option<usize> {
    if *lines.first()? != "#[cfg(test)]" {
        return None;
    }
    let in_attribute = |line: &&str| {
        ["#[", " ", ")]"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let head = lines.iter().take_while(|line| in_attribute(line)).count();
    let opening = lines.get(head)?;
    let opens_body = opening.starts_with("mod ") && opening.ends_with('{');
    let body = lines[head..].iter().position(|line| *line == "}")?;
    opens_body.then_some(head + body + 1)
}

/// Whether a line calls the macro of this very name.
fn calls(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        let whole = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        whole
            && ["!(", "![", "!{"]
                .iter()
                .any(|open| after.starts_with(open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let findings = check("a.rs", text);
        findings.iter().map(ToString::to_string).collect()
    }

    fn long(lines: usize, end: &str) -> String {
        format!("//! Long.\n{}{end}", "const A: u8 = 0;\n".repeat(lines - 1))
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        assert_eq!(found("//! Ids.\nuse a;"), [""; 0]);
        assert_eq!(found("use a;").len(), 1);
        assert_eq!(found("").len(), 1);
        assert_eq!(found("// Ids.").len(), 1);
    }

    #[test]
    fn length_leaves_out_the_test_module() {
        let tests = "#[cfg(test)]\nmod tests {\n    fn a() {\n    }\n}\n";
        assert_eq!(found(&long(LINES_MAX, "")), [""; 0]);
        assert_eq!(found(&long(LINES_MAX, tests)), [""; 0]);
        assert_eq!(found(&long(LINES_MAX + 1, tests)).len(), 1);
        assert_eq!(
            found(&long(LINES_MAX, &format!("{tests}fn b() {{}}"))).len(),
            1
        );
    }

    #[test]
    fn a_test_helper_is_not_a_test_module() {
        let helper = "#[cfg(test)]\nfn helper() {\n}\nmod real {\n    fn a() {}\n}\n";
        assert_eq!(lines_without_tests(helper), 6);
        let apart = "#[cfg(test)]\nmod tests;\nfn a() {}\n";
        assert_eq!(lines_without_tests(apart), 3);
        let allowed = "#[cfg(test)]\n#[allow(x, reason = \"y\")]\nmod tests {\n}\nfn a() {}\n";
        assert_eq!(lines_without_tests(allowed), 1);
    }

    #[test]
    fn half_written_code_is_found() {
        let cases = [
            (concat!("    to", "do!()"), true),
            (concat!("let a = db", "g!(b);"), true),
            (concat!("unimple", "mented![]"), true),
            (concat!("// to", "do!() is banned"), false),
            (concat!("my_to", "do!()"), false),
            ("todo", false),
            ("fn dbg(a: u8) {}", false),
        ];
        for (line, expected) in cases {
            let text = format!("//! A.\n{line}");
            assert_eq!(!found(&text).is_empty(), expected, "{line}");
        }
    }
}
