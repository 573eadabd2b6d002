//! Postgres stops at once, and is away for a while (promises 1 and 10).

use super::Figure;
use super::ground::Ground;
use super::guest::{Guest, Heard, Line};
use super::scene::Scene;
use protocol::binary::{FromClient, POSITIONS, Positions, Spot};
use protocol::command::Action;
use protocol::id::{AccountId, RoomId};
use rustix::process::Signal;
use std::time::Duration;
use tokio::time::Instant;

/// How long it is away.
const AWAY: Duration = Duration::from_secs(30);
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
    let room = somebody.make_room("Waiting Room").await?.id;
    let mut line = somebody.connect(scene.stack.url()).await?;
    line.enter(room, None).await?;
    // Their room is awake and writable before the database goes.
    line.does(room, Action::ChatSay { text: "Is it still there?".into() })
        .await?
        .map_err(|why| anyhow::anyhow!("The line was refused: {why}"))?;
    let before = scene.crowd.live();
    scene.stack.kill("postgres", Signal::QUIT)?;
    scene.stack.ended("postgres").await?;

    let gone = Instant::now();
    let mut refused = Vec::new();
    for wait in [0, 5, 10] {
        scene.act(Duration::from_secs(wait)).await;
        refused.push(refusal(&mut line, room).await?);
    }
    let asked = Instant::now();
    let let_in = Guest::arrive(scene.stack.url(), "Too Late").await.is_ok();
    let log_in = (!let_in).then(|| asked.elapsed());
    let moved = walk(&mut line, somebody.account()).await?;
    scene.act(AWAY.saturating_sub(gone.elapsed())).await;

    let during = scene.crowd.live();
    scene.stack.start_part("postgres").await?;
    scene.crowd.mark("back");
    scene.recover("back").await;
    let slowest = refused.iter().copied().collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
    let mut figures = vec![
        Figure::seconds(&scene.name("command-refused.max"), slowest, 2.0),
        Figure::seconds(&scene.name("log-in-refused"), log_in, 2.0),
        Figure::none_of(&scene.name("disconnects"), during.disconnects - before.disconnects, "sockets"),
        Figure::seconds(&scene.name("step-seen-meanwhile"), moved, 2.0),
    ];
    let ended = scene.close().await?;
    figures.extend(ended.accepts_again("back", 5.0, 5.0));
    Ok(ended.with(figures))
}

/// How long until a command is refused as one to be tried again; none when it is not.
async fn refusal(line: &mut Line, room: RoomId) -> anyhow::Result<Option<Duration>> {
    let asked = Instant::now();
    let refused = line.refused(room, Action::ChatSay { text: "And now?".into() }, PATIENCE).await?;
    Ok(refused.then(|| asked.elapsed()))
}

/// Takes a step. How long until it is seen; none when it is not.
async fn walk(line: &mut Line, account: AccountId) -> anyhow::Result<Option<Duration>> {
    // Wherever they stand, another spot is within a step's reach.
    let mut at = None;
    let mut took = None;
    let give_up = Instant::now() + PATIENCE;
    while Instant::now() < give_up {
        let Some(heard) = line.next(PATIENCE).await else { break };
        let Heard::Binary(bytes) = heard else { continue };
        if bytes.first() != Some(&POSITIONS) {
            continue;
        }
        let people = Positions::decode(&bytes)?.people;
        let Some((_, spot)) = people.into_iter().find(|(of, _)| *of == account) else { continue };
        match (at, took) {
            (None, _) => {
                let step = Spot { x: spot.x ^ 8, ..spot };
                line.say_bytes(FromClient::Step(step).encode()).await?;
                (at, took) = (Some(spot), Some(Instant::now()));
            }
            (Some(before), Some(since)) if spot.x != before.x => return Ok(Some(since.elapsed())),
            _ => {}
        }
    }
    Ok(None)
}
