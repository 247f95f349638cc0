//! What wins over what, and what is not taken.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use super::*;

fn listening_on(address: &str) -> Settings {
    Settings {
        listen: Some(address.parse().unwrap()),
        ..Settings::default()
    }
}

#[test]
fn defaults_serve_this_machine_alone() {
    let config = Settings::default().load().unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8750");
    assert_eq!(config.public_url, "http://127.0.0.1:8750");
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.backup, None);
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jangkau.toml");
    let text = "listen = \"127.0.0.1:1000\"\nlog_format = \"json\"\nbackup_folder = \"b\"\nbackup_keep = 3\n";
    std::fs::write(&file, text).unwrap();
    let config = Settings {
        config: Some(file),
        ..listening_on("127.0.0.1:2000")
    }
    .load()
    .unwrap();
    assert_eq!(config.listen.port(), 2000);
    assert_eq!(config.log_format, LogFormat::Json);
    let backup = config.backup.unwrap();
    assert_eq!((backup.keep, backup.interval.as_secs()), (3, 15 * 60));
}

#[test]
fn an_open_network_needs_a_proxy_that_ends_tls() {
    let refusal = listening_on("0.0.0.0:8750").load().unwrap_err().to_string();
    for way in ["--tls-certificate", "--behind-proxy", "127.0.0.1"] {
        assert!(refusal.contains(way), "{refusal}");
    }
    let said = |behind, proxies: &[&str]| Settings {
        behind_proxy: behind,
        proxy_addresses: Some(proxies.iter().map(|ip| ip.parse().unwrap()).collect()),
        ..listening_on("0.0.0.0:8750")
    };
    let config = said(Some(true), &["10.0.0.2", "::ffff:10.0.0.3"]).load();
    let proxies = config.unwrap().proxies;
    assert_eq!(
        proxies,
        [
            "10.0.0.2".parse::<IpAddr>().unwrap(),
            "10.0.0.3".parse().unwrap()
        ]
    );
    // Neither half will do.
    for half in [said(Some(true), &[]), said(None, &["10.0.0.2"])] {
        assert!(matches!(half.load(), Err(ConfigError::HalfProxy)));
    }
    assert!(listening_on("[::1]:8750").load().is_ok());
}

#[test]
fn tls_takes_certificate_and_key_and_ends_in_one_place() {
    let tls = |certificate: Option<&str>, key: Option<&str>| Settings {
        tls_certificate: certificate.map(PathBuf::from),
        tls_key: key.map(PathBuf::from),
        ..listening_on("0.0.0.0:8750")
    };
    let config = tls(Some("a.pem"), Some("a.key")).load().unwrap();
    assert_eq!(config.public_url, "https://0.0.0.0:8750");
    assert!(config.tls.is_some());
    for half in [tls(Some("a.pem"), None), tls(None, Some("a.key"))] {
        assert!(matches!(half.load(), Err(ConfigError::HalfTls)));
    }
    let twice = Settings {
        behind_proxy: Some(true),
        proxy_addresses: Some(vec!["10.0.0.2".parse().unwrap()]),
        ..tls(Some("a.pem"), Some("a.key"))
    };
    assert!(matches!(twice.load(), Err(ConfigError::TwiceTls)));
}

#[test]
fn a_file_with_a_fault_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jangkau.toml");
    let load = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Settings {
            config: Some(file.clone()),
            ..Settings::default()
        }
        .load()
        .unwrap_err()
        .to_string()
    };
    let unknown = load("\nlisten_on = 1\n");
    assert!(
        unknown.contains("line 2") && unknown.contains("listen_on"),
        "{unknown}"
    );
    assert_eq!(
        load("requests_max = 0"),
        "`requests_max` must be at least 1"
    );
}
