//! More is asked for than there is room for: the excess is refused with a time to come back, and what is admitted is hardly slower
//! (promise 14). Log-ins, as they cost most: a multiple of what the park can hash; commands: from people who ask for a multiple of
//! what one may.

use super::ground::Ground;
use super::guest::{Guest, Heard, Line};
use super::scene::Scene;
use super::{Figure, Promise};
use crate::latency::Latencies;
use futures_util::future::{join_all, try_join_all};
use protocol::command::{Action, Command};
use protocol::http::PasswordBody;
use protocol::id::{CommandId, RoomId};
use protocol::socket::{ToClient, ToServer};
use reqwest::header::RETRY_AFTER;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How long each rate is looked at.
const LOOK: Duration = Duration::from_secs(8);
/// What is called normal is measured at this part of what the park can do.
const NORMAL: f64 = 0.7;
/// So many times what the park can do is asked for.
const EXCESS: f64 = 3.0;
/// The admitted may take so many times as long as they normally do.
const SLOWER: f64 = 2.0;
/// Log-ins under way at the same time while it is measured how many the park can do.
const AT_ONCE: usize = 4;
/// Accounts that log in, again and again.
const ACCOUNTS: usize = 8;
/// Of all of them.
const PASSWORD: &str = "seven quiet paper lamps";
/// People who ask for far too much.
const FLOODING: usize = 20;
/// Commands each of them sends a second: eight times what one may, and few enough frames for their socket to stay.
const COMMANDS: f64 = 40.0;

/// Floods the park with commands, then with log-ins.
///
/// # Errors
/// When the park cannot be started or entered.
pub async fn overload(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open("overload", ground).await?;
    let mut figures = log_ins(&scene).await?;
    scene.crowd.mark("normal");
    scene.act(LOOK).await;
    scene.crowd.mark("flooded");
    let flood = flood(&scene).await?;
    scene.crowd.mark("over");
    let ended = scene.close().await?;
    let normal = ended.waits_p99("normal", None);
    let most = normal.value.map(|normal| normal * SLOWER);
    figures.extend(flood);
    figures.push(normal);
    figures.push(ended.waits_p99("flooded", most));
    Ok(ended.with(figures))
}

/// What came of several tries.
#[derive(Debug, Default)]
struct Outcomes {
    admitted: Latencies,
    refused: u64,
    /// Of them those who were not told when to come back.
    for_ever: u64,
    /// Neither admitted nor refused.
    failed: u64,
}

/// What came of one.
enum Outcome {
    Admitted(Duration),
    Refused { has_a_time: bool },
    Failed,
}

impl Outcomes {
    fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Outcomes {
        let mut all = Outcomes::default();
        for outcome in outcomes {
            match outcome {
                Outcome::Admitted(took) => all.admitted.add(took),
                Outcome::Refused { has_a_time } => {
                    all.refused += 1;
                    all.for_ever += u64::from(!has_a_time);
                }
                Outcome::Failed => all.failed += 1,
            }
        }
        all
    }
}

/// Finds out how many log-ins the park can do, and offers less and more.
async fn log_ins(scene: &Scene) -> anyhow::Result<Vec<Figure>> {
    let web = scene.stack.url();
    let door = Door { http: reqwest::Client::new(), url: format!("{web}/api/login") };
    for number in 0..ACCOUNTS {
        Guest::arrive(web, &format!("Regular {number}")).await?.register(&login(number), PASSWORD).await?;
    }
    let capacity = door.as_many_as_go().await;
    let normal = door.offered(capacity * NORMAL).await.admitted.percentiles();
    let over = door.offered(capacity * EXCESS).await;
    let admitted = over.admitted.percentiles();
    let name = |what: &str| scene.name(&format!("log-ins.{what}"));
    Ok(vec![
        Figure::new(&name("capacity"), capacity, "log-ins/s", Promise::None),
        Figure::new(&name("offered"), capacity * EXCESS, "log-ins/s", Promise::None),
        Figure::new(&name("admitted"), admitted.count as f64, "log-ins", Promise::AtLeast(1.0)),
        Figure::new(&name("refused"), over.refused as f64, "log-ins", Promise::AtLeast(1.0)),
        Figure::none_of(&name("refused-for-ever"), over.for_ever, "log-ins"),
        Figure::none_of(&name("failed"), over.failed, "log-ins"),
        Figure::new(&name("normal.p99"), normal.p99, "ms", Promise::None),
        Figure::new(&name("admitted.p99"), admitted.p99, "ms", Promise::AtMost(normal.p99 * SLOWER)),
    ])
}

fn login(number: usize) -> String {
    format!("regular{}", number % ACCOUNTS)
}

/// Where one logs in.
struct Door {
    http: reqwest::Client,
    url: String,
}

impl Door {
    /// Log-ins a second when each is followed by the next.
    async fn as_many_as_go(&self) -> f64 {
        let end = Instant::now() + LOOK;
        let one_after_the_other = async |of: usize| {
            let mut done = 0;
            while Instant::now() < end {
                done += u64::from(matches!(self.log_in(of, Instant::now()).await, Outcome::Admitted(_)));
            }
            done
        };
        let done: u64 = join_all((0..AT_ONCE).map(one_after_the_other)).await.into_iter().sum();
        done as f64 / LOOK.as_secs_f64()
    }

    /// Offers so many a second, however long each of them takes.
    async fn offered(&self, rate: f64) -> Outcomes {
        let begin = Instant::now();
        let count = (rate * LOOK.as_secs_f64()) as usize;
        let each = (0..count).map(async |number| {
            let due = begin + Duration::from_secs_f64(number as f64 / rate);
            sleep_until(due).await;
            self.log_in(number, due).await
        });
        Outcomes::of(join_all(each).await)
    }

    async fn log_in(&self, number: usize, due: Instant) -> Outcome {
        let body = PasswordBody { login: login(number), password: PASSWORD.to_owned() };
        match self.http.post(&self.url).json(&body).send().await {
            Ok(answer) if answer.status().is_success() => Outcome::Admitted(due.elapsed()),
            Ok(answer) if [429, 503].contains(&answer.status().as_u16()) => {
                Outcome::Refused { has_a_time: answer.headers().contains_key(RETRY_AFTER) }
            }
            _ => Outcome::Failed,
        }
    }
}

/// Some people say far more than one may, in a room of theirs.
async fn flood(scene: &Scene) -> anyhow::Result<Vec<Figure>> {
    let web = scene.stack.url();
    let owner = Guest::arrive(web, "Host").await?;
    let room = owner.make_room("Rapids").await?.id;
    let mut lines = Vec::new();
    for number in 0..FLOODING {
        let mut line = Guest::arrive(web, &format!("Flood {number}")).await?.connect(web).await?;
        line.enter(room, None).await?;
        lines.push(line);
    }
    let each = try_join_all(lines.into_iter().map(|line| pour(line, room))).await?;
    let all = Outcomes::of(each.into_iter().flatten());
    let name = |what: &str| scene.name(&format!("commands.{what}"));
    let offered = COMMANDS * FLOODING as f64;
    Ok(vec![
        Figure::new(&name("offered"), offered, "commands/s", Promise::None),
        Figure::count(&name("admitted"), all.admitted.percentiles().count, "commands"),
        Figure::new(&name("refused"), all.refused as f64, "commands", Promise::AtLeast(1.0)),
        Figure::none_of(&name("refused-for-ever"), all.for_ever, "commands"),
        Figure::none_of(&name("sockets-closed"), all.failed, "sockets"),
    ])
}

/// Says one line after the other without waiting for what becomes of them.
async fn pour(mut line: Line, room: RoomId) -> anyhow::Result<Vec<Outcome>> {
    let begin = Instant::now();
    let mut outcomes = Vec::new();
    let mut dues = HashMap::new();
    let mut number = 0_u32;
    while begin.elapsed() < LOOK {
        let due = begin + Duration::from_secs_f64(f64::from(number) / COMMANDS);
        match line.next(due.saturating_duration_since(Instant::now())).await {
            None => {
                number += 1;
                let action = Action::ChatSay { text: format!("More, {number}!") };
                let id = CommandId(uuid::Uuid::now_v7());
                dues.insert(id, due);
                line.say(&ToServer::Command(Command { id, room, resent: false, action })).await?;
            }
            Some(Heard::Closed(_)) => {
                outcomes.push(Outcome::Failed);
                break;
            }
            Some(Heard::Text(text)) => match serde_json::from_str(&text)? {
                ToClient::Refused { why, .. } => {
                    outcomes.push(Outcome::Refused { has_a_time: why.retry_after_ms.is_some() });
                }
                ToClient::Events { events, .. } => {
                    let own = events.iter().filter_map(|event| dues.remove(&event.command?));
                    outcomes.extend(own.map(|due| Outcome::Admitted(due.elapsed())));
                }
                _ => {}
            },
            Some(Heard::Binary(_)) => {}
        }
    }
    Ok(outcomes)
}
