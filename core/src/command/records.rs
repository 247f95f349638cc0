//! The content of commands: which records each writes, in which class, with which fields.
//!
//! A command's first record holds its stamp; a further record is left out when it has no field.

mod activity;
mod agreement;
mod attachment;
mod ending;
mod filing;
mod intake;
mod plan;
mod referral;
mod service;
mod session;

use super::PlacedRecord;
use crate::class::Class;
use crate::record::{FieldShape, Record, RecordError};

pub use activity::*;
pub use agreement::*;
pub use attachment::*;
pub use ending::*;
pub use filing::*;
pub use intake::*;
pub use plan::*;
pub use referral::*;
pub use service::*;
pub use session::*;

/// The way of a command's content into records and back.
pub(super) trait Content: Sized {
    /// The records that it may write, the first one always.
    const SECTIONS: &'static [(Class, &'static str)];
    /// Keys and shapes of the fields of each.
    const KEYS: &'static [&'static [(&'static str, FieldShape)]];

    /// Its records without the stamp; records without fields are left out, except the first.
    fn sections(&self) -> Vec<PlacedRecord>;

    /// Reads it from its records without the stamp; one that is left over does not belong to it.
    fn from_sections(sections: &mut Vec<PlacedRecord>) -> Result<Self, RecordError>;
}

/// Declares what some commands hold: their records by class and collection. The table itself goes on under a name, for a shell that shows
/// the same to another language (`ffi`): `<name>!(there)` is `there! { <table> }`. The `$` is what a macro needs to declare a macro.
macro_rules! records {
    ([$dollar:tt $table:ident] $($rows:tt)+) => {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $table {
            ($dollar there:ident) => {
                $dollar there! { $($rows)+ }
            };
        }

        records! { $($rows)+ }
    };
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $( $class:ident $collection:literal { $( $(#[$fdoc:meta])* $field:ident : $ty:ty = $key:literal ),* $(,)? } )+
        }
    )+) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($( $(#[$fdoc])* pub $field: $ty, )*)+ }

        impl super::Content for $name {
            const SECTIONS: &'static [(Class, &'static str)] = &[ $( (Class::$class, $collection), )+ ];
            const KEYS: &'static [&'static [(&'static str, crate::record::FieldShape)]] =
                &[ $( &[ $( ($key, <$ty as crate::record::Field>::SHAPE), )* ], )+ ];

            fn sections(&self) -> Vec<crate::command::PlacedRecord> {
                let mut sections = Vec::new();
                $(
                    #[allow(unused_mut, reason = "some records have no fields but their stamp")]
                    let mut record = crate::record::Record::default();
                    $( crate::record::Field::write(&self.$field, $key, &mut record); )*
                    super::put_section(&mut sections, Class::$class, $collection, record);
                )+
                sections
            }

            fn from_sections(
                sections: &mut Vec<crate::command::PlacedRecord>,
            ) -> Result<Self, crate::record::RecordError> {
                $(
                    #[allow(unused_mut, reason = "some records have no fields but their stamp")]
                    let mut record = super::take_section(sections, Class::$class, $collection);
                    $( let $field = crate::record::Field::read($key, &mut record)?; )*
                    super::end_section(&record)?;
                )+
                Ok(Self { $($( $field, )*)+ })
            }
        }
    )+ };
}
use records;

/// Adds a section, unless it is empty and not the first.
fn put_section(sections: &mut Vec<PlacedRecord>, class: Class, collection: &str, record: Record) {
    if sections.is_empty() || !record.is_empty() {
        sections.push(PlacedRecord {
            class,
            collection: collection.to_owned(),
            record,
        });
    }
}

/// Takes one section out; an absent one is an empty record, whose needed fields will be missed.
fn take_section(sections: &mut Vec<PlacedRecord>, class: Class, collection: &str) -> Record {
    let position = sections
        .iter()
        .position(|section| section.class == class && section.collection == collection);
    position.map_or_else(Record::default, |index| sections.remove(index).record)
}

/// A section holds nothing but its fields.
fn end_section(record: &Record) -> Result<(), RecordError> {
    if record.is_empty() {
        Ok(())
    } else {
        Err(RecordError::Surplus)
    }
}
