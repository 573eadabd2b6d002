//! Rotation: only DJs add, and they take turns.

use crate::stage::{ANNA, BEN, CLEO, DAN, OLGA, SECOND, Stage, person, settings};
use protocol::command::Action;
use protocol::event::Happened;
use protocol::id::{AccountId, TrackId};
use protocol::refusal::RefusalCode;
use protocol::room::QueueMode;

fn appoint(who: i64) -> Action {
    Action::RoleDj { account: AccountId(who), dj: true }
}

/// Anna, Ben and Cleo are DJs in this order.
fn three_djs() -> Stage {
    let mut stage = Stage::new(QueueMode::Rotation);
    for who in [ANNA, BEN, CLEO] {
        stage.does(OLGA, appoint(who));
    }
    stage
}

#[test]
fn a_listener_is_told_who_can_make_them_a_dj() {
    let mut stage = three_djs();
    let (code, text) = stage.may_not(DAN, Action::QueueAdd { track: TrackId(1) });
    assert_eq!(code, RefusalCode::Forbidden);
    assert_eq!(text, "Only DJs add tracks here. Olga can make you one.");
    stage.does(OLGA, appoint(DAN));
    stage.adds(DAN, 1);
}

#[test]
fn djs_take_turns_and_the_one_who_plays_goes_to_the_end() {
    let mut stage = three_djs();
    stage.adds(BEN, 20);
    stage.adds(BEN, 21);
    stage.adds(BEN, 22);
    stage.adds(ANNA, 10);
    stage.adds(CLEO, 30);
    stage.adds(ANNA, 11);
    assert_eq!(stage.playing().track.id, TrackId(20));
    assert_eq!(stage.waiting(), [30, 10, 21, 11, 22], "Cleo, Anna, Ben, Anna, Ben");
    stage.wait(61 * SECOND);
    assert_eq!(stage.playing().track.id, TrackId(30));
    assert_eq!(stage.waiting(), [10, 21, 11, 22]);
}

#[test]
fn the_owner_comes_after_the_djs() {
    let mut stage = three_djs();
    stage.adds(OLGA, 1);
    stage.adds(OLGA, 2);
    stage.adds(CLEO, 30);
    stage.adds(ANNA, 10);
    assert_eq!(stage.waiting(), [10, 30, 2]);
}

#[test]
fn own_tracks_change_places_and_the_turns_stay() {
    let mut stage = three_djs();
    stage.adds(CLEO, 30);
    let first = stage.adds(ANNA, 10);
    stage.adds(BEN, 20);
    let second = stage.adds(ANNA, 11);
    stage.does(ANNA, Action::QueueMove { entry: second, before: Some(first) });
    assert_eq!(stage.waiting(), [11, 20, 10]);
    let (code, text) = stage.may_not(OLGA, Action::QueueMove { entry: second, before: None });
    assert_eq!(
        (code, text.as_str()),
        (RefusalCode::Forbidden, "Anna put on “Track 11”. Everybody orders their own tracks.")
    );
}

#[test]
fn there_is_nothing_to_vote_on() {
    let mut stage = three_djs();
    stage.adds(ANNA, 10);
    let entry = stage.adds(BEN, 20);
    assert_eq!(stage.may_not(DAN, Action::QueueVote { entry, up: true }).0, RefusalCode::Conflict);
}

#[test]
fn turns_change_only_behind_what_is_about_to_start() {
    let mut stage = three_djs();
    stage.adds(CLEO, 30);
    stage.adds(BEN, 20);
    stage.wait_until_before_the_end(10 * SECOND);
    stage.adds(ANNA, 10);
    stage.adds(ANNA, 11);
    assert_eq!(stage.waiting(), [20, 10, 11], "a moment ago Anna's turn would have been first");
}

#[test]
fn a_change_of_mode_orders_anew_and_tells_what_is_next() {
    let mut stage = Stage::new(QueueMode::Open);
    stage.adds(ANNA, 10);
    let kept = stage.adds(ANNA, 11);
    stage.adds(ANNA, 12);
    let late = stage.adds(BEN, 20);
    stage.does(OLGA, Action::QueueMove { entry: late, before: None });
    stage.does(CLEO, Action::QueueVote { entry: kept, up: true });
    let events = stage.does(OLGA, Action::RoomChange { settings: settings(QueueMode::Rotation, false) });
    assert_eq!(stage.waiting(), [20, 11, 12], "Ben's turn is after Anna's, who plays");
    assert!(
        matches!(&events.last().unwrap().happened, Happened::PlayNext { next: Some(n) } if n.track.id == TrackId(20))
    );
    stage.does(OLGA, Action::RoomChange { settings: settings(QueueMode::Open, false) });
    assert_eq!(stage.waiting(), [11, 12, 20], "votes, then age");
    assert!(stage.state().queue.iter().all(|e| !e.placed));
}

#[test]
fn who_is_no_dj_any_more_plays_what_they_put_on_after_the_djs() {
    let mut stage = three_djs();
    stage.adds(CLEO, 30);
    stage.adds(ANNA, 10);
    stage.adds(BEN, 20);
    stage.does(OLGA, Action::RoleDj { account: AccountId(ANNA), dj: false });
    assert_eq!(stage.state().djs, [person(BEN), person(CLEO)]);
    assert_eq!(stage.waiting(), [10, 20], "after Cleo comes Anna, who is last of the ring, then Ben");
    assert_eq!(stage.may_not(ANNA, Action::QueueAdd { track: TrackId(1) }).0, RefusalCode::Forbidden);
}

#[test]
fn after_the_mix_the_turn_goes_on_where_it_was() {
    let mut stage = Stage::with_mix(QueueMode::Rotation);
    for who in [ANNA, BEN] {
        stage.does(OLGA, appoint(who));
    }
    stage.adds(ANNA, 10);
    stage.wait(230 * SECOND);
    assert!(stage.playing().entry.is_none(), "Anna's track is over, the mix plays");
    stage.adds(ANNA, 11);
    stage.adds(BEN, 20);
    assert_eq!(stage.waiting(), [20, 11], "Anna had the last turn");
}

#[test]
fn whoever_becomes_a_dj_gets_their_turn_with_what_already_waits() {
    let mut stage = Stage::new(QueueMode::Open);
    stage.adds(BEN, 20);
    stage.adds(CLEO, 30);
    stage.adds(DAN, 40);
    stage.does(OLGA, Action::RoomChange { settings: settings(QueueMode::Rotation, false) });
    stage.does(OLGA, appoint(BEN));
    assert_eq!(stage.waiting(), [30, 40]);
    let events = stage.does(OLGA, appoint(DAN));
    assert_eq!(stage.waiting(), [40, 30], "DJs come before those who only have something left over");
    assert!(matches!(&events[2].happened, Happened::PlayNext { next: Some(n) } if n.track.id == TrackId(40)));
}
