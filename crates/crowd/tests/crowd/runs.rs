//! A small crowd on a park: its figures add up.

use crate::park::{PATIENCE, Park};
use crowd::checker;
use crowd::child::Child;
use crowd::crowd::{Crowd, Finished};
use crowd::settings::{Rates, Settings};
use crowd::stack::{Options, Stack};
use crowd::waiting::until;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::process::Command;

async fn run(settings: Settings) -> Finished {
    let crowd = Crowd::start(settings).await.unwrap();
    crowd.act().await;
    crowd.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_reaches_everybody_in_its_room_once_and_is_timed() {
    let park = Park::start().await;
    let report = run(park.crowd(20, 2, Rates { chats: 10.0, ..Rates::quiet() })).await.report;
    // Thirty lines, each heard by the ten people of its room; a room's music may begin meanwhile, which is one more event for each of them.
    assert_eq!((report.commands, report.acknowledged, report.unknown), (30, 30, 0), "{report}");
    assert_eq!(report.latency_ms.count, 300, "{report}");
    assert!([300, 310, 320].contains(&report.deliveries), "{report}");
    assert!(report.latency_ms.max >= report.latency_ms.p50 && report.latency_ms.p50 > 0.0, "{report}");
    assert_eq!((report.disconnects, report.resyncs, report.refusals.len()), (0, 0, 0), "{report}");
    assert!(report.processes[0].resident_kib > 10_000 && report.processes[0].descriptors > 20, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_lose_their_line_come_back_and_miss_nothing() {
    let park = Park::start().await;
    let rates = Rates { chats: 10.0, doubles: 3.0, drops: 5.0, reacts: 5.0, ..Rates::quiet() };
    let finished = run(park.crowd(20, 2, rates)).await;
    let report = &finished.report;
    assert!(report.drops > 5 && report.gap_ms.count > 0, "{report}");
    assert_eq!(
        (report.acknowledged, report.unknown, report.notes.len()),
        (report.commands, 0, 0),
        "{report}"
    );
    let verdict = checker::check(&finished.histories, None);
    assert!(verdict.holds(), "{:?}", verdict.breaches);
    let twice =
        finished.histories.iter().flat_map(|history| &history.commands).filter(|command| command.sent > 1);
    assert!(twice.count() >= 9, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn walkers_are_seen_by_the_others_in_their_room() {
    let park = Park::start().await;
    let report = run(park.crowd(10, 1, Rates { walk: 5.0, ..Rates::quiet() })).await.report;
    assert!(report.steps >= 100 && report.positions > report.steps, "{report}");
    assert!(report.staleness_ms.count == report.positions && report.staleness_ms.p50 > 0.0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_park_that_dies_meanwhile_is_told_with_the_figures_so_far() {
    let park = Park::start().await;
    let crowd = Crowd::start(park.crowd(6, 1, Rates { chats: 10.0, ..Rates::quiet() })).await.unwrap();
    crowd.act().await;
    park.process.signal(Signal::KILL).unwrap();
    let gone = async || (crowd.live().connected == 0).then_some(());
    until("everybody notices", PATIENCE, gone).await.unwrap();
    let report = crowd.finish().await.report;
    assert!(report.deliveries >= 60 && report.closes.get(&1006) == Some(&6), "{report}");
    assert_eq!(report.absent, 6, "{report}");
    let told = |what: &str| report.notes.iter().any(|note| note.contains(what));
    assert!(told("could not come in or back") && told("Nobody listens at"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_go_from_gateway_to_gateway_miss_nothing_and_all_copies_are_one_in_the_end() {
    let stack = Stack::start(Options { web: 1, ..Options::default() }).await.unwrap();
    let mut crowd = Command::new(env!("CARGO_BIN_EXE_musicpark-crowd"));
    for gateway in stack.gateways() {
        crowd.args(["--target", &gateway]);
    }
    crowd.args(["--web", &stack.webs()[0], "--journal", &stack.postgres().unwrap(), "--json"]);
    crowd.args("--people 30 --rooms 3 --seconds 5 --chats 20 --votes 4 --walk 1 --drops 4".split(' '));
    let mut crowd = Child::start(&mut crowd).unwrap();
    let status = crowd.ended(PATIENCE).await.unwrap();
    let told = crowd.all_err();
    assert_eq!(status.code(), Some(0), "{told}");
    let report: Value = serde_json::from_str(crowd.out().last().unwrap()).unwrap();
    let number = |name: &str| report[name].as_u64().unwrap_or_else(|| panic!("{name}: {report}"));
    assert!(number("drops") >= 15 && number("deliveries") > 500, "{report}");
    let wrong = ["breaches", "lost", "duplicated", "misordered", "misrouted", "unknown", "absent"];
    assert_eq!(wrong.map(number), [0; 7], "{report}");
    // A machine so busy that the events cannot be asked for in time gives a whole state instead: not to everybody.
    assert!(number("not_resumed") < number("drops"), "{report}");
    assert!(number("crowd_resident_kib") > 1_000 && report["crowd_kib_per_person"].is_f64(), "{report}");
    // Of each room: what two gateways have, what the worker has, and what workers saved.
    let copies = &report["copies"];
    assert!(copies["compared"].as_u64() >= Some(9), "{report}");
    assert_eq!((&copies["of_workers"], &copies["different"]), (&json!(3), &json!(0)), "{report}");
}
