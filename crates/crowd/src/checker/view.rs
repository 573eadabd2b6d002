//! What one person saw of their room: without a hole or openly begun anew, in order, once, as the journal has it, and to its end.

use crate::checker::breach::{Range, Who};
use crate::checker::kept::Kept;
use crate::checker::{Breach, Verdict};
use crate::history::{Digest, History, Seen, StatePrint};
use protocol::id::RoomId;
use protocol::socket::Head;
use std::collections::BTreeMap;

/// Judges one person's view.
pub fn check(
    history: &History,
    kept: Option<&Kept<'_>>,
    rest: &BTreeMap<RoomId, i64>,
    verdict: &mut Verdict,
) {
    let mut view = View {
        who: Who(history.account),
        kept,
        verdict,
        wanted: None,
        former: None,
        is_connected: false,
        rooms: BTreeMap::new(),
    };
    for seen in &history.seen {
        view.see(seen);
    }
    view.end(rest);
}

/// A piece of events, as it was seen.
#[derive(Clone, Copy)]
struct Piece {
    room: RoomId,
    term: i64,
    range: Range,
    digest: Digest,
}

/// What has been seen of a room.
///
/// A gateway that lags behind the one before answers whoever comes from there with a state older than what they have, and with the events
/// since. The park's own client passes over all of it that it knows (`web-client/src/room/follow.ts`), so nobody sees anything twice: it
/// is no breach. By itself each connection goes on without a hole, and nothing goes back.
struct Place {
    /// The furthest, whatever connection told it.
    head: Head,
    /// What was jumped over without a word.
    missing: Vec<Range>,
    /// How far the present connection has told it.
    told: i64,
    /// The room was asked for, and nothing of it was told since.
    is_asked: bool,
}

struct View<'a, 'k> {
    who: Who,
    kept: Option<&'a Kept<'k>>,
    verdict: &'a mut Verdict,
    /// The room that was asked for.
    wanted: Option<RoomId>,
    /// The one before: its last words may come until the first of the new one.
    former: Option<RoomId>,
    is_connected: bool,
    rooms: BTreeMap<RoomId, Place>,
}

impl View<'_, '_> {
    fn see(&mut self, seen: &Seen) {
        match *seen {
            Seen::Lost => self.is_connected = false,
            Seen::Listens { room } => {
                self.is_connected = true;
                // Whoever comes back says how far they are, and hears what follows.
                if let Some(place) = self.rooms.get_mut(&room) {
                    (place.told, place.is_asked) = (place.head.seq, true);
                }
                if self.wanted != Some(room) {
                    self.former = self.wanted.replace(room);
                }
            }
            Seen::Snapshot { room, head, state } => {
                if self.is_for_them(room, Range { first: head.seq, last: head.seq }) {
                    self.snapshot(room, head, state);
                }
            }
            Seen::Events { room, term, first, last, digest } => {
                let range = Range { first, last };
                self.verdict.deliveries += range.count();
                if self.is_for_them(room, range) {
                    self.events(Piece { room, term, range, digest });
                }
            }
        }
    }

    fn is_for_them(&mut self, room: RoomId, range: Range) -> bool {
        if self.wanted == Some(room) {
            self.former = None;
        } else if self.former != Some(room) {
            self.verdict.misrouted += range.count();
            self.verdict.breach(Breach::Misrouted { who: self.who, room, range });
            return false;
        }
        true
    }

    fn snapshot(&mut self, room: RoomId, head: Head, state: StatePrint) {
        self.state(room, head, state);
        let who = self.who;
        let Some(place) = self.rooms.get_mut(&room) else {
            self.rooms.insert(room, Place::at(head));
            return;
        };
        self.verdict.resyncs += 1;
        let (earlier, later) =
            if head.seq < place.head.seq { (head, place.head) } else { (place.head, head) };
        if earlier.seq < later.seq && later.term < earlier.term {
            let (seq, term, before) = (later.seq, later.term, earlier.term);
            self.verdict.breach(Breach::SawTermFall { who, room, seq, term, before });
        }
        if head.seq < place.told && !place.is_asked {
            let range = Range { first: head.seq + 1, last: place.told };
            self.verdict.misordered += range.count();
            self.verdict.breach(Breach::TakenBack { who, room, range });
            return;
        }
        (place.told, place.is_asked) = (head.seq, false);
        if head.seq > place.head.seq {
            place.head = head;
        }
    }

    /// A state that came, against what is kept.
    fn state(&mut self, room: RoomId, head: Head, state: StatePrint) {
        // A room in which nothing has happened yet stands at 0, and is as it was made: of that the journal says nothing.
        let Some(kept) = self.kept.filter(|kept| kept.room(room).is_some() && head.seq > 0) else { return };
        let who = self.who;
        if kept.event(room, head.seq).is_none_or(|entry| entry.head != head) {
            self.verdict.breach(Breach::StateNotKept { who, room, head });
        } else if kept.state(room, head.seq).is_some_and(|kept| kept != state) {
            self.verdict.breach(Breach::OtherState { who, room, head });
        }
    }

    fn events(&mut self, piece: Piece) {
        self.content(piece);
        let Piece { room, term, range, .. } = piece;
        let who = self.who;
        let Some(place) = self.rooms.get_mut(&room) else {
            self.verdict.breach(Breach::Unfounded { who, room, range });
            self.rooms.insert(room, Place::at(Head { term, seq: range.last }));
            return;
        };
        let next = place.told.saturating_add(1);
        if range.first < next {
            let back = Range { first: range.first, last: range.last.min(place.told) };
            let late = place.take_missing(back);
            if late > 0 {
                self.verdict.misordered += late;
                self.verdict.breach(Breach::OutOfOrder { who, room, range: back });
            }
            if back.count() > late {
                self.verdict.duplicated += back.count() - late;
                self.verdict.breach(Breach::SeenAgain { who, room, range: back });
            }
        } else if range.first > next {
            place.missing.push(Range { first: next, last: range.first - 1 });
        }
        (place.told, place.is_asked) = (place.told.max(range.last), false);
        if range.last > place.head.seq {
            if term < place.head.term {
                let before = place.head.term;
                self.verdict.breach(Breach::SawTermFall { who, room, seq: range.first, term, before });
            }
            place.head = Head { term, seq: range.last };
        }
    }

    /// What came, against what is kept.
    fn content(&mut self, Piece { room, term, range, digest }: Piece) {
        let Some(kept) = self.kept else { return };
        let Some(entries) = kept.room(room) else { return };
        let who = self.who;
        let end = entries.last().map_or(0, |entry| entry.head.seq);
        if range.last > end {
            self.verdict.breach(Breach::NotKept { who, room, range, end });
        } else if kept.piece(room, range.first, range.last) != Some((term, digest)) {
            self.verdict.breach(Breach::OtherContent { who, room, range, term });
        }
    }

    fn end(&mut self, rest: &BTreeMap<RoomId, i64>) {
        let who = self.who;
        for (room, place) in &self.rooms {
            let room = *room;
            for range in &place.missing {
                self.verdict.lost += range.count();
                self.verdict.breach(Breach::Hole { who, room, range: *range });
            }
            let listens = self.is_connected && self.wanted == Some(room);
            if listens
                && let Some(end) = rest.get(&room).copied()
                && place.told < end
            {
                let missed = Range { first: place.head.seq + 1, last: end };
                self.verdict.lost += missed.count();
                self.verdict.breach(Breach::Behind { who, room, at: place.told, end });
            }
        }
    }
}

impl Place {
    /// Told from here on.
    fn at(head: Head) -> Place {
        Place { head, missing: Vec::new(), told: head.seq, is_asked: false }
    }

    /// Takes numbers out of what is missing; says how many were.
    fn take_missing(&mut self, taken: Range) -> u64 {
        let mut found = 0;
        let mut left = Vec::with_capacity(self.missing.len());
        for gap in self.missing.drain(..) {
            let both = Range { first: gap.first.max(taken.first), last: gap.last.min(taken.last) };
            if both.first > both.last {
                left.push(gap);
                continue;
            }
            found += both.count();
            let rests = [
                Range { first: gap.first, last: both.first - 1 },
                Range { first: both.last + 1, last: gap.last },
            ];
            left.extend(rests.into_iter().filter(|rest| rest.first <= rest.last));
        }
        self.missing = left;
        found
    }
}
