//! What the figures say of messages that nobody gets to see any more. A program of its own: its recorder is for all of it.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use cipher::To;
use futures_util::future::try_join_all;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use support::{Site, brief};

/// Counters by their name and labels.
static COUNTERS: LazyLock<Mutex<HashMap<Key, Arc<AtomicU64>>>> = LazyLock::new(Mutex::default);

struct Counters;

impl Recorder for Counters {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(COUNTERS.lock().unwrap().entry(key.clone()).or_default().clone())
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// What a counter came to since the last look at it.
fn counted(key: &Key) -> u64 {
    COUNTERS.lock().unwrap().get(key).map(|counter| counter.swap(0, Ordering::SeqCst)).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_for_a_departed_node_that_there_is_no_room_for_are_counted_as_dropped() {
    const KEPT: u64 = 1_000;
    const MORE: u64 = 1_500;
    metrics::set_global_recorder(Counters).unwrap();
    for site in [Site::memory(), Site::redis()] {
        let sender = site.node("web", 1).await;
        let leaving = site.join(brief("worker")).await;
        let nid = leaving.nid();
        for some in (0..KEPT + MORE).collect::<Vec<_>>().chunks(100) {
            let sending = some.iter().map(|number| sender.transmit(To::node("worker", nid), "count", number));
            try_join_all(sending).await.unwrap();
        }
        leaving.leave().await;
        let letters = sender.dead_letters("worker", Some(nid)).await.unwrap();
        assert_eq!(letters.len() as u64, KEPT);
        assert_eq!(letters[0].payload.get(), MORE.to_string(), "the newest");
        let dropped = Key::from_parts("cipher_dropped_total", &[("why", "dead_letters_full")]);
        assert_eq!(counted(&dropped), MORE);
        assert_eq!(counted(&Key::from_name("cipher_dead_total")), KEPT + MORE);
        sender.leave().await;
    }
}
