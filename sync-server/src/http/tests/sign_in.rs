//! Every road in, and what becomes of repeats and guesses.

use jangkau_core::console::ConsoleRefusal;
use jangkau_core::id::PersonId;
use serde_json::{Value, json};

use super::office::*;

/// Signs somebody of that name in and out, rightly and wrongly. Gives every secret that was said.
pub(crate) fn tell_of_sign_ins(name: &str) -> Vec<String> {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], name);
    let new = format!("{name} punya kata baru");
    office.sign_in(name, &new, ("totp", "000000"));
    let token = field(&office.sign_in_rightly(&staff), "token");
    // An account's name holds no part of its password, so this one is refused, and the next taken.
    let weak = json!({ "password": PASSWORD, "new_password": new });
    office.post("password", &token, weak);
    let change = json!({ "password": PASSWORD, "new_password": OTHER_PASSWORD });
    let renewed = field(&office.post("password", &token, change), "token");
    office.post("sign-out", &renewed, json!({}));
    let code = office.code(staff.person, name);
    office.post("code", "", json!({ "code": format!("{code}X") }));
    office.close();
    let said = [staff.seed, staff.token, staff.desk, token, renewed, code];
    let passwords = [PASSWORD, OTHER_PASSWORD].map(str::to_owned);
    said.into_iter()
        .chain(staff.recovery)
        .chain(passwords)
        .collect()
}

#[test]
fn a_volunteer_without_mail_comes_in_by_a_code_and_stays_with_two_factors() {
    let mut office = Office::open();
    let person = office.add(&["volunteer"]);
    let code = office.code(person, "rina");
    // As a person types it.
    let typed = code.to_lowercase().replace('-', " ");
    let opened = office.post("code", "", json!({ "code": typed }));
    let token = field(&opened, "token");
    let again = office.post("code", "", json!({ "code": code }));
    assert_eq!(refused(&again), (401, ConsoleRefusal::BadOneTimeCode));
    // Nothing but setting up may be done with it.
    let sessions = office.request("GET", "sessions", &token, &Value::Null);
    assert_eq!(refused(&sessions), (403, ConsoleRefusal::SetUpFirst));
    let early = json!({ "password": PASSWORD, "totp": "123456" });
    let early = office.post("set-up", &token, early);
    assert_eq!(refused(&early), (409, ConsoleRefusal::NoTotpBegun));
    let begun = office.post("totp/begin", &token, json!({}));
    let seed = field(&begun, "secret");
    let uri = field(&begun, "uri");
    assert!(
        uri.starts_with("otpauth://totp/Jangkau:lk3-cilegon%2Frina?secret="),
        "{uri}"
    );
    let set_up = |password: &str, digits: &str| {
        let body = json!({ "password": password, "totp": digits });
        office.post("set-up", &token, body)
    };
    let digits = office.digits(&seed);
    for weak in [
        "pendek",
        "aaaaaaaaaaaaaaaa",
        "nama rina di sini",
        &"ab".repeat(80),
    ] {
        let weak = set_up(weak, &digits);
        assert_eq!(refused(&weak), (422, ConsoleRefusal::WeakPassword));
    }
    let wrong = if digits == "000000" {
        "000001"
    } else {
        "000000"
    };
    assert_eq!(
        refused(&set_up(PASSWORD, wrong)),
        (403, ConsoleRefusal::WrongTotp)
    );
    let done = set_up(PASSWORD, &digits);
    let full = field(&done, "token");
    assert_eq!(done.1["recovery_codes"].as_array().unwrap().len(), 10);
    // The token of the code is over: another stands in its place.
    assert_eq!(
        refused(&office.me(&token)),
        (401, ConsoleRefusal::NoSession)
    );
    let me = office.me(&full);
    let expected = json!({
        "institution": "lk3-cilegon", "practice": false, "person": person.to_string(),
        "name": "Rina", "account": "rina", "roles": ["volunteer"], "delegated": [],
        "set_up_first": false, "recovery_codes_left": 10,
        "began_at": "2026-11-23T02:00:00Z", "ends_at": "2026-11-23T14:00:00Z",
    });
    assert_eq!(me, (200, expected));
    office.later(MINUTE);
    let staff = Staff {
        person,
        account: "rina".to_owned(),
        seed,
        token: full,
        desk: String::new(),
        recovery: Vec::new(),
    };
    field(&office.sign_in_rightly(&staff), "token");
    office.close();
}

#[test]
fn a_step_of_the_authenticator_is_good_once_and_for_one_step_either_way() {
    let mut office = Office::open();
    let person = office.add(&["social_worker"]);
    let staff = office.set_up(person, "rina");
    // What set the account up signs nobody in.
    assert_eq!(
        refused(&office.sign_in_rightly(&staff)),
        (401, ConsoleRefusal::BadSignIn)
    );
    for (steps_late, is_taken) in [(1, true), (2, false), (-1, true), (-2, false)] {
        office.later(10 * MINUTE);
        let shown_at = office.now;
        office.now = shown_at.plus_millis(-30 * SECOND * steps_late);
        let digits = office.digits(&staff.seed);
        office.now = shown_at;
        let sign_in = || office.sign_in("rina", PASSWORD, ("totp", &digits)).0;
        assert_eq!(sign_in() == 200, is_taken, "{steps_late} steps late");
        assert_eq!(sign_in(), 401, "{steps_late} steps late, again");
    }
    office.close();
}

#[test]
fn a_recovery_code_is_good_once_and_void_when_there_are_new_ones() {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], "rina");
    let recover =
        |office: &Office, code: &str| office.sign_in("rina", PASSWORD, ("recovery", code));
    let token = field(&recover(&office, &staff.recovery[0]), "token");
    assert_eq!(office.me(&token).1["recovery_codes_left"], json!(9));
    assert_eq!(
        refused(&recover(&office, &staff.recovery[0])),
        (401, ConsoleRefusal::BadSignIn)
    );
    // Without the password it is worth nothing, and is not used up.
    let wrong = office.sign_in("rina", OTHER_PASSWORD, ("recovery", &staff.recovery[1]));
    assert_eq!(refused(&wrong), (401, ConsoleRefusal::BadSignIn));
    // Nor is it somebody else's.
    let other = office.staff(&["social_worker"], "tuti");
    assert_eq!(
        refused(&recover(&office, &other.recovery[0])),
        (401, ConsoleRefusal::BadSignIn)
    );
    let wrong = office.post(
        "recovery-codes",
        &token,
        json!({ "password": OTHER_PASSWORD }),
    );
    assert_eq!(refused(&wrong), (403, ConsoleRefusal::WrongPassword));
    let made = office.post("recovery-codes", &token, json!({ "password": PASSWORD }));
    let fresh = made.1["recovery_codes"][0].as_str().unwrap().to_owned();
    assert_eq!(
        refused(&recover(&office, &staff.recovery[1])),
        (401, ConsoleRefusal::BadSignIn)
    );
    assert_eq!(recover(&office, &fresh).0, 200);
    office.close();
}

#[test]
fn whoever_guesses_is_told_one_thing_and_costs_one_hash() {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], "rina");
    let gone = office.staff(&["social_worker"], "tuti");
    office.change(gone.person, &["social_worker"], false);
    office.code(office.add(&["social_worker"]), "belum");
    let hashes = |office: &Office| {
        let counted = office.counted("jangkau_password_hashes_total");
        counted.parse::<f64>().unwrap()
    };
    let right = office.digits(&staff.seed);
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let theirs = office.digits(&gone.seed);
    let guesses = [
        ("no such account", "siapa", PASSWORD, ("totp", wrong)),
        (
            "a wrong password",
            "rina",
            OTHER_PASSWORD,
            ("totp", &*right),
        ),
        ("a wrong code", "rina", PASSWORD, ("totp", wrong)),
        ("both wrong", "rina", OTHER_PASSWORD, ("totp", wrong)),
        ("no digits at all", "rina", PASSWORD, ("totp", "abc")),
        (
            "a wrong recovery code",
            "rina",
            PASSWORD,
            ("recovery", "AAAA"),
        ),
        ("somebody dismissed", "tuti", PASSWORD, ("totp", &*theirs)),
        ("not set up yet", "belum", PASSWORD, ("totp", wrong)),
    ];
    let mut told = None;
    for (guess, account, password, second) in guesses {
        let before = hashes(&office);
        let answer = office.sign_in(account, password, second);
        assert_eq!(hashes(&office) - before, 1.0, "{guess}");
        assert_eq!(
            refused(&answer),
            (401, ConsoleRefusal::BadSignIn),
            "{guess}"
        );
        assert_eq!(told.get_or_insert(answer.clone()), &answer, "{guess}");
    }
    let before = hashes(&office);
    office.later(2 * MINUTE);
    assert_eq!(office.sign_in_rightly(&staff).0, 200);
    assert_eq!(hashes(&office) - before, 1.0, "the right one");
    office.close();
}

#[test]
fn guessing_slows_down_and_nobody_is_locked_out() {
    let mut office = Office::open();
    let head = office.staff(&["head_of_institution"], "ketua");
    let guess = |office: &Office| office.sign_in("ketua", OTHER_PASSWORD, ("totp", "000000"));
    for _ in 0..5 {
        assert_eq!(refused(&guess(&office)).0, 401);
    }
    let slowed = guess(&office);
    assert_eq!(refused(&slowed), (429, ConsoleRefusal::TooMany));
    assert!(slowed.1["wait_seconds"].as_u64().unwrap() <= 60);
    // The holder waits too where nobody knows their desk, but not at their own.
    assert_eq!(
        refused(&office.sign_in_rightly(&head)),
        (429, ConsoleRefusal::TooMany)
    );
    let mut body = json!({
        "institution": office.institution, "account": "ketua", "password": PASSWORD,
        "totp": office.digits(&head.seed), "desk": head.desk,
    });
    assert_eq!(office.post("sign-in", "", body.clone()).0, 200);
    // A desk of somebody else's is no desk of theirs.
    let other = office.staff(&["social_worker"], "rina");
    for _ in 0..200 {
        office.later(SECOND);
        let _ = guess(&office);
    }
    body["desk"] = json!(other.desk);
    body["totp"] = json!(office.digits(&head.seed));
    assert_eq!(
        refused(&office.post("sign-in", "", body)),
        (429, ConsoleRefusal::TooMany)
    );
    // After three minutes under attack the delay is at its longest: a minute.
    office.later(61 * SECOND);
    assert_eq!(office.sign_in_rightly(&head).0, 200);
    office.close();
}

#[test]
fn heads_and_administrators_issue_codes_and_no_administrator_becomes_a_head() {
    let mut office = Office::open();
    let head = office.staff(&["head_of_institution"], "ketua");
    let administrator = office.staff(&["system_administrator"], "admin");
    let worker = office.staff(&["social_worker"], "rina");
    let new = office.add(&["volunteer"]);
    let issue = |office: &Office, by: &Staff, person: PersonId, account: Option<&str>| {
        let body = json!({ "person": person.to_string(), "account": account });
        office.post("codes", &by.token, body)
    };
    for (by, person, account, expected) in [
        (&worker, new, Some("baru"), ConsoleRefusal::NotAllowed),
        (
            &administrator,
            head.person,
            None,
            ConsoleRefusal::NotAllowed,
        ),
        (&head, new, None, ConsoleRefusal::BadName),
        (&head, new, Some("rina"), ConsoleRefusal::BadName),
        (&head, new, Some("Nama Baru"), ConsoleRefusal::BadName),
        (
            &head,
            PersonId::from_bytes([1; 16]),
            Some("baru"),
            ConsoleRefusal::UnknownPerson,
        ),
    ] {
        assert_eq!(refused(&issue(&office, by, person, account)).1, expected);
    }
    let open = |office: &Office, code: &str| office.post("code", "", json!({ "code": code }));
    let bad = (401, ConsoleRefusal::BadOneTimeCode);
    // A newer code voids the former, and a day ends it.
    let former = field(&issue(&office, &administrator, new, Some("baru")), "code");
    let code = field(&issue(&office, &head, new, None), "code");
    assert_eq!(refused(&open(&office, &former)), bad);
    office.later(24 * HOUR);
    assert_eq!(refused(&open(&office, &code)), bad);
    // Whoever lost both factors starts anew; until the code is used, nothing has changed.
    let lost = office.code(worker.person, "rina");
    assert_eq!(office.sign_in_rightly(&worker).0, 200);
    let token = field(&open(&office, &lost), "token");
    let seed = field(&office.post("totp/begin", &token, json!({})), "secret");
    let proof = json!({ "password": OTHER_PASSWORD, "totp": office.digits(&seed) });
    assert_eq!(office.post("set-up", &token, proof).0, 200);
    office.later(MINUTE);
    assert_eq!(
        refused(&office.sign_in_rightly(&worker)),
        (401, ConsoleRefusal::BadSignIn)
    );
    // A code of somebody who is dismissed meanwhile opens nothing.
    let code = office.code(new, "baru");
    office.change(new, &["volunteer"], false);
    assert_eq!(refused(&open(&office, &code)), bad);
    office.close();
}
