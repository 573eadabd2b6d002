//! One simulated person, from walking in to leaving: a task that keeps a socket, does what the plan says, and notes what it sees.

mod doing;
mod hearing;

use self::hearing::Heard;
use crate::addresses::Server;
use crate::arrive::{Entrance, Failure, Session};
use crate::commands::Commands;
use crate::frames::Frames;
use crate::history::{History, Seen};
use crate::line::{self, Line};
use crate::plan::Due;
use crate::settings::Settings;
use crate::tally::Tally;
use crate::walk::Walk;
use protocol::binary::{FLOOR_HEIGHT, FLOOR_WIDTH};
use protocol::id::{FloorId, RoomId, TrackId};
use protocol::socket::{Head, ToServer};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

/// Waiting before the first try to come back, at the most; it doubles up to [`BACK_MAX`].
const BACK: Duration = Duration::from_millis(250);
/// Waiting between tries at the most.
const BACK_MAX: Duration = Duration::from_secs(4);
/// Tracks the maker of a room puts on, where people vote.
const FIRST_TRACKS: usize = 3;

/// What the whole crowd does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// People walk in, and do nothing yet.
    Gathering,
    /// They act; the plan's times count from then.
    Acting(Instant),
    /// Nobody begins anything that was due later than `until`; what was, and what is under way, comes to its end.
    Resting {
        /// When they began to act.
        began: Instant,
        /// When they were to stop.
        until: Instant,
    },
    /// Everybody leaves.
    Leaving,
}

/// What everybody of a crowd shares.
#[derive(Debug)]
pub struct Shared {
    /// What was asked for.
    pub settings: Settings,
    /// The gateways.
    pub servers: Vec<Server>,
    /// The ways in, one a source address.
    pub entrances: Vec<(Option<IpAddr>, Entrance)>,
    /// The library.
    pub tracks: Vec<TrackId>,
    /// Who may walk in at the moment.
    pub joins: Semaphore,
    /// The reader of frames.
    pub frames: Frames,
    /// The counters.
    pub tally: Tally,
}

/// One person.
#[derive(Debug)]
pub struct Person {
    number: u32,
    shared: Arc<Shared>,
    session: Option<Session>,
    room: RoomId,
    /// Whether they made their room.
    maker: bool,
    deeds: VecDeque<Due>,
    random: StdRng,
    gateway: usize,
    history: History,
    commands: Commands,
    have: Option<Head>,
    said: u32,
    votes: u32,
    walk: Walk,
    steps: u64,
    next_step: Option<Instant>,
    /// Since when they try to be in their room, while they are not.
    away_since: Option<Instant>,
    ever_in: bool,
    /// Of how many of the marked moments they have heard.
    marks_heard: usize,
    /// What the socket has brought so far.
    heard: Heard,
}

/// Why a socket is over.
enum End {
    Left,
    Lost(u16),
    Dropped,
    Drained,
}

impl Person {
    /// Somebody who has not walked in yet, unless they come with a session.
    pub fn new(
        number: u32,
        shared: Arc<Shared>,
        session: Option<Session>,
        room: RoomId,
        deeds: VecDeque<Due>,
    ) -> Person {
        let random = StdRng::seed_from_u64(shared.settings.seed.wrapping_add(u64::from(number)));
        let hertz = shared.settings.rates.walk.max(1.0);
        Person {
            number,
            maker: session.is_some(),
            session,
            room,
            deeds,
            random,
            // People of one room come through all gateways.
            gateway: (number / shared.settings.rooms.max(1)) as usize % shared.servers.len(),
            history: History::default(),
            commands: Commands::default(),
            have: None,
            said: 0,
            votes: 0,
            walk: Walk::new(FLOOR_WIDTH / 2, FLOOR_HEIGHT / 2, hertz),
            steps: 0,
            next_step: None,
            away_since: None,
            ever_in: false,
            marks_heard: 0,
            heard: Heard::default(),
            shared,
        }
    }

    /// Lives until everybody leaves. Returns what they sent and saw.
    pub async fn run(mut self, mut phase: watch::Receiver<Phase>) -> History {
        let mut tries = 0;
        let mut end = phase.clone();
        while *phase.borrow_and_update() != Phase::Leaving {
            let entered = tokio::select! {
                entered = self.enter() => entered,
                // A park that stalls keeps nobody from going home.
                _ = end.wait_for(|phase| *phase == Phase::Leaving) => {
                    self.lost();
                    break;
                }
            };
            match entered {
                Ok(line) => {
                    match self.attend(line, &mut phase).await {
                        End::Left => break,
                        End::Lost(code) => {
                            self.shared.tally.closed(code);
                            self.shared.tally.disconnects.add(1);
                            self.gateway += 1;
                        }
                        End::Drained => {
                            self.shared.tally.drained.add(1);
                            self.shared.tally.disconnects.add(1);
                            self.gateway += 1;
                        }
                        End::Dropped => self.gateway += usize::from(self.random.random::<bool>()),
                    }
                    self.lost();
                    if self.heard.is_in() {
                        // A gateway that greets and closes is waited for longer each time.
                        tries = 0;
                        self.away_since = Some(Instant::now());
                    }
                }
                Err(failure) => {
                    self.lost();
                    self.shared.tally.failed(&failure);
                    // A port is free again in a minute at the earliest: whoever is not in yet is not waited for.
                    let never = matches!(failure, Failure::OutOfPorts(_)) && !self.ever_in;
                    let Some(after) = failure.again_after().filter(|_| !never) else {
                        self.shared.tally.gone.add(1);
                        self.deeds.drain(..).for_each(|_| self.shared.tally.owed.take_one());
                        break;
                    };
                    self.gateway += 1;
                    self.wait(after, &mut phase).await;
                }
            }
            // Those who are sent away together must not come back together.
            let most = (BACK * 2u32.saturating_pow(tries)).min(BACK_MAX);
            let wait = most.mul_f64(self.random.random());
            tries = (tries + 1).min(8);
            self.wait(wait, &mut phase).await;
        }
        self.commands.note(&mut self.history);
        self.history
    }

    /// Their connection is over, if they had one.
    fn lost(&mut self) {
        self.history.lost();
        self.shared.frames.hears_nothing(self.number);
    }

    async fn wait(&self, time: Duration, phase: &mut watch::Receiver<Phase>) {
        let leaving = phase.wait_for(|phase| *phase == Phase::Leaving);
        let _ = tokio::time::timeout(time, leaving).await;
    }

    /// Walks in, or comes back: a socket that has said hello and asked for the room.
    async fn enter(&mut self) -> Result<Line, Failure> {
        let shared = self.shared.clone();
        // Whoever comes back does not queue: a herd is a herd.
        let permit = match self.ever_in {
            true => None,
            false => Some(shared.joins.acquire().await.expect("nobody closes the door")),
        };
        self.away_since.get_or_insert_with(Instant::now);
        let (source, entrance) = &shared.entrances[self.number as usize % shared.entrances.len()];
        let session = match &self.session {
            Some(session) => session.clone(),
            None => self.session.insert(entrance.guest(self.number).await?).clone(),
        };
        self.history.account = Some(session.account);
        shared.tally.tickets.add(1);
        let ticket = entrance.ticket(&session).await?;
        let server = &shared.servers[self.gateway % shared.servers.len()];
        let opening = async {
            let mut line = Line::open(server, *source, ticket).await?;
            self.history.seen.push(Seen::Listens { room: self.room });
            line.say(&ToServer::Listen { room: Some(self.room), have: self.have }).await?;
            line.say(&ToServer::Stand { floor: FloorId::of(self.room) }).await?;
            for command in self.commands.all_again() {
                line.say(&ToServer::Command(command)).await?;
            }
            anyhow::Ok(line)
        };
        let mut line = opening.await?;
        self.heard = Heard::default();
        if permit.is_some() {
            // The door is held until they are in: so many at once, and no more.
            let give_up = Instant::now() + line::PATIENCE;
            while !self.heard.is_in() {
                match timeout_at(give_up, line.next()).await {
                    Ok(Ok(message)) => self.hear(&message),
                    Ok(Err(code)) => {
                        shared.tally.closed(code);
                        return Err(Failure::Unreachable(anyhow::anyhow!("the gateway closed with {code}")));
                    }
                    Err(_) => {
                        let seconds = line::PATIENCE.as_secs();
                        let why =
                            anyhow::anyhow!("{} told nothing of the room within {seconds} s", server.url);
                        return Err(Failure::Unreachable(why));
                    }
                }
            }
        }
        Ok(line)
    }

    /// Keeps a socket until its end.
    async fn attend(&mut self, mut line: Line, phase: &mut watch::Receiver<Phase>) -> End {
        self.shared.tally.connected.add(1);
        let end = self.act(&mut line, phase).await;
        self.shared.tally.disconnected();
        if self.heard.is_in() {
            self.shared.tally.live.take_one();
        }
        self.next_step = None;
        if matches!(end, End::Left | End::Drained) {
            line.close().await;
        }
        end
    }

    async fn act(&mut self, line: &mut Line, phase: &mut watch::Receiver<Phase>) -> End {
        let mut now = *phase.borrow_and_update();
        if self.maker && self.shared.settings.rates.votes > 0.0 && !self.commands.any() {
            for _ in 0..FIRST_TRACKS {
                if self.add(line, Instant::now()).await.is_err() {
                    return End::Lost(1006);
                }
            }
        }
        loop {
            // They may have come in just as everybody left: no other word comes then.
            if now == Phase::Leaving {
                return End::Left;
            }
            self.forget_what_is_too_late(now);
            let due = self.next_due(now);
            let sleep = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                message = line.next() => match message {
                    Ok(message) => self.hear(&message),
                    Err(code) => return End::Lost(code),
                },
                () = sleep => match self.do_what_is_due(line, now).await {
                    Ok(None) => {}
                    Ok(Some(end)) => return end,
                    Err(_) => return End::Lost(1006),
                },
                _ = phase.changed() => now = *phase.borrow_and_update(),
            }
            if self.heard.draining {
                return End::Drained;
            }
        }
    }

    fn next_due(&self, phase: Phase) -> Option<Instant> {
        let deed = match phase {
            Phase::Acting(began) | Phase::Resting { began, .. } => {
                self.deeds.front().map(|(due, _)| began + *due)
            }
            _ => None,
        };
        let step = self.next_step.filter(|_| matches!(phase, Phase::Acting(_)));
        [deed, step, self.commands.next_again()].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::Hub;
    use tokio::net::TcpListener;

    /// Somebody of a crowd of one, before a hub that has one room.
    async fn somebody() -> Person {
        let listen = async || TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (web, gateway) = (listen().await, listen().await);
        let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let (web_url, gateway_url) = (url(&web), url(&gateway));
        tokio::spawn(Hub::serve(web, gateway));
        let entrance = Entrance::new(&web_url, None).unwrap();
        let session = entrance.guest(0).await.unwrap();
        let room = entrance.make_room(&session, "A room".into()).await.unwrap().id;
        let shared = Arc::new(Shared {
            joins: Semaphore::new(1),
            servers: vec![Server::find(&gateway_url).await.unwrap()],
            settings: Settings::new(vec![gateway_url], 1, 1, 1),
            entrances: vec![(None, entrance)],
            tracks: Vec::new(),
            frames: Frames::default(),
            tally: Tally::default(),
        });
        Person::new(0, shared, Some(session), room, VecDeque::new())
    }

    #[tokio::test]
    async fn whoever_comes_in_just_as_everybody_leaves_leaves_too() {
        let mut person = somebody().await;
        let (phases, mut phase) = watch::channel(Phase::Gathering);
        let line = person.enter().await.unwrap();
        phases.send_replace(Phase::Leaving);
        phase.mark_unchanged();
        let attending = tokio::time::timeout(Duration::from_secs(20), person.attend(line, &mut phase));
        assert!(matches!(attending.await, Ok(End::Left)), "the crowd would never end");
    }
}
