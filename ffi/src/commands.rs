//! Every command as phones give it: one record each, made from the core's own tables, so that a new command is here the day it is there.
//!
//! The tables say `Line` or `CommandId`; the names below say what a phone gives in their place, and `Given` turns it into the core's
//! own, which is where it may be refused.

#[cfg(test)]
mod tests;
mod words;

use std::time::SystemTime;

use jangkau_core::{command as core, id, record, time};

use crate::types::redacted;
use crate::{VaultError, types};

pub use words::*;

type Line = String;
type Prose = String;
type SharedText = String;
type ProfileCode = String;
type CommandId = String;
type CaseId = String;
type PersonId = String;
type Timestamp = SystemTime;
type BTreeSet<T> = Vec<T>;
type TextEdit = TextChange;

/// What a person changed in a text that several people write.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct TextChange {
    /// The text as the person saw it.
    pub old: String,
    /// The text as the person left it.
    pub new: String,
}

redacted!(TextChange);

/// The way of a phone's value into the core.
trait Given<T> {
    fn given(self) -> Result<T, VaultError>;
}

/// What is the same here and there, or becomes it by `into`.
macro_rules! given_as_it_is {
    ($($there:ty => $here:ty),+ $(,)?) => { $(
        impl Given<$here> for $there {
            fn given(self) -> Result<$here, VaultError> {
                Ok(self.into())
            }
        }
    )+ };
}
use given_as_it_is;

given_as_it_is!(bool => bool, u32 => u32);

impl Given<time::Timestamp> for SystemTime {
    fn given(self) -> Result<time::Timestamp, VaultError> {
        types::timestamp(self).ok_or(VaultError::Platform)
    }
}

impl Given<record::TextEdit> for TextChange {
    fn given(self) -> Result<record::TextEdit, VaultError> {
        let Self { old, new } = self;
        Ok(record::TextEdit { old, new })
    }
}

macro_rules! given_as_text {
    ($error:ident: $($here:ty),+) => { $(
        impl Given<$here> for String {
            fn given(self) -> Result<$here, VaultError> {
                self.parse().map_err(|_| VaultError::$error)
            }
        }
    )+ };
}

given_as_text!(TextTooLong: record::Line, record::Prose, record::SharedText);
given_as_text!(NotAnId: id::CommandId, id::CaseId, id::PersonId);
given_as_text!(UnknownWord: record::ProfileCode);

impl<T: Given<U>, U> Given<Option<U>> for Option<T> {
    fn given(self) -> Result<Option<U>, VaultError> {
        self.map(Given::given).transpose()
    }
}

impl<T: Given<U>, U: Ord> Given<std::collections::BTreeSet<U>> for Vec<T> {
    fn given(self) -> Result<std::collections::BTreeSet<U>, VaultError> {
        self.into_iter().map(Given::given).collect()
    }
}

/// Declares the records of a table of the core. What may be absent is so unless it is given.
macro_rules! given_records {
    ($(
        $(#[$doc:meta])*
        $name:ident { $( $class:ident $collection:literal { $($fields:tt)* } )+ }
    )+) => { $(
        given_record! { ($(#[$doc])* $name) [] $( $($fields)* , )+ }
    )+ };
}

/// Takes the fields of a record one by one.
macro_rules! given_record {
    ($head:tt $taken:tt , $($rest:tt)*) => {
        given_record! { $head $taken $($rest)* }
    };
    ($head:tt [$($taken:tt)*] $(#[$doc:meta])* $field:ident : Option<$ty:ty> = $key:literal $($rest:tt)*) => {
        given_record! { $head [$($taken)* { $(#[$doc])* #[uniffi(default = None)] $field: Option<$ty> }] $($rest)* }
    };
    ($head:tt [$($taken:tt)*] $(#[$doc:meta])* $field:ident : $ty:ty = $key:literal $($rest:tt)*) => {
        given_record! { $head [$($taken)* { $(#[$doc])* $field: $ty }] $($rest)* }
    };
    (($(#[$doc:meta])* $name:ident) [$({ $(#[$fdoc:meta])* $field:ident : $ty:ty })*]) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, uniffi::Record)]
        #[uniffi::export(Debug, Display)]
        pub struct $name { $( $(#[$fdoc])* pub $field: $ty, )* }

        redacted!($name);

        impl Given<core::$name> for $name {
            fn given(self) -> Result<core::$name, VaultError> {
                Ok(core::$name { $( $field: self.$field.given()?, )* })
            }
        }

        #[cfg(test)]
        impl tests::Sample for $name {
            fn sample() -> Self {
                Self { $( $field: tests::Sample::sample(), )* }
            }
        }
    };
}

jangkau_core::activity_records!(given_records);
jangkau_core::agreement_records!(given_records);
jangkau_core::ending_records!(given_records);
jangkau_core::filing_records!(given_records);
jangkau_core::intake_records!(given_records);
jangkau_core::plan_records!(given_records);
jangkau_core::referral_records!(given_records);
jangkau_core::service_records!(given_records);
jangkau_core::session_records!(given_records);

/// Declares the enum of all commands but `attach`, whose record holds keys: `Vault.attach` makes it.
macro_rules! given_commands {
    ({ $($taken:tt)* } $number:literal $nature:ident Attach = $code:literal, $($rest:tt)*) => {
        given_commands! { { $($taken)* } $($rest)* }
    };
    ({ $($taken:tt)* } $number:literal $nature:ident $name:ident = $code:literal, $($rest:tt)*) => {
        given_commands! { { $($taken)* $name = $code, } $($rest)* }
    };
    ({ $( $name:ident = $code:literal, )+ }) => {
        /// What a person records or proposes. Each is explained at its record.
        #[derive(Clone, PartialEq, Eq, uniffi::Enum)]
        #[uniffi::export(Debug, Display)]
        pub enum CaseCommand { $(
            #[doc = $code]
            $name($name),
        )+ }

        impl CaseCommand {
            /// The core's command, if every value is one of its kind.
            pub(crate) fn given(self) -> Result<core::Command, VaultError> {
                Ok(match self { $( Self::$name(form) => core::Command::$name(form.given()?), )+ })
            }

            /// One of each kind.
            #[cfg(test)]
            fn samples() -> Vec<Self> {
                vec![ $( Self::$name(tests::Sample::sample()), )+ ]
            }
        }
    };
    ($number:literal $($rest:tt)+) => {
        given_commands! { {} $number $($rest)+ }
    };
}

jangkau_core::command_table!(given_commands);
redacted!(CaseCommand);
