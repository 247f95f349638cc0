//! Records as bytes of stores and of the log's own rows.

use super::{Record, Scalar};

impl<C> minicbor::Encode<C> for Scalar {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Str(text) => e.str(text)?,
            Self::Int(value) => e.i64(*value)?,
            Self::Bool(value) => e.bool(*value)?,
            Self::Bytes(bytes) => e.bytes(bytes)?,
            Self::Text(text) => e.tag(minicbor::data::Tag::new(TEXT_TAG))?.str(text)?,
            Self::Edit(edit) => e
                .tag(minicbor::data::Tag::new(EDIT_TAG))?
                .encode_with(edit, ctx)?,
        };
        Ok(())
    }
}

/// CBOR tags of our own that tell the two editable kinds from plain words; local to stores and rows.
const TEXT_TAG: u64 = 40_001;
const EDIT_TAG: u64 = 40_002;

impl<'b, C> minicbor::Decode<'b, C> for Scalar {
    fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        use minicbor::data::Type;
        let datatype = d.datatype()?;
        if datatype == Type::String {
            return Ok(Self::Str(d.str()?.to_owned()));
        }
        if datatype == Type::Bool {
            return Ok(Self::Bool(d.bool()?));
        }
        if datatype == Type::Bytes {
            return Ok(Self::Bytes(d.bytes()?.to_vec()));
        }
        if datatype == Type::Tag {
            return match d.tag()?.as_u64() {
                TEXT_TAG => Ok(Self::Text(d.str()?.to_owned())),
                EDIT_TAG => Ok(Self::Edit(d.decode_with(ctx)?)),
                _ => Err(minicbor::decode::Error::message("unknown tag in a record")),
            };
        }
        Ok(Self::Int(d.i64()?))
    }
}

impl<C> minicbor::Encode<C> for Record {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.encode_with(&self.0, ctx)?;
        Ok(())
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Record {
    fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self(d.decode_with(ctx)?))
    }
}
