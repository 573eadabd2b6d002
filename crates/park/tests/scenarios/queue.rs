//! The open queue: everybody adds, votes order, the owner has the last word.

use crate::stage::{ANNA, BEN, CLEO, DAN, OLGA, SECOND, Stage, settings};
use protocol::command::Action;
use protocol::event::Happened;
use protocol::id::EntryId;
use protocol::id::TrackId;
use protocol::refusal::RefusalCode;
use protocol::room::{QUEUE_MAX, QUEUE_MAX_EACH, QueueMode};

fn vote(entry: EntryId) -> Action {
    Action::QueueVote { entry, up: true }
}

fn before(entry: EntryId, before: EntryId) -> Action {
    Action::QueueMove { entry, before: Some(before) }
}

/// Something plays (so that the others wait), and Anna, Ben, Cleo and Dan each have a track: 11, 12, 13, 14.
fn four_waiting() -> (Stage, [EntryId; 4]) {
    let mut stage = Stage::new(QueueMode::Open);
    stage.adds(OLGA, 10);
    let ids = [(ANNA, 11), (BEN, 12), (CLEO, 13), (DAN, 14)].map(|(who, track)| stage.adds(who, track));
    (stage, ids)
}

#[test]
fn the_first_track_plays_and_the_others_wait_in_the_order_they_came() {
    let (stage, _) = four_waiting();
    assert_eq!(stage.playing().track.id, TrackId(10));
    assert_eq!(stage.waiting(), [11, 12, 13, 14]);
}

#[test]
fn in_the_parks_own_room_everybody_adds_but_nobody_hosts() {
    let mut stage = Stage::opened(QueueMode::Open, true, None);
    stage.adds(DAN, 11);
    let change = Action::RoomChange { settings: settings(QueueMode::Rotation, true) };
    let (code, text) = stage.may_not(OLGA, change);
    assert_eq!(code, RefusalCode::Forbidden);
    assert_eq!(text, "This room is the park's own: it stays as it is. Make a room to have one your way.");
}

#[test]
fn a_vote_carries_a_track_past_those_with_fewer() {
    let (mut stage, [_, b, _, d]) = four_waiting();
    stage.does(ANNA, vote(d));
    assert_eq!(stage.waiting(), [14, 11, 12, 13]);
    stage.does(ANNA, vote(b));
    assert_eq!(stage.waiting(), [12, 14, 11, 13], "as many votes: the older one first");
    stage.does(ANNA, Action::QueueVote { entry: d, up: false });
    assert_eq!(stage.waiting(), [12, 11, 13, 14], "the vote was taken back");
}

#[test]
fn everybody_has_one_vote_for_a_track() {
    let (mut stage, [_, _, c, _]) = four_waiting();
    stage.does(ANNA, vote(c));
    let (code, text) = stage.may_not(ANNA, vote(c));
    assert_eq!((code, text.as_str()), (RefusalCode::Conflict, "You already voted for “Track 13”."));
    let (code, _) = stage.may_not(BEN, Action::QueueVote { entry: c, up: false });
    assert_eq!(code, RefusalCode::Conflict);
}

#[test]
fn what_the_owner_moved_keeps_its_place_while_votes_order_the_others() {
    let (mut stage, [a, _, _, d]) = four_waiting();
    stage.does(OLGA, before(d, a));
    assert_eq!(stage.waiting(), [14, 11, 12, 13]);
    let c = stage.state().queue[3].id;
    stage.does(ANNA, vote(c));
    stage.does(BEN, vote(c));
    assert_eq!(stage.waiting(), [14, 13, 11, 12], "two votes do not pass what the owner placed");
}

#[test]
fn a_track_that_the_owner_put_last_of_three_stays_third() {
    let (mut stage, [a, _, _, d]) = four_waiting();
    stage.does(OLGA, before(a, d));
    assert_eq!(stage.waiting(), [12, 13, 11, 14]);
    stage.does(CLEO, vote(d));
    assert_eq!(stage.waiting(), [14, 12, 11, 13], "the fourth climbs past, the third stays third");
}

#[test]
fn nobody_moves_the_tracks_of_others() {
    let (mut stage, [a, b, ..]) = four_waiting();
    let (code, text) = stage.may_not(BEN, before(a, b));
    assert_eq!(code, RefusalCode::Forbidden);
    assert_eq!(text, "Anna put on “Track 11”. Vote for it to move it up.");
}

#[test]
fn own_tracks_change_places_among_themselves() {
    let (mut stage, [a, b, ..]) = four_waiting();
    let later = stage.adds(ANNA, 15);
    stage.does(ANNA, before(later, a));
    assert_eq!(stage.waiting(), [15, 12, 13, 14, 11], "the places of others are untouched");
    assert_eq!(stage.may_not(ANNA, before(later, b)).0, RefusalCode::Conflict);
    stage.does(BEN, vote(later));
    let (code, text) = stage.may_not(ANNA, before(a, later));
    assert_eq!(code, RefusalCode::Conflict);
    assert!(text.starts_with("Votes order this queue."), "a vote cannot be handed on: {text}");
}

#[test]
fn own_tracks_leave_and_those_of_others_stay() {
    let (mut stage, [a, b, ..]) = four_waiting();
    let (code, text) = stage.may_not(ANNA, Action::QueueRemove { entry: b });
    assert_eq!(code, RefusalCode::Forbidden);
    assert_eq!(text, "Ben put on “Track 12”. Only Ben or Olga can take it off.");
    stage.does(ANNA, Action::QueueRemove { entry: a });
    stage.does(OLGA, Action::QueueRemove { entry: b });
    assert_eq!(stage.waiting(), [13, 14]);
    assert_eq!(stage.may_not(ANNA, Action::QueueRemove { entry: a }).0, RefusalCode::NotFound);
}

#[test]
fn what_starts_within_twenty_seconds_stays_next() {
    let (mut stage, [a, b, ..]) = four_waiting();
    stage.wait_until_before_the_end(20 * SECOND);
    let (code, text) = stage.may_not(ANNA, Action::QueueRemove { entry: a });
    assert_eq!(code, RefusalCode::Conflict);
    assert_eq!(text, "“Track 11” starts in a moment and stays next. It can be skipped once it plays.");
    assert_eq!(stage.may_not(OLGA, before(b, a)).0, RefusalCode::Conflict);
    let events = stage.does(CLEO, vote(b));
    assert_eq!(events.len(), 1, "what is next is not replaced");
    assert_eq!(stage.waiting()[0], 11);
    stage.wait(20 * SECOND);
    assert_eq!(stage.playing().track.id, TrackId(11));
}

#[test]
fn what_is_next_can_leave_while_there_is_time() {
    let (mut stage, [a, ..]) = four_waiting();
    stage.wait_until_before_the_end(20 * SECOND + 1);
    let events = stage.does(ANNA, Action::QueueRemove { entry: a });
    assert!(matches!(&events[1].happened, Happened::PlayNext { next: Some(n) } if n.track.id == TrackId(12)));
}

#[test]
fn a_queue_has_an_end() {
    let mut stage = Stage::new(QueueMode::Open);
    stage.adds(OLGA, 1);
    for n in 0..QUEUE_MAX {
        stage.adds(100 + (n / QUEUE_MAX_EACH) as i64, 2);
    }
    let (code, text) = stage.may_not(ANNA, Action::QueueAdd { track: TrackId(3) });
    assert_eq!(code, RefusalCode::TooMany);
    assert_eq!(text, "200 tracks wait here already. Add yours when some of them have played.");
}

#[test]
fn nobody_fills_the_queue_alone() {
    let mut stage = Stage::new(QueueMode::Open);
    for _ in 0..=QUEUE_MAX_EACH {
        stage.adds(ANNA, 1);
    }
    assert_eq!(stage.may_not(ANNA, Action::QueueAdd { track: TrackId(3) }).0, RefusalCode::TooMany);
    stage.adds(BEN, 3);
}

#[test]
fn a_track_that_left_the_library_is_not_added() {
    let mut stage = Stage::new(QueueMode::Open);
    assert_eq!(stage.may_not(ANNA, Action::QueueAdd { track: TrackId(5000) }).0, RefusalCode::NotFound);
}
