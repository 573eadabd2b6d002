//! Postgres stops at once, and is away for a while (promises 1 and 10).

use super::ground::Ground;
use super::guest::{Guest, Line};
use super::scene::Scene;
use super::vigil::{Noticed, Vigil};
use super::{Figure, Promise};
use anyhow::Context;
use protocol::command::Action;
use protocol::id::RoomId;
use rustix::process::Signal;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long it is away.
const AWAY: Duration = Duration::from_secs(30);
/// What plays has so much left when it goes: the next track has to begin without it.
const LEFT: Duration = Duration::from_secs(10);
/// Somebody who is known, and comes while it is away.
const LOGIN: &str = "patient";
const PASSWORD: &str = "nine slow copper rivers";
/// Longer than a refusal may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Postgres is stopped as by a power cut, and started again at once.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn stop(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("postgres-stop", ground).await?;
    scene.stack.kill("postgres", Signal::QUIT)?;
    scene.stack.ended("postgres").await?;
    scene.stack.start_part("postgres").await?;
    scene.crowd.mark("back");
    scene.recover("back").await;
    let ended = scene.close().await?;
    let figures = ended.accepts_again("back", 5.0, 5.0);
    Ok(ended.with(figures))
}

/// Postgres is away: what needs it is refused soon, everything else goes on.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn away(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("postgres-away", ground).await?;
    let somebody = Guest::arrive(scene.stack.url(), "Patient").await?;
    somebody.register(LOGIN, PASSWORD).await?;
    let room = somebody.make_room("Waiting Room").await?.id;
    put_something_on(&somebody, scene.stack.url(), room).await?;
    let listener = Guest::arrive(scene.stack.url(), "Listener").await?;
    let mut vigil = Vigil::begin(&listener, scene.stack.url(), room).await?;
    ground.say("postgres-away: waiting until a track comes to its end");
    vigil.until_left(LEFT).await?;
    let mut line = somebody.connect(scene.stack.url()).await?;
    line.enter(room, None).await?;
    let before = scene.crowd.live();
    let (back, is_back) = oneshot::channel();
    let vigil = tokio::spawn(vigil.keep(is_back));
    scene.stack.kill("postgres", Signal::QUIT)?;
    scene.stack.ended("postgres").await?;

    let gone = Instant::now();
    let mut refused = Vec::new();
    for wait in [0, 5, 10] {
        scene.act(Duration::from_secs(wait)).await;
        refused.push(refusal(&mut line, room).await?);
    }
    let web = scene.stack.url();
    let newcomer = put_off(ground, Guest::is_put_off(web, "Too Late")).await;
    let log_in = put_off(ground, Guest::is_log_in_put_off(web, LOGIN, PASSWORD)).await;
    scene.act(AWAY.saturating_sub(gone.elapsed())).await;

    let during = scene.crowd.live();
    scene.stack.start_part("postgres").await?;
    scene.crowd.mark("back");
    scene.recover("back").await;
    // Whoever keeps the vigil has heard of the room's own events by now, and ends only once.
    let _ = back.send(());
    let noticed = vigil.await.context("The vigil was not kept")?;
    let slowest = refused.iter().copied().collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
    let mut figures = vec![
        Figure::seconds(&scene.name("command-refused.max"), slowest, 2.0),
        Figure::seconds(&scene.name("newcomer-refused"), newcomer, 2.0),
        Figure::seconds(&scene.name("log-in-refused"), log_in, 2.0),
        Figure::none_of(&scene.name("disconnects"), during.disconnects - before.disconnects, "sockets"),
    ];
    if let Err(error) = &noticed {
        ground.say(&format!("{error:#}"));
    }
    figures.extend(went_on(&scene, noticed.ok().as_ref()));
    let ended = scene.close().await?;
    figures.extend(ended.accepts_again("back", 5.0, 5.0));
    figures.extend(ended.heard("back", Promise::None, Promise::AtMost(5.0)));
    Ok(ended.with(figures))
}

/// Puts the shortest track on a room's queue, so that it plays.
async fn put_something_on(owner: &Guest, gateway: &str, room: RoomId) -> anyhow::Result<()> {
    let shortest = owner.tracks().await?.into_iter().min_by_key(|track| track.samples);
    let track = shortest.context("The library is empty")?.id;
    let mut line = owner.connect(gateway).await?;
    line.enter(room, None).await?;
    let put = line.does(room, Action::QueueAdd { track }).await?;
    put.map(|_| ()).map_err(|why| anyhow::anyhow!("The track was refused: {why}"))
}

/// Whether music and walking went on, by what somebody noticed; none: they lost their socket.
fn went_on(scene: &Scene, noticed: Option<&Noticed>) -> Vec<Figure> {
    let name = |what: &str| scene.name(what);
    let plays = noticed.map(|noticed| noticed.music.plays() as f64);
    let taken_back = noticed.map(|noticed| noticed.music.taken_back() as f64);
    vec![
        Figure::seconds(&name("music.silent"), noticed.map(|noticed| noticed.music.silence()), 0.0),
        // The one that played and the one that was next.
        Figure { name: name("music.plays"), value: plays, unit: "tracks", promise: Promise::AtLeast(2.0) },
        Figure {
            name: name("music.taken-back"),
            value: taken_back,
            unit: "tracks",
            promise: Promise::AtMost(0.0),
        },
        Figure::seconds(&name("step-seen.max"), noticed.map(|noticed| noticed.slowest_step), 2.0),
    ]
}

/// How long until somebody is told to come again later; none when they are not, which is said.
async fn put_off(ground: &Ground, asked: impl Future<Output = anyhow::Result<bool>>) -> Option<Duration> {
    let begun = Instant::now();
    match asked.await {
        Ok(put_off) => put_off.then(|| begun.elapsed()),
        Err(error) => {
            ground.say(&format!("{error:#}"));
            None
        }
    }
}

/// How long until a command is refused as one to be tried again; none when it is not.
async fn refusal(line: &mut Line, room: RoomId) -> anyhow::Result<Option<Duration>> {
    let asked = Instant::now();
    let refused = line.refused(room, Action::ChatSay { text: "And now?".into() }, PATIENCE).await?;
    Ok(refused.then(|| asked.elapsed()))
}
