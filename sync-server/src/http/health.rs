//! For those who watch the server: does it live, does it answer, what has it counted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use super::App;
use crate::metrics::Measure;

/// Cases that may stay unjudged while the server still counts as ready: every group judges what it admitted, so more
/// than none means that ruling fails.
const LAG_MAX: usize = 0;

/// The process lives.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// The store answers, and no case stays unjudged.
pub(super) async fn ready(State(App(app)): State<App>) -> (StatusCode, String) {
    let judged = app
        .writer
        .run(|engine, now, _| {
            let caught_up = engine.rule(now)?;
            // What a second look still finds is what ruling cannot get done.
            engine.rule(now).map(|left| (caught_up, left))
        })
        .await;
    match judged {
        Ok(Ok((caught_up, left))) => {
            app.metrics.set(Measure::RulingLag, caught_up as f64);
            if left > LAG_MAX {
                let text = format!("ruling lags by {left} cases\n");
                return (StatusCode::SERVICE_UNAVAILABLE, text);
            }
            (StatusCode::OK, "ready\n".to_owned())
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "not ready");
            let text = "the store does not answer\n".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, text)
        }
        Err(unavailable) => {
            let text = format!("{unavailable}\n");
            (StatusCode::SERVICE_UNAVAILABLE, text)
        }
    }
}

/// The counters. They hold no personal data; still, a proxy need not show them to the world.
pub(super) async fn metrics(State(App(app)): State<App>) -> impl IntoResponse {
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, app.metrics.render())
}
