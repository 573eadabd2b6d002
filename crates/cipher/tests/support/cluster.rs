//! A real Redis Cluster of three masters on loopback, and a replica of the first where a test wants to kill it.

use std::process::Command;
use std::time::Instant;

use super::{PATIENCE, RedisServer, free_port};

/// Slots of a cluster.
const SLOTS: usize = 16_384;
const MASTERS: usize = 3;

/// Its servers; killed when dropped.
pub struct Cluster {
    servers: Vec<RedisServer>,
}

impl Cluster {
    /// Three masters that share the slots, and so many replicas of the first, once all of them agree.
    pub fn start(replicas: usize) -> Self {
        let servers: Vec<_> = (0..MASTERS + replicas)
            .map(|_| {
                RedisServer::with(&[
                    "--cluster-enabled",
                    "yes",
                    "--cluster-port",
                    &free_port().to_string(),
                    "--cluster-node-timeout",
                    "1000",
                    // A replica that saw its master lately may take over, however short the timeout is.
                    "--cluster-replica-validity-factor",
                    "0",
                ])
            })
            .collect();
        let cluster = Self { servers };
        for (place, server) in cluster.servers[..MASTERS].iter().enumerate() {
            let (first, last) = (SLOTS * place / MASTERS, SLOTS * (place + 1) / MASTERS - 1);
            ask(server, &["cluster", "set-config-epoch", &(place + 1).to_string()]);
            ask(server, &["cluster", "addslotsrange", &first.to_string(), &last.to_string()]);
        }
        let first = &cluster.servers[0];
        for server in &cluster.servers[1..] {
            let bus = ask(server, &["config", "get", "cluster-port"]);
            let bus = bus.lines().last().unwrap();
            ask(first, &["cluster", "meet", "127.0.0.1", &server.port().to_string(), bus]);
        }
        let known = format!("cluster_known_nodes:{}", cluster.servers.len());
        for server in &cluster.servers {
            wait("the servers know each other", || ask(server, &["cluster", "info"]).contains(&known));
        }
        let id = ask(first, &["cluster", "myid"]);
        for replica in &cluster.servers[MASTERS..] {
            wait("a replica begins", || ask(replica, &["cluster", "replicate", id.trim()]).starts_with("OK"));
            wait("a replica follows", || {
                ask(replica, &["info", "replication"]).contains("master_link_status:up")
            });
        }
        for server in &cluster.servers {
            wait("the cluster serves", || ask(server, &["cluster", "info"]).contains("cluster_state:ok"));
        }
        cluster
    }

    pub fn url(&self) -> String {
        let nodes: Vec<_> =
            self.servers[1..].iter().map(|server| format!("node=127.0.0.1:{}", server.port())).collect();
        format!("redis-cluster://127.0.0.1:{}?{}", self.servers[0].port(), nodes.join("&"))
    }

    /// Kills the first master.
    pub fn kill_first(&mut self) {
        self.servers[0].stop();
    }

    /// Moves a slot to the last master, as an operator does who spreads the load; it holds no keys.
    pub fn move_slot(&self, slot: u16) {
        let last = &self.servers[MASTERS - 1];
        let id = ask(last, &["cluster", "myid"]);
        for server in &self.servers[..MASTERS] {
            ask(server, &["cluster", "setslot", &slot.to_string(), "node", id.trim()]);
        }
    }
}

/// What a server answers.
fn ask(server: &RedisServer, words: &[&str]) -> String {
    let output = Command::new("redis-cli").args(["-p", &server.port().to_string()]).args(words).output();
    String::from_utf8(output.expect("redis-cli comes with redis-server").stdout).unwrap()
}

/// Before there is a runtime: waits for other processes.
fn wait(what: &str, condition: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < until, "waited in vain until {what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
