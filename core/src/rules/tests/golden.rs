//! The bytes of rulings are stored and signed: a change here is a decision about migration.

use data_encoding::HEXLOWER;
use expect_test::expect;

use super::*;

#[test]
fn verdicts_keep_their_bytes() {
    let check = |verdict: Verdict, expected: expect_test::Expect| {
        let bytes = minicbor::to_vec(&verdict).unwrap();
        assert_eq!(minicbor::decode::<Verdict>(&bytes).unwrap(), verdict);
        expected.assert_eq(&HEXLOWER.encode(&bytes));
    };
    check(Verdict::Committed, expect!["820080"]);
    check(
        Verdict::Refused(Refusal::DocsMissing),
        expect!["8201816c646f63735f6d697373696e67"],
    );
    check(
        Verdict::NeedsReview(Review::StaleBase),
        expect!["8202816a7374616c655f62617365"],
    );
    let flags = BTreeSet::from([Flag::TimeUnverified, Flag::DocsMissing]);
    check(
        Verdict::Recorded(flags),
        expect!["820381826c646f63735f6d697373696e676f74696d655f756e7665726966696564"],
    );
}

#[test]
fn a_state_keeps_its_bytes() {
    use Role::*;
    let mut story = Story::new("mataram-lk3");
    story.ok(Clerk, register()).ok(Clerk, assign(SocialWorker));
    story.ok(SocialWorker, consent()).ok(SocialWorker, visit());
    story.waits(
        SocialWorker,
        terminate(EndingReason::Moved),
        Review::AwaitingHead,
    );
    let state = story.state();
    let bytes = minicbor::to_vec(&state).unwrap();
    assert_eq!(minicbor::decode::<CaseState>(&bytes).unwrap(), state);
    expect!["956b696e74657276656e696e67f6f6a267636f6e73656e741b000001a109dc60806576697369741b000001a109e58840806270335002020202020202020202020202020202808080846a646174615f6b6c69656e6a6b74705f6f725f6b6961626b6b68646f6d6973696c69816c6d697373696e675f646f6373a0818350000000000000000000000000000000056d6177616974696e675f686561641b000001a109eeb00084876970656e64617461616ef61b000001a109ca11001b000001a1103a0400f41b000001a109ca1100676f6e5f74696d65876b73657261685f6b61737573f61b000001a109ca11001b000001a1103a0400f41b000001a109d338c0676f6e5f74696d65876c70656e6a616e676b6175616ef61b000001a109d338c01b000001a11a86bc00f41b000001a109e58840676f6e5f74696d65876a6b6f6e73756c74617369f61b000001a109e588401b000001a1103a0400f4f66772756e6e696e670205f6f6f6817476697369745f616e645f6173736573736d656e74"].assert_eq(&HEXLOWER.encode(&bytes));
}

#[test]
fn codes_are_distinct() {
    fn check<T: Ord>(codes: Vec<T>) {
        let count = codes.len();
        assert_eq!(codes.into_iter().collect::<BTreeSet<_>>().len(), count);
    }
    check(Refusal::ALL.iter().map(|code| code.code()).collect());
    check(Review::ALL.iter().map(|code| code.code()).collect());
    check(Flag::ALL.iter().map(|code| code.code()).collect());
    check(ClockOutcome::ALL.iter().map(|code| code.code()).collect());
}
