//! Referrals are objects of a case (amendment B3): each has a life of its own. Reads facts and decisions.

use super::LogEntry;
use super::case::{Ask, Case};
use super::facts::is_same_name;
use super::state::{ReferralPhase, ReferralState};
use super::verdict::{Objection, Refusal, Review};
use crate::command::{Command, CommandKind, Recommendation};
use crate::deadline::{Reckoner, Term};
use crate::id::CommandId;
use crate::time::Timestamp;

/// So many working days the letter of a questioned referral waits for the head (X29).
const PAUSE_DAYS: u16 = 1;

/// Refuses a second letter for one referral, a second referral to one recipient, and a letter about an identity that
/// is in dispute.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    if let Command::DecideReferral(referral) = ask.command() {
        let is_open = |state: &ReferralState| {
            !matches!(
                state.phase,
                ReferralPhase::Declined | ReferralPhase::Cancelled
            ) && recipient(ask.case, state.referral)
                .is_some_and(|name| is_same_name(name, referral.recipient.as_str()))
        };
        if referrals(ask.case).iter().any(is_open) {
            return Err(Refusal::ReferralExists.into());
        }
    }
    if let Command::CancelReferral(cancelled) = ask.command()
        && is_cancelled(ask.case, cancelled.referral)
    {
        return Err(Refusal::NoEffect.into());
    }
    if let Command::IssueReferral(issue) = ask.command() {
        if is_cancelled(ask.case, issue.referral) {
            return Err(Refusal::ReferralMissing.into());
        }
        if issued_at(ask.case, issue.referral).is_some() {
            return Err(Refusal::ReferralExists.into());
        }
        if ask.case.facts.has_identity_conflict() {
            return Err(Refusal::IdentityConflict.into());
        }
        if !ask.approved && is_paused(ask) {
            return Err(Refusal::ReferralQuestioned.into());
        }
    }
    Ok(())
}

/// Whether a professional advises another course than a referral that they had not seen (X29). Reads facts and decisions.
pub(super) fn questions_referral(case: &Case<'_>, entry: &LogEntry) -> bool {
    let advises_otherwise = if let Command::WriteSummary(summary) = &entry.entry.command {
        summary.recommendation != Recommendation::Refer
    } else {
        false
    };
    advises_otherwise
        && referrals(case).iter().any(|state| {
            let known_from = case.decided.referrals_decided.get(&state.referral);
            let is_under_way = match state.phase {
                ReferralPhase::Decided | ReferralPhase::Issued | ReferralPhase::Delivered => true,
                ReferralPhase::Accepted | ReferralPhase::Declined | ReferralPhase::Cancelled => {
                    false
                }
            };
            is_under_way && known_from.is_some_and(|known_from| entry.base < *known_from)
        })
}

/// A questioned referral gets its letter when the head has answered, or after one working day (X29).
fn is_paused(ask: &Ask<'_, '_>) -> bool {
    let office = ask.case.profile.office();
    let reckoner = Reckoner::new(&office, ask.case.calendar);
    ask.case.decided.pending.values().any(|pending| {
        let paused_from = pending.entry.received_at;
        let until = reckoner.due(Term::WorkingDays(PAUSE_DAYS), paused_from, &[]);
        pending.reason == Review::ReferralQuestioned
            && until.is_ok_and(|until| ask.entry.received_at <= until.due)
    })
}

fn is_cancelled(case: &Case<'_>, referral: CommandId) -> bool {
    case.decided.referrals_cancelled.contains_key(&referral)
}

/// Whether a decision of this id refers the client.
pub(super) fn is_referral(case: &Case<'_>, id: CommandId) -> bool {
    case.decided
        .find(id)
        .is_some_and(|made| matches!(made.entry.entry.command, Command::DecideReferral(_)))
}

/// Every referral that was decided, in the order of the decisions.
pub(super) fn referrals(case: &Case<'_>) -> Vec<ReferralState> {
    case.decided
        .made(|command| matches!(command, Command::DecideReferral(_)).then_some(()))
        .map(|(made, ())| state_of(case, made.entry.entry.id, made.at))
        .collect()
}

fn state_of(case: &Case<'_>, referral: CommandId, decided_at: Timestamp) -> ReferralState {
    let issued_at = issued_at(case, referral);
    let reply = last_reply(case, referral);
    let delivered_at = delivered_at(case, referral);
    let cancelled_at = case.decided.referrals_cancelled.get(&referral).copied();
    let phase = match (cancelled_at, reply, delivered_at, issued_at) {
        (Some(_), ..) => ReferralPhase::Cancelled,
        (None, Some((_, true)), ..) => ReferralPhase::Accepted,
        (None, Some((_, false)), ..) => ReferralPhase::Declined,
        // Delivered before its letter, the letter is still to be written.
        (None, None, Some(_), Some(_)) => ReferralPhase::Delivered,
        (None, None, None, Some(_)) => ReferralPhase::Issued,
        (None, None, _, None) => ReferralPhase::Decided,
    };
    ReferralState {
        referral,
        phase,
        decided_at,
        issued_at,
        replied_at: reply.map(|(at, _)| at),
        delivered_at,
        cancelled_at,
        letter: None,
    }
}

/// When it first reached the recipient.
fn delivered_at(case: &Case<'_>, referral: CommandId) -> Option<Timestamp> {
    case.facts.first(CommandKind::DeliverReferral, |command| {
        if let Command::DeliverReferral(delivery) = command {
            delivery.referral == referral
        } else {
            false
        }
    })
}

/// When the letter of a referral was issued.
pub(super) fn issued_at(case: &Case<'_>, referral: CommandId) -> Option<Timestamp> {
    let issues = case.decided.made(|command| {
        if let Command::IssueReferral(issue) = command {
            (issue.referral == referral).then_some(())
        } else {
            None
        }
    });
    issues.map(|(made, ())| made.at).min()
}

fn recipient<'a>(case: &Case<'a>, referral: CommandId) -> Option<&'a str> {
    let made = case.decided.find(referral)?;
    if let Command::DecideReferral(decided) = &made.entry.entry.command {
        Some(decided.recipient.as_str())
    } else {
        None
    }
}

/// The last reply: an office may first decline and then accept.
fn last_reply(case: &Case<'_>, referral: CommandId) -> Option<(Timestamp, bool)> {
    let replies = case.facts.of(CommandKind::RecordReply).filter_map(|entry| {
        if let Command::RecordReply(reply) = &entry.entry.command {
            (reply.referral == referral).then_some((entry.at(), reply.accepted))
        } else {
            None
        }
    });
    replies.last()
}
