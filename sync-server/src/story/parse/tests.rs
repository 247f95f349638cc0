//! Every mistake of an author's is named with its line.

use super::*;

const HEAD: &str = r#"title = "Uji"
clock = "2026-11-23T08:00:00+07:00"
[[institution]]
id = "cilegon"
profile = "cilegon-lk3-2023"
[[staff]]
key = "ratna"
name = "Ratna"
roles = ["social_worker"]
[[device]]
key = "hp-ratna"
staff = ["ratna"]
"#;

const REGISTER: &str = r#"[[step]]
who = "ratna"
do = "register"
case = "a"
channel = "walk_in"
applicant = "family"
"#;

fn check(rest: &str, line: usize, words: &str) {
    let text = format!("{HEAD}{rest}");
    match Story::parse(&text) {
        Ok(_) => panic!("taken: {rest}"),
        Err(error) => {
            assert_eq!(error.line, line, "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

#[test]
fn a_sound_story_is_taken_in_the_order_of_the_file() {
    let text = format!(
        "{HEAD}{REGISTER}[[expect]]\nverdict = {{ a = \"committed\" }}\n[[step]]\noffline = [\"hp-ratna\"]\n"
    );
    let story = Story::parse(&text).unwrap();
    let lines: Vec<usize> = story.beats.iter().map(|beat| beat.line).collect();
    assert_eq!(lines, [13, 19, 21]);
    assert!(matches!(story.beats[1].act, Act::Expect(_)));
}

#[test]
fn what_is_erased_is_named_whole_or_record_by_record() {
    let wanted =
        "what is erased are records, as a list of labels, fields of one of them, or \"case\"";
    for (what, fields) in [
        ("[]", ""),
        ("\"case\"", "fields = [\"note\"]\n"),
        ("[\"a\", \"a\"]", "fields = [\"note\"]\n"),
    ] {
        check(
            &format!("{REGISTER}[[step]]\nask_erasure = {what}\n{fields}"),
            20,
            wanted,
        );
    }
    check(
        &format!("{REGISTER}[[step]]\ndecide_erasure = \"x\"\n"),
        20,
        "unknown request `x`",
    );
}

#[test]
fn mistakes_in_steps_are_named_with_their_lines() {
    check(
        "[[step]]\nwho = \"ratna\"\ndo = \"regsiter\"\n",
        15,
        "unknown command `regsiter`; known: register",
    );
    check(
        &format!("{REGISTER}warna = \"biru\"\n"),
        19,
        "unknown key `warna`; known here: at, free, do",
    );
    check(
        &format!("{REGISTER}danger = \"p9\"\n"),
        19,
        "unknown danger `p9`; known: p1, p2, p3",
    );
    check(
        &format!("{REGISTER}domiciled = \"ya\"\n"),
        19,
        "true or false is wanted here, not a text",
    );
    check(
        &REGISTER.replace("applicant", "aplicant"),
        18,
        "unknown key `aplicant`",
    );
    check(
        &REGISTER.replace("applicant = \"family\"\n", ""),
        15,
        "field `applicant` is missing",
    );
    check(
        &REGISTER.replace("ratna", "rina"),
        14,
        "unknown person `rina`; known: ratna",
    );
    check(
        &format!("{REGISTER}at = \"2026-11-23T07:00:00+07:00\"\n"),
        19,
        "before the step above",
    );
    check(&format!("{REGISTER}at = \"besok\"\n"), 19, "not an instant");
    check(
        &format!("{REGISTER}{REGISTER}"),
        22,
        "a second case named `a`",
    );
    check(
        "[[step]]\nsync = [\"hp-rani\"]\n",
        14,
        "unknown device or person `hp-rani`",
    );
    check(
        "[[step]]\noffline = [\"hp-ratna\"]\n[[step]]\nsync = [\"hp-ratna\"]\n",
        16,
        "is offline here",
    );
    check(
        "[[step]]\nat = \"2026-11-23T09:00:00+07:00\"\n",
        13,
        "exactly one of do, sync",
    );
    check("[[step]\n", 13, "");
    check("warna = \"biru\"\n", 13, "unknown key `warna`");
}

#[test]
fn mistakes_in_expectations_are_named_with_their_lines() {
    check("[[expect]]\n", 13, "nothing is expected here");
    check(
        &format!("{REGISTER}[[expect]]\nverdict = {{ b = \"committed\" }}\n"),
        20,
        "unknown label `b`",
    );
    check(
        &format!("{REGISTER}[[expect]]\nverdict = {{ a = \"refused\" }}\n"),
        20,
        "not what can become",
    );
    check(
        &format!("{REGISTER}[[expect]]\nverdict = {{ a = \"refused:bosan\" }}\n"),
        20,
        "unknown refusal `bosan`",
    );
    check(
        &format!("{REGISTER}[[expect]]\ncase = \"a\"\nstatus = \"registered\"\n"),
        19,
        "`on` are needed",
    );
    check(
        &format!("{REGISTER}[[expect]]\ncase = \"a\"\non = [\"ratna\"]\nstatus = \"selesai\"\n"),
        22,
        "unknown status",
    );
    check(
        &format!("{REGISTER}[[expect]]\nattention = [\"overdue:a\"]\n"),
        19,
        "`on` is needed",
    );
    check(
        &format!("{REGISTER}[[expect]]\non = [\"ratna\"]\nattention = [\"bosan:a\"]\n"),
        21,
        "unknown kind of attention `bosan`",
    );
    check(
        &format!("{REGISTER}[[expect]]\non = [\"ratna\"]\nattention = [\"overdue\"]\n"),
        21,
        "unknown case",
    );
    check(
        &format!("{REGISTER}[[expect]]\non = [\"ratna\"]\ntoday = {{ besok = [] }}\n"),
        21,
        "unknown part of the first screen",
    );
    check(
        &format!("{REGISTER}[[expect]]\non = [\"ratna\"]\ncontacts = {{ \"129\" = \"safe\" }}\n"),
        21,
        "`contacts` needs `case`",
    );
}

#[test]
fn a_profile_of_ones_own_must_be_sound() {
    let text = "title = \"x\"\nclock = \"2026-11-23T08:00:00+07:00\"\n\n[[institution]]\nid = \"a\"\nprofile_file = \"p.toml\"\n";
    let found = |open: OpenFile<'_>| Story::parse_with(text, open).unwrap_err();
    let missing = found(&|_| Err("not there".to_owned()));
    assert_eq!(missing.line, 6);
    let unsound = found(&|_| Ok("id = \"x\"\n".to_owned()));
    let told = unsound.fault.to_string();
    assert!(
        told.starts_with("the profile in `p.toml`: line 1"),
        "{told}"
    );
}

/// Every scenario of the repository can be read; whether it plays is the runner's to say.
#[test]
fn the_repositorys_scenarios_are_sound() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let mut count = 0;
    let beside =
        |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if let Err(error) = Story::parse_with(&text, &beside) {
            panic!("{}:{}: {}", path.display(), error.line, error.fault);
        }
        count += 1;
    }
    assert!(count >= 15);
}

/// The example that people copy from must be right.
#[test]
fn the_documented_example_is_sound() {
    let text = include_str!("../../../../docs/SCENARIOS.md");
    let from = text.find("```toml\n").unwrap() + "```toml\n".len();
    let to = from + text[from..].find("```").unwrap();
    assert_eq!(Story::parse(&text[from..to]).map(|_| ()), Ok(()));
}

/// Every command and every field of one is in the table that people read.
#[test]
fn every_command_and_field_is_documented() {
    let text = include_str!("../../../../docs/SCENARIOS.md");
    for kind in jangkau_core::command::CommandKind::ALL {
        let row = text
            .lines()
            .find(|line| line.starts_with(&format!("| `{kind}` |")));
        let row = row.unwrap_or_else(|| panic!("{kind} is not there"));
        for field in kind.fields() {
            assert!(
                row.contains(&format!("`{}", field.name)),
                "{kind}: {}",
                field.name
            );
        }
    }
}
