//! The other ways out of the server: every other route of HTTP, every command of the command line, the log. By none of them leaves a word of a case;
//! only the copy that a client asked for holds what is theirs.

use std::path::Path;

use clap::{CommandFactory as _, Parser as _};
use jangkau_core::class::Class;
use jangkau_server::cli::{Cli, run};

use super::office::Office;
use super::search::{Canaries, Canary, words_in};
use super::seats::Machines;
use crate::world::violation::{Checked, Violation, ensure};

/// Classes of which a client's copy holds nothing: notes of others than the client, who reported, other cases (K4, K5, K7).
const NEVER_COPIED: &[Class] = &[
    Class::Notes,
    Class::Practitioner,
    Class::Reporter,
    Class::Links,
    Class::Activity,
];

/// What is typed for each command: its words, in which `{…}` are filled in; none where a command opens no database or tells nothing of one:
/// it is the server itself, which is asked by its routes, looks at files, or plays a day of its own.
const TYPED: &[(&str, &str)] = &[
    ("serve", ""),
    ("demo", ""),
    ("check-profile", ""),
    ("deadline", ""),
    ("admin found", "--institution baru --profile mataram-lk3"),
    ("admin wipe-practice", "--institution {office}"),
    ("admin list", "--institution {office}"),
    ("admin status", "--institution {office}"),
    ("admin breach list", "--institution {office}"),
    ("admin rights list", "--institution {office}"),
    ("audit verify", "--institution {office}"),
    ("audit head", "--institution {office}"),
    ("admin profile activate", "{file} --institution {office}"),
    (
        "admin calendar import",
        "{file} --institution {office} --name kota",
    ),
    (
        "admin administrator",
        "--institution {office} --name Petugas",
    ),
    (
        "admin add-staff",
        "--institution {office} --name Petugas --role clerk",
    ),
    ("admin invite", "--institution {office} --person {person}"),
    (
        "admin account",
        "--institution {office} --person {person} --name sari",
    ),
    ("admin sign-out", "{person} --institution {office}"),
    (
        "admin revoke",
        "--institution {office} --seat {seat} --how stolen --store plain",
    ),
    ("admin breach show", "--institution {office} 1"),
    (
        "admin breach tell",
        "--institution {office} 1 --party head --at 2026-12-22T09:00:00+07:00 --words Hilang.",
    ),
    (
        "admin breach close",
        "--institution {office} 1 --words Ketemu.",
    ),
    (
        "admin release",
        "--institution {office} --by {director} --seat {seat} --code ABCDEFGHIJKL",
    ),
    (
        "admin delegate",
        "--institution {office} --to {person} --by {director} --role clerk --from 2026-12-22T09:00:00+07:00 --until 2026-12-23T09:00:00+07:00",
    ),
    ("admin terms", "--institution {office} --person {person}"),
    (
        "admin rights open",
        "--institution {office} --kind access --case {case} --by {person} --note Minta",
    ),
    (
        "admin rights decide",
        "--institution {office} --number 1 --by {director} --note Setuju.",
    ),
    ("admin rights copy", "--institution {office} --number 1"),
    (
        "admin rights close",
        "--institution {office} --number 1 --by {director}",
    ),
    (
        "admin rights unconfirmed",
        "--institution {office} --number 1",
    ),
    (
        "admin rights hold",
        "--institution {office} --case {case} --asked-by Polisi --by {director} --reason Perkara.",
    ),
    (
        "admin rights move-out",
        "--institution {office} --record {record} --by {director} --note Salah.",
    ),
    ("admin backup", "--backup-folder {folder}"),
    ("admin restore", "--from {database}"),
    (
        "audit list",
        "--institution {office} --since 2020-01-01T00:00:00+07:00",
    ),
    ("parcel", "{file}"),
    ("blobs", "--blobs {folder}"),
];

/// Every path at which the server answers, and where it is asked as those ask who use it. Here each is asked by strangers, too.
const ASKED: &[(&str, &str)] = &[
    ("/", "nobody: there is nothing"),
    ("/v1/sync", "everybody, all the time"),
    ("/v1/enrol", "everybody, twice"),
    (
        "/v1/release",
        "its answer is a key to the vault of whoever asks",
    ),
    ("/v1/glass", "the days of an office"),
    ("/v1/blob", "everybody, for every photo"),
    ("/v1/live", "everybody, at a new device"),
    ("/health", "anybody"),
    ("/ready", "anybody"),
    ("/metrics", "anybody"),
    ("/v1/console/sign-in", "one of the staff"),
    ("/v1/console/code", "one of the staff"),
    ("/v1/console/set-up", "one of the staff"),
    ("/v1/console/me", "one of the staff"),
    ("/v1/console/renew", "one of the staff"),
    ("/v1/console/sign-out", "one of the staff"),
    ("/v1/console/password", "one of the staff"),
    ("/v1/console/totp/begin", "one of the staff"),
    ("/v1/console/totp", "one of the staff"),
    ("/v1/console/recovery-codes", "one of the staff"),
    ("/v1/console/sessions", "one of the staff"),
    ("/v1/console/sessions/end", "one of the staff"),
    ("/v1/console/codes", "one of the staff"),
];

/// Paths that the server has and nobody asks.
#[cfg(test)]
pub(super) fn unasked() -> Vec<&'static str> {
    let asked = |path: &&str| ASKED.iter().any(|row| row.0 == *path);
    jangkau_server::http::paths()
        .filter(|path| !asked(path))
        .collect()
}

/// What is typed for a command.
fn typed(command: &str) -> Option<Vec<&'static str>> {
    let row = TYPED.iter().find(|row| row.0 == command)?;
    Some(row.1.split_whitespace().collect())
}

/// Every command that can be typed, in the order in which clap tells them.
fn commands(of: &clap::Command, before: &str, all: &mut Vec<String>) {
    for command in of
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        let name = format!("{before}{}", command.get_name());
        if command.has_subcommands() {
            commands(command, &format!("{name} "), all);
        } else {
            all.push(name);
        }
    }
}

/// Commands in an order in which the later ones find what the earlier ones made.
fn in_order() -> Vec<String> {
    let mut all = Vec::new();
    commands(&Cli::command(), "", &mut all);
    let last = [
        "admin rights decide",
        "admin rights copy",
        "admin rights close",
        "admin revoke",
        "admin breach show",
        "admin breach tell",
        "admin breach close",
        "audit list",
        "admin restore",
    ];
    all.sort_by_key(|name| {
        last.iter()
            .position(|late| late == name)
            .map_or(0, |place| place + 1)
    });
    all
}

/// A command line over a database, with the words that stand for something filled in.
fn line(command: &str, database: &str, fill: impl Fn(&str) -> String) -> Checked<Option<Cli>> {
    let words = typed(command).ok_or_else(|| Violation::new("every command is typed", command))?;
    if words.is_empty() {
        return Ok(None);
    }
    let mut line: Vec<String> = vec!["jangkau-server".to_owned()];
    line.extend(command.split(' ').map(str::to_owned));
    line.extend(["--database".to_owned(), database.to_owned()]);
    line.extend(words.iter().map(|word| fill(word)));
    let cli = Cli::try_parse_from(&line);
    cli.map(Some).map_err(|error| {
        Violation::new("every command can be typed", format!("{command}: {error}"))
    })
}

/// Whether every command there is can be typed, and is.
#[cfg(test)]
pub(super) fn check_typed() -> Checked<()> {
    let person = jangkau_core::id::PersonId::from_bytes([1; 16]).to_string();
    let fill = |word: &str| match word {
        "{person}" | "{director}" | "{seat}" => person.clone(),
        word if word.starts_with('{') => "kantor".to_owned(),
        word => word.to_owned(),
    };
    in_order()
        .iter()
        .try_for_each(|command| line(command, "x", fill).map(drop))
}

/// Types every command there is against a database, and searches what it prints and why it refuses.
pub(super) fn type_all(office: &Office, canaries: &Canaries, folder: &Path) -> Checked<usize> {
    let broke = |error: std::io::Error| Violation::broke("a file", &error);
    let (database, file) = (folder.join("jangkau.sqlite3"), folder.join("berkas"));
    std::fs::write(&file, "bukan apa-apa").map_err(broke)?;
    let case = office
        .cases
        .iter()
        .position(|case| case.stage.is_assigned());
    let case = case.unwrap_or_default();
    let database = database.display().to_string();
    let fill = |word: &str| match word {
        "{office}" => office.institution.to_string(),
        "{person}" => office.seats[2].person.to_string(),
        "{director}" => office.seats[0].person.to_string(),
        "{seat}" => office.seats[2].replica.seat().to_string(),
        "{case}" | "{record}" => office.cases[case].id.to_string(),
        "{file}" => file.display().to_string(),
        "{folder}" => folder.join("backups").display().to_string(),
        "{database}" => database.clone(),
        word => word.to_owned(),
    };
    let mut count = 0;
    for command in in_order() {
        let Some(cli) = line(&command, &database, fill)? else {
            continue;
        };
        let mut out = Vec::new();
        if let Err(refused) = run(cli, &mut out) {
            out.extend_from_slice(refused.to_string().as_bytes());
        }
        let found = words_in(&out);
        let is_copy = command == "admin rights copy";
        for word in &found {
            let canary = canaries.get(word).filter(|_| is_copy);
            let is_theirs =
                |canary: &&Canary| canary.case == case && !NEVER_COPIED.contains(&canary.class);
            ensure(
                canary.filter(is_theirs).is_some(),
                "no command prints words of a case",
                || format!("{command}: {:?}", canaries.get(word)),
            )?;
        }
        ensure(
            !is_copy || !found.is_empty(),
            "a copy holds what is the client's",
            || String::from_utf8_lossy(&out).into_owned(),
        )?;
        count += 1;
    }
    Ok(count)
}

/// A code with which the first of the staff sets up how they sign in.
fn one_time_code(office: &Office, machines: &mut Machines) -> Checked<String> {
    let (institution, person) = (office.institution.clone(), office.seats[2].person);
    let now = machines.later();
    let name = format!("petugas-{}", office.number);
    let Machines { door, chance, .. } = machines;
    let code = door.administer(now, chance, move |engine, now, rng| {
        engine.account(&institution, person, Some(&name), now, rng)
    })?;
    code.map_err(|error| Violation::broke("Engine::account", &error))
}

/// What an answer says, once no word of a case stands in it.
fn heard(
    what: &str,
    said: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Checked<String> {
    let mut said = said.map_err(|error| Violation::broke("HTTP", &error))?;
    let body = said.body_mut().read_to_vec();
    let body = body.map_err(|error| Violation::broke("HTTP", &error))?;
    let mut bytes = format!("{:?}", said.headers()).into_bytes();
    bytes.extend_from_slice(&body);
    ensure(
        words_in(&bytes).is_empty(),
        "no route tells words of a case",
        || what.to_owned(),
    )?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// Asks the console as somebody who is signed in. Gives how often.
fn ask_console(agent: &ureq::Agent, base: &str, code: &str) -> Checked<usize> {
    let mut asked = 0;
    let mut hear = |what: &str, said: Result<ureq::http::Response<ureq::Body>, ureq::Error>| {
        asked += 1;
        heard(what, said)
    };
    let signed_in = hear(
        "console/code",
        agent
            .post(format!("{base}/v1/console/code"))
            .send(format!("{{\"code\":\"{code}\"}}").as_bytes()),
    )?;
    let session: serde_json::Value = serde_json::from_str(&signed_in).unwrap_or_default();
    let token = session["token"].as_str().unwrap_or_default().to_owned();
    ensure(!token.is_empty(), "people can sign in", || signed_in)?;
    for path in ["me", "sessions"] {
        let request = agent.get(format!("{base}/v1/console/{path}"));
        hear(
            path,
            request
                .header("authorization", format!("Bearer {token}"))
                .call(),
        )?;
    }
    for path in [
        "totp/begin",
        "totp",
        "recovery-codes",
        "renew",
        "codes",
        "sessions/end",
        "password",
        "sign-out",
    ] {
        let request = agent.post(format!("{base}/v1/console/{path}"));
        let request = request.header("authorization", format!("Bearer {token}"));
        hear(path, request.send(b"{}".as_slice()))?;
    }
    Ok(asked)
}

/// Asks at every other route of HTTP, signed in or not and in the right shape or not, and searches what is said.
pub(super) fn ask_all(office: &Office, machines: &mut Machines) -> Checked<usize> {
    let (base, code) = (machines.door.address(), one_time_code(office, machines)?);
    // A line for each: the server hangs up on whoever sends what it does not read.
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_idle_connections(0)
        .build()
        .into();
    let mut asked = 0;
    let mut hear = |what: &str, said: Result<ureq::http::Response<ureq::Body>, ureq::Error>| {
        asked += 1;
        heard(what, said)
    };
    let case = office
        .cases
        .first()
        .map(|case| case.id.to_string())
        .unwrap_or_default();
    hear("other", agent.get(format!("{base}/v1/cases/{case}")).call())?;
    // What nobody understands is not said back.
    let mut canaries = machines.canaries.of(office.number);
    let word = canaries.next().map(|(word, _)| *word).unwrap_or([0; 28]);
    for (path, _) in ASKED {
        hear(path, agent.get(format!("{base}{path}")).call())?;
        let said = agent.post(format!("{base}{path}")).send(word.as_slice());
        hear(path, said)?;
    }
    Ok(asked + ask_console(&agent, &base, &code)?)
}
