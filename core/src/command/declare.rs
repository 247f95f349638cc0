//! The macro behind the table of commands: the enum, its numbers, and the way into records and back.

/// Declares the commands: number, nature, name and code. What each holds is declared under `records`. The table goes on under a name,
/// as those of the records do.
macro_rules! commands {
    ([$dollar:tt $table:ident] $($rows:tt)+) => {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $table {
            ($dollar there:ident) => {
                $dollar there! { $($rows)+ }
            };
        }

        commands! { $($rows)+ }
    };
    ($( $number:literal $nature:ident $name:ident = $code:literal, )+) => {
        /// Everything that a person can record or propose.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Command { $(
            #[doc = concat!("`", $code, "`.")]
            $name($name),
        )+ }

        crate::code::codes!(
            /// The kinds of command.
            CommandKind { $(
                #[doc = concat!("See [`", stringify!($name), "`](struct@", stringify!($name), ").")]
                $name = $code,
            )+ }
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
                match self { $( Self::$name => <$name as Content>::SECTIONS, )+ }
            }

            /// The fields of such a command, under names that are unique within it.
            #[must_use]
            pub fn fields(self) -> Vec<FieldInfo> {
                let keys = match self { $( Self::$name => <$name as Content>::KEYS, )+ };
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
                match self { $( Self::$name(command) => Content::sections(command), )+ }
            }

            /// Reads the command of a kind from its records without the stamp.
            pub(super) fn from_sections(
                kind: CommandKind,
                mut sections: Vec<PlacedRecord>,
            ) -> Result<Self, RecordError> {
                let command = match kind { $(
                    CommandKind::$name => Self::$name(Content::from_sections(&mut sections)?),
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
