//! Skipping what plays: by votes of those who are there, or at once by who may.

use super::queue::toggled;
use super::turn::Turn;
use super::{Context, refusals};
use crate::rights::Right;
use crate::skip_needed;
use protocol::event::{Happened, Play, StartReason};
use protocol::id::AccountId;
use protocol::people::Person;
use protocol::refusal::Refusal;
use protocol::time::Micros;
use std::collections::BTreeSet;

impl Turn<'_> {
    /// `skip.vote`. The votes are counted when the turn settles.
    pub fn vote_skip(&mut self, by: &Person, start_us: Micros, up: bool) -> Result<(), Refusal> {
        self.meant(start_us)?;
        let votes = &self.state().skip_votes;
        let votes = match (votes.contains(&by.account), up) {
            (true, true) => return Err(refusals::voted_to_skip_already()),
            (false, false) => return Err(refusals::not_voted_to_skip()),
            _ => toggled(votes, by.account),
        };
        self.emit(Happened::SkipVoted { votes });
        Ok(())
    }

    /// `skip.now`
    pub fn skip_now(&mut self, by: &Person, start_us: Micros, cx: &Context<'_>) -> Result<(), Refusal> {
        let play = self.meant(start_us)?;
        let own = play.by.as_ref().is_some_and(|picker| picker.account == by.account);
        if !self.may(by, if own { Right::SkipOwn } else { Right::SkipAny }) {
            return Err(refusals::only_some_skip_at_once(self.state()));
        }
        self.skip(StartReason::Skipped { by: by.clone() }, cx);
        Ok(())
    }

    /// Skips when the votes of those who are present suffice.
    pub fn carry_skip(&mut self, cx: &Context<'_>) {
        let needed = skip_needed(cx.present.len());
        let state = self.state();
        if state.skip_votes.len() < needed {
            return;
        }
        let present: BTreeSet<AccountId> = cx.present.iter().copied().collect();
        let votes = state.skip_votes.iter().filter(|v| present.contains(v)).count();
        if votes >= needed {
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            self.skip(StartReason::Voted { votes: count(votes), needed: count(needed) }, cx);
        }
    }

    /// The play that a command means by its start, if it is what plays and not over.
    fn meant(&self, start_us: Micros) -> Result<&Play, Refusal> {
        let now = &self.state().playback.as_ref().ok_or_else(refusals::nothing_plays)?.now;
        if now.start_us == start_us && now.end_us() > self.at() {
            Ok(now)
        } else {
            Err(refusals::over_already())
        }
    }
}
