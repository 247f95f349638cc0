//! A link over real HTTP, to a server whose clock the story moves.

use std::rc::Rc;
use std::time::Duration;

use jangkau_core::time::Timestamp;

use crate::clock::Hand;
use crate::http::Serving;
use crate::story::{HostAct, Link, LinkError, Reply};

/// Longest wait for an answer on loopback before the demo gives up.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Longest answer that is read, in bytes: frames are shorter.
const ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// The server and its clock.
pub(super) struct Shared {
    serving: Serving,
    hand: Hand,
}

impl Shared {
    pub(super) const fn new(serving: Serving, hand: Hand) -> Self {
        Self { serving, hand }
    }

    /// Where the server listens, as devices write it.
    pub(super) fn address(&self) -> String {
        format!("http://{}", self.serving.address())
    }

    pub(super) fn into_serving(self) -> Serving {
        self.serving
    }
}

/// A device's way to the server.
pub(super) struct Http {
    shared: Rc<Shared>,
    agent: ureq::Agent,
}

impl Http {
    pub(super) fn new(shared: Rc<Shared>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER_MAX))
            .build();
        Self {
            shared,
            agent: config.into(),
        }
    }

    fn post(&self, route: &str, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        self.shared.hand.set(now);
        let failed = |error: ureq::Error| LinkError::Http(error.to_string());
        let url = format!("{}{route}", self.shared.address());
        let request = self
            .agent
            .post(url)
            .header("content-type", "application/cbor");
        let mut response = request.send(body).map_err(failed)?;
        let is_done = response.status().is_success();
        let reader = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
        let bytes = reader.read_to_vec().map_err(failed)?;
        Ok(if is_done {
            Reply::Done(bytes)
        } else {
            Reply::Refused(bytes)
        })
    }
}

impl Link for Http {
    fn enrol(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        self.post("/v1/enrol", body, now)
    }

    fn sync(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        self.post("/v1/sync", body, now)
    }

    fn glass(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        self.post("/v1/glass", body, now)
    }

    fn blob(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        self.post("/v1/blob", body, now)
    }

    fn act(&mut self, act: &HostAct, now: Timestamp) -> Result<(), LinkError> {
        let HostAct::Revoke(institution, seat, how) = act.clone() else {
            return Err(LinkError::OutOfReach);
        };
        self.shared.hand.set(now);
        let revoked = self
            .shared
            .serving
            .with_engine(move |engine, now, _| engine.revoke(&institution, seat, how, now));
        match revoked {
            Ok(revoked) => Ok(revoked?),
            Err(unavailable) => Err(LinkError::Http(unavailable.to_string())),
        }
    }
}
