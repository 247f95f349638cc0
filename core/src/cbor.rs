//! Values as CBOR: on the wire, under signatures, in columns.

/// The bytes of a value.
///
/// # Panics
/// Where an encoder says that it cannot, which none of ours does: better than to keep or sign nothing in its place.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "writing to memory does not fail, and no input reaches this"
)]
pub fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("every value of ours has a form in CBOR")
}
