//! Every command is sent through two gateways at once, half of them admitting it, and applies once (promise 2).

use super::Figure;
use super::ground::Ground;
use super::guest::{Guest, Line};
use futures_util::future::try_join_all;
use protocol::command::{Action, Command};
use protocol::id::{CommandId, RoomId};
use protocol::socket::{Head, ToClient, ToServer};
use std::collections::BTreeMap;
use std::time::Duration;

/// People, each with a socket at both gateways.
const PEOPLE: usize = 30;
/// Lines each says at once: what the room admits of one.
const LINES: usize = 5;
/// A result may take so long until the command is sent again.
const RESULT: Duration = Duration::from_secs(5);
/// How often it is sent again.
const TRIES: u32 = 6;

/// Sends commands through two gateways at the same time.
///
/// # Errors
/// When the park cannot be started or entered.
pub async fn twice(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let stack = ground.stack(ground.options()).await?;
    let owner = Guest::arrive(stack.url(), "Host").await?;
    let room = owner.make_room("Echo Chamber").await?.id;
    let gateways = stack.gateways();
    let mut watch = owner.connect(&gateways[0]).await?;
    watch.enter(room, None).await?;
    watch.hears("the room", snapshot).await?;

    let told = try_join_all((0..PEOPLE).map(|n| stutter(stack.url(), &gateways, room, n))).await?;
    let told: Vec<Told> = told.into_iter().flatten().collect();
    let applied = count(&mut watch, room).await?;
    let sent = told.len() as u64;
    let same = told.iter().filter(|told| told.is_one()).count() as u64;
    let of = |told: &&Told| applied.get(&told.id).copied().unwrap_or_default();
    let extra: u64 = told.iter().map(|told| of(&told).saturating_sub(1)).sum();
    let missing = told.iter().filter(|told| of(told) == 0).count() as u64;
    Ok(vec![
        Figure::count("twice.commands", sent, "commands"),
        Figure::none_of("twice.without-the-same-result", sent - same, "commands"),
        Figure::none_of("twice.applied-too-often", extra, "events"),
        Figure::none_of("twice.lost", missing, "commands"),
    ])
}

/// How many events each command has, by what somebody saw who was there from the beginning.
async fn count(watch: &mut Line, room: RoomId) -> anyhow::Result<BTreeMap<CommandId, u64>> {
    let last = Command {
        id: CommandId(uuid::Uuid::now_v7()),
        room,
        resent: false,
        action: Action::ChatSay { text: "That was all.".into() },
    };
    watch.say(&ToServer::Command(last.clone())).await?;
    let mut counts = BTreeMap::new();
    watch
        .hears("the last line", |frame| {
            if let ToClient::Events { events, .. } = frame {
                for id in events.iter().filter_map(|event| event.command) {
                    *counts.entry(id).or_default() += 1;
                }
            }
            counts.contains_key(&last.id).then_some(())
        })
        .await?;
    Ok(counts)
}

/// What both gateways said of one command.
#[derive(Debug)]
struct Told {
    id: CommandId,
    heads: Vec<Option<Head>>,
}

impl Told {
    fn is_one(&self) -> bool {
        self.heads.iter().all(|head| head.is_some() && *head == self.heads[0])
    }
}

fn snapshot(frame: &ToClient) -> Option<protocol::room::Snapshot> {
    match frame {
        ToClient::Snapshot { snapshot, .. } => Some(snapshot.clone()),
        _ => None,
    }
}

/// Says some lines through both gateways at once.
async fn stutter(web: &str, gateways: &[String], room: RoomId, number: usize) -> anyhow::Result<Vec<Told>> {
    let guest = Guest::arrive(web, &format!("Echo {number}")).await?;
    let mut lines = Vec::new();
    for gateway in &gateways[..2] {
        let mut line = guest.connect(gateway).await?;
        line.enter(room, None).await?;
        line.hears("the room", snapshot).await?;
        lines.push(line);
    }
    let mut all = Vec::new();
    for n in 0..LINES {
        let action = Action::ChatSay { text: format!("Line {n} of {number}") };
        let command = Command { id: CommandId(uuid::Uuid::now_v7()), room, resent: false, action };
        let (first, second) = lines.split_at_mut(1);
        // The second says that it is a second time, or does not know.
        let again = Command { resent: n % 2 == 0, ..command.clone() };
        let id = command.id;
        let (one, other) = tokio::try_join!(result(&mut first[0], command), result(&mut second[0], again))?;
        all.push(Told { id, heads: vec![one, other] });
    }
    Ok(all)
}

/// Where a command's event is, as this gateway says; none when it never does.
async fn result(line: &mut Line, mut command: Command) -> anyhow::Result<Option<Head>> {
    for _ in 0..TRIES {
        line.say(&ToServer::Command(command.clone())).await?;
        if let Some(result) = line.result(command.id, RESULT).await? {
            return Ok(result.ok());
        }
        command.resent = true;
    }
    Ok(None)
}
