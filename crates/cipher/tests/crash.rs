//! Processes that end without a word: `kill -9` in the middle of a handler, and a node that is frozen beyond its lease.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cipher::{CipherError, Ending, Nid, Node, NodeConfig, To, TransmitError};
use fred::interfaces::KeysInterface;
use serde_json::json;
use support::{Seen, Site, soon};

/// One of the crate's examples in a process of its own, killed when dropped.
struct Example {
    process: Child,
    lines: Seen<String>,
}

impl Example {
    fn start(name: &str, site: &Site, words: &[&str]) -> Self {
        // Cargo builds the examples together with the tests, beside the folder these are in.
        let mut program: PathBuf = std::env::current_exe().unwrap();
        program.pop();
        program.pop();
        program.push("examples");
        program.push(name);
        let mut process = Command::new(&program)
            .args(words)
            .env("REDIS_URL", site.server().url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}; `cargo build --examples` builds it", program.display())
            });
        let lines = Seen::new();
        let (add, output) = (lines.clone(), process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                add.add(line);
            }
        });
        Self { process, lines }
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill(); // SIGKILL: nothing of it runs any more
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_in_the_middle_of_a_job_loses_none() {
    const JOBS: u32 = 12;
    let site = Site::redis();
    let office = Node::guest(site.transport(), "office").await.unwrap();
    for number in 0..JOBS {
        let job = json!({"number": number, "takes_ms": 30});
        office.transmit(To::any("workshop"), "job", &job).await.unwrap();
    }
    let doomed = Example::start("work_queue", &site, &["work"]);
    let begun = doomed.lines.reach(4).await;
    drop(doomed);
    assert_eq!(begun[0], "begun 0 attempt 1");

    let next = Example::start("work_queue", &site, &["work"]);
    let done = || next.lines.all().iter().filter(|line| line.starts_with("done")).count();
    support::eventually("the last job is done", async || {
        next.lines.all().contains(&format!("done {}", JOBS - 1))
    })
    .await;
    let lines = next.lines.all();
    // Those that were finished and acknowledged are not done again; whichever was begun is, and says so.
    let first = lines[0].strip_prefix("begun ").unwrap();
    assert!(first.ends_with("attempt 2"), "{first}");
    let numbers: Vec<u32> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("done ").map(|number| number.parse().unwrap()))
        .collect();
    assert_eq!(
        numbers,
        (JOBS - u32::try_from(done()).unwrap()..JOBS).collect::<Vec<_>>(),
        "each once, in order"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_id_was_taken_while_it_was_frozen_ends_and_says_so() {
    let site = Site::redis();
    let client = site.server().client().await;
    let config =
        NodeConfig { nid: Nid::Fixed(1), lease: Duration::from_millis(600), ..NodeConfig::new("worker") };
    let frozen = site.join(config).await;
    frozen.serve().await.unwrap();
    // What it finds when it thaws: its lease ran out, and somebody else has the id.
    client.set::<(), _, _>("cipher:lease:{worker.1}", "00000000000000aa", None, None, false).await.unwrap();
    assert_eq!(soon("word of it", frozen.ended()).await, Ending::Displaced);
    let sent = frozen.transmit(To::any("web"), "x", &()).await;
    assert!(matches!(sent, Err(TransmitError::Closed)), "{sent:?}");
    assert!(matches!(frozen.subscribe("room").await, Err(CipherError::Closed)));
    let holder: String = client.get("cipher:lease:{worker.1}").await.unwrap();
    assert_eq!(holder, "00000000000000aa", "it does not take the id from its successor");
}
