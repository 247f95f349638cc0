//! Tells what happens in a world, for whoever replays a violation.

use jangkau_core::sync::{
    Backfill, RefusedReply, Row, SignedRequest, SyncReply, SyncRequest, decode_body, unpack,
};

use super::network::MachineIndex;

/// A request in one line.
pub(super) fn describe_request(index: MachineIndex, bytes: &[u8]) -> String {
    let Ok(signed) = SignedRequest::from_bytes(bytes) else {
        return format!("machine {index} asks something unreadable");
    };
    let Ok(request) = decode_body::<SyncRequest>(&signed.body) else {
        return format!("machine {index} asks something unreadable");
    };
    let mut line = format!(
        "machine {index} asks at {}:{}",
        request.cursor.era, request.cursor.seq
    );
    if let Some(push) = &request.push {
        for envelope in unpack(&push.envelopes).into_iter().flatten() {
            for head in &envelope.commands {
                line += &format!(", pushes {} {}", head.kind, head.id);
            }
        }
    }
    if let Some(back) = &request.push_back {
        for envelope in unpack(&back.envelopes).into_iter().flatten() {
            let whole = if envelope.is_whole() { "" } else { " in part" };
            for head in &envelope.commands {
                line += &format!(", tells {} {}{whole} again", head.kind, head.id);
            }
        }
        line += &format!(", tells {} rulings again", back.rulings.len());
    }
    if let Some(at) = &request.backfill {
        line += &format!(", fetches grant {} (list: {})", at.grant, at.list);
    }
    if request.check.is_some() {
        line += ", compares";
    }
    if let Some(resend) = &request.resend {
        line += &format!(", wants {} buckets again", resend.len());
    }
    line
}

/// An answer in one line.
pub(super) fn describe_reply(index: MachineIndex, reply: &Result<Vec<u8>, RefusedReply>) -> String {
    let bytes = match reply {
        Ok(bytes) => bytes,
        Err(refused) => return format!("the server refuses machine {index}: {}", refused.code),
    };
    let Ok(reply) = decode_body::<SyncReply>(bytes) else {
        return format!("the server answers machine {index} with no message");
    };
    let mut line = format!(
        "the server answers machine {index}: up to {}:{} (kept {:?}, backed up {}, more {})",
        reply.era.number,
        reply.page.upto,
        reply.era.kept.map(|kept| kept.get()),
        reply.backed_up_through,
        reply.page.more
    );
    for answer in reply.answers.iter().flatten() {
        line += &format!(", {} is {:?}", answer.command, answer.seen);
    }
    for row in &reply.page.rows {
        line += &format!(", row {} {}", row.seq, describe_row(&row.row));
    }
    for (name, backfill) in [("backfill", &reply.backfill), ("resent", &reply.resent)] {
        if let Some(backfill) = backfill {
            line += &format!(", {name} {}", describe_backfill(backfill));
        }
    }
    if let Some(check) = &reply.check {
        let same = matches!(check, jangkau_core::sync::SelfCheck::Same);
        line += &format!(", compared: same {same}");
    }
    line
}

fn describe_backfill(backfill: &Backfill) -> String {
    let documents: usize = backfill
        .frames
        .iter()
        .map(|frame| frame.documents.len())
        .sum();
    let rows: Vec<String> = backfill
        .rows
        .iter()
        .map(|row| format!("{} {}", row.seq, describe_row(&row.row)))
        .collect();
    let rulings: Vec<String> = backfill
        .rulings
        .iter()
        .map(|(seq, _)| seq.to_string())
        .collect();
    format!(
        "of {documents} documents, rulings [{}], rows [{}], goes on {}",
        rulings.join(" "),
        rows.join(" "),
        backfill.next.is_some()
    )
}

fn describe_row(row: &Row) -> String {
    match row {
        Row::Commands(ids) => format!("commands {ids:?}"),
        Row::Own(_, ids) => format!("own {ids:?}"),
        Row::Ruling(ruling) => match ruling.read() {
            Ok(body) => format!(
                "ruling {:?} of {} through {}",
                body.class.map(|class| class.code()),
                body.case,
                body.judged_through
            ),
            Err(_) => "ruling that does not read".to_owned(),
        },
        Row::Grant(grant) => format!("grant {:?} {:?}", grant.scope, grant.classes),
        Row::GrantEnd(grant) => format!("end of grant {grant}"),
        Row::Staff(_) => "staff".to_owned(),
        Row::Profile(_) => "profile".to_owned(),
        Row::Calendar(_) => "calendar".to_owned(),
        Row::View(row) => format!("view {} of {}", row.view.kind(), row.case),
        Row::Seat(seat, status) => format!("seat {seat} {status}"),
        Row::Epoch(_) => "rewritten document".to_owned(),
        Row::Bar(case, on) => format!("bar {case} {on}"),
        Row::Notice(notice) => format!("notice {} {}", notice.case, notice.class),
        Row::Stored(_, command, _) => format!("bytes of {command}"),
    }
}
