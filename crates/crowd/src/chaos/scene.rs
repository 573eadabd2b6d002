//! A scenario under a crowd: the stack, the network before its services, and people who act while something goes wrong.

use super::ground::Ground;
use super::{Figure, Promise};
use crate::crowd::{Crowd, Finished};
use crate::judge::{Judged, conclude};
use crate::marks::Marked;
use crate::proxy::Proxy;
use crate::report::Report;
use crate::settings::{Rates, Settings};
use crate::stack::{Options, Stack, place};
use crate::{checker, journal, replicas, waiting};
use std::time::Duration;

/// A crowd acts for at most so long, in seconds; a scenario is over before.
const ACT_MAX: u32 = 3_600;
/// A crowd of more people is no busier than one of so many: what the machine has to carry does not grow with who comes back.
const BUSY_MAX: u32 = 500;
/// Several times as long as anything may take by the promises.
const RECOVERY: Duration = Duration::from_secs(60);
/// After all is well again, people act for so long before they stop: what was lost shows.
const AFTERMATH: Duration = Duration::from_secs(3);
/// Breaches that are told in words.
const BREACHES_TOLD: usize = 10;

/// What of the services' network leads through proxies.
#[derive(Debug)]
pub struct Links {
    /// Between `worker-1` and Postgres.
    pub worker_postgres: Proxy,
    /// Between `worker-1` and Redis.
    pub worker_redis: Proxy,
    /// Between `gateway-1` and Redis.
    pub gateway_redis: Proxy,
}

impl Links {
    async fn listen() -> anyhow::Result<Links> {
        Ok(Links {
            worker_postgres: Proxy::listen().await?,
            worker_redis: Proxy::listen().await?,
            gateway_redis: Proxy::listen().await?,
        })
    }

    /// The settings that lead services through them.
    fn settings(&self) -> Vec<(String, String, String)> {
        let postgres = |proxy: &Proxy| format!("postgres://postgres@{}/postgres", proxy.address());
        let redis = |proxy: &Proxy| format!("redis://{}", proxy.address());
        let set = |who: &str, variable: &str, url| (who.to_owned(), variable.to_owned(), url);
        vec![
            set("worker-1", "DATABASE_URL", postgres(&self.worker_postgres)),
            set("worker-1", "REDIS_URL", redis(&self.worker_redis)),
            set("gateway-1", "REDIS_URL", redis(&self.gateway_redis)),
        ]
    }
}

/// A park full of people.
#[derive(Debug)]
pub struct Scene {
    /// What figures are called after.
    name: &'static str,
    ground: Ground,
    /// The park.
    pub stack: Stack,
    /// The network before some of its services.
    pub links: Links,
    /// The people.
    pub crowd: Crowd,
}

impl Scene {
    /// Starts a park of two workers and lets people in, through the proxy as in production.
    ///
    /// # Errors
    /// When the park does not come up, or people do not get in.
    pub async fn open(name: &'static str, ground: &Ground) -> anyhow::Result<Scene> {
        let links = Links::listen().await?;
        let stack = Scene::stack(ground, &links).await?;
        let targets = vec![stack.url().to_owned()];
        Scene::fill(name, ground, stack, links, targets, everyday(ground)).await
    }

    /// The same with rooms that carry out so many commands a second each.
    ///
    /// # Errors
    /// When the park does not come up, or people do not get in.
    pub async fn open_busy(name: &'static str, ground: &Ground, commands: f64) -> anyhow::Result<Scene> {
        let links = Links::listen().await?;
        let stack = Scene::stack(ground, &links).await?;
        let targets = vec![stack.url().to_owned()];
        let all = commands * f64::from(ground.rooms);
        // Nobody may say more than a line a second.
        let chats = (all / 2.0).min(f64::from(ground.people) / 2.0);
        let rates = Rates { chats, votes: all - chats, ..Rates::default() };
        Scene::fill(name, ground, stack, links, targets, rates).await
    }

    /// The same with people who go to the gateways themselves.
    ///
    /// # Errors
    /// When the park does not come up, or people do not get in.
    pub async fn open_direct(name: &'static str, ground: &Ground) -> anyhow::Result<Scene> {
        let links = Links::listen().await?;
        let stack = Scene::stack(ground, &links).await?;
        let targets = stack.gateways();
        Scene::fill(name, ground, stack, links, targets, everyday(ground)).await
    }

    async fn stack(ground: &Ground, links: &Links) -> anyhow::Result<Stack> {
        let mut options = Options { worker: 2, ..ground.options() };
        options.settings.extend(links.settings());
        Stack::start_behind(options, |backing| {
            // The stack's own addresses are of this form.
            let at = |url: &str| place(url).ok().and_then(|place| place.parse().ok());
            if let (Some(postgres), Some(redis)) = (at(&backing.postgres), at(&backing.redis)) {
                links.worker_postgres.lead_to(postgres);
                links.worker_redis.lead_to(redis);
                links.gateway_redis.lead_to(redis);
            }
        })
        .await
    }

    async fn fill(
        name: &'static str,
        ground: &Ground,
        stack: Stack,
        links: Links,
        targets: Vec<String>,
        rates: Rates,
    ) -> anyhow::Result<Scene> {
        let settings = Settings {
            web: Some(stack.url().to_owned()),
            seed: ground.seed,
            rates,
            ..Settings::new(targets, ground.people, ground.rooms, ACT_MAX)
        };
        let crowd = Crowd::start(settings).await?;
        let scene = Scene { name, ground: ground.clone(), stack, links, crowd };
        // Nothing goes wrong until everybody takes part.
        scene.crowd.mark("begun");
        scene.recover("begun").await;
        Ok(scene)
    }

    /// A figure's name in this scenario.
    pub fn name(&self, what: &str) -> String {
        format!("{}.{what}", self.name)
    }

    /// Lets people act for so long.
    pub async fn act(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Lets people act until every room has carried out a command that was due after a marked moment, and everybody has an event of
    /// such a command. That this never comes is for the figures to tell.
    pub async fn recover(&self, mark: &str) {
        let all = (self.crowd.rooms().len() as u64, u64::from(self.ground.people));
        let recovered = async || (self.crowd.reached(mark) == all).then_some(());
        let what = "All rooms accept commands again, and everybody hears of them";
        if let Err(error) = waiting::until(what, RECOVERY, recovered).await {
            self.ground.say(&format!("{error:#}"));
        }
    }

    /// How many rooms have not carried out a command yet that was asked for after a marked moment.
    pub fn waiting(&self, mark: &str) -> u64 {
        let (again, _) = self.crowd.reached(mark);
        (self.crowd.rooms().len() as u64).saturating_sub(again)
    }

    /// Lets people act until everybody hears their room, and says whether that came: how long it took is for the figures to tell.
    pub async fn everybody_back(&self) -> bool {
        let all = u64::from(self.ground.people);
        let back = async || (self.crowd.live().live >= all).then_some(());
        let waited = waiting::until("Everybody hears their room again", RECOVERY, back).await;
        if let Err(error) = &waited {
            self.ground.say(&format!("{error:#}"));
        }
        waited.is_ok()
    }

    /// Lets people act a little longer, ends the crowd, reads the journal, and judges what everybody saw.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn close(self) -> anyhow::Result<Ended> {
        self.act(AFTERMATH).await;
        let Finished { report, histories, rooms } = self.crowd.finish().await;
        let rooms: Vec<_> = rooms.iter().map(|room| room.id).collect();
        let database = self.stack.postgres()?;
        let journal = journal::read(&database, &rooms, &histories).await?;
        let verdict = checker::check(&histories, Some(&journal));
        // It follows no room: it hands on the workers' own copies.
        self.stack.add("gateway").await?;
        let compared =
            replicas::compare(&self.stack.running_gateways(), self.stack.url(), &database, &rooms).await?;
        let Judged { report, verdict } = conclude(report, verdict, Some(&compared));
        for breach in verdict.breaches.iter().take(BREACHES_TOLD) {
            self.ground.say(&breach.to_string());
        }
        for note in report.unchecked.iter().chain(&report.notes) {
            self.ground.say(note);
        }
        let name = |what: &str| format!("{}.{what}", self.name);
        let figures = vec![
            Figure::none_of(&name("breaches"), verdict.breaches_in_all(), "breaches"),
            Figure::none_of(&name("lost"), verdict.lost, "events"),
            Figure::none_of(&name("doubled"), verdict.duplicated, "events"),
            Figure::none_of(&name("misordered"), verdict.misordered, "events"),
            Figure::none_of(&name("misrouted"), verdict.misrouted, "events"),
            Figure::none_of(&name("different-copies"), compared.differences.len() as u64, "copies"),
            Figure::new(&name("copies"), compared.copies as f64, "copies", Promise::AtLeast(1.0)),
            Figure::none_of(&name("absent"), report.absent, "people"),
            Figure::none_of(&name("not-resumed"), report.not_resumed, "returns"),
            Figure::count(&name("unknown"), report.unknown, "commands"),
            Figure::new(&name("deliveries"), report.deliveries as f64, "events", Promise::AtLeast(1.0)),
        ];
        let moved = journal.rooms.values().filter(|entries| {
            entries.first().map(|entry| entry.head.term) != entries.last().map(|entry| entry.head.term)
        });
        let moved = moved.count() as u64;
        // Its end is waited for elsewhere: some of its services still speak through links that are served here, and would hang.
        let (stack, links) = (self.stack, self.links);
        tokio::task::spawn_blocking(move || drop(stack)).await?;
        drop(links);
        Ok(Ended { name: self.name, figures, report, moved })
    }
}

/// How a scenario came out.
#[derive(Debug)]
pub struct Ended {
    name: &'static str,
    /// What is promised of every scenario.
    pub figures: Vec<Figure>,
    /// What the crowd measured.
    pub report: Report,
    /// Rooms that were written under more than one term.
    pub moved: u64,
}

/// What people do in most scenarios: a little of everything.
fn everyday(ground: &Ground) -> Rates {
    let busy = f64::from(ground.people.min(BUSY_MAX));
    Rates {
        chats: busy / 5.0,
        walk: busy / f64::from(ground.people),
        adds: busy / 250.0,
        votes: busy / 50.0,
        doubles: busy / 50.0,
        ..Rates::default()
    }
}

impl Ended {
    /// The scenario's own figures before those of every scenario.
    pub fn with(mut self, mut own: Vec<Figure>) -> Vec<Figure> {
        own.append(&mut self.figures);
        own
    }

    fn marked(&self, mark: &str) -> Option<&Marked> {
        self.report.marks.iter().find(|marked| marked.what == mark)
    }

    /// How soon after a marked moment rooms carried out commands again: 99 of 100, and all; and how many never did.
    pub fn accepts_again(&self, mark: &str, p99: f64, most: f64) -> Vec<Figure> {
        let marked = self.marked(mark);
        let name = |what: &str| format!("{}.{mark}.accepts-again.{what}", self.name);
        let again = marked.filter(|marked| marked.rooms > 0).map(|marked| marked.accepts_again_ms);
        let rooms = marked.map_or(0, |marked| marked.rooms as u64);
        vec![
            Figure::seconds(&name("p99"), again.map(|again| time(again.p99)), p99),
            Figure::seconds(&name("max"), again.map(|again| time(again.max)), most),
            Figure::none_of(&name("never"), u64::from(self.report.rooms).saturating_sub(rooms), "rooms"),
        ]
    }

    /// How soon after a marked moment people had an event of a command that was due after it: 99 of 100, and all; and how many never had.
    pub fn heard(&self, mark: &str, p99: Promise, most: Promise) -> Vec<Figure> {
        let name = |what: &str| format!("{}.{mark}.heard.{what}", self.name);
        let heard = self.marked(mark).map(|marked| marked.heard_ms).filter(|heard| heard.count > 0);
        let never = u64::from(self.report.people).saturating_sub(heard.map_or(0, |heard| heard.count));
        let seconds = |what, ms: Option<f64>, promise| Figure {
            name: name(what),
            value: ms.map(|ms| ms / 1e3),
            unit: "s",
            promise,
        };
        vec![
            seconds("p99", heard.map(|heard| heard.p99), p99),
            seconds("max", heard.map(|heard| heard.max), most),
            Figure::none_of(&name("never"), never, "people"),
        ]
    }

    /// The longest for which one of the rooms carried out nothing between a marked moment and the next.
    pub fn silent(&self, mark: &str, promise: Promise) -> Figure {
        let most = self.marked(mark).map(|marked| marked.silent_ms.max / 1e3);
        let name = format!("{}.{mark}.silent.max", self.name);
        Figure { name, value: most, unit: "s", promise }
    }

    /// The longest that somebody waited for what they asked for between a marked moment and the next, of which nothing is promised.
    pub fn waits(&self, mark: &str) -> Figure {
        let most = self.marked(mark).map(|marked| marked.waits_ms.max / 1e3);
        let name = format!("{}.{mark}.waits.max", self.name);
        Figure { name, value: most, unit: "s", promise: Promise::None }
    }

    /// How long 99 of 100 waited for what they asked for between a marked moment and the next, in ms; `most`: what is promised.
    pub fn waits_p99(&self, mark: &str, most: Option<f64>) -> Figure {
        let name = format!("{}.{mark}.waits.p99", self.name);
        // Whoever carries out nothing answers nobody quickly.
        let value = self.marked(mark).filter(|marked| marked.waits_ms.count > 0);
        let value = value.map(|marked| marked.waits_ms.p99);
        Figure { name, value, unit: "ms", promise: most.map_or(Promise::None, Promise::AtMost) }
    }

    /// How long rooms carried out no commands after a marked moment, of which nothing is promised.
    pub fn waited(&self, mark: &str) -> Figure {
        let most = self.marked(mark).map_or(0.0, |marked| marked.accepts_again_ms.max / 1e3);
        Figure::new(&format!("{}.{mark}.accepts-again.max", self.name), most, "s", Promise::None)
    }

    /// How long people did not hear their rooms, and how often one of them lost their connection.
    pub fn gaps(&self, p99: f64, disconnects: u32) -> Vec<Figure> {
        let name = |what: &str| format!("{}.{what}", self.name);
        let most = Promise::AtMost(f64::from(disconnects));
        let Report { disconnects_max, gap_ms, .. } = &self.report;
        vec![
            Figure::new(&name("disconnects-a-client.max"), *disconnects_max as f64, "disconnects", most),
            // Where nobody lost a connection nothing was shown.
            Figure::seconds(&name("gap.p99"), (gap_ms.count > 0).then(|| time(gap_ms.p99)), p99),
            Figure::new(&name("gap.max"), gap_ms.max / 1e3, "s", Promise::None),
        ]
    }
}

fn time(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1e3)
}
