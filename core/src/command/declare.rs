//! The macro behind the table of commands: types, numbers, and the way into records and back.

use super::PlacedRecord;
use crate::class::Class;
use crate::record::Record;

/// Declares the commands: number, nature, name, code, and their records by class and collection.
macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        $number:literal $nature:ident $name:ident = $code:literal {
            $( $class:ident $collection:literal { $( $(#[$fdoc:meta])* $field:ident : $ty:ty = $key:literal ),* $(,)? } )+
        }
    )+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $name { $($( $(#[$fdoc])* pub $field: $ty, )*)+ }
        )+

        /// Everything that a person can record or propose.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Command { $( $(#[$doc])* $name($name), )+ }

        crate::code::codes!(
            /// The kinds of command.
            CommandKind { $( $(#[$doc])* $name = $code, )+ }
        );

        impl CommandKind {
            /// Small number for the wire and for hashes; never reused.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $( Self::$name => $number, )+ }
            }

            /// The kind of a number.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number { $( $number => Some(Self::$name), )+ _ => None }
            }

            /// Whether it is a fact or a proposal.
            #[must_use]
            pub const fn nature(self) -> Nature {
                match self { $( Self::$name => Nature::$nature, )+ }
            }

            /// The records that such a command may write, the first one always.
            #[must_use]
            pub const fn sections(self) -> &'static [(Class, &'static str)] {
                match self { $( Self::$name => &[ $( (Class::$class, $collection), )+ ], )+ }
            }

            /// The fields of such a command, under names that are unique within it.
            #[must_use]
            pub fn fields(self) -> Vec<FieldInfo> {
                let keys: &[&[(&str, FieldShape)]] = match self { $(
                    Self::$name => &[ $( &[ $( ($key, <$ty as Field>::SHAPE), )* ], )+ ],
                )+ };
                let mut fields = Vec::new();
                for (section, (keys, (_, collection))) in keys.iter().zip(self.sections()).enumerate() {
                    for (key, shape) in *keys {
                        let name = if section == 0 { key } else { collection };
                        fields.push(FieldInfo { name, collection, key, shape: *shape });
                    }
                }
                fields
            }
        }

        impl Command {
            /// Its kind.
            #[must_use]
            pub const fn kind(&self) -> CommandKind {
                match self { $( Self::$name(_) => CommandKind::$name, )+ }
            }

            /// Its records without the stamp; records without fields are left out, except the first.
            pub(super) fn sections(&self) -> Vec<PlacedRecord> {
                let mut sections = Vec::new();
                match self { $(
                    Self::$name(command) => { $(
                        #[allow(unused_mut, reason = "some records have no fields but their stamp")]
                        let mut record = Record::default();
                        $( command.$field.write($key, &mut record); )*
                        if sections.is_empty() || !record.is_empty() {
                            sections.push(PlacedRecord {
                                class: Class::$class,
                                collection: $collection.to_owned(),
                                record,
                            });
                        }
                    )+
                    let _ = command; }
                )+ }
                sections
            }

            /// Reads the command of a kind from its records without the stamp.
            pub(super) fn from_sections(
                kind: CommandKind,
                mut sections: Vec<PlacedRecord>,
            ) -> Result<Self, RecordError> {
                let command = match kind { $(
                    CommandKind::$name => {
                        $(
                            #[allow(unused_mut, reason = "some records have no fields but their stamp")]
                            let mut record = take_section(&mut sections, Class::$class, $collection);
                            $( let $field = <$ty>::read($key, &mut record)?; )*
                            if !record.is_empty() {
                                return Err(RecordError::Surplus);
                            }
                        )+
                        Self::$name($name { $($( $field, )*)+ })
                    }
                )+ };
                if sections.is_empty() { Ok(command) } else { Err(RecordError::Surplus) }
            }
        }

        $(
            impl From<$name> for Command {
                fn from(command: $name) -> Self {
                    Self::$name(command)
                }
            }
        )+
    };
}
pub(super) use commands;

/// Takes one section out; an absent one is an empty record, whose needed fields will be missed.
pub(super) fn take_section(
    sections: &mut Vec<PlacedRecord>,
    class: Class,
    collection: &str,
) -> Record {
    let position = sections
        .iter()
        .position(|section| section.class == class && section.collection == collection);
    position.map_or_else(Record::default, |index| sections.remove(index).record)
}
