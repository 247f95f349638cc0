//! Golden bytes of everything that a signature covers, and the tree with parts left out.

use expect_test::expect;

use super::*;

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn command() -> CommandHead {
    CommandHead {
        id: CommandId::from_bytes([1; 16]),
        kind: CommandKind::RecordVisit,
        occurred_at: Timestamp::from_millis(1_700_000_000_000),
        recorded_at: Timestamp::from_millis(1_700_000_100_000),
        base: DecisionCount::new(3),
        after: vec![CommandId::from_bytes([2; 16])],
    }
}

fn leaf(command: &CommandHead, target: Target) -> Leaf<'_> {
    Leaf {
        salt: SaltSeed::from_bytes([5; 32]).salt(0),
        target,
        content: ChangeHash::from_bytes([6; 32]),
        key: KeyRef::default(),
        command,
    }
}

fn head(leaves: u32, root: [u8; 32]) -> EnvelopeHead {
    EnvelopeHead {
        via: Via::Device,
        institution: "cilegon".parse().unwrap(),
        suite: Suite::SERVER_READABLE,
        seat: SeatId::from_bytes([7; 16]),
        leaves,
        root,
    }
}

#[test]
fn leaves_have_golden_bytes() {
    let command = command();
    let document = Target::Document {
        id: DocumentId::from_bytes([3; 16]),
        epoch: DocEpoch::new(0),
        branch: Branch::from_bytes([4; 8]),
    };
    let hashes = [
        hex(&SaltSeed::from_bytes([5; 32]).salt(1)),
        hex(&leaf(&command, document).hash()),
        hex(&leaf(&command, Target::Row { kind: 1 }).hash()),
        hex(&root_of_leaves(&[[1; 32], [2; 32], [3; 32]])),
    ];
    expect![[r#"
        cf31afbefe9d54283425eb5137f1f6a9
        d8be964bae58133599518daef3b8d2b285400b5ceb3eece76789cb538f565927
        69c3d09a94aaa2dd266f6af8bd7aa1fdc59907825b529f4560db6b8c5e8f6188
        befb80feb651beb7e9e973636ca3361571cf5245aa043e6b35186d12798370e4"#]]
    .assert_eq(&hashes.join("\n"));
}

#[test]
fn envelopes_have_golden_bytes() {
    let head = head(3, root_of_leaves(&[[1; 32], [2; 32], [3; 32]]));
    let key = SigningKey::from_bytes(&[8; 32]);
    let signature = head.sign(&key);
    let shown = [
        hex(&head.signed_bytes()),
        hex(head.hash().as_bytes()),
        hex(&signature),
    ];
    expect![[r#"
        6a616e676b617520656e76656c6f70652076310000010763696c65676f6e0707070707070707070707070707070700000003befb80feb651beb7e9e973636ca3361571cf5245aa043e6b35186d12798370e4
        2550e7ecf43b553ff3697826f8996cb22407f6d96d15563a73618a354a595e63
        889a9b756030bfa7dbc5e8675d59a855d2f4a191abf801fc8f7a840df5d3a6cba9a15db5b911cc5a2927d4fb446eb0eec838a21c16864092a96ea6b7fc62e006"#]].assert_eq(&shown.join("\n"));
    assert_eq!(head.verify(&signature, &key.verifying_key()), Ok(()));
    let mut forged = head.clone();
    forged.leaves = 2;
    assert_eq!(
        forged.verify(&signature, &key.verifying_key()),
        Err(BadSignature)
    );
}

#[test]
fn a_tree_with_parts_left_out_has_the_same_root() {
    for count in 1..=9_usize {
        let leaves: Vec<[u8; 32]> = (0..count).map(|index| [index as u8 + 1; 32]).collect();
        let root = root_of_leaves(&leaves);
        for mask in 0..1_usize << count {
            let visible = |leaf: &[u8; 32]| mask >> (leaf[0] - 1) & 1 == 1;
            let slots = prune(&leaves, &|leaf| *leaf, &visible);
            let mut seen = 0;
            let rebuilt = root_of_slots(count, &slots, &mut |place, leaf: &[u8; 32]| {
                assert_eq!(usize::from(leaf[0]), place + 1);
                seen += 1;
                *leaf
            });
            assert_eq!(rebuilt, Ok(root), "{count} leaves, mask {mask:b}");
            assert_eq!(seen, mask.count_ones());
            let shorter = root_of_slots(count + 1, &slots, &mut |_, leaf: &[u8; 32]| *leaf);
            assert_eq!(shorter, Err(TreeError));
        }
    }
}
