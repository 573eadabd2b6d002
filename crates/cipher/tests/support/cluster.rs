//! A real Redis Cluster of three masters on loopback, and a replica of the first where a test wants to kill it.

use std::io::Write;
use std::process::{Command, Stdio};

use cipher::{Nid, Node, NodeConfig, RedisConfig, Transport};

use super::{RedisServer, wait};

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
                    "BUS",
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
            eventually("the servers know each other", || ask(server, &["cluster", "info"]).contains(&known));
        }
        let id = id(first);
        for replica in &cluster.servers[MASTERS..] {
            eventually("a replica begins", || {
                ask(replica, &["cluster", "replicate", id.trim()]).starts_with("OK")
            });
            eventually("a replica follows", || {
                ask(replica, &["info", "replication"]).contains("master_link_status:up")
            });
        }
        for server in &cluster.servers {
            eventually("the cluster serves", || {
                ask(server, &["cluster", "info"]).contains("cluster_state:ok")
            });
        }
        cluster
    }

    pub fn url(&self) -> String {
        let nodes: Vec<_> =
            self.servers[1..].iter().map(|server| format!("node=127.0.0.1:{}", server.port())).collect();
        format!("redis-cluster://127.0.0.1:{}?{}", self.servers[0].port(), nodes.join("&"))
    }

    /// A node with a fixed id.
    pub async fn node(&self, ns: &str, nid: u32) -> Node {
        let config = NodeConfig { nid: Nid::Fixed(nid), ..NodeConfig::new(ns) };
        Node::join(Transport::Redis(RedisConfig::new(self.url())), config).await.unwrap()
    }

    /// Kills the first master.
    pub fn kill_first(&mut self) {
        self.servers[0].stop();
    }

    /// Moves a slot to the last master with what is in it, as an operator does who spreads the load.
    pub fn move_slot(&self, slot: u16) {
        self.begin_to_move(slot);
        self.finish_to_move(slot);
    }

    /// From here on both its servers send clients to and fro.
    pub fn begin_to_move(&self, slot: u16) {
        let (owner, last) = (self.owner(slot), self.last());
        let slot = slot.to_string();
        ask(last, &["cluster", "setslot", &slot, "importing", id(owner).trim()]);
        ask(owner, &["cluster", "setslot", &slot, "migrating", id(last).trim()]);
    }

    pub fn finish_to_move(&self, slot: u16) {
        let (owner, last) = (self.owner(slot), self.last());
        let port = last.port().to_string();
        let slot = slot.to_string();
        for key in ask(owner, &["cluster", "getkeysinslot", &slot, "1000"]).lines() {
            ask(owner, &["migrate", "127.0.0.1", &port, key, "0", "5000"]);
        }
        // The new owner hears it first: otherwise nobody would have the slot for a moment.
        let new = id(last);
        for server in self.servers[..MASTERS].iter().rev() {
            ask(server, &["cluster", "setslot", &slot, "node", new.trim()]);
        }
    }

    /// Moves every slot of the first master but one to the last, which leaves it a member; they hold no keys.
    pub fn unload_first(&self) {
        let new = id(self.last());
        let new = new.trim();
        for server in self.servers[..MASTERS].iter().rev() {
            let words: String =
                (1..SLOTS / MASTERS).map(|slot| format!("cluster setslot {slot} node {new}\n")).collect();
            tell(server, &words);
        }
    }

    /// Whether anybody hears this channel from the first master.
    pub fn first_is_heard(&self, channel: &str) -> bool {
        ask(&self.servers[0], &["pubsub", "numsub", channel]).lines().last() != Some("0")
    }

    fn last(&self) -> &RedisServer {
        &self.servers[MASTERS - 1]
    }

    fn owner(&self, slot: u16) -> &RedisServer {
        &self.servers[(usize::from(slot) * MASTERS + MASTERS - 1) / SLOTS]
    }
}

fn id(server: &RedisServer) -> String {
    ask(server, &["cluster", "myid"])
}

/// Gives a server many commands, a line each.
fn tell(server: &RedisServer, lines: &str) {
    let mut process = Command::new("redis-cli")
        .args(["-p", &server.port().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-cli comes with redis-server");
    process.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(process.wait().unwrap().success());
}

/// What a server answers.
fn ask(server: &RedisServer, words: &[&str]) -> String {
    let output = Command::new("redis-cli").args(["-p", &server.port().to_string()]).args(words).output();
    String::from_utf8(output.expect("redis-cli comes with redis-server").stdout).unwrap()
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    assert!(wait(condition), "waited in vain until {what}");
}
