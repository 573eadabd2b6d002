//! One fault after the other, drawn by a seed, in a park that stays full: what no single scenario thinks of.

use super::Figure;
use super::cut::Way;
use super::ground::Ground;
use super::redis;
use super::scene::Scene;
use anyhow::Context;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rustix::process::Signal;
use std::time::Duration;
use tokio::time::Instant;

/// A fault lasts so long, in milliseconds; then it is mended.
const LASTS_MS: std::ops::Range<u64> = 200..8_000;
/// Until the next one, in milliseconds: often before all is well again.
const REST_MS: std::ops::Range<u64> = 1_000..10_000;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Kill(&'static str),
    Freeze(&'static str),
    StopPostgres,
    FlushRedis,
    HangUpRedis,
    CutWorkerPostgres(Way),
    CutWorkerRedis(Way),
    CutGatewayRedis(Way),
}

const FAULTS: &[Fault] = &[
    Fault::Kill("worker-1"),
    Fault::Kill("worker-2"),
    Fault::Kill("gateway-1"),
    Fault::Kill("gateway-2"),
    Fault::Kill("web-1"),
    Fault::Kill("web-2"),
    Fault::Kill("redis"),
    Fault::Freeze("worker-1"),
    Fault::Freeze("worker-2"),
    Fault::Freeze("gateway-1"),
    Fault::StopPostgres,
    Fault::FlushRedis,
    Fault::HangUpRedis,
    Fault::CutWorkerPostgres(Way::Both),
    Fault::CutWorkerPostgres(Way::There),
    Fault::CutWorkerPostgres(Way::Back),
    Fault::CutWorkerRedis(Way::Both),
    Fault::CutWorkerRedis(Way::There),
    Fault::CutWorkerRedis(Way::Back),
    Fault::CutGatewayRedis(Way::Both),
    Fault::CutGatewayRedis(Way::There),
    Fault::CutGatewayRedis(Way::Back),
];

/// Draws faults for as many minutes as the ground says.
///
/// # Errors
/// When the park cannot be started, or mended.
pub async fn nemesis(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("nemesis", ground).await?;
    let mut random = StdRng::seed_from_u64(ground.seed);
    let begun = Instant::now();
    let end = begun + Duration::from_secs(60 * u64::from(ground.minutes));
    let mut faults = 0;
    while Instant::now() < end {
        let fault = *FAULTS.choose(&mut random).context("There are faults to draw from")?;
        let lasts = Duration::from_millis(random.random_range(LASTS_MS));
        ground.say(&format!("{:.1} s: {fault:?} for {lasts:?}", begun.elapsed().as_secs_f64()));
        // Whoever thawed without its id may have ended since: what is not there cannot be struck.
        revive(&scene).await?;
        strike(&scene, fault).await?;
        scene.act(lasts).await;
        mend(&scene, fault).await?;
        faults += 1;
        scene.act(Duration::from_millis(random.random_range(REST_MS))).await;
    }
    scene.crowd.mark("over");
    scene.recover("over").await;
    // Whoever thawed without its id has ended by now.
    revive(&scene).await?;
    scene.everybody_back().await;
    let ended = scene.close().await?;
    let mut figures = vec![Figure::count("nemesis.faults", faults, "faults")];
    figures.extend(ended.accepts_again("over", 5.0, 10.0));
    figures.push(Figure::count("nemesis.disconnects", ended.report.disconnects, "sockets"));
    Ok(ended.with(figures))
}

async fn strike(scene: &Scene, fault: Fault) -> anyhow::Result<()> {
    match fault {
        Fault::Kill(part) => {
            scene.stack.kill(part, Signal::KILL)?;
            scene.stack.ended(part).await?;
        }
        Fault::Freeze(part) => scene.stack.kill(part, Signal::STOP)?,
        Fault::StopPostgres => {
            scene.stack.kill("postgres", Signal::QUIT)?;
            scene.stack.ended("postgres").await?;
        }
        Fault::FlushRedis => redis::tell(&scene.stack.redis()?, "FLUSHALL").await?,
        Fault::HangUpRedis => redis::hang_up(&scene.stack.redis()?).await?,
        Fault::CutWorkerPostgres(way) => way.cut(&scene.links.worker_postgres),
        Fault::CutWorkerRedis(way) => way.cut(&scene.links.worker_redis),
        Fault::CutGatewayRedis(way) => way.cut(&scene.links.gateway_redis),
    }
    Ok(())
}

async fn mend(scene: &Scene, fault: Fault) -> anyhow::Result<()> {
    match fault {
        Fault::Freeze(part) => scene.stack.kill(part, Signal::CONT)?,
        Fault::CutWorkerPostgres(_) => scene.links.worker_postgres.heal(),
        Fault::CutWorkerRedis(_) => scene.links.worker_redis.heal(),
        Fault::CutGatewayRedis(_) => scene.links.gateway_redis.heal(),
        Fault::Kill(_) | Fault::StopPostgres | Fault::FlushRedis | Fault::HangUpRedis => {}
    }
    revive(scene).await
}

/// Starts whoever has ended, as a supervisor does: those that lost their node id while they were frozen among them.
async fn revive(scene: &Scene) -> anyhow::Result<()> {
    for part in scene.stack.parts() {
        if !part.runs() {
            scene.stack.start_part(&part.name).await?;
        }
    }
    Ok(())
}
