//! A server that speaks TLS alone: whose certificate is trusted, and what is said when it is not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cipher::{JoinError, Nid, Node, NodeConfig, RedisConfig, To, Transport};

use crate::support::{RedisServer, counts, soon};

/// A certificate for 127.0.0.1 that vouches for itself, and its key.
struct Certificate {
    file: PathBuf,
    key: PathBuf,
}

fn certificate(folder: &Path, name: &str) -> Certificate {
    let (file, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    let status = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"])
        // It vouches for others (itself), which is what clients are told to trust.
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-out")
        .arg(&file)
        .arg("-keyout")
        .arg(&key)
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("openssl is installed").success());
    Certificate { file, key }
}

fn server(certificate: &Certificate) -> RedisServer {
    let (file, key) = (certificate.file.to_str().unwrap(), certificate.key.to_str().unwrap());
    RedisServer::with(&[
        "--port",
        "0",
        "--tls-port",
        "PORT",
        "--tls-auth-clients",
        "no",
        "--tls-cert-file",
        file,
        "--tls-key-file",
        key,
        "--tls-ca-cert-file",
        file,
    ])
}

fn over_tls(server: &RedisServer, ca_file: Option<PathBuf>) -> Transport {
    let url = server.url().replacen("redis://", "rediss://", 1);
    Transport::Redis(RedisConfig { ca_file, ..RedisConfig::new(url) })
}

fn fixed(ns: &str) -> NodeConfig {
    NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new(ns) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_talk_over_tls_to_a_server_whose_certificate_they_trust() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = certificate(folder.path(), "server");
    let server = server(&certificate);
    let join = async |ns: &str| {
        Node::join(over_tls(&server, Some(certificate.file.clone())), fixed(ns)).await.unwrap()
    };
    let (receiver, sender) = (join("ws").await, join("desk").await);
    let seen = counts(&receiver).await;
    sender.transmit(To::node("ws", 1), "count", &7).await.unwrap();
    assert_eq!(seen.reach(1).await, [7]);
    receiver.leave().await;
    sender.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_another_certificate_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&certificate(folder.path(), "server"));
    let other = certificate(folder.path(), "other");
    let joining = Node::join(over_tls(&server, Some(other.file)), fixed("ws"));
    let Err(JoinError::Refused(why)) = soon("the refusal", joining).await else { panic!("it was let in") };
    assert!(why.to_lowercase().contains("certificate"), "{why}");
}

#[tokio::test]
async fn a_file_without_certificates_is_a_sentence_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing\n").unwrap();
    for file in [empty, folder.path().join("missing.pem")] {
        let config = RedisConfig { ca_file: Some(file.clone()), ..RedisConfig::new("rediss://127.0.0.1:1") };
        let error = Node::join(Transport::Redis(config), fixed("ws")).await.unwrap_err();
        assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
    }
}
