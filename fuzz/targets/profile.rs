//! A service profile and a calendar as an administrator imports them.
#![no_main]

use jangkau_core::calendar::Calendar;
use jangkau_core::profile::Profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let _ = Profile::parse(input);
    let _ = Calendar::parse_national(input);
});
