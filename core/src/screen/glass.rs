//! What this person is told of broken glass: who opened what, when and why.

use super::Viewer;
use super::attention::{Attention, AttentionKind};
use crate::sync::NoticeRow;
use crate::text;

/// For how long a notice stands among what asks for attention, in milliseconds: a month, so that who is on leave sees it too. DEFAULT: nobody has to tick
/// it off, and nobody can.
const SHOWN_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// What this person is told of broken glass, newest last.
#[must_use]
pub fn glass_broken(viewer: &Viewer<'_>, notices: &[NoticeRow]) -> Vec<Attention> {
    let shown = notices
        .iter()
        .filter(|notice| viewer.now.millis_since(notice.at) <= SHOWN_MS);
    shown.map(|notice| told(viewer, notice)).collect()
}

fn told(viewer: &Viewer<'_>, notice: &NoticeRow) -> Attention {
    let case = notice.number.map_or_else(
        || viewer.say("screen-no_number", &[]),
        |number| viewer.say("screen-number", &[("number", &number.to_string())]),
    );
    let (who, zone) = (viewer.name(notice.by), viewer.zone());
    let class = text::class(viewer.language, notice.class);
    let at = text::instant_short(viewer.language, notice.at, zone);
    let until = text::instant_short(viewer.language, notice.until, zone);
    let args = [
        ("who", &*who),
        ("class", &*class),
        ("case", &*case),
        ("at", &*at),
        ("until", &*until),
        ("reason", &*notice.reason),
    ];
    Attention {
        kind: AttentionKind::GlassBroken,
        case: notice.case,
        command: None,
        since: notice.at,
        says: viewer.say("attention-says-glass_broken", &args),
        what_to_do: viewer.say("do-glass_broken", &[]),
        numbers: Vec::new(),
    }
}
