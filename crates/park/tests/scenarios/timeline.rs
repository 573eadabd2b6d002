//! What plays when: starts, ends, what is next, the mix, and what happened while nobody drove the room.

use crate::stage::{ANNA, BEN, DAWN, LEAD, OLGA, SECOND, Stage, settings, track};
use protocol::command::Action;
use protocol::event::{Event, Happened, StartReason};
use protocol::id::TrackId;
use protocol::room::QueueMode;

fn starts(events: &[Event]) -> Vec<(i64, i64)> {
    let start = |e: &Event| match &e.happened {
        Happened::PlayStarted { playback, .. } => Some((playback.now.track.id.0, playback.now.start_us)),
        _ => None,
    };
    events.iter().filter_map(start).collect()
}

#[test]
fn the_first_track_starts_a_moment_after_it_was_added() {
    let mut stage = Stage::new(QueueMode::Open);
    assert!(stage.state().playback.is_none() && stage.room.deadline().is_none(), "quiet");
    stage.adds(ANNA, 10);
    assert_eq!(stage.playing().start_us, DAWN + LEAD);
    assert_eq!(stage.next(), None);
    assert_eq!(stage.room.deadline(), Some(DAWN + LEAD + 60 * SECOND));
}

#[test]
fn tracks_follow_without_a_gap_and_quiet_comes_after_the_last() {
    let mut stage = Stage::new(QueueMode::Open);
    stage.adds(ANNA, 10);
    stage.adds(BEN, 11);
    stage.adds(ANNA, 12);
    let first = stage.playing().start_us;
    let events = stage.wait(300 * SECOND);
    assert_eq!(starts(&events), [(11, first + 60 * SECOND), (12, first + 120 * SECOND)]);
    assert_eq!(events.last().unwrap().happened, Happened::PlayEnded {});
    let heard: Vec<i64> = stage.state().history.iter().map(|p| p.track.id.0).collect();
    assert_eq!(heard, [12, 11, 10]);
}

#[test]
fn the_mix_starts_when_somebody_comes_in_and_goes_on_when_they_leave() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    assert!(stage.playing().entry.is_none() && stage.playing().by.is_none());
    stage.inside = 0;
    stage.only(&[]);
    stage.wait(1000 * SECOND);
    assert!(stage.state().playback.is_some());
    let mut empty = Stage::new(QueueMode::Open);
    empty.inside = 0;
    empty.does(OLGA, Action::RoomChange { settings: settings(QueueMode::Open, true) });
    assert!(empty.state().playback.is_none());
    empty.inside = 1;
    assert_eq!(starts(&empty.tick()).len(), 1);
}

#[test]
fn a_track_added_while_the_mix_plays_is_next_and_cuts_nothing() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    stage.wait(30 * SECOND);
    let mix = stage.playing().clone();
    assert!(stage.next().unwrap().entry.is_none());
    stage.adds(ANNA, 10);
    assert_eq!(*stage.playing(), mix);
    assert_eq!(stage.next().unwrap().track.id, TrackId(10));
    stage.wait(75 * SECOND);
    assert_eq!(stage.playing().track.id, TrackId(10));
}

#[test]
fn a_track_added_in_the_last_seconds_waits_one_more() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    stage.wait_until_before_the_end(15 * SECOND);
    stage.adds(ANNA, 10);
    assert!(stage.next().unwrap().entry.is_none(), "what listeners have fetched already stays next");
    stage.wait(16 * SECOND);
    assert!(stage.playing().entry.is_none());
    assert_eq!(stage.next().unwrap().track.id, TrackId(10));
}

#[test]
fn a_track_added_in_the_last_seconds_before_quiet_is_next() {
    let mut stage = Stage::new(QueueMode::Open);
    stage.adds(ANNA, 10);
    stage.wait_until_before_the_end(2 * SECOND);
    stage.adds(BEN, 11);
    assert_eq!(stage.next().unwrap().track.id, TrackId(11));
    let end = stage.playing().end_us();
    stage.wait(2 * SECOND);
    assert_eq!(stage.playing().start_us, end);
}

#[test]
fn a_track_added_at_the_last_instant_is_heard_from_its_first_bar() {
    let mut stage = Stage::new(QueueMode::Open);
    stage.adds(ANNA, 10);
    stage.wait_until_before_the_end(LEAD / 2);
    stage.adds(BEN, 11);
    let events = stage.wait(SECOND);
    assert_eq!(events[0].happened, Happened::PlayEnded {});
    assert_eq!(stage.playing().start_us, events[0].at + LEAD);
}

#[test]
fn switching_the_mix_off_leaves_quiet_after_what_plays() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    stage.does(OLGA, Action::RoomChange { settings: settings(QueueMode::Open, false) });
    assert_eq!(stage.next(), None);
    let events = stage.wait(150 * SECOND);
    assert_eq!(events.last().unwrap().happened, Happened::PlayEnded {});
    let events = stage.does(OLGA, Action::RoomChange { settings: settings(QueueMode::Open, true) });
    assert!(matches!(&events[1].happened, Happened::PlayStarted { why: StartReason::Quiet, .. }));
}

#[test]
fn the_mix_prefers_the_rooms_mood_and_repeats_nothing_soon() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    let events = stage.wait(400 * 100 * SECOND);
    let played: Vec<i64> = starts(&events).iter().map(|(id, _)| *id).collect();
    assert!(played.len() >= 390);
    let warm = played.iter().filter(|id| track(**id).mood.as_deref() == Some("warm")).count();
    let share = warm as f64 / played.len() as f64;
    assert!((0.68..0.92).contains(&share), "three of four, and some of the others by chance: {share}");
    assert!(played.windows(2).all(|w| w[0] != w[1]));
    assert!((100..112).all(|id| played.contains(&id)), "every track has its turn");
    let again = Stage::with_mix(QueueMode::Open).wait(400 * 100 * SECOND);
    assert_eq!(starts(&again), starts(&events), "the same room makes the same choices");
}

#[test]
fn a_mix_of_one_track_plays_it_again_and_an_empty_one_is_quiet() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    stage.mix.truncate(1);
    let events = stage.wait(500 * SECOND);
    assert_eq!(starts(&events)[1..].iter().map(|s| s.0).collect::<Vec<_>>(), [100, 100, 100]);
    let mut stage = Stage::new(QueueMode::Open);
    stage.mix.clear();
    stage.does(OLGA, Action::RoomChange { settings: settings(QueueMode::Open, true) });
    assert!(stage.state().playback.is_none());
    assert_eq!(stage.room.deadline(), None, "nobody is kept busy by it");
}

#[test]
fn a_new_worker_goes_on_where_clients_are_already() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    stage.wait(90 * SECOND);
    let next = stage.next().cloned().unwrap();
    let events = stage.down_for(13 * SECOND);
    assert_eq!(*stage.playing(), next, "as announced, to the microsecond");
    assert_eq!(events[0].term, 4);
}

#[test]
fn after_some_minutes_of_downtime_the_timeline_is_caught_up_without_gaps() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    for id in [10, 11, 12] {
        stage.adds(ANNA, id);
    }
    let end = stage.playing().end_us();
    let events = stage.down_for(1000 * SECOND);
    let starts = starts(&events);
    assert_eq!(
        starts[..4].iter().map(|s| s.1).collect::<Vec<_>>(),
        [0, 60, 120, 180].map(|s| end + s * SECOND)
    );
    assert_eq!(starts[..3].iter().map(|s| s.0).collect::<Vec<_>>(), [10, 11, 12]);
    assert!(stage.playing().start_us <= stage.now && stage.playing().end_us() > stage.now);
}

#[test]
fn after_an_hour_the_music_begins_anew() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    stage.adds(ANNA, 10);
    let events = stage.down_for(3600 * SECOND + 101 * SECOND);
    assert_eq!(starts(&events), [(10, stage.now + LEAD)], "what waited is kept");
    assert_eq!(stage.state().history.len(), 1);
}

#[test]
fn short_tracks_are_not_caught_up_on_without_end() {
    let mut stage = Stage::with_mix(QueueMode::Open);
    stage.mix.iter_mut().for_each(|t| t.samples = 48_000);
    stage.wait(110 * SECOND);
    let events = stage.down_for(600 * SECOND);
    assert!(events.len() <= 34, "{}", events.len());
    assert!(matches!(
        &events.last().unwrap().happened,
        Happened::PlayStarted { why: StartReason::Quiet, .. }
    ));
}
