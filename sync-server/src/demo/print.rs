//! The report for people: who did what, what became of it and why, and what is due.

use std::io::Write;

use jangkau_core::text::text;

use super::LANGUAGE;
use super::report::{CaseReport, Entry, InstitutionReport, Report, mark};

/// Columns of a terminal that everybody has.
const COLUMNS: usize = 100;

/// What stands below a time stands here.
const INDENT: &str = "         ";

/// Prints the whole day.
pub(super) fn print(report: &Report, folder: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let say = |key: &str, args: &[(&str, &str)]| text(LANGUAGE, key, args);
    writeln!(out, "{}", say("demo-title", &[]))?;
    let place = [("address", report.server.as_str()), ("folder", folder)];
    writeln!(out, "{}", say("demo-server", &place))?;
    for institution in &report.institutions {
        print_institution(institution, out)?;
    }
    let counted = |word: &str| {
        let count = report.summary.get(word).copied().unwrap_or_default();
        count.to_string()
    };
    let words = [
        "recorded",
        "committed",
        "refused",
        "needs_review",
        "turned_away",
    ];
    let counts: Vec<(&str, String)> = words.iter().map(|word| (*word, counted(word))).collect();
    let args: Vec<(&str, &str)> = counts.iter().map(|(word, n)| (*word, n.as_str())).collect();
    writeln!(out)?;
    writeln!(out, "{}", say("demo-summary", &args))
}

fn print_institution(institution: &InstitutionReport, out: &mut dyn Write) -> std::io::Result<()> {
    let title = institution.name.as_str();
    let line = "─".repeat(COLUMNS.saturating_sub(title.chars().count() + 4));
    writeln!(out)?;
    writeln!(out, "── {title} {line}")?;
    institution
        .cases
        .iter()
        .try_for_each(|case| print_case(case, out))
}

fn print_case(case: &CaseReport, out: &mut dyn Write) -> std::io::Result<()> {
    let say = |key: &str, args: &[(&str, &str)]| text(LANGUAGE, key, args);
    writeln!(out)?;
    writeln!(out, "{}", say("demo-case", &[("case", &case.case)]))?;
    print_wrapped("  ", "  ", &case.lines.join(" · "), out)?;
    writeln!(out)?;
    let mut day = "";
    for entry in &case.timeline {
        if entry.day != day {
            day = &entry.day;
            writeln!(out, "  {day}")?;
        }
        print_entry(entry, out)?;
    }
    if !case.reviews.is_empty() {
        writeln!(out)?;
        writeln!(out, "  {}", say("demo-reviews", &[]))?;
    }
    for review in &case.reviews {
        let args = [
            ("what", review.command.as_str()),
            ("who", review.who.as_str()),
            ("reason", review.says.as_str()),
        ];
        print_wrapped("    ? ", "      ", &say("demo-review", &args), out)?;
    }
    if !case.deadlines.is_empty() {
        writeln!(out)?;
        writeln!(out, "  {}", say("demo-deadlines", &[]))?;
    }
    for deadline in &case.deadlines {
        print_wrapped("    ", "      ", &deadline.line, out)?;
    }
    Ok(())
}

fn print_entry(entry: &Entry, out: &mut dyn Write) -> std::io::Result<()> {
    let who = [
        ("who", entry.who.as_str()),
        ("role", entry.role.as_str()),
        ("what", entry.what.as_str()),
    ];
    let mut line = text(LANGUAGE, "demo-step", &who);
    if let Some(name) = &entry.performed_by {
        let by = text(LANGUAGE, "demo-performed_by", &[("name", name)]);
        line = format!("{line} ({by})");
    }
    if let Some(detail) = &entry.detail {
        line = format!("{line} – {detail}");
    }
    print_wrapped(&format!("  {}  ", entry.time), INDENT, &line, out)?;
    if let Some(content) = &entry.content {
        print_wrapped(INDENT, INDENT, &format!("“{content}”"), out)?;
    }
    if let Some(way) = &entry.way {
        print_wrapped(INDENT, INDENT, way, out)?;
    }
    let first = format!("{INDENT}{} ", mark(&entry.outcome));
    print_wrapped(&first, &format!("{INDENT}  "), &entry.says, out)
}

/// Prints words in lines of at most [`COLUMNS`], the first with its own beginning.
fn print_wrapped(
    first: &str,
    others: &str,
    words: &str,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in words.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            writeln!(out, "{line}")?;
            others.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(out, "{line}")
}
