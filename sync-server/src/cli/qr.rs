//! An enrolment code that a phone reads off the terminal.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// The link that a device opens: where the server is, and the one-time code.
pub(super) fn enrol_link(server: &str, code: &str) -> String {
    format!(
        "jangkau://enrol?server={}&code={}",
        percent_encoded(server),
        percent_encoded(code)
    )
}

/// The link as a QR code; none if it is too long for one. With `colours`, dark is dark on every terminal.
pub(super) fn picture(link: &str, colours: bool) -> Option<String> {
    let code = QrCode::new(link).ok()?;
    let picture = code.render::<Dense1x2>().quiet_zone(true).build();
    if !colours {
        return Some(picture);
    }
    let lines: Vec<String> = picture
        .lines()
        .map(|line| format!("\x1b[30;107m{line}\x1b[0m"))
        .collect();
    Some(lines.join("\n"))
}

/// RFC 3986: everything but the unreserved characters.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_holds_server_and_code() {
        let link = enrol_link("https://lk3.example.go.id:8443", "AB-12");
        assert_eq!(
            link,
            "jangkau://enrol?server=https%3A%2F%2Flk3.example.go.id%3A8443&code=AB-12"
        );
        assert!(picture(&link, false).is_some_and(|picture| picture.lines().count() > 15));
    }
}
