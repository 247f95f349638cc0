//! Real TLS to a real server, with a certificate made here.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jangkau_core::id::{DeviceId, InstitutionId};
use jangkau_core::profile::shipped_files;
use jangkau_core::sync::{Enrol, Enrolled, decode_body, encode_body};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::clock::Clock;
use crate::config::{Limits, TlsFiles};
use crate::engine::Engine;
use crate::http::{Entrance, Serving, Tls, TlsError, serve_through};

/// A certificate of `localhost` beside its key; gives what a client trusts.
fn make_certificate(folder: &Path) -> (TlsFiles, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: folder.join("server.pem"),
        key: folder.join("server.key"),
    };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    permit(&files.key, 0o600);
    (files, made.cert.der().clone())
}

fn permit(file: &Path, mode: u32) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// A server that speaks TLS, and a code to enrol with.
fn serve(tls: &Arc<Tls>) -> (Serving, String) {
    let now = "2026-11-23T09:00:00+07:00".parse().unwrap();
    let institution: InstitutionId = "lk3-cilegon".parse().unwrap();
    let mut engine = Engine::in_memory().unwrap();
    let mut rng = crate::clock::entropy().unwrap();
    let profile = shipped_files()[0].toml;
    engine.found(&institution, profile, now, &mut rng).unwrap();
    let roles = ["social_worker"];
    let person = engine
        .add_staff(&institution, "Rina", &roles, now, &mut rng)
        .unwrap();
    let code = engine.invite(&institution, person, now, &mut rng).unwrap();
    let entrance = Entrance {
        tls: Some(Arc::clone(tls)),
        proxies: Vec::new(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let clock = Clock::by_hand(now).0;
    let serving = serve_through(listener, engine, clock, Limits::default(), entrance).unwrap();
    (serving, code)
}

/// Posts over TLS; gives the head of the answer and its body.
fn post(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    version: &'static rustls::SupportedProtocolVersion,
    (path, body): (&str, &[u8]),
) -> std::io::Result<(String, Vec<u8>)> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    )?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    Ok((head, answer[end + 4..].to_vec()))
}

#[test]
fn devices_speak_tls_and_plain_http_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (files, trusted) = make_certificate(folder.path());
    let tls = Arc::new(Tls::load(files).unwrap());
    let (serving, code) = serve(&tls);
    let address = serving.address();
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let enrol = encode_body(&Enrol {
        code,
        device: DeviceId::from_bytes([3; 16]),
        public_key: key.verifying_key().to_bytes(),
    });
    let modern = &rustls::version::TLS13;
    let (head, body) = post(address, &trusted, modern, ("/v1/enrol", &enrol)).unwrap();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(
        head.contains("strict-transport-security: max-age="),
        "{head}"
    );
    let enrolled: Enrolled = decode_body(&body).unwrap();
    let request = jangkau_core::sync::SignedRequest::sign(
        jangkau_core::sync::SYNC_ROUTE,
        enrolled.certificate.seat,
        enrolled.nonce,
        encode_body(&jangkau_core::sync::SyncRequest::default()),
        &key,
    );
    // An older phone syncs under TLS 1.2.
    let older = &rustls::version::TLS12;
    let (head, body) = post(address, &trusted, older, ("/v1/sync", &request.to_bytes())).unwrap();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    decode_body::<jangkau_core::sync::SyncReply>(&body).unwrap();
    // Plain HTTP gets no answer that is HTTP.
    let mut plain = TcpStream::connect(address).unwrap();
    plain
        .write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    serving.stop().unwrap();
}

#[test]
fn a_renewed_certificate_is_taken_up_and_an_unsound_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (files, former) = make_certificate(folder.path());
    let tls = Arc::new(Tls::load(files.clone()).unwrap());
    let (serving, _) = serve(&tls);
    let modern = &rustls::version::TLS13;
    let ask = |trusted| post(serving.address(), trusted, modern, ("/health", b"")).is_ok();
    assert!(ask(&former));
    let (_, fresh) = make_certificate(folder.path());
    assert!(!ask(&fresh), "nobody has asked to read it again");
    tls.reload().unwrap();
    assert!(ask(&fresh) && !ask(&former));
    std::fs::write(&files.certificate, "nonsense").unwrap();
    assert!(matches!(tls.reload(), Err(TlsError::Empty { .. })));
    assert!(ask(&fresh));
    serving.stop().unwrap();
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (files, _) = make_certificate(folder.path());
    for (mode, is_taken) in [
        (0o600, true),
        (0o640, true),
        (0o644, false),
        (0o604, false),
        (0o660, false),
    ] {
        permit(&files.key, mode);
        let loaded = Tls::load(files.clone());
        assert_eq!(loaded.is_ok(), is_taken, "{mode:o}");
        if let Err(error) = loaded {
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }
    // A key of another certificate.
    let elsewhere = tempfile::tempdir().unwrap();
    let (other, _) = make_certificate(elsewhere.path());
    let mixed = TlsFiles {
        key: other.key,
        ..files
    };
    assert!(matches!(Tls::load(mixed), Err(TlsError::Mismatch(_))));
}

#[test]
fn whoever_never_ends_a_handshake_or_a_head_is_cut_off() {
    let world = super::world::World::start();
    let mut slow = TcpStream::connect(world.address()).unwrap();
    slow.write_all(b"GET /health HTTP/1.1\r\nhost: a\r\nx: ")
        .unwrap();
    let dripping = slow.try_clone().unwrap();
    let drops = std::thread::spawn(move || {
        let mut dripping = dripping;
        // One byte a second is no reason to wait for the rest.
        (0..30)
            .take_while(|_| {
                std::thread::sleep(Duration::from_secs(1));
                dripping.write_all(b"a").is_ok()
            })
            .count()
    });
    let folder = tempfile::tempdir().unwrap();
    let (files, trusted) = make_certificate(folder.path());
    let (serving, _) = serve(&Arc::new(Tls::load(files).unwrap()));
    let mut silent = TcpStream::connect(serving.address()).unwrap();
    // The first bytes of a handshake, and then nothing.
    silent.write_all(&[0x16, 0x03, 0x01]).unwrap();
    silent
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let begun = Instant::now();
    let modern = &rustls::version::TLS13;
    assert!(post(serving.address(), &trusted, modern, ("/health", b"")).is_ok());
    let mut answer = Vec::new();
    assert!(silent.read_to_end(&mut answer).is_ok());
    assert!(begun.elapsed() < Duration::from_secs(20));
    serving.stop().unwrap();
    let dropped = drops.join().unwrap();
    assert!((15..28).contains(&dropped), "{dropped}");
    world.stop();
}
