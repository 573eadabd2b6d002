//! Redis is restarted, emptied, and hangs up on everybody (promises 4 and 9).

use super::ground::Ground;
use super::guest::Guest;
use super::scene::Scene;
use super::{Figure, Promise};
use crate::stack::place;
use anyhow::{Context, ensure};
use rustix::process::Signal;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Fan-out is back after so many seconds.
const BACK: f64 = 5.0;
/// What was published meanwhile, and heard by nobody, is noticed and mended after so many.
const MENDED: f64 = 2.0;
/// How long Redis is away when it is restarted.
const AWAY: Duration = Duration::from_secs(2);

/// Redis is killed and started again on its data.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn restart(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("redis-restart", ground).await?;
    let somebody = Guest::arrive(scene.stack.url(), "Signed In").await?;
    scene.stack.kill("redis", Signal::KILL)?;
    scene.stack.ended("redis").await?;
    scene.act(AWAY).await;
    scene.stack.start_part("redis").await?;
    heal(scene, &somebody, BACK).await
}

/// Redis forgets everything.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn flush(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("redis-flushall", ground).await?;
    let somebody = Guest::arrive(scene.stack.url(), "Signed In").await?;
    tell(&scene.stack.redis()?, "FLUSHALL").await?;
    heal(scene, &somebody, BACK).await
}

/// Redis closes all connections.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn client_kill(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("redis-client-kill", ground).await?;
    let somebody = Guest::arrive(scene.stack.url(), "Signed In").await?;
    hang_up(&scene.stack.redis()?).await?;
    heal(scene, &somebody, MENDED).await
}

/// Lets people act after Redis is back, and looks whether they notice no more than that; everybody hears their room in so many seconds.
async fn heal(scene: Scene, somebody: &Guest, heard: f64) -> anyhow::Result<Vec<Figure>> {
    scene.crowd.mark("back");
    scene.recover("back").await;
    let logged_out = u64::from(somebody.is_known().await.is_err());
    let logged_out = Figure::none_of(&scene.name("logged-out"), logged_out, "people");
    let ended = scene.close().await?;
    let mut figures = ended.accepts_again("back", 5.0, 5.0);
    figures.extend(ended.heard("back", Promise::None, Promise::AtMost(heard)));
    figures.push(logged_out);
    Ok(ended.with(figures))
}

/// Has Redis close all connections.
///
/// # Errors
/// When it does not.
pub async fn hang_up(redis: &str) -> anyhow::Result<()> {
    for kind in ["normal", "pubsub"] {
        tell(redis, &format!("CLIENT KILL TYPE {kind}")).await?;
    }
    Ok(())
}

/// Gives Redis a command.
///
/// # Errors
/// When it does not answer, or with an error.
pub async fn tell(redis: &str, command: &str) -> anyhow::Result<()> {
    let mut stream = BufReader::new(TcpStream::connect(place(redis)?).await?);
    stream.write_all(format!("{command}\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_line(&mut answer).await.context("Redis does not answer")?;
    ensure!(!answer.starts_with('-'), "Redis does not take {command}: {}", answer.trim());
    Ok(())
}
