//! A server that sentinels watch: when it dies, nodes find the one that took its place.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use cipher::{Nid, Node, NodeConfig, RedisConfig, To, Transport};

use crate::support::{RedisServer, counts, eventually};

/// A sentinel of this test alone, killed when dropped.
struct Sentinel {
    port: u16,
    process: Child,
}

impl Sentinel {
    /// Watches a server under the name `park`, and decides by itself.
    fn watch(server: &RedisServer, folder: &Path) -> Self {
        let port = ports::free_port();
        let file = folder.join("sentinel.conf");
        let settings = format!(
            "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor park 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds park 500\nsentinel failover-timeout park 3000\n",
            folder.display(),
            server.port()
        );
        std::fs::write(&file, settings).unwrap();
        let mut command = Command::new("redis-server");
        command.arg(&file).arg("--sentinel").stdout(Stdio::null()).stderr(Stdio::null());
        Self { port, process: command.spawn().expect("redis-server is a sentinel too") }
    }

    fn says(&self, words: &[&str]) -> String {
        let output =
            Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_is_replaced_by_its_replica() {
    let mut server = RedisServer::start();
    let replica = RedisServer::with(&["--replicaof", "127.0.0.1", &server.port().to_string()]);
    let folder = tempfile::tempdir().unwrap();
    let sentinel = Sentinel::watch(&server, folder.path());
    eventually("the sentinel knows the replica", async || {
        sentinel.says(&["sentinel", "replicas", "park"]).contains(&replica.port().to_string())
            && sentinel.says(&["sentinel", "replicas", "park"]).contains("master-link-status\nok")
    })
    .await;
    let url = format!("redis-sentinel://127.0.0.1:{}?sentinelServiceName=park", sentinel.port);
    let join = async |ns: &str| {
        let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new(ns) };
        Node::join(Transport::Redis(RedisConfig::new(&url)), config).await.unwrap()
    };
    let (receiver, sender) = (join("ws").await, join("desk").await);
    let seen = counts(&receiver).await;
    sender.transmit(To::node("ws", 1), "count", &1).await.unwrap();
    seen.reach(1).await;
    server.stop();
    eventually("a transmit is taken again", async || {
        sender.transmit(To::node("ws", 1), "count", &2).await.is_ok()
    })
    .await;
    eventually("it arrives", async || seen.all().contains(&2)).await;
    receiver.leave().await;
    sender.leave().await;
}
