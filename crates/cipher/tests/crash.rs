//! Processes that fall silent without a word: `kill -9` and `SIGSTOP` in the middle of a job, and a node that lost its id.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use std::time::Duration;

use cipher::{Address, CipherError, Ending, Message, Nid, Node, NodeConfig, NodeState, To, TransmitError};
use fred::interfaces::KeysInterface;
use serde_json::{Value, json};
use support::{Program, Seen, Site, eventually, soon};

/// Handles jobs in no time; their numbers and attempts.
async fn serve_jobs(node: &Node) -> Seen<(u64, u32)> {
    let jobs = Seen::new();
    let add = jobs.clone();
    node.on("job", move |job: Message<Value>| {
        add.add((job.payload["number"].as_u64().unwrap(), job.attempt));
        async { Ok(()) }
    });
    node.serve().await.unwrap();
    jobs
}

/// The numbers of the jobs that a worker has begun.
fn begun_by(worker: &Program) -> Vec<u64> {
    let lines = worker.lines.all().into_iter();
    lines.filter_map(|line| line.strip_prefix("begun ")?.split(' ').next()?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_in_the_middle_of_a_job_loses_none() {
    const JOBS: u32 = 8;
    let site = Site::redis();
    let office = Node::guest(site.transport(), Address::new("office", 0)).await.unwrap();
    for number in 0..JOBS {
        let job = json!({"number": number, "takes_ms": 100});
        office.transmit(To::any("workshop"), "job", &job).await.unwrap();
    }
    let doomed = Program::example("work_queue", &site, &["work"]);
    assert_eq!(doomed.lines.reach(5).await[4], "begun 2 attempt 1");
    drop(doomed);

    let next = Program::example("work_queue", &site, &["work"]);
    let numbers = |word: &str| {
        let lines = next.lines.all();
        let mut numbers: Vec<u32> = lines
            .iter()
            .filter_map(|line| line.strip_prefix(word)?.split(' ').next()?.parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers
    };
    // What the dead one had in its hands comes when its lease has run out; the others wait for nothing.
    eventually("all are done", async || numbers("done ").len() >= JOBS as usize - 2).await;
    assert_eq!(numbers("begun "), (2..JOBS).collect::<Vec<_>>(), "each once, and none that was finished");
    assert!(
        next.lines.all().contains(&"begun 2 attempt 2".to_owned()),
        "and it says that it was begun before"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_frozen_until_another_has_its_id_lost_no_job_and_begins_none_of_the_others() {
    const JOBS: u32 = 40;
    let site = Site::redis();
    let mut frozen = Program::example("work_queue", &site, &["work"]);
    let office = Node::guest(site.transport(), Address::new("office", 0)).await.unwrap();
    eventually("it serves", async || {
        office.nodes("workshop").await.iter().any(|node| node.state == NodeState::Serving)
    })
    .await;
    for number in 0..JOBS {
        let job = json!({"number": number, "takes_ms": 20});
        office.transmit(To::node("workshop", 1), "job", &job).await.unwrap();
    }
    frozen.lines.reach(8).await;
    frozen.signal("STOP");

    // Waits until the lease of the frozen one has run out.
    let config =
        NodeConfig { nid: Nid::Fixed(1), lease: Duration::from_millis(600), ..NodeConfig::new("workshop") };
    let other = soon("the id", site.join(config)).await;
    let jobs = serve_jobs(&other).await;
    eventually("the last job is done", async || {
        jobs.all().iter().any(|(number, _)| *number == u64::from(JOBS) - 1)
    })
    .await;
    let begun = begun_by(&frozen);
    let taken_over = jobs.all();
    let first = taken_over[0].0;
    let expected: Vec<_> = (first..u64::from(JOBS)).collect();
    assert_eq!(
        taken_over.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
        expected,
        "each once, in order"
    );
    assert!(begun.len() as u64 >= first, "what the other did not get was done: {begun:?}, {taken_over:?}");
    let in_its_hands = |number: &u64| taken_over.contains(&(*number, 2));
    assert!(
        begun.iter().filter(|number| **number >= first).all(in_its_hands),
        "and says that it was begun before"
    );
    let last_begun = *begun.last().unwrap();
    assert!(in_its_hands(&(last_begun + 1)), "it had more in its hands: {begun:?}, {taken_over:?}");

    frozen.signal("CONT");
    assert_eq!(frozen.ended().await, Some(1), "its program hears that it is over");
    assert_eq!(begun_by(&frozen), begun, "it begins nothing that the other has");
    other.leave().await;
    assert_eq!(jobs.all().len(), expected.len(), "nor does the other get anything again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_frozen_for_longer_than_its_lease_begins_nothing_that_another_did_meanwhile() {
    const JOBS: u32 = 1_000;
    let site = Site::redis();
    let office = Node::guest(site.transport(), Address::new("office", 0)).await.unwrap();
    for number in 0..JOBS {
        office.transmit(To::any("workshop"), "job", &json!({"number": number, "takes_ms": 1})).await.unwrap();
    }
    let frozen = Program::example("work_queue", &site, &["work"]);
    let begun = || begun_by(&frozen);
    frozen.lines.reach(100).await;
    frozen.signal("STOP");

    // Has an id of its own, and sweeps.
    let config = NodeConfig { lease: Duration::from_millis(600), ..NodeConfig::new("workshop") };
    let other = soon("an id", site.join(config)).await;
    let jobs = serve_jobs(&other).await;
    eventually("it has got what the frozen one had in its hands", async || {
        jobs.all().iter().any(|(_, attempt)| *attempt == 2)
            && begun().len() + jobs.all().len() >= JOBS as usize
    })
    .await;
    let (before, done) = (begun(), jobs.all());

    frozen.signal("CONT");
    let again = json!({"number": 5_000, "takes_ms": 0});
    eventually("it goes on", async || {
        let _ = office.transmit(To::node("workshop", 1), "job", &again).await;
        begun().contains(&5_000)
    })
    .await;
    let twice: Vec<u64> = begun()[before.len()..]
        .iter()
        .copied()
        .filter(|number| done.iter().any(|(other, _)| other == number))
        .collect();
    assert!(twice.is_empty(), "begun again after it thawed: {twice:?}");
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
