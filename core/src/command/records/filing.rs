//! What was filed wrongly, and where it went; which cases are of one family; from whom one is hidden; what workers note about dates and orders.

use std::collections::BTreeSet;

use super::records;
use crate::class::Class;
use crate::command::FamilyTie;
use crate::id::{CaseId, CommandId, PersonId};
use crate::record::Line;
use crate::time::Timestamp;

records! {
    [$ filing_records]
    /// C4: a record was filed under the wrong case. Here a line of it stays, and nothing rests on it any more.
    MoveRecord {
        Intake "record_moved" {
            /// The misfiled record.
            record: CommandId = "record",
            /// The case that it is about.
            to: CaseId = "to",
            /// How the mistake was found.
            reason: Line = "reason",
        }
    }
    /// C4: a record of this case was first filed under another one. It tells of whoever did it and of when it happened.
    TakeRecord {
        Intake "record_taken" {
            /// The record as it stands here.
            record: CommandId = "record",
            /// The case under which it was filed first.
            from: CaseId = "from",
            /// The record there.
            origin: CommandId = "origin",
        }
    }
    /// B4: the client wants it on a later day than the standard promises.
    NoteClientDate {
        Intake "client_date" {
            /// The day that the client chose.
            date: Timestamp = "date",
            /// What the client said.
            note: Option<Line> = "note",
        }
    }
    /// B5: whoever became responsible has read the order.
    ReadAssignment {
        Intake "assignment_read" {
            /// The assignment.
            assignment: CommandId = "assignment",
        }
    }
    /// B6, C6: records of one case hold as they stand, whatever was in doubt about their time or their author's mandate.
    ConfirmRecords {
        Record "records_confirmed" {
            /// Which.
            records: BTreeSet<CommandId> = "records",
        }
    }
    /// X10, X11: two cases are of one family. Only heads hold it: a link tells the holder of one case of another.
    LinkFamily {
        Links "family_link" {
            /// The other case.
            related: CaseId = "related",
            /// What it is to this one; of one family if nothing is said.
            tie: Option<FamilyTie> = "tie",
            /// What connects them.
            reason: Line = "reason",
        }
    }
    /// Section 9, rule 1: an adult of this couple or family asks for a file of their own.
    AskSeparation {
        Record "separation_asked" {
            /// What they said.
            reason: Line = "reason",
        }
    }
    /// They are of two families, whatever looks alike. Ends a link, and a suggestion.
    UnlinkFamily {
        Links "family_apart" {
            /// The other case.
            related: CaseId = "related",
            /// How that is known.
            reason: Line = "reason",
        }
    }
    /// Section 9, rule 2: the case is about a colleague or a relative of theirs. It stands where only those read who work on the case.
    DeclareConflict {
        Safety "conflict" {
            /// From whom the case is hidden.
            person: PersonId = "person",
            /// What connects them.
            reason: Line = "reason",
        }
    }
    /// It is not so, or no longer. Lifts only what it names.
    LiftConflict {
        Safety "conflict_lifted" {
            /// The commands that declared it.
            declarations: BTreeSet<CommandId> = "declarations",
            /// How that is known.
            reason: Line = "reason",
        }
    }
}
