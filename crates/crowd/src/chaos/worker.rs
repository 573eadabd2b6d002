//! Workers die, freeze and end in order: another takes their rooms (promises 1, 5 and 6).

use super::ground::Ground;
use super::scene::Scene;
use super::{Figure, Promise};
use rustix::process::Signal;
use std::time::Duration;

/// A worker that is frozen so long has lost its lease, its rooms and its node id when it thaws.
const FROZEN: Duration = Duration::from_secs(10);

/// Rooms that are handed over carry out so many commands a second each: a pause of half a second shows.
const BUSY: f64 = 25.0;
/// What is said of a hand-over is said against as long without one. What nobody owned for a moment is sent again after four seconds, and
/// that is seen too.
const LOOK: Duration = Duration::from_secs(6);
/// A planned hand-over, in seconds.
const HANDED_OVER: f64 = 0.5;

/// A worker is killed; the other takes over.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn kill(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("worker-kill", ground).await?;
    scene.crowd.mark("killed");
    scene.stack.kill("worker-1", Signal::KILL)?;
    scene.stack.ended("worker-1").await?;
    scene.recover("killed").await;
    scene.stack.start_part("worker-1").await?;
    scene.crowd.mark("started-again");
    scene.recover("started-again").await;
    let ended = scene.close().await?;
    let mut figures = ended.accepts_again("killed", 5.0, 10.0);
    figures.push(ended.silent("killed", Promise::AtMost(10.0)));
    // It takes its share back from one that lives.
    figures.extend(ended.accepts_again("started-again", 5.0, 10.0));
    Ok(ended.with(figures))
}

/// A worker is frozen, another takes over, and it thaws as a zombie.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn freeze(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("worker-freeze", ground).await?;
    scene.crowd.mark("frozen");
    scene.stack.kill("worker-1", Signal::STOP)?;
    scene.act(FROZEN).await;
    scene.crowd.mark("thawed");
    scene.stack.kill("worker-1", Signal::CONT)?;
    scene.recover("thawed").await;
    let ended = scene.close().await?;
    let mut figures = ended.accepts_again("frozen", 5.0, 10.0);
    figures.push(ended.silent("frozen", Promise::AtMost(10.0)));
    figures.extend(ended.accepts_again("thawed", 5.0, 10.0));
    Ok(ended.with(figures))
}

/// A worker ends in order and leaves its rooms to the other; it starts again and is given its share.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn hand_over(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open_busy("hand-over", ground, BUSY).await?;
    scene.crowd.mark("before");
    scene.act(LOOK).await;
    scene.crowd.mark("left");
    scene.stack.stop_part("worker-1").await?;
    scene.act(LOOK).await;
    scene.crowd.mark("given-back");
    scene.stack.start_part("worker-1").await?;
    scene.act(LOOK).await;
    scene.recover("given-back").await;
    let ended = scene.close().await?;
    let mut figures = vec![
        Figure::new("hand-over.rooms", ended.moved as f64, "rooms", Promise::AtLeast(1.0)),
        ended.silent("before", Promise::None),
    ];
    for mark in ["left", "given-back"] {
        figures.push(ended.silent(mark, Promise::AtMost(HANDED_OVER)));
        figures.push(ended.waits(mark));
    }
    Ok(ended.with(figures))
}
