//! A crowd from its first guest to its report.

use crate::addresses::{Server, allow_descriptors, sources};
use crate::arrive::{Entrance, Session, patiently};
use crate::frames::Frames;
use crate::history::History;
use crate::person::{Person, Phase, Shared};
use crate::plan::Plan;
use crate::processes::{self, Usage};
use crate::report::{Measured, Report};
use crate::rest::{self, Rest, Resting};
use crate::settings::Settings;
use crate::tally::Tally;
use crate::waiting;
use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use protocol::http::RoomMade;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// All are in by then, or the crowd begins without the rest: this, and a second for each of [`JOINS_A_SECOND`] people.
const GATHERING: Duration = Duration::from_secs(60);
/// A park that admits fewer is too slow to wait for.
const JOINS_A_SECOND: u32 = 50;
/// When nobody has been connected for so long, the park is gone, and nothing more is waited for.
const GONE: Duration = Duration::from_secs(8);
/// Between two words about the progress.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// A running crowd.
#[derive(Debug)]
pub struct Crowd {
    shared: Arc<Shared>,
    rooms: Vec<RoomMade>,
    phase: watch::Sender<Phase>,
    people: JoinSet<History>,
    began: Instant,
    gathered: Gathered,
    before: Vec<Option<Usage>>,
    /// Memory of this process before the first came, in KiB.
    resident_kib: u64,
}

/// How a crowd is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live {
    /// People there are.
    pub people: u64,
    /// Of them with an open socket.
    pub connected: u64,
    /// Of them in their room.
    pub live: u64,
    /// Commands sent so far.
    pub commands: u64,
    /// Of them carried out.
    pub acknowledged: u64,
    /// Of them without an outcome.
    pub pending: u64,
    /// Tickets asked for so far: one for each try to come in.
    pub tickets: u64,
    /// Durable events received so far, over everybody.
    pub deliveries: u64,
    /// Connections lost so far that nobody dropped on purpose.
    pub disconnects: u64,
}

/// What came of a crowd.
#[derive(Debug)]
pub struct Finished {
    /// What it measured.
    pub report: Report,
    /// What everybody sent and saw.
    pub histories: Vec<History>,
    /// Its rooms.
    pub rooms: Vec<RoomMade>,
}

impl Crowd {
    /// Makes the rooms, lets everybody in, and begins to act.
    ///
    /// # Errors
    /// When nobody listens, an address makes no sense, there are too few descriptors, or the park lets nobody in.
    pub async fn start(settings: Settings) -> anyhow::Result<Crowd> {
        ensure!(settings.people > 0, "A crowd of nobody measures nothing: give it people.");
        ensure!(!settings.targets.is_empty(), "Nobody said where the park is: give the crowd a target.");
        ensure!(
            (1..=settings.people).contains(&settings.rooms),
            "{} rooms for {} people: there has to be at least one, and somebody for each.",
            settings.rooms,
            settings.people
        );
        allow_descriptors(settings.people)?;
        let mut servers = Vec::new();
        for target in &settings.targets {
            let server = Server::find(target).await?;
            server.knock().await?;
            servers.push(server);
        }
        let web = Server::find(settings.web()).await?;
        let everywhere: Vec<Server> = servers.iter().chain([&web]).cloned().collect();
        let entrances = sources(&settings, &everywhere)
            .into_iter()
            .map(|source| Ok((source, Entrance::new(&web.url, source)?)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        entrances[0].1.knock().await?;
        let plan = Plan::new(&settings);
        let makers = make_rooms(&settings, &entrances).await?;
        let tracks = match settings.rates.adds + settings.rates.votes > 0.0 {
            true => {
                entrances[0].1.tracks(&makers[0].0).await.context("The library cannot be asked for tracks")?
            }
            false => Vec::new(),
        };
        let shared = Arc::new(Shared {
            joins: Semaphore::new(settings.joins_at_once.max(1) as usize),
            settings,
            servers,
            entrances,
            tracks,
            frames: Frames::default(),
            tally: Tally::default(),
        });
        shared.tally.owed.add(plan.deeds.iter().map(|deeds| deeds.len() as u64).sum());
        let (phase, _) = watch::channel(Phase::Gathering);
        let resident_kib = processes::own_resident_kib();
        let mut people = JoinSet::new();
        let started = Instant::now();
        for (number, (room, deeds)) in plan.rooms.iter().zip(plan.deeds).enumerate() {
            let (session, room) =
                (makers.get(number).map(|(session, _)| session.clone()), makers[*room as usize].1.id);
            let person = Person::new(number as u32, shared.clone(), session, room, deeds);
            people.spawn(person.run(phase.subscribe()));
        }
        let gathered = gather(&shared, started).await?;
        let rooms = makers.into_iter().map(|(_, room)| room).collect();
        let before = shared.settings.pids.iter().map(|(_, pid)| processes::usage(*pid).ok()).collect();
        let began = Instant::now();
        shared.tally.measure(true);
        phase.send_replace(Phase::Acting(began));
        Ok(Crowd { shared, rooms, phase, people, began, gathered, before, resident_kib })
    }

    /// How it is at the moment.
    pub fn live(&self) -> Live {
        let tally = &self.shared.tally;
        Live {
            people: self.shared.settings.people.into(),
            connected: tally.connected.get(),
            live: tally.live.get(),
            commands: tally.commands.get(),
            acknowledged: tally.acknowledged.get(),
            pending: tally.pending.get(),
            tickets: tally.tickets.get(),
            deliveries: tally.deliveries.get(),
            disconnects: tally.disconnects.get(),
        }
    }

    /// Its rooms.
    pub fn rooms(&self) -> &[RoomMade] {
        &self.rooms
    }

    /// Marks a moment, such as a fault: the report tells how long rooms and people needed from there.
    pub fn mark(&self, what: &str) {
        self.shared.tally.marks.mark(what, Instant::now());
    }

    /// How many rooms have carried out a command that was due after a marked moment, and how many people have an event of one.
    pub fn reached(&self, mark: &str) -> (u64, u64) {
        self.shared.tally.marks.reached(mark)
    }

    /// Acts for as long as was asked for, or until the park is gone, with a word about it now and then on standard error.
    pub async fn act(&self) {
        let end = self.began + Duration::from_secs(self.shared.settings.seconds.into());
        while Instant::now() < end {
            tokio::time::sleep_until(end.min(Instant::now() + TELL_EVERY)).await;
            let Live { live, acknowledged, deliveries, .. } = self.live();
            if self.is_deserted() {
                eprintln!("Nobody has been connected for {} s: the park is gone.", GONE.as_secs());
                return;
            }
            let seconds = self.began.elapsed().as_secs();
            eprintln!(
                "{seconds} s: {live} in their rooms, {acknowledged} commands carried out, {deliveries} deliveries"
            );
        }
    }

    /// Whether nobody has been connected for so long that the park must be gone.
    fn is_deserted(&self) -> bool {
        self.shared.tally.deserted_since().is_some_and(|since| since.elapsed() > GONE)
    }

    /// Waits until what is under way has come to its end, as long as anything comes of it.
    async fn rest(&self) -> Rest {
        let tally = &self.shared.tally;
        let mut resting = Resting::begin(Instant::now());
        let look = async || {
            let remain = u64::from(self.shared.settings.people).saturating_sub(tally.gone.get());
            let rests = tally.pending.get() == 0 && tally.owed.get() == 0 && tally.live.get() == remain;
            // Repairs of what somebody did not hear come within the digest's second or two, and are waited for only as long as needed.
            let is_reached = rests && self.shared.frames.is_level();
            let came = tally.acknowledged.get() + tally.heard.get();
            let rest = resting.look(Instant::now(), is_reached, came);
            rest.or_else(|| self.is_deserted().then_some(Rest::Stuck))
        };
        // It is over before this patience is.
        waiting::until("The crowd comes to rest", 2 * rest::BEHIND, look).await.unwrap_or(Rest::Behind)
    }

    /// Lets what is under way come to its end, sends everybody home, and reports.
    pub async fn finish(mut self) -> Finished {
        self.phase.send_replace(Phase::Resting { began: self.began, until: Instant::now() });
        let everybody = u64::from(self.shared.settings.people);
        let rest = self.rest().await;
        // Measured to the end of what was begun: whoever stopped the clock before would leave out the slowest. But not beyond the park's own
        // end.
        let after: Vec<_> = self.shared.settings.pids.iter().map(|(_, pid)| processes::usage(*pid)).collect();
        let end = self.shared.tally.deserted_since().unwrap_or_else(Instant::now);
        let seconds = end.duration_since(self.began).as_secs_f64();
        self.shared.tally.measure(false);
        let resident_kib = (self.resident_kib, processes::own_resident_kib());
        let back = self.live().live;
        self.phase.send_replace(Phase::Leaving);
        let mut histories = Vec::with_capacity(self.people.len());
        while let Some(history) = self.people.join_next().await {
            histories.extend(history.ok());
        }
        let mut notes = Vec::new();
        let mut unchecked = Vec::new();
        let broken = everybody - histories.len() as u64;
        if broken > 0 {
            unchecked.push(format!("What {broken} people saw is not known: their tasks broke."));
        }
        let absent = everybody.saturating_sub(back);
        match rest {
            _ if absent > 0 => notes.push(format!(
                "{absent} of {everybody} people were not in their rooms at the end: they could not come in or back ({}).",
                reasons(&self.shared)
            )),
            Rest::Reached => {}
            Rest::Stuck => notes.push(format!(
                "For {} s nothing came any more, although not everything had an outcome or had been heard by everybody.",
                rest::STUCK.as_secs()
            )),
            Rest::Behind => {
                unchecked.push(format!(
                    "{} s after the end the park was still at what had been asked before: whether everybody would have heard everything is not judged.",
                    rest::BEHIND.as_secs()
                ));
                // Whoever is sent home before they have heard all of it has seen no end.
                histories.iter_mut().for_each(History::lost);
            }
        }
        notes.extend(
            self.shared.tally.nonsense_seen().iter().map(|why| format!("A frame made no sense: {why}")),
        );
        let pids = self.shared.settings.pids.iter().zip(self.before.iter().zip(after));
        let mut spent = Vec::new();
        for ((name, pid), (before, after)) in pids {
            match (before, after) {
                (Some(before), Ok(after)) => spent.push(processes::spent(name, *pid, *before, after)),
                (_, Err(error)) => notes.push(format!("{name}: {error:#}.")),
                (None, Ok(_)) => notes.push(format!("{name}: process {pid} was not there at the beginning.")),
            }
        }
        let measured = Measured {
            seconds,
            gathered: self.gathered,
            began: self.began,
            absent,
            processes: spent,
            resident_kib,
            notes,
            unchecked,
        };
        let report = Report::new(&self.shared, &histories, measured);
        Finished { report, histories, rooms: self.rooms }
    }
}

/// How people came in.
#[derive(Debug, Clone, Copy)]
pub struct Gathered {
    /// How many were in.
    pub people: u64,
    /// From the first who walked in until they were.
    pub took: Duration,
}

/// Waits until all are in and what they did on coming in is done, and says how far it is.
async fn gather(shared: &Shared, started: Instant) -> anyhow::Result<Gathered> {
    let people = shared.settings.people;
    let patience = GATHERING + Duration::from_secs((people / JOINS_A_SECOND).into());
    let mut told = Instant::now();
    loop {
        let live = shared.tally.live.get();
        if live >= u64::from(people) {
            let took = started.elapsed();
            eprintln!("All {people} people are in their rooms, after {:.1} s.", took.as_secs_f64());
            // The tracks of whoever made a room: no part of what is measured.
            let settled = async || (shared.tally.pending.get() == 0).then_some(());
            if let Err(error) =
                waiting::until("What was asked for on coming in is done", rest::STUCK, settled).await
            {
                eprintln!("Beginning all the same: {error:#}");
            }
            return Ok(Gathered { people: live, took });
        }
        if told.elapsed() > TELL_EVERY {
            told = Instant::now();
            eprintln!("{live} of {people} people are in their rooms");
        }
        // Nobody is waited for who has given up.
        if live + shared.tally.gone.get() >= u64::from(people) || started.elapsed() > patience {
            ensure!(
                live > 0,
                "Nobody got in within {:.0} s: {}.",
                started.elapsed().as_secs_f64(),
                reasons(shared)
            );
            eprintln!("Beginning with {live} of {people} people: {}.", reasons(shared));
            return Ok(Gathered { people: live, took: started.elapsed() });
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Why people were kept out.
fn reasons(shared: &Shared) -> String {
    let refusals =
        shared.tally.refusals().into_iter().map(|(reason, count)| format!("{reason} {count} times"));
    let closes =
        shared.tally.closes().into_iter().map(|(code, count)| format!("closed with {code} {count} times"));
    let all = refusals.chain(closes).collect::<Vec<_>>().join(", ");
    match (all.is_empty(), shared.tally.last_failure()) {
        (true, _) => "the park does not answer".to_owned(),
        (false, Some(failure)) => format!("{all}; lately: {}", failure.trim_end_matches('.')),
        (false, None) => all,
    }
}

/// The first people walk in and make a room each.
async fn make_rooms(
    settings: &Settings,
    entrances: &[(Option<std::net::IpAddr>, Entrance)],
) -> anyhow::Result<Vec<(Session, RoomMade)>> {
    let at_once = settings.joins_at_once.max(1) as usize;
    let making = (0..settings.rooms).map(|number| {
        let entrance = entrances[number as usize % entrances.len()].1.clone();
        make_room(entrance, number, format!("Crowd {} {}", settings.seed, number + 1))
    });
    stream::iter(making).buffered(at_once).try_collect().await
}

async fn make_room(entrance: Entrance, number: u32, name: String) -> anyhow::Result<(Session, RoomMade)> {
    let session = patiently(|| entrance.guest(number)).await.context("Nobody could walk in")?;
    let room = patiently(|| entrance.make_room(&session, name.clone())).await;
    let room = room.context("No room could be made")?;
    Ok((session, room))
}
