//! Decisions are numbered `docs/adr/0001-title.md` onwards, without gaps and without twins.

use super::Finding;

/// Where decisions stand.
const FOLDER: &str = "docs/adr/";

/// Digits in a decision's number.
const DIGITS: usize = 4;

/// What is wrong with the numbers of the decisions among these files, which are sorted.
pub(super) fn check(files: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut expected = 1;
    for file in files {
        let Some(name) = file.strip_prefix(FOLDER) else {
            continue;
        };
        match number(name) {
            Some(number) if number == expected => expected += 1,
            Some(number) => {
                let problem = format!("number {number} where {expected} is next");
                findings.push(Finding::new(file, 0, problem));
                expected = expected.max(number + 1);
            }
            None if name == "README.md" => {}
            None => findings.push(Finding::new(file, 0, "not named NNNN-title.md")),
        }
    }
    findings
}

/// The number in a decision's file name.
fn number(name: &str) -> Option<u32> {
    let (digits, title) = name.strip_suffix(".md")?.split_once('-')?;
    let well_formed = digits.len() == DIGITS && !title.is_empty() && !title.contains('/');
    well_formed.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<String> {
        let files: Vec<String> = names.iter().map(|name| format!("{FOLDER}{name}")).collect();
        check(&files)
            .into_iter()
            .map(|finding| finding.file)
            .collect()
    }

    #[test]
    fn numbers_run_from_one_without_gaps_or_twins() {
        assert_eq!(found(&["0001-log.md", "0002-ids.md", "README.md"]), [""; 0]);
        assert_eq!(found(&["0002-ids.md"]), ["docs/adr/0002-ids.md"]);
        assert_eq!(
            found(&["0001-a.md", "0003-c.md", "0004-d.md"]),
            ["docs/adr/0003-c.md"]
        );
        assert_eq!(found(&["0001-a.md", "0001-b.md"]), ["docs/adr/0001-b.md"]);
        assert_eq!(found(&["1-a.md", "notes.txt"]).len(), 2);
    }

    #[test]
    fn other_folders_are_free() {
        assert_eq!(check(&["docs/0007-x.md".to_owned()]), []);
    }
}
