//! A reader who does not keep up is cut, told why when they still listen, and resumes; nobody else waits for them (promise 11).

use super::ground::Ground;
use super::guest::{Guest, Heard, Line};
use super::scene::Scene;
use super::{Figure, Promise};
use protocol::command::Action;
use protocol::id::{AccountId, RoomId};
use protocol::socket::{CloseCode, Head, ToClient, ToServer};
use std::time::Duration;
use tokio::time::Instant;

/// Nobody else's p99 becomes more than this many times as long.
const MOVES_MAX: f64 = 1.1;
/// What the kernel keeps for the slow reader: little.
const BUFFER: u32 = 4 * 1024;
/// They ask for the room so often, at what the gateway admits of anybody, and read none of it.
const ASKED: usize = 20;
/// Longer than the promise by far.
const PATIENCE: Duration = Duration::from_secs(40);
/// Somebody who reads a little all the time reads one frame so often.
const SIP: Duration = Duration::from_millis(120);

/// The crowd acts for so long before, for something to compare with.
const BEFORE: Duration = Duration::from_secs(5);

/// Somebody stops reading, somebody else reads too slowly, a third one does as people do, and so does a crowd.
///
/// # Errors
/// When the park cannot be started or entered.
pub async fn slow_reader(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("slow-reader", ground).await?;
    let stack = &scene.stack;
    let gateway = &stack.gateways()[0];
    let host = Guest::arrive(stack.url(), "Brisk").await?;
    let room = host.make_room("Reading Room").await?.id;
    let mut brisk = host.connect(gateway).await?;
    brisk.enter(room, None).await?;
    let mut watch = Guest::arrive(stack.url(), "Watchful").await?.connect(gateway).await?;
    watch.enter(room, None).await?;
    fill(stack.url(), gateway, room).await?;
    scene.crowd.mark("before");
    let (before, ()) = tokio::join!(round_trips(&mut brisk), scene.act(BEFORE));
    let before = before?;

    scene.crowd.mark("during");
    let stopped = Guest::arrive(stack.url(), "Asleep").await?;
    let sipping = Guest::arrive(stack.url(), "Sipping").await?;
    // At the same time: whoever reads shall notice nothing while others do not.
    let ((cut, code), (sipped, have), during) = tokio::try_join!(
        fall_asleep(&stopped, gateway, room, &mut watch),
        sip(&sipping, gateway, room),
        round_trips(&mut brisk),
    )?;
    scene.crowd.mark("after");
    let resumed = resume(&sipping, gateway, room, have, &mut brisk).await?;
    let ended = scene.close().await?;
    let waited = ended.waits_p99("before", None);
    let mut figures = vec![
        Figure::seconds("slow-reader.cut", cut, 10.0),
        Figure::count("slow-reader.stopped.close-code", code.into(), "code"),
        Figure::new(
            "slow-reader.sipping.told-why",
            f64::from(u8::from(sipped == CloseCode::TooSlow as u16)),
            "socket",
            Promise::AtLeast(1.0),
        ),
        Figure::none_of("slow-reader.holes-after-return", resumed, "events"),
        Figure::new("slow-reader.others.rtt.p99.before", before, "ms", Promise::None),
        Figure::new("slow-reader.others.rtt.p99.during", during, "ms", Promise::AtMost(before * MOVES_MAX)),
        ended.waits_p99("during", Some(waited.value.unwrap_or_default() * MOVES_MAX)),
        waited,
    ];
    figures.push(ended.waits("during"));
    Ok(ended.with(figures))
}

/// Has twenty people say long lines, so that the room takes some time to read.
async fn fill(web: &str, gateway: &str, room: RoomId) -> anyhow::Result<()> {
    for number in 0..20 {
        let guest = Guest::arrive(web, &format!("Verbose {number}")).await?;
        let mut line = guest.connect(gateway).await?;
        line.enter(room, None).await?;
        for _ in 0..5 {
            let said = line.does(room, Action::ChatSay { text: "blah ".repeat(96) }).await?;
            anyhow::ensure!(said.is_ok(), "A line was refused: {said:?}");
        }
    }
    Ok(())
}

/// 99th percentile of the round trips of somebody who reads, in ms.
async fn round_trips(line: &mut Line) -> anyhow::Result<f64> {
    let mut all = Vec::new();
    for _ in 0..200 {
        let asked = Instant::now();
        line.probe(PATIENCE).await?;
        all.push(asked.elapsed().as_secs_f64() * 1e3);
        // Within the frames a second that are admitted.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    all.sort_by(f64::total_cmp);
    Ok(all[all.len() * 99 / 100])
}

/// Asks for the room many times.
async fn ask_much(line: &mut Line, room: RoomId) -> anyhow::Result<()> {
    for _ in 0..ASKED {
        line.say(&ToServer::Listen { room: Some(room), have: None }).await?;
    }
    Ok(())
}

/// Enters, asks for much and reads nothing of it. How long until the others see them gone, none when they do not; and with which code the
/// socket turns out to be closed.
async fn fall_asleep(
    guest: &Guest,
    gateway: &str,
    room: RoomId,
    others: &mut Line,
) -> anyhow::Result<(Option<Duration>, u16)> {
    let mut line = guest.connect_narrow(gateway, BUFFER).await?;
    line.enter(room, None).await?;
    see(others, guest.account(), Sight::Came).await?;
    ask_much(&mut line, room).await?;
    let since = Instant::now();
    let cut = see(others, guest.account(), Sight::Went).await.ok().map(|()| since.elapsed());
    Ok((cut, wake(&mut line).await))
}

#[derive(Clone, Copy)]
enum Sight {
    Came,
    Went,
}

/// Waits until somebody came or went.
async fn see(line: &mut Line, account: AccountId, what: Sight) -> anyhow::Result<()> {
    line.hears("somebody coming or going", |frame| match (frame, what) {
        (ToClient::Presence { came, .. }, Sight::Came) => {
            came.iter().any(|standing| standing.person.account == account).then_some(())
        }
        (ToClient::Presence { went, .. }, Sight::Went) => went.contains(&account).then_some(()),
        _ => None,
    })
    .await
}

/// Reads whatever is still there; the close code.
async fn wake(line: &mut Line) -> u16 {
    loop {
        match line.next(PATIENCE).await {
            Some(Heard::Closed(code)) => return code,
            Some(_) => {}
            None => return 0,
        }
    }
}

/// Asks for much and reads a frame now and then; the close code and how far the room was read.
async fn sip(guest: &Guest, gateway: &str, room: RoomId) -> anyhow::Result<(u16, Option<Head>)> {
    let mut line = guest.connect_narrow(gateway, BUFFER).await?;
    line.enter(room, None).await?;
    ask_much(&mut line, room).await?;
    let mut have = None;
    let give_up = Instant::now() + PATIENCE;
    while Instant::now() < give_up {
        match line.next(PATIENCE).await {
            Some(Heard::Closed(code)) => return Ok((code, have)),
            Some(Heard::Text(text)) => {
                if let ToClient::Snapshot { snapshot, .. } = serde_json::from_str(&text)? {
                    have = Some(Head { term: snapshot.term, seq: snapshot.seq });
                }
            }
            _ => {}
        }
        tokio::time::sleep(SIP).await;
    }
    Ok((0, have))
}

/// Comes back after something was said, with what was read before. How many events are missing between that and the last.
async fn resume(
    guest: &Guest,
    gateway: &str,
    room: RoomId,
    have: Option<Head>,
    others: &mut Line,
) -> anyhow::Result<u64> {
    let said = others.does(room, Action::ChatSay { text: "Did you get that?".into() }).await?;
    let last = said.map_err(|why| anyhow::anyhow!("The line was refused: {why}"))?.seq;
    let mut line = guest.connect(gateway).await?;
    line.enter(room, have).await?;
    let (mut at, mut holes) = (have.map(|have| have.seq), 0);
    line.hears("what was missed", |frame| {
        match frame {
            ToClient::Snapshot { snapshot, .. } => at = Some(snapshot.seq),
            ToClient::Events { events, .. } => {
                for event in events {
                    holes += at.map_or(0, |at| (event.seq - at - 1).max(0).unsigned_abs());
                    at = Some(event.seq);
                }
            }
            _ => {}
        }
        (at >= Some(last)).then_some(())
    })
    .await?;
    Ok(holes)
}
