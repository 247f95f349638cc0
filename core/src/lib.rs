//! Jangkau's core: everything that decides, on the phone and on the server alike.
//!
//! No network, no threads, no clock, no entropy: values, `now` and `rng` go in, effects come out. The device's
//! SQLite is the only I/O. `docs/ARCHITECTURE.md` is the map; `docs/PROTOCOL.md` the bytes between the two sides.
//!
//! # The life of an edit
//!
//! A social worker writes down a visit, on a phone without signal.
//!
//! 1. The shell makes a [`command::Command`] of it. From here on no string is guessed at: a field that cannot hold
//!    what was typed says so now. [`replica::Replica::record`] gives it an id, an author and a time.
//! 2. [`document::Document::write`] turns the command's [`record`]s into one Automerge change for each document that
//!    it touches, under the seat's own actor. Each record stands at a key of its own, so nobody else's can collide.
//! 3. The store commits the changes, the outbox and the local rows together and waits for the disk. Only then does
//!    the call return: the device is right now, with or without a network.
//! 4. [`sync`] signs what is in the outbox ([`sync::seal`], [`envelope`]), leaves out what the receiver can derive
//!    ([`sync::pack`]) and wraps it into a signed request. The shell carries the bytes.
//! 5. The server's door unwraps them and knows which seat speaks.
//! 6. Admission asks only whether they may enter history. [`chunk`] and [`document::inspect`] look at each change
//!    before Automerge does. What is turned away is kept, and its author is told why ([`sync::Turned`]).
//! 7. Intake appends and commits, once for a whole group of requests, and answers [`sync::Seen::Admitted`].
//! 8. Ruling takes the case in log order and has [`rules::judge`] look at its facts and proposals, by the institution's
//!    [`profile`] and with [`deadline`]s reckoned in its [`calendar`]. A refused decision never removes a fact. The verdicts become
//!    [`sync::SignedRuling`]s, rows of the same log.
//! 9. The case's new [`rules::CaseState`] stands beside its ruling, a cache that can be rebuilt from the log.
//! 10. Every holder's next [`sync::SyncReply`] brings the parts that they may hold and the rulings of their classes;
//!     for the author, what was pending becomes accepted. [`replica::Replica::timeline`] shows all of it.
//!
//! When step 6 turns a command away, [`replica`] moves it and what depends on it aside, builds the document again
//! under a new branch, and replays the other pending commands under the same ids.

pub mod access;
pub mod attachment;
pub mod calendar;
pub mod cbor;
pub mod chunk;
pub mod class;
mod code;
pub mod command;
pub mod console;
pub mod deadline;
pub mod document;
pub mod envelope;
pub mod export;
pub mod grant;
pub mod id;
pub mod lock;
pub mod plant;
pub mod profile;
pub mod record;
#[cfg(feature = "store")]
pub mod replica;
pub mod retention;
pub mod rights;
pub mod rules;
#[cfg(feature = "store")]
pub mod screen;
mod secret;
#[cfg(feature = "store")]
pub mod store;
pub mod sync;
pub mod text;
pub mod time;
