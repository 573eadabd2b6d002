//! What somebody in the park has seen, folded as a browser folds it.

use protocol::binary::{POSITIONS, Positions, Spot};
use protocol::event::Event;
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::people::Reaction;
use protocol::refusal::Refusal;
use protocol::room::{RoomState, RoomSummary};
use protocol::socket::{Head, Standing, ToClient};
use std::collections::{BTreeMap, BTreeSet};

/// What somebody has seen.
#[derive(Debug, Default, Clone)]
pub struct View {
    /// The gateway greeted.
    pub welcome: bool,
    /// The room one listens to and its state.
    pub room: Option<(RoomId, RoomState)>,
    /// Where one stands in its journal.
    pub head: Option<Head>,
    /// Events since the socket was opened, in the order they came.
    pub events: Vec<Event>,
    /// Snapshots that came.
    pub snapshots: u32,
    /// Commands that were accepted before.
    pub accepted: BTreeMap<CommandId, Head>,
    /// Commands that were refused.
    pub refused: BTreeMap<CommandId, Refusal>,
    /// Commands nothing is known of.
    pub unknown: BTreeSet<CommandId>,
    /// What was not understood.
    pub sorry: Vec<Refusal>,
    /// People on one's floor.
    pub people: BTreeMap<AccountId, Standing>,
    /// Who waits in line for a place on it.
    pub line: Vec<AccountId>,
    /// How many are on it, present, needed to skip.
    pub crowd: (u32, u32, u32),
    /// Where they are.
    pub spots: BTreeMap<AccountId, Spot>,
    /// Reactions seen.
    pub reactions: Vec<(AccountId, Reaction)>,
    /// Rooms of the list that changed.
    pub rooms: BTreeMap<RoomId, RoomSummary>,
    /// Name of oneself as last told.
    pub you: Option<String>,
    /// Answers to clock probes: c0, s1, s2.
    pub clock: Vec<(f64, f64, f64)>,
    /// Close code, once the socket is closed (1006: without one).
    pub closed: Option<u16>,
    /// What a browser must never see: holes and falling terms.
    pub wrong: Vec<String>,
}

impl View {
    /// Takes a text frame in.
    pub fn text(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(frame) => self.frame(frame),
            Err(error) => self.wrong.push(format!("{error} in {text}")),
        }
    }

    /// Takes a binary frame in.
    pub fn binary(&mut self, frame: &[u8]) {
        if frame.first() == Some(&POSITIONS) {
            match Positions::decode(frame) {
                Ok(positions) => {
                    if positions.key {
                        self.spots.clear();
                    }
                    self.spots.extend(positions.people);
                }
                Err(error) => self.wrong.push(error.to_string()),
            }
        } else if let Some(times) = frame.get(1..25) {
            let at = |i: usize| f64::from_le_bytes(times[i..i + 8].try_into().expect("eight bytes"));
            self.clock.push((at(0), at(8), at(16)));
        }
    }

    fn frame(&mut self, frame: ToClient) {
        match frame {
            ToClient::Welcome { .. } => self.welcome = true,
            ToClient::Snapshot { room, snapshot } => {
                self.snapshots += 1;
                self.head = Some(Head { term: snapshot.term, seq: snapshot.seq });
                self.room = Some((room, snapshot.state));
            }
            ToClient::Events { room, events } => {
                for event in events {
                    self.event(room, event);
                }
            }
            ToClient::Accepted { id, head } => {
                self.accepted.insert(id, head);
            }
            ToClient::Refused { id, why } => {
                self.refused.insert(id, why);
            }
            ToClient::Unknown { id } => {
                self.unknown.insert(id);
            }
            ToClient::Sorry { why } => self.sorry.push(why),
            ToClient::People { count, present, needed, people, line, .. } => {
                self.line = line;
                self.crowd = (count, present, needed);
                self.people =
                    people.into_iter().map(|standing| (standing.person.account, standing)).collect();
            }
            ToClient::Presence { count, present, needed, came, went, line, .. } => {
                self.line = line.unwrap_or_else(|| std::mem::take(&mut self.line));
                self.crowd = (count, present, needed);
                self.people.extend(came.into_iter().map(|standing| (standing.person.account, standing)));
                for account in went {
                    self.people.remove(&account);
                }
            }
            ToClient::Reactions { by, .. } => self.reactions.extend(by),
            ToClient::Rooms { rooms } => self.rooms.extend(rooms.into_iter().map(|room| (room.id, room))),
            ToClient::You { you } => self.you = Some(you.name),
            ToClient::Typing { .. } | ToClient::Draining {} => {}
        }
    }

    fn event(&mut self, room: RoomId, event: Event) {
        let Some((listening, state)) = self.room.as_mut() else {
            self.wrong.push(format!("event {} before any snapshot", event.seq));
            return;
        };
        if *listening != room {
            return;
        }
        let head = self.head.unwrap_or(Head { term: 0, seq: 0 });
        if event.seq <= head.seq {
            return;
        }
        if event.seq != head.seq + 1 || event.term < head.term {
            self.wrong.push(format!("event {}/{} after {}/{}", event.term, event.seq, head.term, head.seq));
        }
        park::fold(state, &event);
        self.head = Some(Head { term: event.term, seq: event.seq });
        self.events.push(event);
    }
}
