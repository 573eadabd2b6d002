//! What somebody takes in: events of their room, positions, answers to what they asked for.

use super::Person;
use crate::frames::{Frame, Noted, Stood};
use crate::history::{Outcome, Seen};
use crate::walk::Walk;
use protocol::id::{FloorId, RoomId};
use protocol::socket::{Head, Standing, ToClient};
use rand::RngExt;
use std::time::Duration;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

/// Whoever comes back within this, having missed at most so many events, gets these and nothing else (PROMISES.md, 3).
const RESUMES_WITHIN: Duration = Duration::from_secs(60);
const RESUMES_EVENTS: i64 = 1_000;

/// What a new socket has brought so far.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) greeted: bool,
    pub(super) floor: bool,
    pub(super) room: bool,
    pub(super) draining: bool,
    pub(super) tick: Option<u32>,
}

impl Heard {
    /// Whether their room has reached them. The people on its floor come at most half a second later, as gateways tell them
    /// to everybody who came meanwhile at once; where nothing happened since somebody went, these are the first to come.
    pub(super) fn is_in(&self) -> bool {
        self.greeted && (self.room || self.floor)
    }
}

impl Person {
    /// Takes in what came.
    pub(super) fn hear(&mut self, message: &Message) {
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
            Frame::Snapshot(stood) => self.hear_snapshot(*stood),
            Frame::Other(other) => self.hear_other(other),
            Frame::Binary => {}
            Frame::Nonsense(why) => shared.tally.made_no_sense(why),
        }
        if !was_in && self.heard.is_in() {
            self.is_in();
        }
    }

    fn hear_events(&mut self, room: RoomId, noted: &[Noted]) {
        let shared = self.shared.clone();
        let tally = &shared.tally;
        // What was missed meanwhile comes before they are in: its delay is that of the line, and it was not heard live.
        let was_in = self.heard.is_in();
        for event in noted {
            self.history.saw(room, event.head, event.print);
            if let Some((room, due)) =
                event.command.and_then(|id| self.commands.end(id, Outcome::Acknowledged(event.head)))
            {
                tally.pending.take_one();
                tally.carried_out(room, due);
            }
        }
        if let Some(due) = noted.iter().filter_map(|event| event.due).max() {
            tally.marks.heard(due, Instant::now(), &mut self.marks_heard);
        }
        if room == self.room {
            self.heard.room = true;
            if let Some(last) = noted.last() {
                self.stands(last.head);
            }
        }
        tally.heard.add(noted.len() as u64);
        if tally.is_measuring() && was_in {
            tally.deliveries.add(noted.len() as u64);
            tally.latency.add_all(noted.iter().filter_map(|event| event.due).map(|due| due.elapsed()));
        }
    }

    fn hear_snapshot(&mut self, Stood { room, head, state }: Stood) {
        if let Some(have) = self.have {
            let tally = &self.shared.tally;
            tally.resyncs.add(1);
            let soon = self.away_since.is_none_or(|since| since.elapsed() <= RESUMES_WITHIN);
            // A state older than what they have (a gateway that lags) is passed over: they have missed nothing.
            let missed = 0..=RESUMES_EVENTS;
            if room == self.room && soon && missed.contains(&(head.seq - have.seq)) {
                tally.not_resumed.add(1);
            }
        }
        self.history.seen.push(Seen::Snapshot { room, head, state });
        self.heard.room = true;
        self.stands(head);
    }

    /// This socket has told their room up to here. What is older than what they have changes nothing of it, as in a browser
    /// (`web-client/src/room/follow.ts`).
    fn stands(&mut self, head: Head) {
        self.shared.frames.has(self.number, self.room, head.seq);
        if self.have.is_none_or(|have| head.seq >= have.seq || head.term > have.term) {
            self.have = Some(head);
        }
    }

    fn hear_other(&mut self, frame: &ToClient) {
        let tally = &self.shared.tally;
        match frame {
            ToClient::Welcome { .. } => self.heard.greeted = true,
            ToClient::People { people, .. } => {
                self.heard.floor = true;
                let me = people.iter().find(|standing| Some(standing.person.account) == self.history.account);
                self.stand(me);
            }
            ToClient::Accepted { id, head } => {
                if let Some((room, due)) = self.commands.answered(*id, Outcome::Acknowledged(*head)) {
                    tally.pending.take_one();
                    tally.carried_out(room, due);
                }
            }
            ToClient::Refused { id, why } => {
                tally.refused(why.code.to_string());
                if self.commands.refused(*id, why) {
                    tally.pending.take_one();
                }
            }
            ToClient::Unknown { id } => {
                tally.refused("unknown".to_owned());
                self.commands.unknown(*id);
            }
            ToClient::Sorry { why } => tally.refused(format!("sorry: {}", why.code)),
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
        // Whoever comes back to a room in which nothing has happened meanwhile is told nothing of it.
        if let Some(have) = self.have {
            self.shared.frames.has(self.number, self.room, have.seq);
        }
    }
}
