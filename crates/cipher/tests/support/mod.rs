//! What the tests share: a private Redis server, nodes on either transport, and waiting for a condition.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod cluster;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cipher::{MemoryBus, Nid, Node, NodeConfig, RedisConfig, Transport};
use fred::interfaces::ClientLike;
use ports::free_port;
use tempfile::TempDir;

pub use cluster::Cluster;

/// Long enough for the slowest machine; no test waits for it when all is well.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at whether a condition holds.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Where the nodes of one test meet.
pub enum Site {
    Memory(MemoryBus),
    Redis(RedisServer),
    Cluster(Cluster),
}

impl Site {
    pub fn memory() -> Self {
        Self::Memory(MemoryBus::new())
    }

    pub fn redis() -> Self {
        Self::Redis(RedisServer::start())
    }

    pub fn cluster() -> Self {
        Self::Cluster(Cluster::start(0))
    }

    /// Its Redis server: for tests of what is particular to it.
    pub fn server(&self) -> &RedisServer {
        match self {
            Self::Redis(server) => server,
            Self::Memory(_) | Self::Cluster(_) => unreachable!("this test is about one Redis"),
        }
    }

    pub fn server_mut(&mut self) -> &mut RedisServer {
        match self {
            Self::Redis(server) => server,
            Self::Memory(_) | Self::Cluster(_) => unreachable!("this test is about one Redis"),
        }
    }

    pub fn transport(&self) -> Transport {
        match self {
            Self::Memory(bus) => Transport::Memory(bus.clone()),
            Self::Redis(server) => Transport::Redis(RedisConfig::new(server.url())),
            Self::Cluster(cluster) => Transport::Redis(RedisConfig::new(cluster.url())),
        }
    }

    pub async fn join(&self, config: NodeConfig) -> Node {
        Node::join(self.transport(), config).await.unwrap()
    }

    /// Joins with a fixed id.
    pub async fn node(&self, ns: &str, nid: u32) -> Node {
        self.join(NodeConfig { nid: Nid::Fixed(nid), ..NodeConfig::new(ns) }).await
    }

    /// Joins with a fixed id and a [`brief`] lease.
    pub async fn mortal(&self, ns: &str, nid: u32) -> Node {
        self.join(NodeConfig { nid: Nid::Fixed(nid), ..brief(ns) }).await
    }
}

/// A leased id and a short lease: tests about what happens when one runs out are quick.
pub fn brief(ns: &str) -> NodeConfig {
    NodeConfig { lease: Duration::from_millis(600), ..NodeConfig::new(ns) }
}

/// A `redis-server` of this test alone, in a folder of its own, killed when dropped.
pub struct RedisServer {
    port: u16,
    /// Where the servers of a cluster talk to it.
    bus_port: u16,
    process: Option<Child>,
    folder: TempDir,
    password: Option<String>,
    settings: Vec<String>,
}

impl RedisServer {
    pub fn start() -> Self {
        Self::with(&[])
    }

    pub fn protected(password: &str) -> Self {
        let mut server = Self::new(&["--requirepass", password]);
        server.password = Some(password.to_owned());
        server.started()
    }

    /// Each write is on the disk before it is answered.
    pub fn durable() -> Self {
        Self::with(&["--appendonly", "yes"])
    }

    /// With further settings; `PORT` in them is its port, `BUS` one for the servers of a cluster.
    pub fn with(settings: &[&str]) -> Self {
        Self::new(settings).started()
    }

    fn new(settings: &[&str]) -> Self {
        Self {
            port: 0,
            bus_port: 0,
            process: None,
            folder: tempfile::tempdir().unwrap(),
            password: None,
            settings: settings.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    fn started(self) -> Self {
        let mut server = self;
        // Between finding a free port and listening on it another process may be faster.
        for _ in 0..10 {
            (server.port, server.bus_port) = (free_port(), free_port());
            if server.try_run() {
                return server;
            }
        }
        panic!("redis-server did not start on any of ten free ports; it says:\n{}", server.log());
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        let user = self.password.as_ref().map(|password| format!("default:{password}@")).unwrap_or_default();
        format!("redis://{user}127.0.0.1:{}", self.port)
    }

    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Sends a signal to the server's process, such as `STOP` or `CONT`.
    pub fn signal(&self, name: &str) {
        signal(self.process.as_ref().expect("it runs"), name);
    }

    /// Starts again on the same port; with nothing in memory, unless it is durable.
    pub fn run(&mut self) {
        assert!(
            self.try_run(),
            "redis-server did not start again on port {}; it says:\n{}",
            self.port,
            self.log()
        );
    }

    fn try_run(&mut self) -> bool {
        let mut command = Command::new("redis-server");
        command.args([
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendfsync",
            "always",
            "--appendonly",
            "no",
            "--port",
            &self.port.to_string(),
        ]);
        command.arg("--dir").arg(self.folder.path()).args(["--logfile", "log"]);
        command.args(self.settings.iter().map(|word| match word.as_str() {
            "PORT" => self.port.to_string(),
            "BUS" => self.bus_port.to_string(),
            other => other.to_owned(),
        }));
        let _ = std::fs::remove_file(self.folder.path().join("log"));
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| {
            panic!("redis-server could not be started ({error}): these tests need it, install the package redis-server")
        });
        self.process = Some(process);
        let mut is_ready = false;
        let is_over = wait(|| {
            let ended = self.process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_some());
            // Its own word: on the port another server might answer, or this one before it finds its other port taken.
            is_ready = !ended && self.log().contains("Ready to accept connections");
            ended || is_ready
        });
        is_over && is_ready
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A bare connection, to look at what is on the wire.
    pub async fn client(&self) -> fred::clients::Client {
        let config = fred::types::config::Config::from_url(&self.url()).unwrap();
        let client = fred::types::Builder::from_config(config).build().unwrap();
        client.init().await.unwrap();
        client
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A program of this crate in a process of its own, with the site's Redis as `REDIS_URL`; killed when dropped.
pub struct Program {
    process: Child,
    pub lines: Seen<String>,
    reader: Option<JoinHandle<()>>,
}

impl Program {
    /// One of the crate's examples.
    pub fn example(name: &str, site: &Site, words: &[&str]) -> Self {
        // Cargo builds the examples together with the tests, beside the folder these are in.
        let test = std::env::current_exe().unwrap();
        let folder = test.parent().and_then(Path::parent).unwrap();
        Self::start(&folder.join("examples").join(name), site, words)
    }

    pub fn start(program: &Path, site: &Site, words: &[&str]) -> Self {
        let mut process = Command::new(program)
            .args(words)
            .env("REDIS_URL", site.server().url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let lines = Seen::new();
        let (add, output) = (lines.clone(), process.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                add.add(line);
            }
        });
        Self { process, lines, reader: Some(reader) }
    }

    /// Sends it a signal, such as `STOP` or `CONT`.
    pub fn signal(&self, name: &str) {
        signal(&self.process, name);
    }

    /// As if somebody typed a line.
    pub fn type_line(&mut self, line: &str) {
        writeln!(self.process.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits for its end, reads all it said, and returns its exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        let mut status = None;
        eventually("the program ends", async || {
            status = self.process.try_wait().unwrap();
            status.is_some()
        })
        .await;
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        status.unwrap().code()
    }
}

fn signal(process: &Child, name: &str) {
    let pid = process.id().to_string();
    assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill(); // SIGKILL: nothing of it runs any more
        let _ = self.process.wait();
    }
}

/// Before there is a runtime: waits for other processes. Whether the condition came to hold.
pub fn wait(mut condition: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + PATIENCE;
    while !condition() {
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    true
}

/// Waits until `condition` holds.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !condition().await {
        assert!(Instant::now() < until, "waited in vain until {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits for something that has to come.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// What handlers saw, in order.
#[derive(Clone)]
pub struct Seen<T>(Arc<Mutex<Vec<T>>>);

impl<T: Clone> Seen<T> {
    pub fn new() -> Self {
        Self(Arc::default())
    }

    pub fn add(&self, item: T) {
        self.0.lock().unwrap().push(item);
    }

    pub fn all(&self) -> Vec<T> {
        self.0.lock().unwrap().clone()
    }

    pub async fn reach(&self, count: usize) -> Vec<T> {
        eventually(&format!("{count} were seen"), async || self.all().len() >= count).await;
        self.all()
    }
}

/// Remembers the numbers that come by the route `count`, and serves.
pub async fn counts(node: &Node) -> Seen<u32> {
    let seen = collect(node, "count");
    node.serve().await.unwrap();
    seen
}

/// Remembers the numbers that come by a route.
pub fn collect(node: &Node, route: &str) -> Seen<u32> {
    let seen = Seen::new();
    let collected = seen.clone();
    node.on(route, move |message: cipher::Message<u32>| {
        collected.add(message.payload);
        async { Ok(()) }
    });
    seen
}
