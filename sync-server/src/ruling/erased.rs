//! Commands of which something was erased, and that came back with an older database: what is left of them to judge.

use super::entry_of;
use crate::store::commands::StoredCommand;

/// Whether a whole command is gone: judged without it, the case would fall back to where it stood before, so what was ruled
/// stands. A part that was erased (a note beside its session) changes nothing: the rules never read it.
pub(super) fn is_closed_by_erasure(stored: &[StoredCommand]) -> bool {
    let mut erased = stored.iter().filter(|command| command.is_erased);
    erased.any(|command| entry_of(command).is_err())
}
