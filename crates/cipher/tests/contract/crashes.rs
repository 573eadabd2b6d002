//! Lives of a node that crash at moments drawn by seed, while messages come for it and for any node.

use std::collections::BTreeMap;
use std::time::Duration;

use cipher::{Nid, Node, NodeConfig, To};

use crate::support::{Seen, Site, brief, eventually};

/// What the handlers of all lives saw: the number of each message and the attempt.
#[derive(Clone)]
struct Record {
    begun: Seen<(u32, u32)>,
    finished: Seen<u32>,
}

async fn begin_life(site: &Site, record: &Record) -> Node {
    let lease = Duration::from_millis(300);
    let node = site.join(NodeConfig { nid: Nid::Fixed(1), lease, ..brief("worker") }).await;
    let record = record.clone();
    node.on("count", move |message: cipher::Message<u32>| {
        let record = record.clone();
        async move {
            record.begun.add((message.payload, message.attempt));
            tokio::time::sleep(Duration::from_millis(1)).await; // here it is, when it is felled
            record.finished.add(message.payload);
            Ok(())
        }
    });
    node.serve().await.unwrap();
    node
}

pub async fn lives_that_crash_at_any_moment_lose_nothing_and_what_comes_again_says_so(site: &Site) {
    const COUNT: u32 = 240;
    const CRASHES: u64 = 4;
    for seed in 1..=2u64 {
        let record = Record { begun: Seen::new(), finished: Seen::new() };
        let sender = site.node("web", 1).await;
        let sending = tokio::spawn(async move {
            for number in 0..COUNT {
                let to = if number % 3 == 0 { To::any("worker") } else { To::node("worker", 1) };
                sender.transmit(to, "count", &number).await.unwrap();
                if number % 16 == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            sender
        });
        for crash in 0..CRASHES {
            let life = begin_life(site, &record).await;
            // Far enough apart for nothing to be in the hands of three that crash: that would make it a dead letter.
            let after = 8 + (seed * 7 + crash * 11) % 23;
            let begun = record.begun.all().len() as u64;
            eventually("it is in the middle of its work", async || {
                record.begun.all().len() as u64 >= begun + after
            })
            .await;
            drop(life); // as a crash would: without a word
        }
        let last = begin_life(site, &record).await;
        let sender = sending.await.unwrap();
        eventually(&format!("seed {seed}: each was finished"), async || {
            let mut finished = record.finished.all();
            finished.sort_unstable();
            finished.dedup();
            finished == (0..COUNT).collect::<Vec<_>>()
        })
        .await;
        last.leave().await;
        let mut attempts = BTreeMap::<u32, Vec<u32>>::new();
        for (number, attempt) in record.begun.all() {
            attempts.entry(number).or_default().push(attempt);
        }
        for (number, attempts) in &attempts {
            let rise = attempts.windows(2).all(|pair| pair[0] < pair[1]);
            assert!(rise, "seed {seed}: {number} came again without saying so: {attempts:?}");
        }
        assert!(attempts.values().any(|attempts| attempts.len() > 1), "seed {seed}: some were felled");
        for nid in [Some(1), None] {
            assert!(sender.dead_letters("worker", nid).await.unwrap().is_empty(), "seed {seed}");
            assert_eq!(sender.queue_length("worker", nid).await.unwrap(), 0, "seed {seed}");
        }
        sender.leave().await;
    }
}
