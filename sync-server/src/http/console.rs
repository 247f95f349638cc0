//! `/v1/console/…`: how people sign in, in JSON. Bytes in, answers and coded refusals out; `accounts` decides.

mod answer;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use jangkau_core::console::ConsoleRefusal;
use jangkau_core::id::InstitutionId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::body::{self, Heard, Unread};
use super::limits::Route;
use super::{App, Peer, Shared};
use crate::accounts::{Claim, Desk, Failure, PasswordHash, Refusal, Second, SignIn};
use crate::metrics::Measure;
use answer::{Told, changed, instant, myself, session, tell};

pub(super) use answer::refuse;

super::routes! {
    post "/v1/console/sign-in" => sign_in,
    post "/v1/console/code" => open_with_code,
    post "/v1/console/set-up" => set_up,
    get "/v1/console/me" => me,
    post "/v1/console/renew" => renew,
    post "/v1/console/sign-out" => sign_out,
    post "/v1/console/password" => password,
    post "/v1/console/totp/begin" => begin_totp,
    post "/v1/console/totp" => totp,
    post "/v1/console/recovery-codes" => recovery_codes,
    get "/v1/console/sessions" => sessions,
    post "/v1/console/sessions/end" => end_session,
    post "/v1/console/codes" => issue_code,
}

/// A person's request, before anything of it is believed.
struct Asked<'a> {
    app: &'a Shared,
    peer: Peer,
    token: String,
    body: Vec<u8>,
    /// Its place among the requests worked on at once.
    _heard: Heard<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInBody {
    institution: InstitutionId,
    account: String,
    password: String,
    totp: Option<String>,
    recovery: Option<String>,
    desk: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeBody {
    code: String,
}

/// A password, with the digits of the authenticator that is to be proved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofBody {
    password: String,
    totp: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    password: String,
    new_password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgainBody {
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndBody {
    session: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueBody {
    person: String,
    account: Option<String>,
}

/// The handlers: each gets what was asked, and tells.
macro_rules! handlers {
    ($( $handler:ident = $route:expr, $answer:ident; )+) => {
        $(
            async fn $handler(
                State(app): State<App>,
                Extension(peer): Extension<Peer>,
                headers: HeaderMap,
                body: Body,
            ) -> Response {
                match listen(&app, $route, peer, &headers, body).await {
                    Ok(asked) => tell($answer(asked).await),
                    Err(refusal) => refuse(refusal),
                }
            }
        )+
    };
}

handlers! {
    sign_in = Route::Proof, do_sign_in;
    open_with_code = Route::Proof, do_open_with_code;
    set_up = Route::Proof, do_set_up;
    me = Route::Console, do_me;
    renew = Route::Console, do_renew;
    sign_out = Route::Console, do_sign_out;
    password = Route::Proof, do_password;
    begin_totp = Route::Console, do_begin_totp;
    totp = Route::Proof, do_totp;
    recovery_codes = Route::Proof, do_recovery_codes;
    sessions = Route::Console, do_sessions;
    end_session = Route::Console, do_end_session;
    issue_code = Route::Console, do_issue_code;
}

/// Takes a request in: its token, and its body within the bounds of the route.
async fn listen<'a>(
    app: &'a App,
    route: Route,
    peer: Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<Asked<'a>, Refusal> {
    let app = &*app.0;
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .unwrap_or_default()
        .to_owned();
    if !token.is_empty() && app.count_holder(route, token.as_bytes(), None).is_err() {
        return Err(ConsoleRefusal::TooMany.into());
    }
    let heard = body::read(app, route, body).await;
    let mut heard = heard.map_err(|unread| {
        Refusal::from(match unread {
            Unread::TooLong => ConsoleRefusal::TooLong,
            Unread::Broken => ConsoleRefusal::Malformed,
            Unread::TooSlow | Unread::Full => ConsoleRefusal::Later,
        })
    })?;
    Ok(Asked {
        app,
        peer,
        token,
        body: std::mem::take(&mut heard.bytes),
        _heard: heard,
    })
}

impl Asked<'_> {
    fn parse<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body).map_err(|_| ConsoleRefusal::Malformed.into())
    }

    /// Does a piece of work on accounts, on the writer's thread.
    async fn desk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        let terms = self.app.limits.session_terms();
        let done = self
            .app
            .writer
            .run(move |engine, now, rng| engine.console(terms, now, rng, work))
            .await;
        match done {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                tracing::error!(%error, "the console failed");
                Err(ConsoleRefusal::Later.into())
            }
            Err(_) => Err(ConsoleRefusal::Later.into()),
        }
    }

    /// Computes a hash beside the writer's thread, with a bounded number of others. Whoever hangs up does not free
    /// their place before it is computed.
    async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let later = Refusal::from(ConsoleRefusal::Later);
        let place = Arc::clone(&self.app.hashes).acquire_owned().await;
        let place = place.map_err(|_| later)?;
        self.app.metrics.add(Measure::PasswordHashes, &[], 1.0);
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
        .map_err(|_| later)
    }

    /// Compares a password with a claim's.
    async fn compare(&self, claim: Claim, password: String) -> Result<(Claim, bool), Refusal> {
        self.hash(move || {
            let is_right = claim.password.is_of(&password);
            (claim, is_right)
        })
        .await
    }

    /// Hashes a new password.
    async fn fill(&self, salted: PasswordHash, password: String) -> Result<PasswordHash, Refusal> {
        let filled = self.hash(move || salted.filled(&password)).await?;
        filled.ok_or_else(|| ConsoleRefusal::Later.into())
    }
}

async fn do_sign_in(asked: Asked<'_>) -> Told {
    let body: SignInBody = asked.parse()?;
    let second = match (body.totp, body.recovery) {
        (Some(digits), None) => Second::Totp(digits),
        (None, Some(code)) => Second::Recovery(code),
        (Some(_), Some(_)) | (None, None) => return Err(ConsoleRefusal::Malformed.into()),
    };
    let sign_in = SignIn {
        institution: body.institution,
        account: body.account,
        known: body.desk,
    };
    let address = asked.peer.address;
    let claim = asked
        .desk(move |desk| desk.begin(&sign_in, address.bytes()))
        .await?;
    let (claim, is_right) = asked.compare(claim, body.password).await?;
    let signed_in = asked
        .desk(move |desk| desk.finish(&claim, is_right, &second))
        .await?;
    Ok(session(&signed_in))
}

async fn do_open_with_code(asked: Asked<'_>) -> Told {
    let body: CodeBody = asked.parse()?;
    let address = asked.peer.address;
    let opened = asked
        .desk(move |desk| desk.open_with_code(&body.code, address.bytes()))
        .await?;
    Ok(session(&opened))
}

async fn do_set_up(asked: Asked<'_>) -> Told {
    let ProofBody { password, totp } = asked.parse()?;
    let (token, new, digits) = (asked.token.clone(), password.clone(), totp.clone());
    let salted = asked
        .desk(move |desk| desk.begin_set_up(&token, &new, &digits))
        .await?;
    let filled = asked.fill(salted, password).await?;
    let token = asked.token.clone();
    let renewed = asked
        .desk(move |desk| desk.set_up(&token, filled, &totp))
        .await?;
    Ok(changed(&renewed))
}

async fn do_me(asked: Asked<'_>) -> Told {
    let (terms, token) = (asked.app.limits.session_terms(), asked.token);
    let told = asked
        .app
        .writer
        .run(move |engine, now, rng| engine.who_is(&token, terms, now, rng))
        .await;
    match told {
        Ok(Ok(Ok((me, practice)))) => Ok(myself(&me, practice)),
        Ok(Ok(Err(refusal))) => Err(refusal),
        Ok(Err(error)) => {
            tracing::error!(%error, "the console failed");
            Err(ConsoleRefusal::Later.into())
        }
        Err(_) => Err(ConsoleRefusal::Later.into()),
    }
}

async fn do_renew(asked: Asked<'_>) -> Told {
    let token = asked.token.clone();
    let renewed = asked.desk(move |desk| desk.renew(&token)).await?;
    Ok(session(&renewed))
}

async fn do_sign_out(asked: Asked<'_>) -> Told {
    let token = asked.token.clone();
    asked.desk(move |desk| desk.sign_out(&token)).await?;
    Ok(json!({}))
}

async fn do_password(asked: Asked<'_>) -> Told {
    let body: PasswordBody = asked.parse()?;
    let (token, new) = (asked.token.clone(), body.new_password.clone());
    let (claim, salted) = asked
        .desk(move |desk| {
            let salted = desk.begin_password(&token, &new)?;
            Ok((desk.claim_again(&token)?, salted))
        })
        .await?;
    let (claim, is_right) = asked.compare(claim, body.password).await?;
    let filled = asked.fill(salted, body.new_password).await?;
    let token = asked.token.clone();
    let renewed = asked
        .desk(move |desk| desk.change_password(&token, (&claim, is_right), filled))
        .await?;
    Ok(changed(&renewed))
}

async fn do_begin_totp(asked: Asked<'_>) -> Told {
    let token = asked.token.clone();
    let begun = asked.desk(move |desk| desk.begin_totp(&token)).await?;
    Ok(json!({ "secret": begun.secret, "uri": begun.uri }))
}

async fn do_totp(asked: Asked<'_>) -> Told {
    let body: ProofBody = asked.parse()?;
    let token = asked.token.clone();
    let claim = asked.desk(move |desk| desk.claim_again(&token)).await?;
    let (claim, is_right) = asked.compare(claim, body.password).await?;
    let token = asked.token.clone();
    let renewed = asked
        .desk(move |desk| desk.change_totp(&token, (&claim, is_right), &body.totp))
        .await?;
    Ok(changed(&renewed))
}

async fn do_recovery_codes(asked: Asked<'_>) -> Told {
    let body: AgainBody = asked.parse()?;
    let token = asked.token.clone();
    let claim = asked.desk(move |desk| desk.claim_again(&token)).await?;
    let (claim, is_right) = asked.compare(claim, body.password).await?;
    let token = asked.token.clone();
    let codes = asked
        .desk(move |desk| desk.new_recovery_codes(&token, &claim, is_right))
        .await?;
    Ok(json!({ "recovery_codes": codes }))
}

async fn do_sessions(asked: Asked<'_>) -> Told {
    let token = asked.token.clone();
    let sessions = asked.desk(move |desk| desk.list_sessions(&token)).await?;
    let sessions: Vec<Value> = sessions
        .iter()
        .map(|session| {
            json!({
                "session": session.id,
                "own": session.is_own,
                "began_at": instant(session.began_at),
                "seen_at": instant(session.seen_at),
                "ends_at": instant(session.ends_at),
            })
        })
        .collect();
    Ok(json!({ "sessions": sessions }))
}

async fn do_end_session(asked: Asked<'_>) -> Told {
    let body: EndBody = asked.parse()?;
    let token = asked.token.clone();
    asked
        .desk(move |desk| desk.end_session(&token, &body.session))
        .await?;
    Ok(json!({}))
}

async fn do_issue_code(asked: Asked<'_>) -> Told {
    let body: IssueBody = asked.parse()?;
    let person = body.person.parse();
    let person = person.map_err(|_| ConsoleRefusal::Malformed)?;
    let token = asked.token.clone();
    let code = asked
        .desk(move |desk| desk.issue_code(&token, person, body.account.as_deref()))
        .await?;
    Ok(json!({ "code": code }))
}
