//! The words of commands, from the core's own table of them.

use jangkau_core::command as core;

use super::{Given, given_as_it_is};
use crate::VaultError;

/// Declares the phone's side of the vocabularies.
macro_rules! given_words {
    ($(
        $(#[$doc:meta])*
        $name:ident { $( $(#[$wdoc:meta])* $word:ident = $code:literal ),+ $(,)? }
    )+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name { $( $(#[$wdoc])* $word ),+ }

        impl From<$name> for core::$name {
            fn from(word: $name) -> Self {
                match word { $( $name::$word => Self::$word ),+ }
            }
        }

        impl From<core::$name> for $name {
            fn from(word: core::$name) -> Self {
                match word { $( core::$name::$word => Self::$word ),+ }
            }
        }

        given_as_it_is!($name => core::$name);

        #[cfg(test)]
        impl super::tests::Sample for $name {
            fn sample() -> Self {
                [ $( Self::$word ),+ ][0]
            }
        }
    )+ };
}

jangkau_core::command_words!(given_words);
