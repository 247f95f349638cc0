//! One row of the log of each kind.

use super::*;

/// Every kind of row, and its name.
pub(in crate::sync::tests) fn rows() -> Vec<(&'static str, Row)> {
    let mut rows = vec![
        ("commands", Row::Commands(vec![command_id(10)])),
        ("ruling", Row::Ruling(signed_ruling())),
        ("grant of a case", Row::Grant(grant(GrantScope::Case(CASE)))),
        ("grant of all", Row::Grant(grant(GrantScope::Institution))),
        (
            "grant of own entries and views",
            Row::Grant(GrantRow {
                extent: Some(Extent {
                    own: vec![Class::Record],
                    views: vec![ViewKind::Contact],
                }),
                ..grant(GrantScope::Case(CASE))
            }),
        ),
        ("grant end", Row::GrantEnd(ServerSeq::new(6))),
        (
            "staff",
            Row::Staff(StaffRow {
                person: AUTHOR,
                name: "Rina".to_owned(),
                roles: vec!["social_worker".to_owned()],
                active: true,
                terms: None,
            }),
        ),
        (
            "profile",
            Row::Profile(ProfileRow {
                id: "cilegon-lk3-2023".parse().unwrap(),
                version: 1,
                toml: "[profile]".to_owned(),
            }),
        ),
        (
            "calendar",
            Row::Calendar(CalendarRow {
                name: "national".to_owned(),
                version: 2,
                csv: "2026-12-25".to_owned(),
            }),
        ),
        ("seat", Row::Seat(SEAT, SeatStatus::Retired)),
        (
            "own",
            Row::Own(EnvelopeHash::from_bytes([16; 32]), vec![command_id(10)]),
        ),
    ];
    rows.extend(rows_of_trust());
    rows
}

fn grant(scope: GrantScope) -> GrantRow {
    GrantRow {
        person: AUTHOR,
        scope,
        classes: vec![Class::Intake, Class::Record],
        extent: None,
        term: None,
    }
}

/// Those about who may read what.
fn rows_of_trust() -> Vec<(&'static str, Row)> {
    vec![
        ("rewritten document", Row::Epoch(signed_epoch())),
        (
            "rewritten document, for others",
            Row::Epoch(signed_epoch().bare()),
        ),
        (
            "view",
            Row::View(ViewRow {
                case: CASE,
                view: View::Masked("S. A.".to_owned()),
            }),
        ),
        (
            "grant for a time",
            Row::Grant(GrantRow {
                term: Some(GrantTerm::Glass(NOW)),
                ..grant(GrantScope::Case(CASE))
            }),
        ),
        ("bar", Row::Bar(CASE, true)),
        (
            "notice",
            Row::Notice(NoticeRow {
                case: CASE,
                number: Some(CaseNumber::new(5)),
                by: AUTHOR,
                class: Class::Safety,
                reason: "darurat".to_owned(),
                at: NOW,
                until: NOW,
                to: vec![PersonId::from_bytes([17; 16])],
            }),
        ),
        (
            "stored",
            Row::Stored(CASE, command_id(10), BlobHash::from_bytes([17; 32])),
        ),
    ]
}

/// A document of which one record was erased.
fn signed_epoch() -> SignedEpoch {
    let listing = EpochListing {
        survivors: vec![Survivor {
            command: command_id(10),
            author: AUTHOR,
            leaf: Some([18; 32]),
            without: None,
        }],
        removed: vec![Removed {
            command: command_id(11),
            reason: RemovalReason::Erasure,
        }],
    };
    let body = EpochBody {
        document: DocumentKey {
            case: CASE,
            class: Class::Record,
            compartment: Compartment::Shared,
            volume: 0,
        },
        epoch: DocEpoch::new(1),
        through: ServerSeq::new(41),
        at: NOW,
        heads: vec![ChangeHash::from_bytes([17; 32])],
        listing: [0; 32],
        derived: [19; 32],
    };
    SignedEpoch {
        base: Some(vec![1, 0, 0x80]),
        ..SignedEpoch::sign(body, &listing, &server_key())
    }
}

pub(in crate::sync::tests) fn wire_row(seq: u64, row: Row) -> WireRow {
    WireRow {
        seq: ServerSeq::new(seq),
        received_at: NOW,
        row,
    }
}
