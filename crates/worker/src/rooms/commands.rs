//! Deciding commands: who may be heard, what was done before, what the rules say.

use super::{Rooms, retry};
use crate::books::Books;
use crate::ledger::is_timely;
use crate::turn::{Asker, Turn, shard};
use park::Resolved;
use protocol::command::{Action, Command};
use protocol::id::FloorId;
use protocol::link::{CommandResult, CommandSent};
use protocol::people::Person;
use protocol::refusal::{Refusal, RefusalCode};
use protocol::socket::Head;

/// Whether a command was carried out before.
enum Before {
    Never,
    /// In the turn under way: not committed yet.
    ThisTurn,
    Committed(Head),
}

impl<B: Books> Rooms<B> {
    pub(super) async fn command(&mut self, gateway: cipher::Address, sent: CommandSent, turn: &mut Turn) {
        let CommandSent { person, socket, deadline_us, command } = sent;
        let asker = Asker { gateway, socket, account: person.account, id: command.id };
        let room = command.room;
        if self.ownership.term(FloorId::of(room)).is_none() {
            turn.answers.push((room, asker, CommandResult::NotOwner(shard(room))));
            return;
        }
        let outcome = self.decide(&person, &command, deadline_us, turn).await;
        let done = if outcome.is_ok() { "yes" } else { "no" };
        metrics::counter!("worker_commands_total", "do" => command.action.name(), "done" => done)
            .increment(1);
        match outcome {
            Ok(None) => turn.applied.push((room, asker)),
            Ok(Some(head)) => turn.answers.push((room, asker, CommandResult::Accepted(head))),
            Err(why) => turn.refuse(room, asker, why),
        }
    }

    /// Carries a command out, once. `Some`: it had been carried out before, that was its event.
    async fn decide(
        &mut self,
        person: &Person,
        command: &Command,
        deadline_us: i64,
        turn: &mut Turn,
    ) -> Result<Option<Head>, Refusal> {
        let late = |now: i64| if now > deadline_us { Err(retry()) } else { Ok(()) };
        let now = self.clock.now_us();
        late(now)?;
        if self.ownership.sure().is_none() {
            // Suspended: nothing could be saved, so nothing is tried.
            return Err(retry());
        }
        if !is_timely(command.id, now) {
            let text = "Your device's clock is off by more than ten minutes, or this click is an hour old. Set the clock and try again.";
            return Err(Refusal::new(RefusalCode::StaleCommand, text));
        }
        if let Some(why) = self.ledger.refusal(person.account, command.id) {
            return Err(why.clone());
        }
        match self.done_before(person, command, turn).await? {
            Before::Committed(head) => return Ok(Some(head)),
            // Its event will tell, once it is committed.
            Before::ThisTurn => return Ok(None),
            Before::Never => {}
        }
        self.seat(command.room, turn).await?;
        let action = self.resolve(command.action.clone()).await?;
        // What was waited for above may have taken long.
        let now = self.clock.now_us();
        late(now)?;
        let Some(seat) = self.seats.get_mut(&command.room) else { return Err(retry()) };
        if seat.is_due(now) {
            let events = seat.tick(now, &self.mix);
            turn.add(command.room, seat.term, events);
        }
        let events = seat.apply(person, command.id, action, now, &self.mix)?;
        if let Some(first) = events.first() {
            self.ledger.add(person.account, command.id, Head { term: first.term, seq: first.seq });
        }
        turn.add(command.room, seat.term, events);
        Ok(None)
    }

    async fn done_before(
        &mut self,
        person: &Person,
        command: &Command,
        turn: &Turn,
    ) -> Result<Before, Refusal> {
        if let Some(head) = self.ledger.find(person.account, command.id) {
            let of_this_turn = |asker: &Asker| asker.id == command.id && asker.account == person.account;
            let uncommitted = turn.applied.iter().any(|(_, asker)| of_this_turn(asker));
            return Ok(if uncommitted { Before::ThisTurn } else { Before::Committed(head) });
        }
        // A doubled id that did not say so cost a room its turn lately: then everything is looked up for a while.
        if !command.resent && !self.is_wary() {
            return Ok(Before::Never);
        }
        self.may_ask()?;
        let found = self.books.find(person.account, command.id).await;
        let found = found.map_err(|error| self.unsaved(&error))?;
        if let Some(head) = found {
            self.ledger.add(person.account, command.id, head);
        }
        Ok(found.map_or(Before::Never, Before::Committed))
    }

    /// Looks up what a command names.
    async fn resolve(&self, action: Action) -> Result<Resolved, Refusal> {
        let track = match &action {
            Action::QueueAdd { track } => match self.mix.iter().find(|known| known.id == *track) {
                Some(known) => Some(known.clone()),
                None => {
                    self.may_ask()?;
                    self.books.store().track(*track).await.map_err(|error| self.unsaved(&error))?
                }
            },
            _ => None,
        };
        let person = match &action {
            Action::RoleDj { account, .. } => {
                self.may_ask()?;
                self.books.store().person(*account).await.map_err(|error| self.unsaved(&error))?
            }
            _ => None,
        };
        Ok(Resolved::from(action, track, person))
    }
}
