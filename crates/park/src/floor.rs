//! People on a plane: where they stand, how fast they go, and what the others are told of it. Nothing of it is durable.
//!
//! A floor shows at most [`ON_SHOW`] people to everybody: who came first, and when one of them goes, who has waited longest. The
//! others are counted. So thousands who enter a room are a counter and a sample to each other. Where only so many fit in
//! ([`Admission`]), whoever comes later waits in line and is not on the floor until a place is free.

mod door;
mod moments;
mod pace;
mod spawn;

pub use door::{Admission, HELD_US};

use crate::skip_needed;
use door::{Door, Waiting};
use moments::Moments;
use pace::Pace;
use protocol::binary::{POSITIONS_MAX, Positions, Spot};
use protocol::http::PersonSeen;
use protocol::id::{AccountId, FloorId};
use protocol::people::{Person, Reaction};
use protocol::socket::{PEOPLE_MAX, Standing, ToClient};
use protocol::time::Micros;
use std::collections::{BTreeMap, BTreeSet};

/// People of a floor that others see.
pub const ON_SHOW: usize = if PEOPLE_MAX < POSITIONS_MAX { PEOPLE_MAX } else { POSITIONS_MAX };
/// Time between two frames that name everybody, in microseconds.
pub const KEY_EVERY_US: Micros = 1_000_000;
/// A floor on which nobody has come, gone or moved for this long, in microseconds, is still: by then two such frames have said so.
pub const STILL_AFTER_US: Micros = 2 * KEY_EVERY_US;
/// Time between two frames that name everybody on a floor that is still, in microseconds: each costs a write to every socket there, and
/// in a room that only listens those would be half of all writes.
pub const STILL_KEY_EVERY_US: Micros = 10_000_000;
/// Whoever comes back within this time stands where they stood, in microseconds: as long as a place in the queue is kept.
pub const KEPT_US: Micros = 600_000_000;
/// Places that are kept at the most.
const KEPT_MAX: usize = 1_000;
/// The line is told at most this often, in microseconds: a long one is long to tell.
const LINE_EVERY_US: Micros = 1_000_000;
/// The bits of a pose that mean something: heading, walking, dancing.
const POSE_BITS: u8 = 0b1_1111;

/// The bits of a pose that are the heading.
const HEADING_BITS: u8 = 0b111;

/// The people on one floor.
#[derive(Debug, Clone)]
pub struct Floor {
    id: FloorId,
    people: BTreeMap<AccountId, Walker>,
    present: u32,
    /// Number of the next who comes.
    arrivals: u64,
    /// Who others see.
    shown: BTreeSet<AccountId>,
    /// Who others do not see, longest there first.
    waiting: BTreeSet<(u64, AccountId)>,
    /// Who others have been told of.
    told: BTreeSet<AccountId>,
    /// Of whom there is news for the next presence frame.
    news: BTreeSet<AccountId>,
    /// Whether the counts are news.
    counts_changed: bool,
    /// Who moved since the last frame of positions.
    moved: BTreeSet<AccountId>,
    last_key_us: Option<Micros>,
    /// Whether somebody came, went or moved since the last call of [`Floor::positions`].
    stirred: bool,
    /// When somebody last had, as far as positions were asked for.
    stirred_us: Micros,
    frames: u32,
    moments: Moments,
    /// Where those stood who went a while ago, and when they went.
    kept: BTreeMap<AccountId, (Spot, Micros)>,
    door: Door,
    line_changed: bool,
    /// Whether a changed line may be told with the next presence frame, and when one was last told.
    line_due: bool,
    line_told_us: Option<Micros>,
}

#[derive(Debug, Clone)]
struct Walker {
    person: Person,
    away: bool,
    spot: Spot,
    pace: Pace,
    arrival: u64,
}

impl Floor {
    /// An empty floor.
    pub fn new(id: FloorId) -> Floor {
        Floor {
            id,
            people: BTreeMap::new(),
            present: 0,
            arrivals: 0,
            shown: BTreeSet::new(),
            waiting: BTreeSet::new(),
            told: BTreeSet::new(),
            news: BTreeSet::new(),
            counts_changed: false,
            moved: BTreeSet::new(),
            last_key_us: None,
            stirred: true,
            stirred_us: 0,
            frames: 0,
            moments: Moments::default(),
            kept: BTreeMap::new(),
            door: Door::default(),
            line_changed: false,
            line_due: false,
            line_told_us: None,
        }
    }

    /// Which floor it is.
    pub fn id(&self) -> FloorId {
        self.id
    }

    /// Somebody comes: to `spot` or where they stood a while ago when they were there before, else among the others in the middle of the floor. Whoever is there already keeps their place
    /// and takes the new name, look and being away. Where no more fit in they wait in line.
    pub fn stand(&mut self, person: &Person, away: bool, spot: Option<(u16, u16)>, now: Micros) {
        let account = person.account;
        if let Some(walker) = self.people.get_mut(&account) {
            if walker.person != *person {
                walker.person.clone_from(person);
                self.news.insert(account);
            }
            self.away(account, away);
            return;
        }
        if self.door.admits(account, self.people.len()) {
            self.line_changed |= self.door.leave(account);
            self.come(person, away, spot, now);
        } else {
            self.line_changed |= self.door.wait(Waiting { person: person.clone(), away, spot });
        }
    }

    /// Others may come in from now on, as of the next [`Floor::let_in`]. Nobody is put out.
    pub fn set_admission(&mut self, admission: Admission) {
        self.door.set(admission);
    }

    /// Lets in whoever there is a place for by now. Whether that changed who is here, or whether the floor is full. To be asked ten
    /// times a second, before [`Floor::presence`].
    pub fn let_in(&mut self, now: Micros) -> bool {
        let mut changed = self.door.release(now);
        while let Some(Waiting { person, away, spot }) = self.door.next(self.people.len()) {
            self.come(&person, away, spot, now);
            (changed, self.line_changed) = (true, true);
        }
        self.line_due = self.line_told_us.is_none_or(|told| now - told >= LINE_EVERY_US || now < told);
        if self.line_changed && self.line_due {
            self.line_told_us = Some(now);
        }
        changed
    }

    /// Whether whoever comes now waits in line.
    pub fn is_full(&self) -> bool {
        self.door.is_full(self.people.len())
    }

    fn come(&mut self, person: &Person, away: bool, spot: Option<(u16, u16)>, now: Micros) {
        let account = person.account;
        let before = self.kept.remove(&account).filter(|(_, left)| now - left < KEPT_US);
        let spot = match (spot, before) {
            (Some((x, y)), _) => spawn::within(self.id, Spot { x, y, pose: spawn::NORTH }),
            (None, Some((spot, _))) => spot,
            (None, None) => {
                let others = self.shown.iter().filter_map(|a| self.people.get(a)).map(|w| w.spot);
                spawn::come_in(self.id, account, &others.collect::<Vec<_>>())
            }
        };
        let arrival = self.arrivals;
        self.arrivals += 1;
        let walker = Walker { person: person.clone(), away, spot, pace: Pace::rested(now), arrival };
        self.people.insert(account, walker);
        self.present += u32::from(!away);
        self.counts_changed = true;
        self.stirred = true;
        if self.shown.len() < ON_SHOW {
            self.show(account);
        } else {
            self.waiting.insert((arrival, account));
        }
    }

    /// Somebody is away, or back. Whether that is news.
    pub fn away(&mut self, account: AccountId, away: bool) -> bool {
        let Some(walker) = self.people.get_mut(&account).filter(|w| w.away != away) else { return false };
        walker.away = away;
        if away {
            self.present -= 1;
        } else {
            self.present += 1;
        }
        self.counts_changed = true;
        self.news.insert(account);
        true
    }

    /// Somebody leaves the floor, or the line. Whether they were there.
    pub fn leave(&mut self, account: AccountId, now: Micros) -> bool {
        if self.door.leave(account) {
            self.line_changed = true;
            return true;
        }
        let Some(walker) = self.people.remove(&account) else { return false };
        self.door.hold(account, now);
        self.keep(account, walker.spot, now);
        self.present -= u32::from(!walker.away);
        self.counts_changed = true;
        self.stirred = true;
        self.moved.remove(&account);
        self.waiting.remove(&(walker.arrival, account));
        if self.shown.remove(&account) {
            self.news.insert(account);
            if let Some((_, longest)) = self.waiting.pop_first() {
                self.show(longest);
            }
        }
        true
    }

    /// Whether nobody is there or in line and no place is kept: then the floor may be forgotten.
    pub fn is_forgettable(&self, now: Micros) -> bool {
        self.people.is_empty()
            && self.door.is_idle()
            && self.kept.values().all(|(_, left)| now - left >= KEPT_US)
    }

    /// Somebody walks. Whether they got where they wanted: who is too fast gets as far as a walk would take them.
    pub fn step(&mut self, account: AccountId, to: Spot, now: Micros) -> bool {
        let Some(walker) = self.people.get_mut(&account) else { return false };
        let wanted = Spot { pose: to.pose & POSE_BITS, ..spawn::within(self.id, to) };
        let reached = walker.pace.walk(walker.spot, wanted, now);
        if reached != walker.spot {
            walker.spot = reached;
            self.moved.insert(account);
            self.stirred = true;
        }
        reached == to
    }

    /// Somebody reacts. Ignored when they are not there.
    pub fn react(&mut self, account: AccountId, with: Reaction) {
        if self.people.contains_key(&account) {
            self.moments.react(account, with);
        }
    }

    /// Somebody is writing. Ignored when they are not there.
    pub fn types(&mut self, account: AccountId) {
        if self.people.contains_key(&account) {
            self.moments.types(account);
        }
    }

    /// The frame of positions that is due: who moved since the last one, or each second everybody, less often where all is still. To be
    /// asked ten times a second.
    pub fn positions(&mut self, now: Micros) -> Option<Positions> {
        if std::mem::take(&mut self.stirred) {
            self.stirred_us = now;
        }
        let is_still = now - self.stirred_us > STILL_AFTER_US;
        let key_every = if is_still { STILL_KEY_EVERY_US } else { KEY_EVERY_US };
        let key = self.last_key_us.is_none_or(|last| now - last >= key_every || now < last);
        let moved = std::mem::take(&mut self.moved);
        if self.people.is_empty() {
            self.last_key_us = None;
            return None;
        }
        let at = |account: &AccountId| self.people.get(account).map(|w| (*account, w.spot));
        let people: Vec<(AccountId, Spot)> = match key {
            true => self.shown.iter().filter_map(at).collect(),
            false => moved.intersection(&self.shown).filter_map(at).collect(),
        };
        if key {
            self.last_key_us = Some(now);
        } else if people.is_empty() {
            return None;
        }
        let tick = self.frames;
        self.frames = self.frames.wrapping_add(1);
        let more = u16::try_from(self.people.len() - self.shown.len()).unwrap_or(u16::MAX);
        Some(Positions { floor: self.id, tick, key, more, people })
    }

    /// Who came and went since the last call ([`ToClient::Presence`]); none when nobody did.
    pub fn presence(&mut self) -> Option<ToClient> {
        let (mut came, mut went) = (Vec::new(), Vec::new());
        for account in std::mem::take(&mut self.news) {
            match self.people.get(&account).filter(|_| self.shown.contains(&account)) {
                Some(walker) => {
                    came.push(walker.standing());
                    self.told.insert(account);
                }
                None if self.told.remove(&account) => went.push(account),
                None => {}
            }
        }
        let counts_changed = std::mem::take(&mut self.counts_changed);
        let line = (self.line_changed && self.line_due).then(|| self.door.line());
        if line.is_some() {
            (self.line_changed, self.line_due) = (false, false);
        }
        if came.is_empty() && went.is_empty() && !counts_changed && line.is_none() {
            return None;
        }
        let (count, present, needed) = (self.count(), self.present, self.needed());
        Some(ToClient::Presence { floor: self.id, count, present, needed, came, went, line })
    }

    /// Reactions and typing since the last call ([`ToClient::Reactions`], [`ToClient::Typing`]).
    pub fn moments(&mut self) -> Vec<ToClient> {
        self.moments.take(self.id)
    }

    /// Who is there, for somebody who just came ([`ToClient::People`]). Who of them goes before the next presence frame is told to have gone.
    pub fn people(&mut self) -> ToClient {
        self.told.extend(&self.shown);
        ToClient::People {
            floor: self.id,
            count: self.count(),
            present: self.present,
            needed: self.needed(),
            people: self.shown.iter().filter_map(|a| self.people.get(a)).map(Walker::standing).collect(),
            line: self.door.line(),
        }
    }

    /// Who is there, for somebody who looks in from outside: at most `limit` of those on show.
    pub fn seen(&self, limit: usize) -> Vec<PersonSeen> {
        self.shown.iter().filter_map(|a| self.people.get(a)).take(limit).map(Walker::seen).collect()
    }

    /// How many are there.
    pub fn count(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX)
    }

    /// Who is there and not away.
    pub fn present(&self) -> Vec<AccountId> {
        self.people.iter().filter(|(_, w)| !w.away).map(|(account, _)| *account).collect()
    }

    fn keep(&mut self, account: AccountId, spot: Spot, now: Micros) {
        if self.kept.len() >= KEPT_MAX
            && let Some(oldest) = self.kept.iter().min_by_key(|(_, (_, left))| *left).map(|(who, _)| *who)
        {
            self.kept.remove(&oldest);
        }
        let standing = Spot { pose: spot.pose & HEADING_BITS, ..spot };
        self.kept.insert(account, (standing, now));
    }

    fn needed(&self) -> u32 {
        u32::try_from(skip_needed(self.present as usize)).unwrap_or(u32::MAX)
    }

    fn show(&mut self, account: AccountId) {
        self.shown.insert(account);
        self.news.insert(account);
    }
}

impl Walker {
    fn standing(&self) -> Standing {
        Standing { person: self.person.clone(), away: self.away, x: self.spot.x, y: self.spot.y }
    }

    fn seen(&self) -> PersonSeen {
        let Spot { x, y, pose } = self.spot;
        PersonSeen { person: self.person.clone(), away: self.away, x, y, pose }
    }
}
