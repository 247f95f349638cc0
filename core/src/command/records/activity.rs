//! What the institution does without a case.

use super::records;
use crate::class::Class;
use crate::command::vocabulary::ServiceType;
use crate::record::{Line, Prose};
use crate::time::Timestamp;

records! {
    [$ activity_records]
    /// A1: outreach, education or guidance for a group, outside every case (S0:39, S1:76, S4:28). Names nobody.
    RecordActivity {
        Activity "activity" {
            /// Which service.
            kind: ServiceType = "kind",
            /// Where.
            place: Line = "place",
            /// For which group.
            group: Line = "group",
            /// How many took part.
            attendance: u32 = "attendance",
            /// What was taught or handed out.
            material: Option<Line> = "material",
            /// How it went.
            note: Option<Prose> = "note",
            /// When it ended.
            ended_at: Option<Timestamp> = "ended_at",
        }
    }
}
