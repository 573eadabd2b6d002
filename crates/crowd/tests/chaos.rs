//! The shorter scenarios of `scripts/chaos`, small: nothing is lost, doubled or untold. Times are for machines that do nothing else.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

use crowd::chaos::{Figure, Ground, Scenario, scenario};
use crowd::stack::Profile;

/// Runs a scenario; its figures, after those of loss and order have been looked at.
async fn run(name: &str) -> Vec<Figure> {
    let Scenario { run, .. } = scenario(name).unwrap();
    let ground = Ground { profile: Profile::Dev, people: 40, rooms: 4, seed: 1, minutes: 0, logs: None };
    let figures = run(&ground).await.unwrap();
    // What there shall be none of does not depend on how busy a machine is; seconds do, but not that they come to an end, and whether
    // missed events can be asked for in time (`not-resumed`, in returns).
    let broken: Vec<String> = figures
        .iter()
        .filter(|figure| {
            !figure.holds() && (figure.value.is_none() || !["s", "ms", "returns"].contains(&figure.unit))
        })
        .map(Figure::to_string)
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(figures.len() > 1, "{name} measured nothing");
    figures
}

#[tokio::test]
async fn a_worker_is_killed_and_nobody_misses_anything() {
    let figures = run("worker-kill").await;
    assert!(figures.iter().any(|figure| figure.name == "worker-kill.lost"), "{figures:?}");
}

#[tokio::test]
async fn a_gateway_is_killed_and_nobody_misses_anything() {
    run("gateway-kill").await;
}

#[tokio::test]
async fn redis_closes_all_connections_and_nobody_misses_anything() {
    run("redis-client-kill").await;
}

#[tokio::test]
async fn a_worker_is_cut_off_from_redis_and_another_takes_its_rooms_meanwhile() {
    let figures = run("cut-worker-redis").await;
    assert!(figures.iter().any(|figure| figure.name == "cut-worker-redis.cut.not-taken-over"), "{figures:?}");
}

#[tokio::test]
async fn a_command_sent_through_two_gateways_applies_once() {
    run("twice").await;
}

#[tokio::test]
async fn this_version_takes_the_frames_of_others() {
    run("skew").await;
}

#[tokio::test]
async fn a_reader_too_slow_is_told_so_and_resumes() {
    run("slow-reader").await;
}
