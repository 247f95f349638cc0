//! A vault's file that is older than what the device's key store remembers, or a copy of it elsewhere.

use super::*;
use crate::lock::Mark;

const fn mark(number: u8) -> Mark {
    Mark::from_bytes([number; 16])
}

#[test]
fn a_file_that_was_put_back_or_copied_draws_new_branches() {
    let mut phone = phone();
    assert!(
        !phone.replica.settle_mark(None, mark(1)).unwrap(),
        "a new vault"
    );
    let register = phone.record(None, register());
    let case = CaseId::from(register);
    let first = phone.record(Some(case), visit("Pertama."));
    let branch = |phone: &Phone, id| phone.replica.store.parts(id).unwrap()[0].branch;
    let old = branch(&phone, first);
    let image = phone.replica.image().unwrap();
    for (remembered, differs) in [(Some(mark(1)), false), (Some(mark(2)), true), (None, true)] {
        phone.replica = Replica::from_image(&image, false).unwrap();
        let settled = phone.replica.settle_mark(remembered, mark(3)).unwrap();
        assert_eq!(settled, differs, "{remembered:?}");
        let next = phone.record(Some(case), visit("Kedua."));
        assert_eq!(branch(&phone, next) != old, differs, "{remembered:?}");
        assert_eq!(branch(&phone, first), old, "what is pending stays");
        assert_eq!(phone.replica.unsent().unwrap(), 3);
    }
    assert!(!phone.replica.settle_mark(Some(mark(3)), mark(4)).unwrap());
}
