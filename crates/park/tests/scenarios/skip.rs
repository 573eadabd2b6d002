//! Skipping: by votes of those who are there, or at once by who may.

use crate::stage::{ANNA, BEN, CLEO, DAN, LEAD, OLGA, SECOND, Stage};
use park::skip_needed;
use protocol::command::Action;
use protocol::event::{Happened, StartReason};
use protocol::id::{AccountId, TrackId};
use protocol::refusal::RefusalCode;
use protocol::room::QueueMode;

impl Stage {
    fn votes_to_skip(&mut self, who: i64) -> Vec<protocol::event::Event> {
        let start_us = self.playing().start_us;
        self.does(who, Action::SkipVote { start_us, up: true })
    }
}

/// Anna's track plays, Ben's is next, five people are there.
fn playing() -> Stage {
    let mut stage = Stage::new(QueueMode::Open);
    stage.adds(ANNA, 10);
    stage.adds(BEN, 20);
    stage.wait(10 * SECOND);
    stage
}

#[test]
fn the_arithmetic_is_half_of_those_present_rounded_up() {
    assert_eq!([1, 2, 3, 4, 5, 6, 7, 100, 101].map(skip_needed), [1, 2, 2, 2, 3, 3, 4, 50, 51]);
    assert_eq!(skip_needed(0), 1, "nobody skips for nobody");
}

#[test]
fn three_of_five_skip_and_the_next_track_starts_a_moment_later() {
    let mut stage = playing();
    stage.votes_to_skip(BEN);
    stage.votes_to_skip(CLEO);
    assert_eq!(stage.playing().track.id, TrackId(10));
    let events = stage.votes_to_skip(DAN);
    let Happened::PlayStarted { playback, why, .. } = &events[1].happened else { panic!("{events:?}") };
    assert_eq!(*why, StartReason::Voted { votes: 3, needed: 3 });
    assert_eq!((playback.now.track.id, playback.now.start_us), (TrackId(20), stage.now + LEAD));
    assert_eq!(stage.state().history[0].track.id, TrackId(10));
}

#[test]
fn of_two_both_must_agree_and_one_alone_decides() {
    let mut stage = playing();
    stage.only(&[ANNA, BEN]);
    stage.votes_to_skip(BEN);
    assert_eq!(stage.playing().track.id, TrackId(10));
    stage.votes_to_skip(ANNA);
    assert_eq!(stage.playing().track.id, TrackId(20));
    stage.only(&[CLEO]);
    stage.votes_to_skip(CLEO);
    assert!(stage.state().playback.is_none(), "nothing follows: quiet");
    assert_eq!(stage.state().history[0].track.id, TrackId(20));
}

#[test]
fn when_others_leave_the_votes_suffice() {
    let mut stage = playing();
    stage.votes_to_skip(BEN);
    stage.votes_to_skip(CLEO);
    let events = stage.only(&[BEN, CLEO, DAN]);
    assert!(matches!(
        &events[0].happened,
        Happened::PlayStarted { why: StartReason::Voted { votes: 2, needed: 2 }, .. }
    ));
}

#[test]
fn votes_of_those_who_left_or_are_away_do_not_count() {
    let mut stage = playing();
    stage.votes_to_skip(BEN);
    stage.votes_to_skip(CLEO);
    assert!(stage.only(&[OLGA, ANNA, CLEO, DAN]).is_empty(), "one of four");
    assert!(stage.only(&[OLGA, ANNA]).is_empty(), "none of two");
    assert!(stage.only(&[]).is_empty(), "none of none");
    assert_eq!(stage.only(&[OLGA, ANNA, BEN, CLEO]).len(), 1, "they are back: two of four");
}

#[test]
fn nobody_votes_twice_and_a_vote_can_be_taken_back() {
    let mut stage = playing();
    let start_us = stage.playing().start_us;
    stage.votes_to_skip(BEN);
    let (code, text) = stage.may_not(BEN, Action::SkipVote { start_us, up: true });
    assert_eq!((code, text.as_str()), (RefusalCode::Conflict, "You already voted to skip."));
    stage.does(BEN, Action::SkipVote { start_us, up: false });
    assert!(stage.state().skip_votes.is_empty());
    assert_eq!(stage.may_not(BEN, Action::SkipVote { start_us, up: false }).0, RefusalCode::Conflict);
}

#[test]
fn a_late_vote_does_not_skip_the_next_track() {
    let mut stage = playing();
    let start_us = stage.playing().start_us;
    stage.wait(60 * SECOND);
    let (code, text) = stage.may_not(CLEO, Action::SkipVote { start_us, up: true });
    assert_eq!(
        (code, text.as_str()),
        (RefusalCode::Conflict, "That track is over already. What plays now goes on.")
    );
    assert_eq!(stage.may_not(OLGA, Action::SkipNow { start_us }).0, RefusalCode::Conflict);
    let mut quiet = Stage::new(QueueMode::Open);
    assert_eq!(
        quiet.may_not(ANNA, Action::SkipVote { start_us, up: true }).1,
        "Nothing plays at the moment."
    );
}

#[test]
fn votes_end_with_their_track() {
    let mut stage = playing();
    stage.votes_to_skip(BEN);
    stage.votes_to_skip(CLEO);
    stage.wait(60 * SECOND);
    assert_eq!(stage.playing().track.id, TrackId(20));
    assert!(stage.state().skip_votes.is_empty());
}

#[test]
fn picker_and_owner_skip_at_once_and_others_are_told_what_they_can_do() {
    let mut stage = playing();
    let start_us = stage.playing().start_us;
    let (code, text) = stage.may_not(BEN, Action::SkipNow { start_us });
    assert_eq!(code, RefusalCode::Forbidden);
    assert_eq!(text, "Only whoever picked it or Olga skips at once. You can vote to skip.");
    let events = stage.does(ANNA, Action::SkipNow { start_us });
    assert!(
        matches!(&events[0].happened, Happened::PlayStarted { why: StartReason::Skipped { by }, .. } if by.account == AccountId(ANNA))
    );
    let start_us = stage.playing().start_us;
    stage.does(OLGA, Action::SkipNow { start_us });
    assert!(stage.state().playback.is_none());
}

#[test]
fn in_rotation_any_dj_skips_at_once() {
    let mut stage = Stage::new(QueueMode::Rotation);
    for who in [ANNA, BEN] {
        stage.does(OLGA, Action::RoleDj { account: AccountId(who), dj: true });
    }
    stage.adds(ANNA, 10);
    let start_us = stage.playing().start_us;
    let (_, text) = stage.may_not(CLEO, Action::SkipNow { start_us });
    assert_eq!(text, "Only whoever picked it, a DJ or Olga skips at once. You can vote to skip.");
    stage.does(BEN, Action::SkipNow { start_us });
}

#[test]
fn a_skip_right_before_the_end_keeps_the_announced_start() {
    let mut stage = playing();
    stage.wait_until_before_the_end(LEAD / 2);
    let end = stage.playing().end_us();
    stage.only(&[CLEO]);
    stage.votes_to_skip(CLEO);
    assert_eq!(stage.playing().start_us, end, "no gap where the tracks would have met anyway");
}

#[test]
fn a_skip_goes_to_what_waits_even_if_the_mix_was_announced() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    stage.wait_until_before_the_end(15 * SECOND);
    stage.adds(ANNA, 10);
    assert!(stage.next().unwrap().entry.is_none());
    stage.only(&[ANNA]);
    stage.votes_to_skip(ANNA);
    assert_eq!(stage.playing().track.id, TrackId(10));
}
