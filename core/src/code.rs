//! Closed vocabularies: enums whose values are stored and sent as stable English words.

/// Declares an enum with one stable text code for each variant, and its conversions.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $( $(#[$vdoc:meta])* $variant:ident = $code:literal ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$vdoc])* $variant ),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];

            /// The stable word that is stored and sent.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $( Self::$variant => $code ),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::code::UnknownCode;

            fn from_str(text: &str) -> Result<Self, crate::code::UnknownCode> {
                match text {
                    $( $code => Ok(Self::$variant), )+
                    _ => Err(crate::code::UnknownCode),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|_| {
                    let known: Vec<&str> = Self::ALL.iter().map(|value| value.code()).collect();
                    serde::de::Error::custom(format!("`{text}` is none of {}", known.join(", ")))
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(self.code())?;
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                d: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                d.str()?.parse().map_err(|_| minicbor::decode::Error::message("unknown code"))
            }
        }

        impl crate::record::Field for $name {
            const SHAPE: crate::record::FieldShape = crate::record::FieldShape::Code(&[$( $code ),+]);

            fn write(&self, key: &'static str, record: &mut crate::record::Record) {
                record.put(key, crate::record::Scalar::Str(self.code().to_owned()));
            }

            fn read(
                key: &'static str,
                record: &mut crate::record::Record,
            ) -> Result<Self, crate::record::RecordError> {
                record
                    .take_str(key)?
                    .parse()
                    .map_err(|_| crate::record::RecordError::Value(key))
            }
        }

        impl crate::record::Listed for $name {
            fn word(&self) -> String {
                self.code().to_owned()
            }

            fn from_word(word: &str) -> Option<Self> {
                word.parse().ok()
            }
        }
    };
}
pub(crate) use codes;

/// The word is not of this vocabulary.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown code")]
pub struct UnknownCode;
