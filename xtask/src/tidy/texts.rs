//! The catalogue of texts: what is said in Indonesian is said in English, and the other way round.

use std::collections::BTreeSet;

use super::Finding;

/// The two languages' files.
const FILES: [&str; 2] = ["core/texts/id.ftl", "core/texts/en.ftl"];

/// The texts of both languages, as far as they are tracked.
#[derive(Debug, Default)]
pub(super) struct Catalogues {
    /// Keys, in the order of `FILES`; none where there is no such file.
    keys: [Option<BTreeSet<String>>; 2],
}

impl Catalogues {
    /// Remembers the keys of a file, if it is one of the two.
    pub(super) fn take(&mut self, file: &str, text: &str) {
        if let Some(language) = FILES.iter().position(|name| *name == file) {
            self.keys[language] = Some(keys(text));
        }
    }

    /// Keys that one language has and the other lacks. Where both files are missing there is nothing to compare.
    pub(super) fn check(&self) -> Vec<Finding> {
        let [indonesian, english] = &self.keys;
        if indonesian.is_none() && english.is_none() {
            return Vec::new();
        }
        let empty = BTreeSet::new();
        let [indonesian, english] =
            [indonesian, english].map(|keys| keys.as_ref().unwrap_or(&empty));
        let lacks = |file: &str, key: &String| Finding::new(file, 0, format!("lacks `{key}`"));
        let mut findings: Vec<Finding> = Vec::new();
        findings.extend(
            english
                .difference(indonesian)
                .map(|key| lacks(FILES[0], key)),
        );
        findings.extend(
            indonesian
                .difference(english)
                .map(|key| lacks(FILES[1], key)),
        );
        findings
    }
}

/// The messages, terms (`-name`) and attributes (`name.attribute`) of a Fluent file.
fn keys(text: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut message = String::new();
    for line in text.lines() {
        let Some((name, _)) = line.split_once('=') else {
            continue;
        };
        let indented = line.starts_with(' ');
        let name = name.trim();
        match name.strip_prefix('.') {
            Some(attribute) if indented && is_identifier(attribute) => {
                keys.insert(format!("{message}.{attribute}"));
            }
            None if !indented && is_identifier(name.strip_prefix('-').unwrap_or(name)) => {
                name.clone_into(&mut message);
                keys.insert(message.clone());
            }
            Some(_) | None => {}
        }
    }
    keys
}

/// Whether Fluent takes this as a name.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(indonesian: &str, english: &str) -> Vec<String> {
        let mut catalogues = Catalogues::default();
        catalogues.take(FILES[0], indonesian);
        catalogues.take(FILES[1], english);
        let findings = catalogues.check();
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let same = "# a comment = not a key\n-app = Jangkau\nvisit = Kunjungan\n    .hint = { $n } = satu\n";
        assert_eq!(found(same, same), [""; 0]);
        assert_eq!(
            found("visit = Kunjungan", ""),
            ["core/texts/en.ftl: lacks `visit`"]
        );
        assert_eq!(
            found("a = x\n    .hint = y", "a = x\nb = y"),
            [
                "core/texts/id.ftl: lacks `b`",
                "core/texts/en.ftl: lacks `a.hint`"
            ]
        );
    }

    #[test]
    fn one_language_alone_lacks_the_other() {
        let mut catalogues = Catalogues::default();
        catalogues.take("README.md", "a = b");
        assert_eq!(catalogues.check(), []);
        catalogues.take(FILES[0], "a = b");
        assert_eq!(catalogues.check().len(), 1);
    }
}
