//! What plays and what follows: the timeline.
//!
//! `next` is decided when `now` starts and begins exactly at its end, so that clients go on by themselves. It follows the head of
//! the queue until [`NEXT_FIXED_US`] before it starts; from then on it stays.

use super::line::Line;
use super::turn::Turn;
use super::{Context, mix};
use protocol::event::{Entry, Happened, Play, Playback, StartReason};
use protocol::id::{EntryId, TrackId};
use protocol::room::RoomState;
use protocol::time::Micros;

/// How long before its start what is next cannot be replaced any more: clients have fetched it.
pub const NEXT_FIXED_US: Micros = 20_000_000;
/// After a longer silence of the server the music begins anew instead of catching up.
pub const CATCH_UP_US: Micros = 3_600_000_000;
/// Plays that are caught up on at the most.
pub const CATCH_UP_PLAYS: usize = 32;

/// The waiting entry that is about to start and cannot be replaced.
pub(super) fn fixed_entry(state: &RoomState, at: Micros) -> Option<EntryId> {
    let playback = state.playback.as_ref()?;
    let entry = playback.next.as_ref()?.entry?;
    (playback.now.end_us() - at <= NEXT_FIXED_US).then_some(entry)
}

impl Turn<'_> {
    /// Brings the timeline up to date: what ends is followed, what votes carry is skipped, quiet is filled, `next` is right.
    pub fn settle(&mut self, cx: &Context<'_>) {
        self.go_on(cx);
        self.carry_skip(cx);
        self.begin(cx);
        self.renew_next(cx);
    }

    /// Skips what plays. What was next keeps its time if that is sooner than a newly announced one.
    pub fn skip(&mut self, why: StartReason, cx: &Context<'_>) {
        let state = self.state();
        let Some(Playback { now, next }) = &state.playback else { return };
        let announced = self.at() + cx.lead_us;
        let follows = match (state.queue.first(), next) {
            (Some(entry), _) => Some(of_entry(entry, announced)),
            (None, Some(next)) => Some(Play { start_us: announced, ..next.clone() }),
            (None, None) => self.of_mix(None, announced, cx),
        };
        match follows {
            Some(play) if next.as_ref().is_some_and(|n| same(n, &play)) => {
                let start_us = announced.min(now.end_us());
                self.start(Play { start_us, ..play }, why, cx);
            }
            Some(play) => self.start(play, why, cx),
            None => self.emit(Happened::PlayEnded {}),
        }
    }

    /// Follows what has ended by what was next, at its own exact time: clients did so already.
    fn go_on(&mut self, cx: &Context<'_>) {
        let mut followed = 0;
        while let Some(playback) = self.state().playback.clone()
            && playback.now.end_us() <= self.at()
        {
            if self.at() - playback.now.end_us() > CATCH_UP_US || followed == CATCH_UP_PLAYS {
                self.emit(Happened::PlayEnded {});
                return;
            }
            match playback.next {
                Some(next) => self.start(next, StartReason::Ended, cx),
                None => self.emit(Happened::PlayEnded {}),
            }
            followed += 1;
        }
    }

    /// Ends the quiet if there is something to play and somebody to hear it.
    fn begin(&mut self, cx: &Context<'_>) {
        let state = self.state();
        if state.playback.is_some() {
            return;
        }
        let start_us = self.at() + cx.lead_us;
        let play = match state.queue.first() {
            Some(entry) => Some(of_entry(entry, start_us)),
            None if cx.inside > 0 => self.of_mix(None, start_us, cx),
            None => None,
        };
        if let Some(play) = play {
            self.start(play, StartReason::Quiet, cx);
        }
    }

    /// Lets `next` follow the head of the queue as long as it can be replaced.
    fn renew_next(&mut self, cx: &Context<'_>) {
        let state = self.state();
        let Some(Playback { now, next }) = &state.playback else { return };
        let left = now.end_us() - self.at();
        // With no time left to announce anything, the quiet after it is filled by `begin`.
        let replaceable = if next.is_some() { left > NEXT_FIXED_US } else { left >= cx.lead_us };
        if !replaceable {
            return;
        }
        let wanted = match (state.queue.first(), next) {
            (Some(entry), _) => Some(of_entry(entry, now.end_us())),
            (None, Some(mix)) if mix.entry.is_none() && state.settings.mix => Some(mix.clone()),
            (None, _) => self.of_mix(None, now.end_us(), cx),
        };
        let kept = match (next, &wanted) {
            (Some(next), Some(wanted)) => same(next, wanted),
            (None, None) => true,
            _ => false,
        };
        if !kept {
            self.emit(Happened::PlayNext { next: wanted });
        }
    }

    fn start(&mut self, play: Play, why: StartReason, cx: &Context<'_>) {
        let state = self.state();
        let mut line = Line::of(state, self.at());
        line.start(&play);
        let order = line.order();
        let head = order.first().and_then(|id| state.queue.iter().find(|e| e.id == *id));
        let next = match head {
            Some(entry) => Some(of_entry(entry, play.end_us())),
            None => self.of_mix(Some(&play), play.end_us(), cx),
        };
        self.emit(Happened::PlayStarted { playback: Playback { now: play, next }, why, order });
    }

    /// What the mix plays next, from `start_us` on; none when the mix is off or has nothing. `starting` is the play that is
    /// about to start in the same event, if it is for its `next`.
    fn of_mix(&self, starting: Option<&Play>, start_us: Micros, cx: &Context<'_>) -> Option<Play> {
        let state = self.state();
        if !state.settings.mix {
            return None;
        }
        let playing = state.playback.as_ref().map(|p| &p.now);
        let heard: Vec<TrackId> =
            starting.into_iter().chain(playing).chain(&state.history).map(|p| p.track.id).collect();
        let plays = state.mix_plays + i64::from(starting.is_some_and(|p| p.entry.is_none()));
        let track = mix::choose(state.id, plays, state.mood.as_deref(), &heard, cx.mix)?;
        Some(Play { entry: None, track, by: None, start_us })
    }
}

fn of_entry(entry: &Entry, start_us: Micros) -> Play {
    Play { entry: Some(entry.id), track: entry.track.clone(), by: Some(entry.by.clone()), start_us }
}

/// Whether two plays are of the same entry, or of the same track of the mix.
fn same(a: &Play, b: &Play) -> bool {
    a.entry == b.entry && a.track.id == b.track.id
}
