//! What can be typed, and what it prints.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use clap::{CommandFactory as _, Parser as _};

use super::*;

/// Runs a command line; gives its status as success and what it printed.
fn typed(words: &[&str]) -> Result<(bool, String), String> {
    let words = std::iter::once("jangkau-server").chain(words.iter().copied());
    let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    let status = run(cli, &mut out).map_err(|error| error.to_string())?;
    let text = String::from_utf8(out).unwrap();
    Ok((
        format!("{status:?}") == format!("{:?}", ExitCode::SUCCESS),
        text,
    ))
}

/// A database in a folder of its own, so that its keys lie beside that.
fn database_in(folder: &std::path::Path) -> std::path::PathBuf {
    std::fs::create_dir(folder.join("data")).unwrap();
    folder.join("data/jangkau.sqlite3")
}

#[test]
fn every_setting_is_explained_and_has_its_variable() {
    Cli::command().debug_assert();
    let cli = Cli::command();
    let serve = cli.find_subcommand("serve").unwrap();
    for setting in serve.get_arguments().filter(|arg| arg.get_id() != "help") {
        let id = setting.get_id().as_str();
        assert!(setting.get_help().is_some(), "{id}");
        let variable = setting.get_env().unwrap().to_string_lossy().into_owned();
        assert_eq!(variable, format!("JANGKAU_{}", id.to_uppercase()));
    }
}

#[test]
fn deadlines_are_one_json_object() {
    let ask = |calendar: &[&str]| {
        let words = [
            "deadline",
            "--profile",
            "cilegon-lk3-2023",
            "--clock",
            "first_outcome",
            "--from",
            "2026-11-20T17:05:00+07:00",
        ];
        typed(&[&words, calendar].concat())
    };
    let (good, text) = ask(&[]).unwrap();
    assert!(good);
    assert_eq!(
        text,
        "{\"start\":\"2026-11-20T17:05:00+07:00\",\"effective\":\"2026-11-23T07:30:00+07:00\",\
         \"due\":\"2026-12-02T16:00:00+07:00\",\"provisional\":false}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("kota.csv");
    std::fs::write(
        &list,
        "date,kind,name,confidence\n2026-11-25,nasional,Hari Guru,high\n",
    )
    .unwrap();
    let (_, text) = ask(&["--calendar", list.to_str().unwrap()]).unwrap();
    assert!(
        text.contains("\"due\":\"2026-12-03T16:00:00+07:00\""),
        "{text}"
    );
}

#[test]
fn a_profile_with_a_fault_is_told_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profile.toml");
    let sound = jangkau_core::profile::shipped_files()[0].toml;
    std::fs::write(&file, sound).unwrap();
    let path = file.to_str().unwrap();
    let (good, text) = typed(&["check-profile", path]).unwrap();
    assert!(good && text.contains("cilegon-lk3-2023"), "{text}");
    assert!(
        text.contains("  not verified: email dinsos@atilegon"),
        "{text}"
    );
    assert!(text.contains("  to answer: jam_layanan: "), "{text}");
    std::fs::write(&file, sound.replace("\nfee = 0", "\nfee = 5")).unwrap();
    let line = sound.lines().position(|line| line == "fee = 0").unwrap() + 1;
    let (good, text) = typed(&["check-profile", path]).unwrap();
    assert!(!good);
    assert_eq!(text, format!("{path}:{line}: the fee must be 0\n"));
}

#[test]
fn an_office_is_founded_staffed_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    let database = database_in(folder.path());
    let admin = |words: &[&str]| {
        let base = ["admin", "--database", database.to_str().unwrap()];
        typed(&[&base, words].concat())
    };
    let at = ["--institution", "lk3-cilegon"];
    assert!(admin(&["list"]).is_err(), "nothing is there yet");
    assert!(!database.exists());
    let found = [&["found"], &at[..], &["--profile", "cilegon-lk3-2023"]].concat();
    assert_eq!(admin(&found), Ok((true, "done\n".to_owned())));
    let first = [&["administrator"], &at[..], &["--name", "Tuti"]].concat();
    let (_, text) = admin(&first).unwrap();
    assert!(
        text.contains("jangkau://enrol?server=http%3A%2F%2F127.0.0.1%3A8750&code="),
        "{text}"
    );
    let staff = [
        &["add-staff"],
        &at[..],
        &["--name", "Rina", "--role", "social_worker"],
    ]
    .concat();
    let (_, text) = admin(&staff).unwrap();
    let person = text.trim().strip_prefix("person: ").unwrap().to_owned();
    let invite = [&["invite"], &at[..], &["--person", &person]].concat();
    assert!(admin(&invite).unwrap().1.starts_with("code: "));
    let (_, text) = admin(&["list"]).unwrap();
    assert!(
        text.contains(&format!("{person}  Rina (social_worker)")),
        "{text}"
    );
    assert!(text.contains("Tuti (system_administrator)"), "{text}");
    let seat = "AAAAAAAAAAAAAAAAAAAAAA";
    let release = [
        &["release"],
        &at[..],
        &["--by", &person, "--seat", seat],
        &["--code"],
    ]
    .concat();
    let refused = admin(&[&release[..], &["abcd-efgh-2345"]].concat()).unwrap_err();
    assert!(refused.contains("not running"), "{refused}");
    assert!(admin(&[&release[..], &["abcd-efgh"]].concat()).is_err());
    let refused = admin(&["backup"]).unwrap_err();
    assert!(refused.contains("--backup-folder"), "{refused}");
}

#[test]
fn a_seat_is_not_revoked_into_life() {
    let words = [
        "admin",
        "revoke",
        "--institution",
        "a",
        "--seat",
        "AAAAAAAAAAAAAAAAAAAAAA",
        "--how",
    ];
    let refused = typed(&[&words[..], &["active"]].concat()).unwrap_err();
    assert!(
        refused.contains("either `retired` or `stolen`"),
        "{refused}"
    );
}

#[test]
fn an_office_changes_its_standard_and_its_calendar() {
    let folder = tempfile::tempdir().unwrap();
    let database = database_in(folder.path());
    let admin = |words: &[&str]| {
        let base = ["admin", "--database", database.to_str().unwrap()];
        typed(&[&base, words].concat())
    };
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let at = ["--institution", "lk3-latihan"];
    let found = [
        &["found"],
        &at[..],
        &["--profile", "cilegon-lk3-2023", "--practice"],
    ]
    .concat();
    assert_eq!(admin(&found), Ok((true, "done\n".to_owned())));
    let sound = jangkau_core::profile::shipped_files()[0].toml;
    let profile = file("dua.toml", sound);
    let activate = [
        &["profile", "activate", &profile],
        &at[..],
        &["--from", "2099-01-05"],
    ]
    .concat();
    assert_eq!(admin(&activate), Ok((true, "version 2\n".to_owned())));
    let refused = admin(&[&["profile", "activate", &profile], &at[..]].concat()).unwrap_err();
    assert!(refused.contains("today or later"), "{refused}");
    let broken = file("rusak.toml", &sound.replace("\nfee = 0", "\nfee = 5"));
    let refused = admin(&[&["profile", "activate", &broken], &at[..]].concat()).unwrap_err();
    assert!(refused.contains(": the fee must be 0"), "{refused}");
    let list = file(
        "office.csv",
        "date,kind,name,confidence\n2099-01-06,tutup_kantor,Pindah,high\n",
    );
    let import = [
        &["calendar", "import", &list],
        &at[..],
        &["--name", "office"],
    ]
    .concat();
    assert_eq!(admin(&import), Ok((true, "version 1\n".to_owned())));
    let (_, text) = admin(&["status"]).unwrap();
    for expected in [
        "lk3-latihan (practice)\n",
        "  cilegon-lk3-2023 version 1 from 2023-01-01, in force\n",
        "  cilegon-lk3-2023 version 2 from 2099-01-05\n",
        "  holidays national version 1: 2025, 2026\n",
        "  holidays office version 1: 2099\n",
        "  nobody is dpo: head_of_institution answers for it\n",
    ] {
        assert!(text.contains(expected), "`{expected}` is not in {text}");
    }
    let (_, json) = admin(&["status", "--json"]).unwrap();
    assert!(json.contains("\"practice\": true"), "{json}");
}

#[test]
fn practice_stays_practice_and_is_wiped() {
    let folder = tempfile::tempdir().unwrap();
    let database = database_in(folder.path());
    let admin = |words: &[&str]| {
        let base = ["admin", "--database", database.to_str().unwrap()];
        typed(&[&base, words].concat())
    };
    let at = ["--institution", "lk3-latihan"];
    let profile = ["--profile", "cilegon-lk3-2023"];
    let found = [&["found"], &at[..], &profile, &["--practice"]].concat();
    assert_eq!(admin(&found), Ok((true, "done\n".to_owned())));
    let sound = jangkau_core::profile::shipped_files()[0].toml;
    let real = ["--institution", "lk3-cilegon"];
    let found = [&["found"], &real[..], &profile].concat();
    assert_eq!(admin(&found), Ok((true, "done\n".to_owned())));
    let path = folder.path().join("latihan.toml");
    std::fs::write(&path, format!("practice = true\n{sound}")).unwrap();
    let practice = path.to_str().unwrap();
    let activate = [&["profile", "activate", practice], &real[..]].concat();
    let refused = admin(&[&activate[..], &["--from", "2099-01-05"]].concat()).unwrap_err();
    assert!(refused.contains("does not become one"), "{refused}");
    let refused = admin(&[&["wipe-practice"], &real[..]].concat()).unwrap_err();
    assert!(
        refused.contains("only an institution for practising"),
        "{refused}"
    );
    let wipe = [&["wipe-practice"], &at[..]].concat();
    assert_eq!(admin(&wipe), Ok((true, "done\n".to_owned())));
    let (_, left) = admin(&["status"]).unwrap();
    assert!(
        left.starts_with("lk3-cilegon\n") && !left.contains("latihan"),
        "{left}"
    );
    assert!(
        admin(&wipe)
            .unwrap_err()
            .contains("there is no such institution")
    );
}

#[test]
fn the_audit_chain_is_walked_and_read_at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("jangkau.sqlite3");
    let at = ["--database", database.to_str().unwrap()];
    let office = ["--institution", "lk3-cilegon"];
    let profile = ["--profile", "cilegon-lk3-2023"];
    typed(&[&["admin"], &at[..], &["found"], &office[..], &profile].concat()).unwrap();
    let staff = ["--name", "Rina", "--role", "social_worker"];
    typed(&[&["admin"], &at[..], &["add-staff"], &office[..], &staff].concat()).unwrap();
    let audit = |words: &[&str]| typed(&[&["audit"], &at[..], words].concat());
    let (good, text) = audit(&["verify"]).unwrap();
    assert!(
        good && text.starts_with("lk3-cilegon: jejak audit utuh, "),
        "{text}"
    );
    let (_, text) = audit(&["verify", "--language", "en"]).unwrap();
    assert!(text.contains("the audit chain is whole"), "{text}");
    let (_, text) = audit(&["head"]).unwrap();
    assert_eq!(
        text.trim().rsplit(' ').next().map(str::len),
        Some(32),
        "{text}"
    );
    let (_, text) = audit(&["list", "--since", "2020-01-01T00:00:00+07:00"]).unwrap();
    for expected in [
        " jejak audit dimulai; by server; row 0",
        "; word mendirikan lembaga",
        " data petugas; ",
    ] {
        assert!(text.contains(expected), "`{expected}` is not in {text}");
    }
    assert!(!text.contains("Rina"), "{text}");
    let db = rusqlite::Connection::open(&database).unwrap();
    db.execute("DELETE FROM audit WHERE number = 3", [])
        .unwrap();
    drop(db);
    let (good, text) = audit(&["verify"]).unwrap();
    assert!(
        !good && text.contains("rusak pada catatan nomor 3: catatan ini hilang"),
        "{text}"
    );
}

#[test]
fn a_stolen_device_is_red_until_its_record_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let database = database_in(folder.path());
    let admin = |words: &[&str]| {
        let base = ["admin", "--database", database.to_str().unwrap()];
        typed(&[&base, words].concat())
    };
    let at = ["--institution", "lk3-cilegon"];
    admin(&[&["found"], &at[..], &["--profile", "cilegon-lk3-2023"]].concat()).unwrap();
    let staff = ["add-staff", "--name", "Rina", "--role", "social_worker"];
    let (_, text) = admin(&[&staff[..], &at[..]].concat()).unwrap();
    let person = text.trim().strip_prefix("person: ").unwrap().to_owned();
    let (_, text) = admin(&[&["invite"], &at[..], &["--person", &person]].concat()).unwrap();
    let code = text
        .lines()
        .next()
        .unwrap()
        .strip_prefix("code:   ")
        .unwrap();
    let seat = enrolled(&database, code);
    let known = [
        "--known-at",
        "2026-01-05T10:00:00+07:00",
        "--store",
        "plain",
    ];
    let stolen = ["revoke", "--seat", &seat, "--how", "stolen"];
    let (_, text) = admin(&[&stolen[..], &at[..], &known].concat()).unwrap();
    let red = format!("RED, OVERDUE: breach 1: seat {seat}, known 2026-01-05T03:00:00Z");
    assert!(text.starts_with(&red), "{text}");
    assert!(
        text.contains("until 2026-01-08T03:00:00Z, store plain, 0 cases"),
        "{text}"
    );
    let (_, text) = admin(&["status"]).unwrap();
    assert!(text.contains("  RED: breach 1 is open;"), "{text}");
    let breach = |words: &[&str]| admin(&[&["breach"], words, &at[..]].concat());
    let told = ["--party", "subjects", "--at", "2026-01-06T10:00:00+07:00"];
    breach(&[&["tell", "1"], &told[..], &["--words", "Lewat surat."]].concat()).unwrap();
    breach(&["close", "1", "--words", "Selesai."]).unwrap();
    let (_, text) = breach(&["show", "1"]).unwrap();
    assert!(
        text.contains("told subjects at 2026-01-06T03:00:00Z: Lewat surat."),
        "{text}"
    );
    let (_, text) = admin(&["status"]).unwrap();
    assert!(!text.contains("breach"), "{text}");
    assert!(breach(&["close", "1", "--words", "Lagi."]).is_err());
}

/// Enrols a device with a code; gives its seat.
fn enrolled(database: &std::path::Path, code: &str) -> String {
    use jangkau_core::id::DeviceId;
    use jangkau_core::sync::{Enrol, Enrolled, decode_body, encode_body};
    let folder = database.parent().unwrap();
    let keys = folder.with_file_name("data-keys");
    let keys = crate::keys::Keys::open(&keys, true, crate::clock::entropy().unwrap()).unwrap();
    let mut engine = crate::engine::Engine::open(database, keys).unwrap();
    let now = crate::clock::Clock::system().now();
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let body = encode_body(&Enrol {
        code: code.to_owned(),
        device: DeviceId::from_bytes([1; 16]),
        public_key: *key.verifying_key().as_bytes(),
    });
    let mut rng = crate::clock::entropy().unwrap();
    let answer = engine.enrol(&body, now, &mut rng).unwrap();
    let enrolled: Enrolled = decode_body(&answer).unwrap();
    enrolled.certificate.seat.to_string()
}

#[test]
fn nothing_is_served_to_a_network_without_tls() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("jangkau.sqlite3");
    let database = database.to_str().unwrap();
    let serve = |more: &[&str]| {
        let base = ["serve", "--database", database, "--listen", "0.0.0.0:0"];
        typed(&[&base, more].concat()).unwrap_err()
    };
    let refused = serve(&[]);
    assert!(
        refused.contains("refusing to listen on 0.0.0.0:0"),
        "{refused}"
    );
    assert!(refused.contains("--tls-certificate"), "{refused}");
    let refused = serve(&["--behind-proxy"]);
    assert!(refused.contains("--proxy-addresses"), "{refused}");
    let refused = serve(&["--tls-certificate", "a.pem"]);
    assert!(refused.contains("--tls-key"), "{refused}");
    assert!(!std::path::Path::new(database).exists());
}

#[test]
fn an_account_is_opened_and_signed_out_at_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("jangkau.sqlite3");
    let admin = |words: &[&str]| {
        let base = ["admin", "--database", database.to_str().unwrap()];
        typed(&[&base, words].concat())
    };
    let at = ["--institution", "lk3-cilegon"];
    let found = [&["found"], &at[..], &["--profile", "cilegon-lk3-2023"]].concat();
    admin(&found).unwrap();
    let (_, added) = admin(&[&["administrator"], &at[..], &["--name", "Tuti"]].concat()).unwrap();
    let person = added.lines().next().unwrap().trim_start_matches("person: ");
    let account = |more: &[&str]| {
        let base = [&["account"], &at[..], &["--person", person]].concat();
        admin(&[&base, more].concat())
    };
    let refused = account(&[]).unwrap_err();
    assert!(refused.contains("An account's name"), "{refused}");
    let (_, told) = account(&["--name", "tuti"]).unwrap();
    let code = told.lines().next().unwrap().trim_start_matches("code: ");
    assert_eq!(code.len(), 19, "{told}");
    let (_, again) = account(&[]).unwrap();
    assert_ne!(told, again);
    let (_, ended) = admin(&[&["sign-out", person], &at[..]].concat()).unwrap();
    assert_eq!(ended, "sessions ended: 0\n");
    let stranger = jangkau_core::id::PersonId::from_bytes([1; 16]).to_string();
    assert!(admin(&[&["sign-out", &stranger], &at[..]].concat()).is_err());
}

#[test]
fn a_parcels_file_is_taken_at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("jangkau.sqlite3");
    let at = ["--database", database.to_str().unwrap()];
    let office = ["--institution", "lk3-cilegon"];
    let profile = ["--profile", "cilegon-lk3-2023"];
    typed(&[&["admin"], &at[..], &["found"], &office[..], &profile].concat()).unwrap();
    let file = folder.path().join("titipan.parcel");
    std::fs::write(&file, b"bukan titipan").unwrap();
    let take = || typed(&[&["parcel"], &at[..], &[file.to_str().unwrap()]].concat());
    assert_eq!(take(), Err("this is not a parcel".to_owned()));
    let foreign = jangkau_core::sync::parcel_of(vec![vec![0; 64]]);
    std::fs::write(&file, foreign).unwrap();
    let told = "not received: this parcel is for another institution\n".to_owned();
    assert_eq!(take(), Ok((false, told)));
}
