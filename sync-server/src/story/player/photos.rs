//! Attaching in a story, and carrying the bytes: apart from the exchange of records, as on a phone.

use jangkau_core::replica::NewAttachment;

use super::super::fields::Names as _;
use super::super::link::{Link, Reply};
use super::super::plan::{Attaching, Beat, SeatName, photo_bytes};
use super::{Failure, PlayError, Player};

/// Most steps until nothing is to be sent or fetched: the longest attachment takes some fifty.
const STEPS_MAX: usize = 10_000;

impl<L: Link> Player<L> {
    /// Attaches a photo to a record. An online device exchanges before and after.
    pub(super) fn attach(
        &mut self,
        beat: &Beat,
        attaching: &Attaching,
        failures: &mut Vec<Failure>,
    ) -> Result<(), PlayError> {
        let missing = |name: &str| PlayError::Missing(name.to_owned());
        let state = self.devices.get(&attaching.seat.device).copied();
        let online = state.is_some_and(|device| device.online);
        if online {
            self.exchange(&attaching.seat)?;
        }
        let (case, target) = (attaching.case.as_str(), attaching.target.as_str());
        let found = (self.cases.get(case).copied(), self.command(target));
        let (Some(case), Some(target)) = found else {
            return Err(missing(target));
        };
        let bytes = photo_bytes(&attaching.label, attaching.bytes);
        let new = NewAttachment {
            case,
            target,
            kind: attaching.kind,
            media: attaching.media,
            bytes: &bytes,
        };
        let ahead_ms = state.map_or(0, |device| device.ahead_ms);
        let device_now = beat.at.plus_millis(ahead_ms);
        let replica = self.seats.get_mut(&attaching.seat);
        let replica = replica.ok_or_else(|| missing(&attaching.seat.device))?;
        match replica.attach(&new, device_now, &mut self.rng)? {
            Ok(id) => {
                self.labels.insert(attaching.label.clone(), id);
            }
            Err(reason) => {
                failures.push(Failure {
                    line: beat.line,
                    found: format!("it could not be attached: {reason}"),
                });
                return Ok(());
            }
        }
        if online {
            self.exchange(&attaching.seat)?;
        }
        Ok(())
    }

    /// Has seats send what they attached, and fetch what is wanted, until nothing is to be done now.
    pub(super) fn carry(
        &mut self,
        seats: &[SeatName],
        wanted: &[(String, String)],
    ) -> Result<(), PlayError> {
        for seat in seats {
            for (case, label) in wanted {
                let found = (self.cases.get(case).copied(), self.command(label));
                let replica = self.seats.get_mut(seat);
                if let (Some(replica), (Some(case), Some(command))) = (replica, found) {
                    replica.want_attachment(case, command)?;
                }
            }
            self.carry_one(seat)?;
        }
        Ok(())
    }

    fn carry_one(&mut self, seat: &SeatName) -> Result<(), PlayError> {
        let device_now = self.device_now(&seat.device);
        let missing = || PlayError::Missing(seat.to_string());
        for _ in 0..STEPS_MAX {
            let replica = self.seats.get_mut(seat).ok_or_else(missing)?;
            let Some(request) = replica.blob_request(device_now)? else {
                return Ok(());
            };
            match self.link.blob(&request, self.now)? {
                Reply::Done(body) => {
                    replica.blob_receive(&body, device_now)?;
                }
                Reply::Refused(body) => {
                    let (code, again) = replica.blob_refused(&body, device_now)?;
                    if !again {
                        return Err(PlayError::Refused(code));
                    }
                }
            }
        }
        Err(PlayError::Endless)
    }
}
