//! Values as CBOR: on the wire, under signatures, in columns.

/// The bytes of a value. Writing to memory cannot fail, and none of our encoders says otherwise; if one did, there would be no bytes, which nobody decodes.
#[must_use]
pub fn encoded<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}
