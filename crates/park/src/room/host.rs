//! What only the owner does: appointing DJs and changing the room; and how people with a role get a new name.

use super::refusals;
use super::turn::Turn;
use crate::rights::{Right, role};
use protocol::event::Happened;
use protocol::id::{AccountId, EntryId};
use protocol::name;
use protocol::people::{Person, Role};
use protocol::refusal::Refusal;
use protocol::room::{CAPACITY, DJS_MAX, RoomSettings};

impl Turn<'_> {
    /// `role.dj`
    pub fn appoint(
        &mut self,
        by: &Person,
        account: AccountId,
        dj: bool,
        person: Option<Person>,
    ) -> Result<(), Refusal> {
        let state = self.state();
        if !self.may(by, Right::Host) {
            return Err(refusals::only_the_host(state));
        }
        let known = state.djs.iter().find(|d| d.account == account);
        let person = match (dj, known) {
            (true, Some(known)) => return Err(refusals::is_dj_already(known)),
            (false, None) => return Err(refusals::is_no_dj()),
            (true, None) if role(state, account) == Role::Owner => return Err(refusals::hosts_already()),
            (true, None) if state.djs.len() >= DJS_MAX => return Err(refusals::enough_djs()),
            (true, None) => person.ok_or_else(refusals::no_such_person)?,
            (false, Some(known)) => known.clone(),
        };
        self.emit(Happened::RoleDj { person, dj });
        let mut line = self.line();
        line.take_turns();
        self.reorder(line.order(), line.placed());
        Ok(())
    }

    /// `room.change`
    pub fn change(&mut self, by: &Person, settings: &RoomSettings) -> Result<(), Refusal> {
        let state = self.state();
        if !self.may(by, Right::Host) {
            return Err(refusals::only_the_host(state));
        }
        if settings.capacity.is_some_and(|places| !CAPACITY.contains(&places)) {
            return Err(refusals::no_such_capacity());
        }
        let settings = RoomSettings {
            name: name::room_name(&settings.name)?,
            about: name::about(&settings.about)?,
            ..*settings
        };
        if settings == state.settings {
            return Err(refusals::nothing_changed());
        }
        let another_mode = settings.mode != state.settings.mode;
        self.emit(Happened::RoomChanged { settings });
        if another_mode {
            let mut line = self.line();
            line.sort();
            self.reorder(line.order(), line.placed());
        }
        Ok(())
    }

    /// Somebody has another name or look: says so if they have a role here and it is news.
    pub fn rename(&mut self, person: &Person) {
        let state = self.state();
        let mut known = state.owner.iter().chain(&state.djs).filter(|p| p.account == person.account);
        if known.any(|p| p != person) {
            self.emit(Happened::PersonChanged { person: person.clone() });
        }
    }

    fn reorder(&mut self, order: Vec<EntryId>, placed: Vec<EntryId>) {
        let queue = &self.state().queue;
        let same_order = queue.iter().map(|e| e.id).eq(order.iter().copied());
        let same_placed = queue.iter().all(|e| e.placed == placed.contains(&e.id));
        if !(same_order && same_placed) {
            self.emit(Happened::QueueOrdered { order, placed });
        }
    }
}
