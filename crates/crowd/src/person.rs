//! One simulated person, from walking in to leaving: a task that keeps a socket, does what the plan says, and notes what it sees.

use crate::addresses::Server;
use crate::arrive::{Entrance, Failure, Session};
use crate::commands::Commands;
use crate::frames::{Frame, Frames, Noted};
use crate::history::{History, Outcome, Seen};
use crate::line::Line;
use crate::plan::{Deed, Due};
use crate::settings::Settings;
use crate::tally::Tally;
use crate::walk::Walk;
use protocol::binary::{FLOOR_HEIGHT, FLOOR_WIDTH, FromClient};
use protocol::command::Action;
use protocol::id::{FloorId, RoomId, TrackId};
use protocol::people::Reaction;
use protocol::socket::{Head, Standing, ToClient, ToServer};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;

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
    /// Nobody begins anything new; what is under way comes to its end.
    Resting,
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
    /// What the socket has brought so far.
    heard: Heard,
}

/// What a new socket has brought so far.
#[derive(Debug, Default)]
struct Heard {
    greeted: bool,
    floor: bool,
    room: bool,
    draining: bool,
    tick: Option<u32>,
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
            gateway: number as usize % shared.servers.len(),
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
            heard: Heard::default(),
            shared,
        }
    }

    /// Lives until everybody leaves. Returns what they sent and saw.
    pub async fn run(mut self, mut phase: watch::Receiver<Phase>) -> History {
        let mut tries = 0;
        while *phase.borrow_and_update() != Phase::Leaving {
            match self.enter(&mut phase).await {
                Ok(line) => {
                    tries = 0;
                    match self.attend(line, &mut phase).await {
                        End::Left => break,
                        End::Lost(code) => {
                            self.shared.tally.closed(code);
                            self.shared.tally.disconnects.add(1);
                            self.gateway += 1;
                        }
                        End::Drained => {
                            self.shared.tally.disconnects.add(1);
                            self.gateway += 1;
                        }
                        End::Dropped => self.gateway += usize::from(self.random.random::<bool>()),
                    }
                    self.history.seen.push(Seen::Lost);
                    self.away_since = Some(Instant::now());
                }
                Err(failure) => {
                    self.shared.tally.refused(failure.reason());
                    let Some(after) = failure.again_after() else { break };
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

    async fn wait(&self, time: Duration, phase: &mut watch::Receiver<Phase>) {
        let leaving = phase.wait_for(|phase| *phase == Phase::Leaving);
        let _ = tokio::time::timeout(time, leaving).await;
    }

    /// Walks in, or comes back: a socket that has said hello and asked for the room.
    async fn enter(&mut self, phase: &mut watch::Receiver<Phase>) -> Result<Line, Failure> {
        let shared = self.shared.clone();
        // Whoever comes back does not queue: a herd is a herd.
        let permit = match self.ever_in {
            true => None,
            false => Some(shared.joins.acquire().await.expect("nobody closes the door")),
        };
        if *phase.borrow() == Phase::Leaving {
            return Err(Failure::Unreachable(anyhow::anyhow!("everybody is leaving")));
        }
        self.away_since.get_or_insert_with(Instant::now);
        let (source, entrance) = &shared.entrances[self.number as usize % shared.entrances.len()];
        let session = match &self.session {
            Some(session) => session.clone(),
            None => self.session.insert(entrance.guest(self.number).await?).clone(),
        };
        self.history.account = Some(session.account);
        let ticket = entrance.ticket(&session).await?;
        let server = &shared.servers[self.gateway % shared.servers.len()];
        let opening = async {
            let mut line = Line::open(server, *source, ticket).await?;
            line.say(&ToServer::Listen { room: Some(self.room), have: self.have }).await?;
            line.say(&ToServer::Stand { floor: FloorId::of(self.room) }).await?;
            for command in self.commands.all_again() {
                line.say(&ToServer::Command(command)).await?;
            }
            anyhow::Ok(line)
        };
        let mut line = opening.await.map_err(Failure::Unreachable)?;
        self.heard = Heard { room: self.have.is_some(), ..Heard::default() };
        if permit.is_some() {
            // The door is held until they are in: so many at once, and no more.
            while !self.heard.is_in() {
                match line.next().await {
                    Ok(message) => self.hear(&message),
                    Err(code) => {
                        shared.tally.closed(code);
                        self.history.seen.push(Seen::Lost);
                        return Err(Failure::Unreachable(anyhow::anyhow!("the gateway closed with {code}")));
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
        self.shared.tally.connected.take_one();
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
                _ = phase.changed() => {
                    now = *phase.borrow_and_update();
                    if now == Phase::Leaving {
                        return End::Left;
                    }
                }
            }
            if self.heard.draining {
                return End::Drained;
            }
        }
    }

    fn next_due(&self, phase: Phase) -> Option<Instant> {
        let deed = match phase {
            Phase::Acting(began) => self.deeds.front().map(|(due, _)| began + *due),
            _ => None,
        };
        let step = self.next_step.filter(|_| matches!(phase, Phase::Acting(_)));
        [deed, step, self.commands.next_again()].into_iter().flatten().min()
    }

    /// Does everything whose time has come.
    async fn do_what_is_due(&mut self, line: &mut Line, phase: Phase) -> anyhow::Result<Option<End>> {
        let now = Instant::now();
        for command in self.commands.again(now) {
            line.say(&ToServer::Command(command)).await?;
        }
        let Phase::Acting(began) = phase else { return Ok(None) };
        if let Some(due) = self.next_step.filter(|due| *due <= now) {
            self.steps += 1;
            let spot = self.walk.spot(self.steps);
            if let Some(account) = self.history.account {
                self.shared.frames.steps.sent(account, spot, due);
            }
            self.shared.tally.steps.add(1);
            line.hot(FromClient::Step(spot).encode()).await?;
            self.next_step = Some(due + self.stride());
        }
        while let Some((due, deed)) = self.deeds.front().copied().filter(|(due, _)| began + *due <= now) {
            self.deeds.pop_front();
            match deed {
                Deed::Drop => {
                    self.shared.tally.drops.add(1);
                    return Ok(Some(End::Dropped));
                }
                deed => self.does(line, deed, began + due).await?,
            }
        }
        Ok(None)
    }

    fn stride(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.shared.settings.rates.walk.max(0.01))
    }

    async fn does(&mut self, line: &mut Line, deed: Deed, due: Instant) -> anyhow::Result<()> {
        match deed {
            Deed::Chat => {
                let action = self.words();
                self.ask(line, action, due).await
            }
            Deed::Double => {
                let action = self.words();
                self.ask(line, action, due).await?;
                match self.commands.last_again() {
                    Some(command) => line.say(&ToServer::Command(command)).await,
                    None => Ok(()),
                }
            }
            Deed::Add => self.add(line, due).await,
            Deed::Vote => match self.shared.frames.known(self.room).entry {
                Some(entry) => {
                    self.votes += 1;
                    let up = self.votes % 2 == 1;
                    self.ask(line, Action::QueueVote { entry, up }, due).await
                }
                None => {
                    self.shared.tally.undone.add(1);
                    Ok(())
                }
            },
            Deed::React => line.say(&ToServer::React { with: Reaction::Love }).await,
            // The socket's end is its caller's.
            Deed::Drop => Ok(()),
        }
    }

    async fn add(&mut self, line: &mut Line, due: Instant) -> anyhow::Result<()> {
        if self.shared.tracks.is_empty() {
            self.shared.tally.undone.add(1);
            return Ok(());
        }
        let track = self.shared.tracks[self.random.random_range(0..self.shared.tracks.len())];
        self.ask(line, Action::QueueAdd { track }, due).await
    }

    /// A line that nobody else says.
    fn words(&mut self) -> Action {
        self.said += 1;
        let mut text = format!("{} says {} ", self.number, self.said);
        while text.len() < self.shared.settings.rates.chat_bytes {
            text.push('~');
        }
        Action::ChatSay { text }
    }

    async fn ask(&mut self, line: &mut Line, action: Action, due: Instant) -> anyhow::Result<()> {
        let command = self.commands.begin(self.room, action, due);
        self.shared.frames.expect(command.id, due);
        self.shared.tally.commands.add(1);
        self.shared.tally.pending.add(1);
        line.say(&ToServer::Command(command)).await
    }

    /// Takes in what came.
    fn hear(&mut self, message: &Message) {
        let shared = self.shared.clone();
        let was_in = self.heard.is_in();
        let (bytes, frame) = match message {
            Message::Text(text) => (text.len(), shared.frames.text(text)),
            Message::Binary(bytes) => (bytes.len(), shared.frames.binary(bytes)),
            _ => return,
        };
        if shared.tally.is_measuring() {
            shared.tally.bytes.add(bytes as u64);
            shared.tally.frames.add(1);
        }
        match &*frame {
            Frame::Events(room, noted) => self.hear_events(*room, noted),
            Frame::Positions(floor, fresh) => {
                let skipped = self.heard.tick.map_or(0, |tick| fresh.tick.saturating_sub(tick + 1));
                self.heard.tick = Some(fresh.tick);
                if shared.tally.is_measuring() && *floor == FloorId::of(self.room) {
                    shared.tally.positions.add(fresh.due.len() as u64);
                    shared.tally.superseded.add(fresh.superseded);
                    shared.tally.skipped_frames.add(skipped.into());
                    shared.tally.staleness.add_all(fresh.due.iter().map(Instant::elapsed));
                }
            }
            Frame::Other(other) => self.hear_other(other),
            Frame::Binary => {}
            Frame::Nonsense(why) => shared.tally.nonsense(why),
        }
        if !was_in && self.heard.is_in() {
            self.is_in();
        }
    }

    fn hear_events(&mut self, room: RoomId, noted: &[Noted]) {
        let tally = &self.shared.tally;
        for event in noted {
            self.history.saw(room, event.head, event.print);
            if let Some((room, due)) =
                event.command.and_then(|id| self.commands.end(id, Outcome::Acknowledged(event.head)))
            {
                tally.pending.take_one();
                tally.carried_out(room, due);
            }
        }
        if room == self.room {
            self.have = noted.last().map(|event| event.head).or(self.have);
            self.tell_have();
        }
        if tally.is_measuring() {
            tally.deliveries.add(noted.len() as u64);
            // What was missed and came later was not heard live: its delay is that of the line.
            if self.heard.is_in() {
                tally.latency.add_all(noted.iter().filter_map(|event| event.due).map(|due| due.elapsed()));
            }
        }
    }

    fn tell_have(&self) {
        if let Some(have) = self.have {
            self.shared.frames.has(self.number, self.room, have.seq);
        }
    }

    fn hear_other(&mut self, frame: &ToClient) {
        let tally = &self.shared.tally;
        match frame {
            ToClient::Welcome { .. } => self.heard.greeted = true,
            ToClient::Snapshot { room, snapshot } => {
                if self.have.is_some() {
                    tally.resyncs.add(1);
                }
                let head = Head { term: snapshot.term, seq: snapshot.seq };
                self.history.seen.push(Seen::Snapshot { room: *room, head });
                self.have = Some(head);
                self.heard.room = true;
                self.shared.frames.stands(*room, head.seq, snapshot.state.queue.last().map(|entry| entry.id));
                self.tell_have();
            }
            ToClient::People { people, .. } => {
                self.heard.floor = true;
                let me = people.iter().find(|standing| Some(standing.person.account) == self.history.account);
                self.stand(me);
            }
            ToClient::Accepted { id, head } => {
                if let Some((room, due)) = self.commands.end(*id, Outcome::Acknowledged(*head)) {
                    tally.pending.take_one();
                    tally.carried_out(room, due);
                }
            }
            ToClient::Refused { id, why } => {
                tally.refused(crate::arrive::name(why.code));
                if self.commands.refused(*id, why) {
                    tally.pending.take_one();
                }
            }
            ToClient::Unknown { id } => {
                tally.refused("unknown".to_owned());
                self.commands.unknown(*id);
            }
            ToClient::Sorry { why } => tally.refused(format!("sorry: {}", crate::arrive::name(why.code))),
            ToClient::Draining {} => self.heard.draining = true,
            _ => {}
        }
    }

    /// Begins to walk where the park has put them; in a crowd so large that the park names a sample, from the middle.
    fn stand(&mut self, me: Option<&Standing>) {
        if self.shared.settings.rates.walk <= 0.0 || self.next_step.is_some() {
            return;
        }
        if let Some(me) = me {
            self.walk = Walk::new(me.x, me.y, self.shared.settings.rates.walk);
            self.steps = 0;
        }
        // Everybody at a moment of their own.
        self.next_step = Some(Instant::now() + self.stride().mul_f64(self.random.random()));
    }

    /// They are in their room, at first or again.
    fn is_in(&mut self) {
        let tally = &self.shared.tally;
        tally.live.add(1);
        let took = self.away_since.take().map(|since| since.elapsed()).unwrap_or_default();
        if self.ever_in {
            tally.gaps.add(took);
        } else {
            tally.joining.add(took);
        }
        self.ever_in = true;
    }
}

impl Heard {
    /// Whether they hear and see their room.
    fn is_in(&self) -> bool {
        self.greeted && self.floor && self.room
    }
}
