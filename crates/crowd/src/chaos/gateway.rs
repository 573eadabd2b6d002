//! Gateways die and are replaced: people come back to another (promises 3, 7, 8 and 13).

use super::ground::Ground;
use super::guest::{Guest, Line};
use super::reads::Reads;
use super::scene::Scene;
use super::{Figure, Promise};
use protocol::id::{AccountId, RoomId};
use protocol::socket::ToClient;
use rustix::process::Signal;
use tokio::time::Instant;

/// A gateway is killed: its people come back to the other one, and whoever does not is gone for everybody.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn kill(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("gateway-kill", ground).await?;
    let gateways = scene.stack.gateways();
    let witness = Guest::arrive(scene.stack.url(), "Witness").await?;
    let room = witness.make_room("Haunted House").await?.id;
    let mut watch = witness.connect(&gateways[0]).await?;
    watch.enter(room, None).await?;
    let ghost = Guest::arrive(scene.stack.url(), "Ghost").await?;
    let _line = haunt(&ghost, &gateways[1], room, &mut watch).await?;
    scene.crowd.mark("killed");
    let since = Instant::now();
    scene.stack.kill("gateway-2", Signal::KILL)?;
    scene.stack.ended("gateway-2").await?;
    let gone = vanishes(&mut watch, ghost.account()).await.ok().map(|()| since.elapsed());
    scene.everybody_back().await;
    scene.recover("killed").await;
    let ghosts = Figure::seconds(&scene.name("ghosts-gone"), gone, 15.0);
    let ended = scene.close().await?;
    let mut figures = ended.gaps(8.0, 1);
    figures.extend(ended.heard("killed", Promise::AtMost(8.0), Promise::None));
    figures.push(ghosts);
    Ok(ended.with(figures))
}

/// New gateways come, then the old ones drain and go, one after the other.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn rolling(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("rolling-restart", ground).await?;
    for _ in 0..2 {
        scene.stack.add("gateway").await?;
    }
    for old in ["gateway-1", "gateway-2"] {
        scene.stack.stop_part(old).await?;
        scene.everybody_back().await;
        scene.crowd.mark(old);
        scene.recover(old).await;
    }
    let ended = scene.close().await?;
    let figures = ended.gaps(3.0, 2);
    Ok(ended.with(figures))
}

/// All gateways are killed and started again: everybody comes back at once.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn herd(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open_direct("herd", ground).await?;
    let (reads, tickets) = (Reads::settled(&scene.stack).await?, scene.crowd.live().tickets);
    scene.crowd.mark("killed");
    let since = Instant::now();
    let gateways = ["gateway-1", "gateway-2"];
    for gateway in gateways {
        scene.stack.kill(gateway, Signal::KILL)?;
    }
    for gateway in gateways {
        scene.stack.ended(gateway).await?;
        scene.stack.start_part(gateway).await?;
    }
    let back = scene.everybody_back().await.then(|| since.elapsed());
    scene.recover("killed").await;
    let reads = Reads::settled(&scene.stack).await?.since(&reads);
    let tickets = (scene.crowd.live().tickets - tickets) as f64;
    let (people, rooms) = (f64::from(ground.people), f64::from(ground.rooms));
    let name = |what: &str| scene.name(what);
    let mut figures = vec![
        Figure::count(&name("people"), ground.people.into(), "people"),
        Figure::seconds(&name("all-live"), back, 30.0),
        // Whoever comes while no gateway listens has to come again, with another ticket.
        Figure::new(&name("tickets-a-client"), tickets / people, "tickets", Promise::None),
        Figure::new(
            &name("session-reads-a-ticket"),
            reads.sessions as f64 / tickets,
            "reads",
            Promise::AtMost(1.0),
        ),
        Figure::none_of(&name("session-scans"), reads.session_scans, "scans"),
        // Each gateway takes one of a room, for everybody who comes there.
        Figure::new(
            &name("snapshots-a-room"),
            reads.snapshots as f64 / rooms,
            "reads",
            Promise::AtMost(gateways.len() as f64),
        ),
    ];
    let ended = scene.close().await?;
    figures.extend(ended.gaps(30.0, 1));
    Ok(ended.with(figures))
}

/// Stands in a room, seen by somebody else.
async fn haunt(ghost: &Guest, gateway: &str, room: RoomId, watch: &mut Line) -> anyhow::Result<Line> {
    let mut line = ghost.connect(gateway).await?;
    line.enter(room, None).await?;
    watch
        .hears("the ghost's coming", |frame| match frame {
            ToClient::Presence { came, .. } => {
                came.iter().any(|standing| standing.person.account == ghost.account()).then_some(())
            }
            ToClient::People { people, .. } => {
                people.iter().any(|standing| standing.person.account == ghost.account()).then_some(())
            }
            _ => None,
        })
        .await?;
    Ok(line)
}

/// Waits until somebody is gone for the others.
async fn vanishes(watch: &mut Line, account: AccountId) -> anyhow::Result<()> {
    watch
        .hears("the ghost's going", |frame| match frame {
            ToClient::Presence { went, .. } => went.contains(&account).then_some(()),
            ToClient::People { people, .. } => {
                (!people.iter().any(|standing| standing.person.account == account)).then_some(())
            }
            _ => None,
        })
        .await
}
