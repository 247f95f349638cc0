//! Every state of a session at every route, changes to an account, copies of a token, and limits.

use jangkau_core::console::ConsoleRefusal;
use jangkau_core::id::PersonId;
use serde_json::{Value, json};

use super::office::*;
use crate::http::Entrance;

/// Every route, how it is asked, and whether it wants a session that is set up.
const ROUTES: [(&str, &str); 10] = [
    ("GET", "me"),
    ("POST", "renew"),
    ("POST", "sign-out"),
    ("POST", "password"),
    ("POST", "totp/begin"),
    ("POST", "totp"),
    ("POST", "recovery-codes"),
    ("GET", "sessions"),
    ("POST", "sessions/end"),
    ("POST", "codes"),
];

fn body_for(path: &str) -> Value {
    match path {
        "password" => json!({ "password": PASSWORD, "new_password": OTHER_PASSWORD }),
        "totp" | "set-up" => json!({ "password": PASSWORD, "totp": "123456" }),
        "recovery-codes" => json!({ "password": PASSWORD }),
        "sessions/end" => json!({ "session": "00" }),
        "codes" => json!({ "person": PersonId::from_bytes([1; 16]).to_string() }),
        _ => json!({}),
    }
}

#[test]
fn no_route_answers_without_a_session_that_lives() {
    let mut office = Office::open();
    let staff = office.staff(&["head_of_institution"], "ketua");
    let signed_out = staff.token.clone();
    assert_eq!(office.post("sign-out", &signed_out, json!({})).0, 200);
    let idle = field(&office.sign_in_rightly(&staff), "token");
    office.later(30 * MINUTE);
    let dismissed = office.staff(&["social_worker"], "peksos");
    office.change(dismissed.person, &["social_worker"], false);
    let unknown = "A".repeat(43);
    let tokens = [
        ("none", ""),
        ("not one", "nonsense"),
        ("unknown", unknown.as_str()),
        ("signed out", signed_out.as_str()),
        ("idle for 30 minutes", idle.as_str()),
        ("of somebody dismissed", dismissed.token.as_str()),
    ];
    for (state, token) in tokens {
        for (method, path) in ROUTES.into_iter().chain([("POST", "set-up")]) {
            let answer = office.request(method, path, token, &body_for(path));
            let expected = (401, ConsoleRefusal::NoSession);
            assert_eq!(refused(&answer), expected, "{path} with a token {state}");
        }
    }
    // Whoever works here again signs in again.
    office.change(dismissed.person, &["social_worker"], true);
    let answer = office.me(&dismissed.token);
    assert_eq!(refused(&answer), (401, ConsoleRefusal::NoSession));
    office.close();
}

#[test]
fn a_session_without_an_authenticator_only_sets_up() {
    let office = Office::open();
    let code = office.code(office.add(&["head_of_institution"]), "ketua");
    let token = field(&office.post("code", "", json!({ "code": code })), "token");
    let others = |path: &str| !matches!(path, "renew" | "sign-out");
    for (method, path) in ROUTES.into_iter().filter(|(_, path)| others(path)) {
        let answer = office.request(method, path, &token, &body_for(path));
        match path {
            "me" | "totp/begin" => assert_eq!(answer.0, 200, "{path}"),
            _ => assert_eq!(
                refused(&answer),
                (403, ConsoleRefusal::SetUpFirst),
                "{path}"
            ),
        }
    }
    let fresh = field(&office.post("renew", &token, json!({})), "token");
    assert_eq!(office.post("sign-out", &fresh, json!({})).0, 200);
    assert_eq!(
        refused(&office.me(&fresh)),
        (401, ConsoleRefusal::NoSession)
    );
    office.close();
}

#[test]
fn sessions_end_after_twelve_hours_however_busy() {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], "rina");
    for _ in 0..35 {
        office.later(20 * MINUTE);
        assert_eq!(office.me(&staff.token).0, 200);
    }
    office.later(20 * MINUTE);
    assert_eq!(
        refused(&office.me(&staff.token)),
        (401, ConsoleRefusal::NoSession)
    );
    office.close();
}

#[test]
fn a_new_password_ends_every_session_and_every_former_token() {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], "rina");
    let second = field(&office.sign_in_rightly(&staff), "token");
    let change = |old: &str, new: &str| {
        let body = json!({ "password": old, "new_password": new });
        office.post("password", &second, body)
    };
    assert_eq!(
        refused(&change(OTHER_PASSWORD, OTHER_PASSWORD)),
        (403, ConsoleRefusal::WrongPassword)
    );
    assert_eq!(
        refused(&change(PASSWORD, "pendek")),
        (422, ConsoleRefusal::WeakPassword)
    );
    let fresh = field(&change(PASSWORD, OTHER_PASSWORD), "token");
    for former in [&staff.token, &second] {
        assert_eq!(
            refused(&office.me(former)),
            (401, ConsoleRefusal::NoSession)
        );
    }
    assert_eq!(office.me(&fresh).0, 200);
    office.later(MINUTE);
    assert_eq!(
        refused(&office.sign_in_rightly(&staff)),
        (401, ConsoleRefusal::BadSignIn)
    );
    let digits = office.digits(&staff.seed);
    assert_eq!(
        office.sign_in("rina", OTHER_PASSWORD, ("totp", &digits)).0,
        200
    );
    office.close();
}

#[test]
fn a_new_authenticator_voids_the_former_one() {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], "rina");
    let seed = field(
        &office.post("totp/begin", &staff.token, json!({})),
        "secret",
    );
    let proof = json!({ "password": PASSWORD, "totp": office.digits(&seed) });
    let fresh = field(&office.post("totp", &staff.token, proof), "token");
    assert_eq!(
        refused(&office.me(&staff.token)),
        (401, ConsoleRefusal::NoSession)
    );
    assert_eq!(office.me(&fresh).0, 200);
    office.later(MINUTE);
    assert_eq!(
        refused(&office.sign_in_rightly(&staff)),
        (401, ConsoleRefusal::BadSignIn)
    );
    let renewed = Staff { seed, ..staff };
    assert_eq!(office.sign_in_rightly(&renewed).0, 200);
    office.close();
}

#[test]
fn a_token_is_changed_with_the_roles_and_a_copy_of_the_former_ends_the_session() {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], "rina");
    office.change(
        staff.person,
        &["social_worker", "head_of_institution"],
        true,
    );
    let others = |path: &str| !matches!(path, "renew" | "sign-out");
    for (method, path) in ROUTES.into_iter().filter(|(_, path)| others(path)) {
        let answer = office.request(method, path, &staff.token, &body_for(path));
        let expected = (401, ConsoleRefusal::RenewSession);
        assert_eq!(refused(&answer), expected, "{path}");
    }
    let fresh = field(&office.post("renew", &staff.token, json!({})), "token");
    let me = office.me(&fresh);
    assert_eq!(
        me.1["roles"],
        json!(["social_worker", "head_of_institution"])
    );
    assert_eq!(me.1["ends_at"], json!("2026-11-23T14:00:00Z"));
    // Both hold a copy now; which of them is the thief, nobody can tell.
    assert_eq!(
        refused(&office.me(&staff.token)),
        (401, ConsoleRefusal::NoSession)
    );
    assert_eq!(
        refused(&office.me(&fresh)),
        (401, ConsoleRefusal::NoSession)
    );
    office.close();
}

#[test]
fn one_sees_and_ends_ones_own_sessions_and_nobody_elses() {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], "rina");
    let other = office.staff(&["social_worker"], "tuti");
    let second = field(&office.sign_in_rightly(&staff), "token");
    let list = |token: &str| {
        let listed = office.request("GET", "sessions", token, &Value::Null);
        assert_eq!(listed.0, 200);
        listed.1["sessions"].as_array().unwrap().clone()
    };
    let mine = list(&second);
    assert_eq!(mine.len(), 2);
    let first = mine.iter().find(|one| one["own"] == json!(false)).unwrap();
    let end = |token: &str, session: &Value| {
        office.post("sessions/end", token, json!({ "session": session }))
    };
    let foreign = &list(&other.token)[0]["session"];
    assert_eq!(
        refused(&end(&second, foreign)),
        (404, ConsoleRefusal::UnknownSession)
    );
    assert_eq!(office.me(&other.token).0, 200);
    assert_eq!(end(&second, &first["session"]).0, 200);
    assert_eq!(
        refused(&office.me(&staff.token)),
        (401, ConsoleRefusal::NoSession)
    );
    // The administrator of the machine ends the rest.
    let (institution, person) = (office.institution.clone(), staff.person);
    let ended = office
        .serving
        .with_engine(move |engine, now, rng| engine.sign_out(&institution, person, now, rng));
    assert_eq!(ended.unwrap().unwrap(), 1);
    assert_eq!(
        refused(&office.me(&second)),
        (401, ConsoleRefusal::NoSession)
    );
    office.close();
}

#[test]
fn what_is_too_long_too_much_or_unreadable_is_named_and_browsers_keep_nothing() {
    let mut office = Office::open();
    let staff = office.staff(&["social_worker"], "rina");
    for long in [5_000, 60_000] {
        let body = json!({ "code": "A".repeat(long) });
        let answer = office.post("code", "", body);
        assert_eq!(refused(&answer), (413, ConsoleRefusal::TooLong), "{long}");
    }
    // Of more than is heard the sender may find the line closed while they still talk.
    let url = format!("http://{}/v1/console/code", office.serving.address());
    let body = json!({ "code": "A".repeat(70_000) }).to_string();
    if let Ok(answer) = office.agent.post(&url).send(body) {
        assert_eq!(answer.status().as_u16(), 413);
    }
    for strange in [json!(1), json!({}), json!({ "code": "a", "more": 1 })] {
        let answer = office.post("code", "", strange);
        assert_eq!(refused(&answer), (400, ConsoleRefusal::Malformed));
    }
    let url = format!("http://{}/v1/console/me", office.serving.address());
    let answer = office.agent.get(&url).call().unwrap();
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    for silent in ["server", "access-control-allow-origin", "set-cookie"] {
        assert!(answer.headers().get(silent).is_none(), "{silent}");
    }
    // A machine that is busy asks slowly, and is heard longer.
    let mut statuses: Vec<u16> = Vec::new();
    while statuses.len() < 3_000 && !statuses.contains(&429) {
        statuses.push(office.me(&staff.token).0);
    }
    assert!(statuses.contains(&429));
    assert!(statuses.iter().take(290).all(|status| *status == 200));
    let counted = office.counted("jangkau_limited_total{route=\"console\",limit=\"holder\"}");
    assert!(!counted.is_empty());
    // Others are not slowed by it.
    let other = office.staff(&["social_worker"], "tuti");
    assert_eq!(office.me(&other.token).0, 200);
    office.close();
}

#[test]
fn behind_a_proxy_addresses_are_counted_as_it_says() {
    let mut office = Office::open_through(Entrance {
        tls: None,
        proxies: vec!["127.0.0.1".parse().unwrap()],
    });
    let guess = |office: &Office, number: usize| {
        office.post("code", "", json!({ "code": format!("{number}") }))
    };
    // Of the list that a client began itself, only what the proxy added counts.
    office.address = "203.0.113.5, 192.0.2.1";
    let slowed = (0..21).map(|number| guess(&office, number).0);
    assert_eq!(slowed.filter(|status| *status == 429).count(), 1);
    office.address = "203.0.113.77, 192.0.2.1";
    assert_eq!(refused(&guess(&office, 0)), (429, ConsoleRefusal::TooMany));
    office.address = "192.0.2.2";
    assert_eq!(refused(&guess(&office, 0)).0, 401);
    // Beyond 300 a minute nothing reaches the accounts any more.
    for number in 0..700 {
        let _ = guess(&office, number);
    }
    let counted = office.counted("jangkau_limited_total{route=\"proof\",limit=\"address\"}");
    assert!(!counted.is_empty());
    office.close();
}
