//! A small crowd on the park in one process: its figures add up, and bad input is a sentence.

#![allow(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

use crowd::checker;
use crowd::child::Child;
use crowd::crowd::{Crowd, Finished};
use crowd::settings::{Rates, Settings};
use crowd::waiting::until;
use rustix::process::Signal;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A program starts within this, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

/// The park in one process, with new data. Dropping it ends it.
struct Park {
    url: String,
    process: Child,
    _data: TempDir,
}

impl Park {
    async fn start() -> Park {
        let data = tempfile::tempdir().unwrap();
        let folder = Path::new(env!("CARGO_BIN_EXE_musicpark-crowd")).parent().unwrap();
        let mut command = Command::new(folder.join("musicpark"));
        command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("MUSICPARK_DATA", data.path().join("data"));
        let mut process = Child::start(&mut command).expect("musicpark is built (cargo build --workspace)");
        let url = process.says("listening ", PATIENCE).await.unwrap();
        Park { url, process, _data: data }
    }

    fn crowd(&self, people: u32, rooms: u32, rates: Rates) -> Settings {
        let pids = vec![("park".to_owned(), self.process.id())];
        Settings { rates, pids, ..Settings::new(vec![self.url.clone()], people, rooms, 3) }
    }
}

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
    assert!(told("could not come back") && told("Nobody listens at"), "{report}");
}

#[tokio::test]
async fn mistakes_end_in_a_sentence() {
    let refused = async |settings: Settings| format!("{:#}", Crowd::start(settings).await.unwrap_err());
    let to = |target: &str, people, rooms| Settings::new(vec![target.to_owned()], people, rooms, 1);
    let nobody = "http://127.0.0.1:1";
    assert!(refused(to(nobody, 5, 1)).await.contains("Nobody listens at http://127.0.0.1:1"));
    assert!(refused(to("127.0.0.1:1", 5, 1)).await.contains("is no address"));
    assert!(refused(to(nobody, 0, 1)).await.contains("A crowd of nobody"));
    assert!(refused(to(nobody, 1, 2)).await.contains("2 rooms for 1 people"));
    assert!(refused(to(nobody, 100_000_000, 1)).await.contains("descriptors"));
}
