//! Names that no tracked file may hold: hosts of package registries, and absolute paths of somebody's machine.

use super::Finding;

/// Hosts, in two halves, so that this file does not find itself.
const HOSTS: &[(&str, &str)] = &[
    ("crates", ".io"),
    ("npmjs", ".com"),
    ("npmjs", ".org"),
    ("pypi", ".org"),
    ("python", "hosted.org"),
    ("deb.debian", ".org"),
    ("maven", ".org"),
    ("maven.google", ".com"),
];

/// First parts of paths that exist on one machine only, in two halves as well.
const PATHS: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/fa", "rm/"),
    ("/ro", "ot/"),
    ("/ho", "me/"),
    ("/Us", "ers/"),
    ("/tmp/", "bash_jobs"),
];

/// Lines that hold such a name. Lock files are cargo's, and name registries by design.
pub(super) fn check(file: &str, text: &str) -> Vec<Finding> {
    if file.rsplit('/').next() == Some("Cargo.lock") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (front, back) in HOSTS {
            if line.contains(&format!("{front}{back}")) {
                findings.push(Finding::new(
                    file,
                    index + 1,
                    "names a package registry's host",
                ));
            }
        }
        for (front, back) in PATHS {
            if starts_a_path(line, &format!("{front}{back}")) {
                findings.push(Finding::new(file, index + 1, "names a path of one machine"));
            }
        }
    }
    findings
}

/// Whether `path` stands in the line as the beginning of a path, and not inside a longer one.
fn starts_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"._-~*/})>".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_found(file: &str, text: &str) -> Vec<usize> {
        check(file, text)
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn hosts_and_machine_paths_are_found() {
        let host = concat!("see crates", ".io for it");
        let path = concat!("cd /wo", "rk/main");
        let cases: &[(&str, &str, &[usize])] = &[
            ("README.md", host, &[1]),
            ("README.md", path, &[1]),
            ("a.rs", concat!("fine\n\"/ro", "ot/.cargo\""), &[2]),
            ("a.rs", concat!("docs/wo", "rk/plan.md"), &[]),
            ("a.rs", concat!("https://host/ho", "me/x"), &[]),
            ("a.rs", "the crates we use, /works/", &[]),
            ("Cargo.lock", host, &[]),
            ("tests/Cargo.lock", host, &[]),
        ];
        for (file, text, expected) in cases {
            assert_eq!(lines_found(file, text), *expected, "{file}: {text}");
        }
    }
}
