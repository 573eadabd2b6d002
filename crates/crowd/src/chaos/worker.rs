//! Workers die and freeze: another takes their rooms (promises 1, 5 and 6).

use super::Figure;
use super::ground::Ground;
use super::scene::Scene;
use rustix::process::Signal;
use std::time::Duration;

/// A worker that is frozen so long has lost its lease, its rooms and its node id when it thaws.
const FROZEN: Duration = Duration::from_secs(10);

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
    // It takes its share back from one that lives: a planned hand-over.
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
    figures.extend(ended.accepts_again("thawed", 5.0, 10.0));
    Ok(ended.with(figures))
}
