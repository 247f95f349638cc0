//! Booking sessions and agreeing plans: who leads, how many, who took part. Reads facts and decisions.

use std::collections::BTreeSet;

use super::LogEntry;
use super::case::{Ask, Case};
use super::state::Appointment;
use super::verdict::{Objection, Refusal, Review};
use crate::command::{AgreePlan, Command, CommandKind, ExtendSessions, ScheduleSession};
use crate::id::CommandId;
use crate::profile::words::Guard;

/// Refuses a booking beyond the standard, and a plan that nobody else took part in.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    if let Command::ScheduleSession(booking) = ask.command() {
        return book(ask, booking);
    }
    if let Command::AgreePlan(plan) = ask.command() {
        return agree(ask, plan);
    }
    if let Command::ExtendSessions(extension) = ask.command() {
        return extend(ask, extension);
    }
    Ok(())
}

fn book(ask: &Ask<'_, '_>, booking: &ScheduleSession) -> Result<(), Objection> {
    let standard = &ask.case.profile.sessions;
    let lead_roles = if booking.lead == ask.entry.entry.stamp.by {
        Some(&ask.entry.author_roles)
    } else {
        ask.entry.named_roles.get(&booking.lead)
    };
    if lead_roles.is_some_and(|roles| roles.is_disjoint(&standard.lead_roles)) {
        return Err(Refusal::RoleNotAllowed.into());
    }
    let must_agree = ask
        .transition()
        .is_some_and(|transition| transition.guards.contains(&Guard::BothPartiesConfirm));
    if must_agree && !booking.both_agreed {
        return Err(Refusal::NotAgreed.into());
    }
    let number = ask.case.facts.sessions().len() + open_appointments(ask.case).count() + 1;
    if covered(ask.case).is_some_and(|most| number > most) {
        return Err(Refusal::SessionLimit.into());
    }
    let is_unplanned = standard
        .planned
        .is_some_and(|planned| number > usize::from(planned));
    if is_unplanned && booking.reason.is_none() {
        return Err(Refusal::ReasonMissing.into());
    }
    free(ask, booking)
}

/// Nobody leads two sessions at once: who is booked elsewhere is asked for another hour. In danger the head finds one (X34).
fn free(ask: &Ask<'_, '_>, booking: &ScheduleSession) -> Result<(), Objection> {
    let minutes = ask.case.profile.sessions.minutes;
    let elsewhere = ask.case.elsewhere;
    if ask.approved || !elsewhere.is_booked(booking.lead, booking.starts_at, minutes) {
        Ok(())
    } else if ask.case.is_in_danger() {
        Err(Review::LeadBooked.into())
    } else {
        Err(Refusal::LeadBooked.into())
    }
}

/// More sessions need a contract about them (T13, S1:67).
fn extend(ask: &Ask<'_, '_>, extension: &ExtendSessions) -> Result<(), Objection> {
    let Some(most) = covered(ask.case) else {
        return Err(Refusal::NoEffect.into());
    };
    let asked = usize::try_from(extension.most).unwrap_or(usize::MAX);
    if asked <= most {
        return Err(Refusal::NoEffect.into());
    }
    let is_agreed = ask.case.facts.of(CommandKind::SignContract).any(|entry| {
        if let Command::SignContract(contract) = &entry.entry.command {
            contract
                .sessions
                .is_some_and(|agreed| agreed >= extension.most)
        } else {
            false
        }
    });
    if is_agreed {
        Ok(())
    } else {
        Err(Refusal::ContractMissing.into())
    }
}

fn agree(ask: &Ask<'_, '_>, plan: &AgreePlan) -> Result<(), Objection> {
    let roles = |person: &crate::id::PersonId| {
        if *person == ask.entry.entry.stamp.by {
            Some(&ask.entry.author_roles)
        } else {
            ask.entry.named_roles.get(person)
        }
    };
    let known: Vec<_> = plan.participants.iter().filter_map(roles).collect();
    let has_professional = known.len() < plan.participants.len()
        || known
            .iter()
            .any(|roles| roles.iter().any(|role| role.is_professional()));
    if plan.participants.len() >= 2 && has_professional {
        Ok(())
    } else {
        Err(Refusal::ParticipantsMissing.into())
    }
}

/// Committed bookings that were neither recorded nor called off.
pub(super) fn open_appointments(case: &Case<'_>) -> impl Iterator<Item = Appointment> {
    let recorded = case.facts.of(CommandKind::RecordSession);
    let done: BTreeSet<CommandId> = case
        .facts
        .of(CommandKind::CancelAppointment)
        .chain(recorded)
        .filter_map(|entry| settles(&entry.entry.command))
        .collect();
    let bookings: Vec<Appointment> = case
        .decided
        .made(|command| {
            if let Command::ScheduleSession(booking) = command {
                Some(booking)
            } else {
                None
            }
        })
        .map(|(made, booking)| Appointment {
            appointment: made.entry.entry.id,
            lead: booking.lead,
            starts_at: booking.starts_at,
        })
        .collect();
    bookings
        .into_iter()
        .filter(move |booking| !done.contains(&booking.appointment))
}

fn settles(command: &Command) -> Option<CommandId> {
    if let Command::CancelAppointment(cancelled) = command {
        Some(cancelled.appointment)
    } else if let Command::RecordSession(session) = command {
        session.appointment
    } else {
        None
    }
}

/// The sessions that took place beyond the most that are covered, in the order in which they took place.
pub(super) fn beyond_standard<'c, 'a>(case: &'c Case<'a>) -> &'c [&'a LogEntry] {
    let sessions = case.facts.sessions();
    let most = covered(case).unwrap_or(usize::MAX);
    sessions.get(most..).unwrap_or_default()
}

/// The most sessions that are covered: the standard's, or as many as a head extended them to.
fn covered(case: &Case<'_>) -> Option<usize> {
    let max = usize::from(case.profile.sessions.max?);
    let extended = case.decided.sessions_extended;
    Some(extended.map_or(max, |most| {
        max.max(usize::try_from(most).unwrap_or(usize::MAX))
    }))
}
