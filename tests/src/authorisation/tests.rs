//! The test of the test: it is green as things are, and finds a cell that is too wide and a check that is gone.

use jangkau_core::plant::{Plant, plant};
use jangkau_core::profile::words::Status;

use super::*;

/// Five roles in one state.
fn office(widened: &'static str) -> Cast {
    Cast {
        profile: 1,
        roles: vec![
            Role::Clerk,
            Role::SocialWorker,
            Role::Psychologist,
            Role::HeadOfInstitution,
            Role::HeadOfOffice,
        ],
        stages: vec![Stage {
            status: Status::Assigned,
            is_restricted: false,
        }],
        widened,
    }
}

fn wrong(cast: Cast) -> BTreeMap<String, u64> {
    let report = run(&[cast], None).unwrap();
    assert_eq!(report.missing, []);
    report.wrong
}

#[test]
fn every_cell_is_as_the_matrix_says() {
    assert_eq!(wrong(office("")), BTreeMap::new());
}

#[test]
fn a_cell_that_is_too_wide_is_found() {
    let row = "[[access]]\nholders = [\"clerk\"]\nclass = \"summary\"\nread = \"institution\"\nsource = \"DEFAULT\"\n";
    let wrong = wrong(office(row));
    let leak = "leaks: clerk, None, assigned, Others(Summary), Vault (profile 1)";
    assert!(wrong.contains_key(leak), "{wrong:?}");
}

#[test]
fn a_grant_that_is_not_looked_at_is_found() {
    plant(Some(Plant::DropGrantCheck));
    let wrong = wrong(office(""));
    plant(None);
    for what in ["Others(Notes)", "Others(Record)", "View(Metadata)", "Index"] {
        let leak = format!("leaks: psychologist, None, assigned, {what}, NewWire (profile 1)");
        assert!(wrong.contains_key(&leak), "{what}: {wrong:?}");
    }
}

#[test]
fn every_command_of_the_command_line_can_be_typed() {
    roads::check_typed().unwrap();
}

#[test]
fn every_route_is_asked() {
    assert_eq!(roads::unasked(), <[&str; 0]>::default());
}
