//! An office whose people sign in: a server with one institution, a clock in our hand, and JSON.

use std::net::TcpListener;

use data_encoding::BASE32_NOPAD;
use jangkau_core::console::ConsoleRefusal;
use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::profile::shipped_files;
use jangkau_core::text::{self, Language};
use jangkau_core::time::Timestamp;
use serde_json::{Value, json};
use ureq::Agent;

use crate::clock::{Clock, Hand};
use crate::config::Limits;
use crate::engine::Engine;
use crate::http::{Entrance, Serving, serve_through};

pub(super) const PASSWORD: &str = "empat kata yang acak";
pub(super) const OTHER_PASSWORD: &str = "lima kata lain yang acak";
pub(super) const SECOND: i64 = 1_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;

/// A server with one institution, and a clock in our hand.
pub(super) struct Office {
    pub(super) serving: Serving,
    pub(super) hand: Hand,
    pub(super) now: Timestamp,
    pub(super) institution: InstitutionId,
    pub(super) agent: Agent,
    pub(super) address: &'static str,
}

/// Somebody with an account.
#[derive(Clone)]
pub(super) struct Staff {
    pub(super) person: PersonId,
    pub(super) account: String,
    pub(super) seed: String,
    pub(super) token: String,
    pub(super) desk: String,
    pub(super) recovery: Vec<String>,
}

pub(super) type Answer = (u16, Value);

/// What a request is refused with.
pub(super) fn refused(answer: &Answer) -> (u16, ConsoleRefusal) {
    let code: ConsoleRefusal = answer.1["code"].as_str().unwrap().parse().unwrap();
    let said = text::console(Language::Indonesian, code);
    assert_eq!(answer.1["id"], json!(said));
    (answer.0, code)
}

pub(super) fn field(answer: &Answer, name: &str) -> String {
    assert_eq!(answer.0, 200, "{}", answer.1);
    answer.1[name].as_str().unwrap().to_owned()
}

impl Office {
    pub(super) fn open() -> Self {
        Self::open_through(Entrance::default())
    }

    pub(super) fn open_through(entrance: Entrance) -> Self {
        let now: Timestamp = "2026-11-23T09:00:00+07:00".parse().unwrap();
        let institution: InstitutionId = "lk3-cilegon".parse().unwrap();
        let mut engine = Engine::in_memory().unwrap();
        let profile = shipped_files()[0].toml;
        let mut rng = crate::clock::entropy().unwrap();
        engine.found(&institution, profile, now, &mut rng).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (clock, hand) = Clock::by_hand(now);
        let limits = Limits::default();
        let serving = serve_through(listener, engine, clock, limits, entrance).unwrap();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // A refusal may close its connection; the next request would meet that.
            .max_idle_connections(0)
            .build()
            .into();
        Self {
            serving,
            hand,
            now,
            institution,
            agent,
            address: "192.0.2.1",
        }
    }

    pub(super) fn close(self) {
        self.serving.stop().unwrap();
    }

    pub(super) fn later(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        self.hand.set(self.now);
    }

    pub(super) fn add(&self, roles: &'static [&'static str]) -> PersonId {
        let institution = self.institution.clone();
        self.serving
            .with_engine(move |engine, now, rng| {
                engine.add_staff(&institution, "Rina", roles, now, rng)
            })
            .unwrap()
            .unwrap()
    }

    pub(super) fn change(&self, person: PersonId, roles: &'static [&'static str], active: bool) {
        let institution = self.institution.clone();
        self.serving
            .with_engine(move |engine, now, _| {
                engine.change_staff(&institution, person, roles, active, now)
            })
            .unwrap()
            .unwrap();
    }

    pub(super) fn code(&self, person: PersonId, name: &str) -> String {
        let (institution, name) = (self.institution.clone(), name.to_owned());
        self.serving
            .with_engine(move |engine, now, rng| {
                engine.account(&institution, person, Some(&name), now, rng)
            })
            .unwrap()
            .unwrap()
    }

    pub(super) fn request(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        let url = format!("http://{}/v1/console/{path}", self.serving.address());
        let bearer = format!("Bearer {token}");
        let mut answer = if method == "GET" {
            let request = self.agent.get(url).header("authorization", bearer);
            request.call().unwrap()
        } else {
            let request = self.agent.post(url).header("authorization", bearer);
            let request = request.header("x-forwarded-for", self.address);
            request.send(body.to_string()).unwrap()
        };
        let bytes = answer.body_mut().read_to_vec().unwrap();
        let value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        (answer.status().as_u16(), value)
    }

    pub(super) fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.request("POST", path, token, &body)
    }

    pub(super) fn me(&self, token: &str) -> Answer {
        self.request("GET", "me", token, &Value::Null)
    }

    pub(super) fn digits(&self, seed: &str) -> String {
        let seed = BASE32_NOPAD.decode(seed.as_bytes()).unwrap();
        let totp = totp_rs::Builder::new().with_secret(seed).build().unwrap();
        let seconds = u64::try_from(self.now.as_millis() / 1_000).unwrap();
        totp.generate(seconds).to_string()
    }

    /// From the administrator's code to the first full session.
    pub(super) fn set_up(&self, person: PersonId, account: &str) -> Staff {
        let opened = self.post("code", "", json!({ "code": self.code(person, account) }));
        let token = field(&opened, "token");
        assert_eq!(opened.1["set_up_first"], json!(true));
        let seed = field(&self.post("totp/begin", &token, json!({})), "secret");
        let proof = json!({ "password": PASSWORD, "totp": self.digits(&seed) });
        let done = self.post("set-up", &token, proof);
        let codes = done.1["recovery_codes"].as_array().unwrap();
        Staff {
            person,
            account: account.to_owned(),
            seed,
            token: field(&done, "token"),
            desk: field(&done, "desk"),
            recovery: codes
                .iter()
                .map(|code| code.as_str().unwrap().to_owned())
                .collect(),
        }
    }

    /// Somebody with these roles, set up, and on the next step of their authenticator.
    pub(super) fn staff(&mut self, roles: &'static [&'static str], account: &str) -> Staff {
        let staff = self.set_up(self.add(roles), account);
        self.later(30 * SECOND);
        staff
    }

    pub(super) fn sign_in(&self, account: &str, password: &str, second: (&str, &str)) -> Answer {
        let mut body = json!({
            "institution": self.institution,
            "account": account,
            "password": password,
        });
        body[second.0] = json!(second.1);
        self.post("sign-in", "", body)
    }

    pub(super) fn sign_in_rightly(&self, staff: &Staff) -> Answer {
        let digits = self.digits(&staff.seed);
        self.sign_in(&staff.account, PASSWORD, ("totp", &digits))
    }

    /// A line of the counters.
    pub(super) fn counted(&self, name: &str) -> String {
        let url = format!("http://{}/metrics", self.serving.address());
        let request = self.agent.get(url).call();
        let text = request.unwrap().body_mut().read_to_string().unwrap();
        let line = text.lines().find(|line| line.starts_with(name));
        line.map(|line| line.trim_start_matches(name).trim().to_owned())
            .unwrap_or_default()
    }
}
