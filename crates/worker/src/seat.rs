//! A room in memory, with what the worker keeps beside its state.

use park::floor::Admission;
use park::{Context, Resolved, Room, RoomOpening};
use protocol::event::{Event, Happened, Play};
use protocol::id::{AccountId, CommandId};
use protocol::people::Person;
use protocol::refusal::Refusal;
use protocol::room::RoomSummary;
use protocol::time::Micros;
use protocol::track::Track;
use std::time::Instant;
use store::StoredRoom;

/// A snapshot is saved after this many events.
const SNAPSHOT_EVERY: i64 = 200;
/// A room that nobody was in for this long sleeps: it leaves memory and starts again when somebody comes.
const SLEEP_AFTER_US: Micros = 600_000_000;
/// A change of what plays is announced this far ahead when no round trip is known, in microseconds.
const LEAD_US: i64 = 600_000;

/// Lines of the list of rooms that are told at once, which is each second: every socket of the park gets them, and while thousands come
/// in every room's line changes. The others are told in the seconds after; whoever looks at the list has fetched the whole of it.
const LINES_MAX: usize = 20;

/// A room that was just read lets everybody in for this long, in microseconds: after a change of workers the gateways tell anew who is
/// inside, and nobody of those shall find their place taken.
const OPEN_AFTER_LOAD_US: Micros = 5_000_000;

/// Who is in a room, as the floors tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowd {
    /// Who is in it and not away.
    pub present: Vec<AccountId>,
    /// How many are in it.
    pub inside: u32,
    /// Whether whoever comes now waits in line.
    pub full: bool,
    /// How far ahead a change of what plays is announced, in microseconds.
    pub lead_us: i64,
}

impl Default for Crowd {
    fn default() -> Crowd {
        Crowd { present: Vec::new(), inside: 0, full: false, lead_us: LEAD_US }
    }
}

impl Crowd {
    fn context<'a>(&'a self, own: bool, now: Micros, mix: &'a [Track]) -> Context<'a> {
        // The park's own rooms play for whoever may come.
        let inside = if own { self.inside.max(1) } else { self.inside };
        Context { now, present: &self.present, inside, lead_us: self.lead_us, mix }
    }
}

/// A room in memory.
#[derive(Debug)]
pub struct Seat {
    /// The rules' room.
    pub room: Room,
    /// Whether it is the park's own: it never sleeps.
    pub own: bool,
    /// The term it is owned under.
    pub term: i64,
    crowd: Crowd,
    /// Whether its line in the list of rooms may have changed since it was last told.
    unlisted: bool,
    /// Its line as it was last told, and when.
    listed: Option<(Instant, RoomSummary)>,
    /// Who comes or goes may carry a vote: the rules should look.
    stirred: bool,
    /// When the floors are to be told whom the room lets in; none: they know.
    admission_due: Option<Micros>,
    saved_seq: i64,
    used: Micros,
}

impl Seat {
    /// A room as the database has it, owned under `term` from now on.
    pub fn load(stored: StoredRoom, term: i64, now: Micros) -> Seat {
        let own = stored.spec.own;
        let saved_seq = stored.snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
        let opening = RoomOpening {
            id: stored.spec.id,
            slug: stored.spec.slug,
            settings: stored.spec.settings,
            place: stored.spec.place,
            mood: stored.spec.mood,
            owner: stored.spec.owner,
        };
        Seat {
            room: Room::load(opening, stored.snapshot, &stored.events, term),
            own,
            term,
            crowd: Crowd::default(),
            unlisted: true,
            listed: None,
            stirred: false,
            admission_due: Some(now + OPEN_AFTER_LOAD_US),
            saved_seq,
            used: now,
        }
    }

    /// Lets the rules do what is due by itself.
    pub fn tick(&mut self, now: Micros, mix: &[Track]) -> Vec<Event> {
        self.stirred = false;
        let events = self.room.tick(&self.crowd.context(self.own, now, mix));
        self.unlisted |= !events.is_empty();
        self.note_admission(&events, now);
        events
    }

    /// Carries out a command, or says why not.
    pub fn apply(
        &mut self,
        by: &Person,
        id: CommandId,
        action: Resolved,
        now: Micros,
        mix: &[Track],
    ) -> Result<Vec<Event>, Refusal> {
        self.used = now;
        let events = self.room.apply(by, id, action, &self.crowd.context(self.own, now, mix))?;
        self.unlisted = true;
        self.note_admission(&events, now);
        Ok(events)
    }

    /// Others are in the room now.
    pub fn set_crowd(&mut self, crowd: Crowd, now: Micros) {
        self.used = now;
        self.unlisted |= (self.crowd.inside, self.crowd.full) != (crowd.inside, crowd.full);
        self.stirred |= self.crowd != crowd;
        self.crowd = crowd;
    }

    /// Its line in the list of rooms.
    pub fn summary(&self) -> RoomSummary {
        self.room.summary(self.crowd.inside, self.crowd.full)
    }

    /// Its line, when it is another than was last told; from now on it was told. Most of what happens in a room does not show in it.
    fn new_line(&mut self) -> Option<RoomSummary> {
        if !std::mem::take(&mut self.unlisted) {
            return None;
        }
        let line = self.summary();
        let is_new = self.listed.as_ref().is_none_or(|(_, listed)| *listed != line);
        is_new.then(|| self.listed.insert((Instant::now(), line)).1.clone())
    }

    /// Whom the room lets in, when the floors are to be told by now.
    pub fn untold_admission(&self, now: Micros) -> Option<Admission> {
        self.admission_due.filter(|due| *due <= now)?;
        let state = self.room.state();
        let exempt = state.owner.iter().chain(&state.djs).map(|person| person.account).collect();
        Some(Admission { capacity: state.settings.capacity, exempt })
    }

    /// The floors were told.
    pub fn admission_told(&mut self) {
        self.admission_due = None;
    }

    fn note_admission(&mut self, events: &[Event], now: Micros) {
        let changes =
            |event: &Event| matches!(event.happened, Happened::RoomChanged { .. } | Happened::RoleDj { .. });
        if events.iter().any(changes) {
            self.admission_due = Some(now);
        }
    }

    /// What comes after what plays, where that is known.
    pub fn next(&self) -> Option<Play> {
        self.room.state().playback.as_ref()?.next.clone()
    }

    /// Somebody had to do with the room.
    pub fn touch(&mut self, now: Micros) {
        self.used = now;
    }

    /// Whether the rules have something to do by themselves.
    pub fn is_due(&self, now: Micros) -> bool {
        self.stirred || self.room.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// Whether it may leave memory.
    pub fn may_sleep(&self, now: Micros) -> bool {
        !self.own && self.crowd.inside == 0 && now - self.used > SLEEP_AFTER_US
    }

    /// Whether a snapshot is due.
    pub fn wants_saving(&self) -> bool {
        self.room.head().seq - self.saved_seq >= SNAPSHOT_EVERY
    }

    /// Whether anything happened since the last snapshot.
    pub fn is_unsaved(&self) -> bool {
        self.room.head().seq > self.saved_seq
    }

    /// A snapshot was saved (or tried: the next is due as long after it).
    pub fn saved(&mut self) {
        self.saved_seq = self.room.head().seq;
    }
}

/// Lines of rooms that changed since they were told, at most [`LINES_MAX`]: those that were told longest ago. They are told from now on.
pub fn new_lines<'a>(seats: impl Iterator<Item = &'a mut Seat>) -> Vec<RoomSummary> {
    let mut seats: Vec<&mut Seat> = seats.collect();
    seats.sort_by_key(|seat| seat.listed.as_ref().map(|(at, _)| *at));
    seats.into_iter().filter_map(Seat::new_line).take(LINES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::id::RoomId;
    use protocol::room::{Hue, Place, QueueMode, RoomSettings};
    use store::RoomSpec;

    fn seat(id: i64) -> Seat {
        let settings = RoomSettings {
            name: "A room".into(),
            about: String::new(),
            hue: Hue::Mint,
            mode: QueueMode::Open,
            mix: false,
            capacity: None,
        };
        let place = Place::Bench;
        let spec = RoomSpec {
            id: RoomId(id),
            slug: "a-room".into(),
            settings,
            place,
            mood: None,
            owner: None,
            own: false,
        };
        Seat::load(StoredRoom { spec, snapshot: None, events: vec![] }, 1, 0)
    }

    #[test]
    fn the_list_hears_who_comes_and_nothing_of_the_chat() {
        let mut seat = seat(4);
        assert!(seat.new_line().is_some(), "a room that was just read is told");
        let juno = Person { account: AccountId(1), name: "Juno".into(), look: 7 };
        let id = CommandId(uuid::Uuid::now_v7());
        seat.apply(&juno, id, Resolved::ChatSay { text: "Evening all".into() }, 1, &[]).unwrap();
        assert_eq!(seat.new_line(), None);
        seat.set_crowd(Crowd { inside: 1, ..Crowd::default() }, 2);
        assert_eq!(seat.new_line().map(|line| line.listening), Some(1));
        assert_eq!(seat.new_line(), None, "told once");
    }

    #[test]
    fn while_thousands_come_each_room_is_told_in_its_turn() {
        let mut seats: Vec<Seat> = (1..=50).map(seat).collect();
        let mut told = Vec::new();
        for second in 1..=3 {
            for seat in &mut seats {
                seat.set_crowd(Crowd { inside: second, ..Crowd::default() }, 1);
            }
            let lines = new_lines(seats.iter_mut());
            assert!(lines.len() <= LINES_MAX);
            told.extend(lines.into_iter().map(|line| line.id));
        }
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 50, "none waits for ever behind rooms that change all the time");
        let rest: usize = (0..3).map(|_| new_lines(seats.iter_mut()).len()).sum();
        assert!(rest > 0 && new_lines(seats.iter_mut()).is_empty(), "and at the end all lines are told");
    }
}
