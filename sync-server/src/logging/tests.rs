//! Logs at their loudest, beside a session full of names: none of them may be in a line.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use super::*;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_line_holds_what_was_sent() {
    let kept = Kept::default();
    let writer = kept.clone();
    start("trace", LogFormat::Json, move || writer.clone()).unwrap();
    crate::http::tell_a_session_of("kanari-4711");
    let secrets = crate::http::tell_of_sign_ins("kanari-4711");
    let lines = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    for told in [
        "\"route\":\"sync\"",
        "\"status\":200",
        "\"code\":\"malformed\"",
        "stopped",
        "\"event\":\"code_issued\",\"by\":\"machine\"",
        "\"event\":\"code_failed\"",
        "\"event\":\"set_up\"",
        "\"event\":\"sign_in_failed\"",
        "\"event\":\"signed_in\"",
        "\"event\":\"password_changed\"",
        "\"event\":\"signed_out\"",
    ] {
        assert!(lines.contains(told), "{told} is not in\n{lines}");
    }
    assert!(!lines.contains("kanari"), "{lines}");
    for secret in secrets {
        assert!(!lines.contains(&secret), "{secret} is in\n{lines}");
    }
}

#[test]
fn a_filter_that_is_none_is_refused() {
    let refused = start("jangkau=loud", LogFormat::Text, std::io::stderr);
    assert!(matches!(refused, Err(LogError::Filter)));
}
