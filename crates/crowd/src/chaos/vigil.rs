//! Somebody who listens and walks about while something is away: whether both go on for them (promise 10).

use super::guest::{Guest, Heard, Line};
use super::music::Music;
use anyhow::bail;
use protocol::binary::{FromClient, POSITIONS, Positions, Spot};
use protocol::id::{AccountId, RoomId};
use protocol::socket::ToClient;
use protocol::time::Micros;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Between a step that was seen and the next one.
const STRIDE: Duration = Duration::from_millis(500);
/// What has to come before a vigil can begin comes within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody in a room.
#[derive(Debug)]
pub struct Vigil {
    line: Line,
    account: AccountId,
    /// Park time at a moment of this machine's own clock.
    clock: (Micros, Instant),
    music: Music,
    at: Option<Spot>,
    /// The step that nobody has seen yet.
    step: Option<(Spot, Instant)>,
    next_step: Instant,
    slowest: Duration,
}

/// What they noticed.
#[derive(Debug)]
pub struct Noticed {
    /// What played for them.
    pub music: Music,
    /// The longest it took until a step of theirs was seen.
    pub slowest_step: Duration,
}

impl Vigil {
    /// Walks into a room, and waits until something plays there and they are seen.
    ///
    /// # Errors
    /// When that never comes.
    pub async fn begin(guest: &Guest, gateway: &str, room: RoomId) -> anyhow::Result<Vigil> {
        let mut line = guest.connect(gateway).await?;
        let clock = (line.probe(PATIENCE).await?, Instant::now());
        line.enter(room, None).await?;
        let mut vigil = Vigil {
            line,
            account: guest.account(),
            clock,
            music: Music::default(),
            at: None,
            step: None,
            next_step: Instant::now(),
            slowest: Duration::ZERO,
        };
        let give_up = Instant::now() + PATIENCE;
        while vigil.at.is_none() || vigil.music.left(vigil.park_time()).is_none() {
            if Instant::now() > give_up {
                bail!("Nothing plays in room {room}, or nobody is seen there.");
            }
            vigil.notice(give_up).await?;
        }
        Ok(vigil)
    }

    /// Goes on until what plays has at most so much left.
    ///
    /// # Errors
    /// When the socket closes.
    pub async fn until_left(&mut self, time: Duration) -> anyhow::Result<()> {
        while self.music.left(self.park_time()).is_none_or(|left| left > time) {
            self.notice(Instant::now() + STRIDE).await?;
        }
        Ok(())
    }

    /// Begins to count here, and goes on until told to stop.
    ///
    /// # Errors
    /// When the socket closes.
    pub async fn keep(mut self, mut stop: oneshot::Receiver<()>) -> anyhow::Result<Noticed> {
        self.music.listen(self.park_time());
        (self.step, self.slowest) = (None, Duration::ZERO);
        while let Err(oneshot::error::TryRecvError::Empty) = stop.try_recv() {
            self.notice(Instant::now() + STRIDE).await?;
        }
        self.music.pass(self.park_time());
        // A step that is not seen yet took at least that long.
        let unseen = self.step.map_or(Duration::ZERO, |(_, since)| since.elapsed());
        Ok(Noticed { music: self.music, slowest_step: self.slowest.max(unseen) })
    }

    fn park_time(&self) -> Micros {
        let (then, at) = self.clock;
        then + i64::try_from(at.elapsed().as_micros()).unwrap_or(i64::MAX)
    }

    /// Takes in the next frame, unless none comes until then, and steps when it is time.
    async fn notice(&mut self, until: Instant) -> anyhow::Result<()> {
        if let (Some(at), None, true) = (self.at, self.step, Instant::now() >= self.next_step) {
            // Wherever they stand, that spot is within a step's reach.
            let to = Spot { x: at.x ^ 8, ..at };
            self.line.say_bytes(FromClient::Step(to).encode()).await?;
            self.step = Some((to, Instant::now()));
        }
        let walks = self.at.is_some() && self.step.is_none();
        let until = if walks { until.min(self.next_step) } else { until };
        match self.line.next(until.saturating_duration_since(Instant::now())).await {
            None => Ok(()),
            Some(Heard::Closed(code)) => bail!("The socket of somebody who listens was closed with {code}."),
            Some(Heard::Binary(bytes)) if bytes.first() == Some(&POSITIONS) => {
                self.see(&Positions::decode(&bytes)?);
                Ok(())
            }
            Some(Heard::Binary(_)) => Ok(()),
            Some(Heard::Text(text)) => {
                let now = self.park_time();
                match serde_json::from_str(&text)? {
                    ToClient::Snapshot { snapshot, .. } => {
                        self.music.told(snapshot.state.playback.as_ref(), now);
                    }
                    ToClient::Events { events, .. } => {
                        events.iter().for_each(|event| self.music.happened(&event.happened, now));
                    }
                    _ => {}
                }
                Ok(())
            }
        }
    }

    fn see(&mut self, positions: &Positions) {
        let Some((_, spot)) = positions.people.iter().find(|(of, _)| *of == self.account) else { return };
        self.at = Some(*spot);
        if let Some((_, since)) = self.step.take_if(|(to, _)| to.x == spot.x) {
            self.slowest = self.slowest.max(since.elapsed());
            self.next_step = Instant::now() + STRIDE;
        }
    }
}
