//! `GET /v1/live`: a WebSocket that carries the same requests and answers, and a poke whenever the log has grown.
//!
//! Every binary message from the client is a signed request as `POST /v1/sync` takes it (signed for that route).
//! Every binary message from the server begins with one byte that tells what follows.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use jangkau_core::id::{InstitutionId, ServerSeq};
use jangkau_core::sync::{FRAME_BYTES_MAX, Refused, RefusedReply};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::limits::Route;
use super::refusal::{body_of, refuse};
use super::sync::{count_answers, count_seat};
use super::{App, Peer, Shared, count_refusal};
use crate::metrics::Measure;

/// A body of `SyncReply` follows.
pub const FRAME_REPLY: u8 = 0;
/// A `RefusedReply` follows.
pub const FRAME_REFUSED: u8 = 1;
/// Nothing follows: the institution's log has grown, ask again.
pub const FRAME_POKE: u8 = 2;

/// How often a silent client is asked for a sign of life: below the minute after which many mobile networks forget
/// a connection.
const PING_EVERY: Duration = Duration::from_secs(20);

/// Silence after which a client counts as gone: three pings and a slow network.
const SILENCE_MAX: Duration = Duration::from_secs(75);

/// A connection that has not proved its seat by then is closed: strangers get no pokes.
const STRANGER_MAX: Duration = Duration::from_secs(20);

/// Longest wait for a client to take what it is sent.
const SEND_MAX: Duration = Duration::from_secs(20);

/// Opens the connection, if there is room for one more.
pub(super) async fn live(
    State(app): State<App>,
    Extension(peer): Extension<Peer>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Ok(permit) = Arc::clone(&app.0.live).try_acquire_owned() else {
        return refuse(Refused::Later.into());
    };
    upgrade
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .on_upgrade(move |socket| hold(app, peer, socket, permit))
}

async fn hold(App(app): App, peer: Peer, socket: WebSocket, _permit: OwnedSemaphorePermit) {
    app.metrics.add(Measure::Live, &[], 1.0);
    let mut line = Line {
        socket,
        app: &app,
        peer,
        seen: None,
    };
    let close = line.talk().await;
    if let Some((code, reason)) = close {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        // It may be gone already.
        let _ = line.send(Message::Close(Some(frame))).await;
    }
    app.metrics.add(Measure::Live, &[], -1.0);
}

/// Completes when the server stops.
async fn told(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Why we hang up; none where the client did.
type Close = Option<(u16, &'static str)>;

/// The other side is gone, or takes nothing.
struct Gone;

struct Line<'a> {
    socket: WebSocket,
    app: &'a Shared,
    peer: Peer,
    /// The seat's institution, and the head that it has been told of; none before it has proved its seat.
    seen: Option<(InstitutionId, ServerSeq)>,
}

impl Line<'_> {
    async fn talk(&mut self) -> Close {
        let opened = Instant::now();
        let mut heard = opened;
        let mut heads = self.app.writer.heads();
        let mut stopping = self.app.stopping.clone();
        let mut ping = interval_at(opened + PING_EVERY, PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let sent = tokio::select! {
                message = self.socket.recv() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Binary(request))) => self.answer(request).await,
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        Some(Ok(Message::Text(_))) => {
                            return Some((close_code::UNSUPPORTED, "requests are binary"));
                        }
                        Some(Err(_)) => {
                            // Too long, or no WebSocket frame at all.
                            let _ = self.refused(Refused::TooLong.into()).await;
                            return Some((close_code::SIZE, "the message is too long"));
                        }
                        Some(Ok(Message::Close(_))) | None => return None,
                    }
                }
                moved = heads.changed() => match moved {
                    Ok(()) => self.poke().await,
                    Err(_) => return Some((close_code::AWAY, "the server stops")),
                },
                _ = ping.tick() => {
                    if heard.elapsed() > SILENCE_MAX {
                        return Some((close_code::AWAY, "no sign of life"));
                    }
                    if self.seen.is_none() && opened.elapsed() >= STRANGER_MAX {
                        return Some((close_code::POLICY, "no signed request came"));
                    }
                    self.send(Message::Ping(Bytes::new())).await
                }
                () = told(&mut stopping) => {
                    return Some((close_code::AWAY, "the server stops"));
                }
            };
            if sent.is_err() {
                return None;
            }
        }
    }

    async fn answer(&mut self, request: Bytes) -> Result<(), Gone> {
        if count_seat(self.app, Route::Sync, self.peer, &request).is_err() {
            return self.refused(Refused::Later.into()).await;
        }
        match self.app.writer.sync(request.into()).await {
            Ok(answered) => {
                count_answers(&self.app.metrics, &answered.body);
                self.send(framed(FRAME_REPLY, &answered.body)).await?;
                if answered.head.is_some() {
                    self.seen = answered.head;
                }
                // The log may have grown between the answer and now.
                self.poke().await
            }
            Err(refusal) => self.refused(refusal).await,
        }
    }

    async fn refused(&mut self, refusal: RefusedReply) -> Result<(), Gone> {
        count_refusal(&self.app.metrics, refusal.code);
        self.send(framed(FRAME_REFUSED, &body_of(refusal))).await
    }

    /// Says that the log has grown, once for each head.
    async fn poke(&mut self) -> Result<(), Gone> {
        let Some((institution, told)) = &mut self.seen else {
            return Ok(());
        };
        let heads = Arc::clone(&self.app.writer.heads().borrow());
        match heads.get(institution) {
            Some(head) if head > told => *told = *head,
            Some(_) | None => return Ok(()),
        }
        self.app.metrics.add(Measure::Pokes, &[], 1.0);
        self.send(framed(FRAME_POKE, &[])).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        match tokio::time::timeout(SEND_MAX, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}

fn framed(kind: u8, body: &[u8]) -> Message {
    let mut frame = Vec::with_capacity(body.len() + 1);
    frame.push(kind);
    frame.extend_from_slice(body);
    Message::Binary(frame.into())
}
