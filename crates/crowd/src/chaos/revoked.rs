//! Whoever logs out, or gets another session in place of theirs, has no open socket soon after, at whichever gateway (promise 16).

use super::ground::Ground;
use super::guest::{Guest, Heard, Line};
use super::{Figure, Promise};
use protocol::id::RoomId;
use protocol::socket::CloseCode;
use std::time::Duration;
use tokio::time::Instant;

/// Longer than the promise by far.
const PATIENCE: Duration = Duration::from_secs(30);
/// What closes all sockets of a session, in seconds.
const CLOSED: f64 = 5.0;

/// Somebody with a socket at each gateway logs out; somebody else registers, which replaces their session; a third one stays.
///
/// # Errors
/// When the park cannot be started or entered.
pub async fn revoked(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let stack = ground.stack(ground.options()).await?;
    let gateways = stack.gateways();
    let bystander = Guest::arrive(stack.url(), "Bystander").await?;
    let room = bystander.make_room("Revolving Door").await?.id;
    let mut stays = everywhere(&bystander, &gateways, room).await?;

    let leaver = Guest::arrive(stack.url(), "Leaver").await?;
    let lines = everywhere(&leaver, &gateways, room).await?;
    let ticket = leaver.ticket().await?;
    let since = Instant::now();
    leaver.log_out().await?;
    let logged_out = closed(lines, since).await;
    let came_in = gateways.len() as u64 - refused(&gateways, &ticket).await;

    let newcomer = Guest::arrive(stack.url(), "Newcomer").await?;
    let lines = everywhere(&newcomer, &gateways, room).await?;
    let since = Instant::now();
    newcomer.register("newcomer", "seven quiet paper lamps").await?;
    let replaced = closed(lines, since).await;

    let mut cut = 0;
    for line in &mut stays {
        cut += u64::from(line.probe(PATIENCE).await.is_err());
    }
    let mut figures = Vec::new();
    for (what, closed) in [("log-out", logged_out), ("replaced", replaced)] {
        let name = |of: &str| format!("revoked.{what}.{of}");
        let all = gateways.len() as f64;
        figures.push(Figure::seconds(&name("closed.max"), closed.slowest, CLOSED));
        figures.push(Figure::new(&name("told-why"), closed.told as f64, "sockets", Promise::AtLeast(all)));
    }
    figures.push(Figure::none_of("revoked.log-out.came-in-afterwards", came_in, "sockets"));
    figures.push(Figure::none_of("revoked.others-closed", cut, "sockets"));
    Ok(figures)
}

/// How sockets were closed.
struct Closed {
    /// The last of them; none: not all were.
    slowest: Option<Duration>,
    /// Of them with the code that says why.
    told: u64,
}

/// A socket at each gateway, in a room.
async fn everywhere(guest: &Guest, gateways: &[String], room: RoomId) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for gateway in gateways {
        let mut line = guest.connect(gateway).await?;
        line.enter(room, None).await?;
        lines.push(line);
    }
    Ok(lines)
}

/// Waits until all of them are closed.
async fn closed(lines: Vec<Line>, since: Instant) -> Closed {
    let mut all = Closed { slowest: Some(Duration::ZERO), told: 0 };
    for mut line in lines {
        let code = loop {
            match line.next(PATIENCE.saturating_sub(since.elapsed())).await {
                Some(Heard::Closed(code)) => break Some(code),
                Some(_) => {}
                None => break None,
            }
        };
        all.told += u64::from(code == Some(CloseCode::Revoked as u16));
        all.slowest = all.slowest.filter(|_| code.is_some()).map(|_| since.elapsed());
    }
    all
}

/// How many gateways do not take a ticket that was fetched before the session ended.
async fn refused(gateways: &[String], ticket: &str) -> u64 {
    let mut refused = 0;
    for gateway in gateways {
        refused += u64::from(Guest::connect_with(ticket.to_owned(), gateway).await.is_err());
    }
    refused
}
