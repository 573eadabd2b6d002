//! On a bus that loses, repeats, delays and cuts, drawn from seeds, the promises hold all the same.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cipher::{Delivery, Faults, MemoryBus, Span, To, TransmitError, Verdict, follow};
use support::{Seen, Site, eventually, soon};

fn site(seed: u64) -> Site {
    let delay = Duration::from_micros(300);
    Site::Memory(MemoryBus::with_faults(Faults { seed, drop: 0.1, duplicate: 0.1, delay, cut: 0.05 }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_transmit_that_is_sent_until_confirmed_is_handled() {
    for seed in 0..8 {
        let site = site(seed);
        let (web, worker) = (site.node("web", 1).await, site.node("worker", 1).await);
        let seen = Seen::new();
        let add = seen.clone();
        worker.on("count", move |message: cipher::Message<u32>| {
            add.add(message.payload);
            async { Ok(()) }
        });
        worker.serve().await.unwrap();
        let mut sent = 0;
        for number in 0..200u32 {
            loop {
                sent += 1;
                match web.transmit(To::node("worker", 1), "count", &number).await {
                    Ok(()) => break,
                    Err(TransmitError::Unconfirmed(_)) => {}
                    Err(other) => panic!("seed {seed}: {other}"),
                }
            }
        }
        eventually("each has arrived", async || {
            let mut all = seen.all();
            all.dedup();
            all == (0..200).collect::<Vec<_>>()
        })
        .await;
        assert!(seen.all().len() <= sent, "seed {seed}: none more often than it was sent");
        assert!(sent > 200, "seed {seed}: there were cuts");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_is_never_wrong_and_in_the_end_has_everything() {
    for seed in 0..8 {
        let site = site(seed);
        let (owner, ws) = (site.node("worker", 1).await, site.node("ws", 1).await);
        let mut subscription = ws.subscribe("room").await.unwrap();
        let head = Arc::new(AtomicU64::new(0));
        let published = head.clone();
        const LAST: u64 = 500;
        let publishing = tokio::spawn(async move {
            for number in 1..=LAST {
                published.store(number, Ordering::SeqCst);
                let span = Some(Span { epoch: 1, first: number, last: number });
                owner.publish("room", span, Bytes::from(number.to_string())).await.unwrap();
                tokio::task::yield_now().await;
            }
            // A publisher says now and then where it is: the last message may be the one that was lost.
            loop {
                let span = Some(Span { epoch: 1, first: LAST + 1, last: LAST });
                owner.publish("room", span, Bytes::new()).await.unwrap();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        let (mut have, mut resyncs) = (0, 0);
        while have < LAST {
            let resync = match soon("the next", subscription.next()).await.unwrap() {
                Delivery::Gap => true,
                Delivery::Message { span: Some(span), payload } => match follow(Some((1, have)), span) {
                    Verdict::Deliver => {
                        assert_eq!(
                            payload,
                            Bytes::from((have + 1).to_string()),
                            "seed {seed}: the very next"
                        );
                        have = span.last;
                        false
                    }
                    Verdict::Stale => false,
                    Verdict::Resync => true,
                },
                Delivery::Message { span: None, .. } => panic!("everything has a span"),
            };
            if resync {
                have = head.load(Ordering::SeqCst); // what its owner says when asked
                resyncs += 1;
            }
        }
        assert!(resyncs > 0, "seed {seed}: something was lost");
        publishing.abort();
    }
}
