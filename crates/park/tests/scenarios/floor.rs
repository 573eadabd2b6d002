//! People on a plane.

use crate::stage::{ANNA, BEN, CLEO, DAN, DAWN, SECOND, person};
use park::Floor;
use park::floor::ON_SHOW;
use proptest::prelude::*;
use protocol::binary::{FLOOR_HEIGHT, FLOOR_WIDTH, LAWN_WIDTH, Spot, WALK_SPEED};
use protocol::id::{AccountId, FloorId};
use protocol::people::{Person, Reaction};
use protocol::socket::{Standing, ToClient};
use protocol::time::Micros;
use std::collections::BTreeSet;

const ROOM: FloorId = FloorId(7);
const TICK: Micros = SECOND / 10;

fn floor_with(who: &[i64]) -> Floor {
    let mut floor = Floor::new(ROOM);
    for account in who {
        floor.stand(&person(*account), false, None, DAWN);
    }
    floor
}

fn crowd(size: i64) -> Floor {
    floor_with(&(1..=size).collect::<Vec<_>>())
}

/// Who is there, without anybody having been told.
fn people(floor: &Floor) -> Vec<Standing> {
    let ToClient::People { people, .. } = floor.clone().people() else { panic!("people") };
    people
}

fn spot_of(floor: &Floor, who: i64) -> (u16, u16) {
    people(floor).iter().find(|s| s.person.account.0 == who).map(|s| (s.x, s.y)).expect("they stand there")
}

/// Who came, who went, how many are there, how many of them present, votes that skip.
type Told = (Vec<i64>, Vec<i64>, u32, u32, u32);

fn presence(floor: &mut Floor) -> Option<Told> {
    let ToClient::Presence { came, went, count, present, needed, .. } = floor.presence()? else {
        panic!("presence")
    };
    let came = came.iter().map(|s| s.person.account.0).collect();
    Some((came, went.iter().map(|a| a.0).collect(), count, present, needed))
}

#[test]
fn people_come_in_scattered_and_not_in_a_row() {
    for (id, width) in [(ROOM, FLOOR_WIDTH), (FloorId::LAWN, LAWN_WIDTH)] {
        let mut floor = Floor::new(id);
        for account in 1..=12 {
            floor.stand(&person(account), false, None, DAWN);
        }
        let spots: Vec<(i32, i32)> =
            people(&floor).iter().map(|s| (i32::from(s.x), i32::from(s.y))).collect();
        let distinct = |values: Vec<i32>| values.into_iter().map(|v| v / 10).collect::<BTreeSet<_>>().len();
        assert!(distinct(spots.iter().map(|s| s.0).collect()) >= 8, "no column: {spots:?}");
        assert!(distinct(spots.iter().map(|s| s.1).collect()) >= 8, "no row: {spots:?}");
        for (at, a) in spots.iter().enumerate() {
            assert!((a.0 - i32::from(width) / 2).abs() <= 420, "in the middle");
            for b in &spots[at + 1..] {
                assert!(
                    (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2) >= 24 * 24,
                    "not on one another: {a:?} {b:?}"
                );
            }
        }
    }
}

#[test]
fn who_reconnects_stands_where_they_stood() {
    let mut floor = Floor::new(ROOM);
    floor.stand(&person(ANNA), false, Some((300, 200)), DAWN);
    assert_eq!(spot_of(&floor, ANNA), (300, 200));
    floor.stand(&person(ANNA), false, Some((900, 900)), DAWN);
    assert_eq!(spot_of(&floor, ANNA), (300, 200), "they are there already");
    floor.stand(&person(BEN), false, Some((60_000, 60_000)), DAWN);
    assert_eq!(spot_of(&floor, BEN), (FLOOR_WIDTH, FLOOR_HEIGHT), "on the floor at any rate");
}

#[test]
fn who_reloads_the_page_stands_where_they_stood_for_ten_minutes() {
    let mut floor = floor_with(&[ANNA, BEN]);
    let before = spot_of(&floor, ANNA);
    floor.step(AccountId(ANNA), Spot { x: before.0 + 10, y: before.1 + 5, pose: 8 }, DAWN + SECOND);
    for who in [ANNA, BEN] {
        floor.leave(AccountId(who), DAWN + SECOND);
    }
    assert!(!floor.is_forgettable(DAWN + 2 * SECOND));
    floor.stand(&person(ANNA), false, None, DAWN + 2 * SECOND);
    assert_eq!(spot_of(&floor, ANNA), (before.0 + 10, before.1 + 5));
    floor.leave(AccountId(ANNA), DAWN + 2 * SECOND);
    assert!(floor.is_forgettable(DAWN + 700 * SECOND));
}

#[test]
fn a_walk_at_walking_speed_gets_where_it_goes() {
    let mut floor = Floor::new(ROOM);
    floor.stand(&person(ANNA), false, Some((100, 100)), DAWN);
    let per_tick = (WALK_SPEED / 10.0) as u16;
    for n in 1..=60 {
        let to = Spot { x: 100 + n * per_tick, y: 100, pose: 8 };
        assert!(floor.step(AccountId(ANNA), to, DAWN + i64::from(n) * TICK), "step {n}");
    }
}

#[test]
fn late_packets_are_forgiven() {
    let mut floor = Floor::new(ROOM);
    floor.stand(&person(ANNA), false, Some((100, 100)), DAWN);
    let to = Spot { x: 100 + (WALK_SPEED * 0.9) as u16, y: 100, pose: 8 };
    assert!(floor.step(AccountId(ANNA), to, DAWN + 900_000), "nine steps that arrive as one");
}

#[test]
fn a_jump_ends_where_a_walk_would_have() {
    let mut floor = Floor::new(ROOM);
    floor.stand(&person(ANNA), false, Some((100, 100)), DAWN);
    assert!(!floor.step(AccountId(ANNA), Spot { x: 1500, y: 100, pose: 8 }, DAWN));
    let (x, y) = spot_of(&floor, ANNA);
    assert!(y == 100 && x > 100 && f64::from(x - 100) <= WALK_SPEED * 1.25, "towards it, no further: {x}");
    assert!(!floor.step(AccountId(BEN), Spot::default(), DAWN), "nobody there");
}

#[test]
fn a_floor_where_all_is_still_is_told_less_often_until_somebody_moves() {
    let mut floor = floor_with(&[ANNA, BEN]);
    let keys = |floor: &mut Floor, from: i64, seconds: i64| -> Vec<i64> {
        let ticks = (from * 10..(from + seconds) * 10).map(|tick| DAWN + tick * TICK);
        let keys = ticks.filter(|now| floor.positions(*now).is_some_and(|frame| frame.key));
        keys.map(|now| (now - DAWN) / SECOND).collect()
    };
    assert_eq!(keys(&mut floor, 0, 35), [0, 1, 2, 12, 22, 32]);
    let (x, y) = spot_of(&floor, ANNA);
    floor.step(AccountId(ANNA), Spot { x: x + 5, y, pose: 0 }, DAWN + 35 * SECOND);
    // Whoever missed the step itself is put right by the next frames of everybody.
    assert_eq!(keys(&mut floor, 35, 15), [35, 36, 37, 47]);
    floor.leave(AccountId(BEN), DAWN + 50 * SECOND);
    assert_eq!(keys(&mut floor, 50, 10), [50, 51, 52]);
}

#[test]
fn positions_tell_who_moved_and_each_second_everybody() {
    let mut floor = floor_with(&[ANNA, BEN]);
    let first = floor.positions(DAWN).unwrap();
    assert!(first.key && first.people.len() == 2 && first.more == 0);
    assert_eq!(floor.positions(DAWN + TICK), None, "nobody moved");
    let (x, y) = spot_of(&floor, ANNA);
    floor.step(AccountId(ANNA), Spot { x: x + 5, y, pose: 0xFF }, DAWN + 2 * TICK);
    let delta = floor.positions(DAWN + 2 * TICK).unwrap();
    assert_eq!((delta.key, delta.tick), (false, first.tick + 1));
    assert_eq!(delta.people, [(AccountId(ANNA), Spot { x: x + 5, y, pose: 0b1_1111 })]);
    assert!(floor.positions(DAWN + 10 * TICK).unwrap().key);
    floor.leave(AccountId(ANNA), DAWN);
    floor.leave(AccountId(BEN), DAWN);
    assert_eq!(floor.positions(DAWN + 20 * TICK), None, "an empty floor says nothing");
}

#[test]
fn who_comes_and_goes_is_told_once() {
    let mut floor = floor_with(&[ANNA, BEN, CLEO]);
    assert_eq!(presence(&mut floor), Some((vec![ANNA, BEN, CLEO], vec![], 3, 3, 2)));
    assert_eq!(presence(&mut floor), None);
    floor.stand(&person(DAN), false, None, DAWN);
    floor.leave(AccountId(DAN), DAWN);
    assert_eq!(presence(&mut floor), Some((vec![], vec![], 3, 3, 2)), "came and went between two frames");
    floor.leave(AccountId(BEN), DAWN);
    assert_eq!(presence(&mut floor), Some((vec![], vec![BEN], 2, 2, 2)));
}

#[test]
fn who_goes_before_the_next_frame_is_told_to_those_whose_list_has_them() {
    let mut floor = floor_with(&[ANNA]);
    presence(&mut floor);
    floor.stand(&person(BEN), false, None, DAWN);
    let ToClient::People { people, .. } = floor.people() else { panic!("people") };
    assert_eq!(people.len(), 2);
    floor.leave(AccountId(BEN), DAWN);
    assert_eq!(presence(&mut floor), Some((vec![], vec![BEN], 1, 1, 1)), "else they would see a ghost");
}

#[test]
fn being_away_and_a_new_name_are_told() {
    let mut floor = floor_with(&[ANNA, BEN]);
    presence(&mut floor);
    assert!(floor.away(AccountId(BEN), true));
    assert!(!floor.away(AccountId(BEN), true));
    assert_eq!(presence(&mut floor), Some((vec![BEN], vec![], 2, 1, 1)));
    assert_eq!(floor.present(), [AccountId(ANNA)]);
    floor.stand(&Person { name: "Benny".to_owned(), ..person(BEN) }, false, None, DAWN);
    assert_eq!(presence(&mut floor), Some((vec![BEN], vec![], 2, 2, 2)));
    assert_eq!(people(&floor)[1].person.name, "Benny");
}

#[test]
fn a_crowd_is_a_sample_and_a_count() {
    let mut floor = crowd(5000);
    let (came, _, count, present, needed) = presence(&mut floor).unwrap();
    assert_eq!((came.len(), count, present, needed), (ON_SHOW, 5000, 5000, 2500));
    assert_eq!(people(&floor).len(), ON_SHOW);
    let key = floor.positions(DAWN).unwrap();
    assert_eq!((key.people.len(), usize::from(key.more)), (ON_SHOW, 5000 - ON_SHOW));
    floor.step(AccountId(4000), Spot { x: 1, y: 1, pose: 0 }, DAWN + TICK);
    assert_eq!(floor.positions(DAWN + TICK), None, "who is not shown is not told of");
    floor.leave(AccountId(1), DAWN);
    let waited_longest = ON_SHOW as i64 + 1;
    assert_eq!(presence(&mut floor), Some((vec![waited_longest], vec![1], 4999, 4999, 2500)));
}

#[test]
fn reactions_of_one_tick_are_counted_and_twelve_are_named() {
    let mut floor = crowd(30);
    for account in 1..=30 {
        floor.react(AccountId(account), if account % 3 == 0 { Reaction::Fire } else { Reaction::Love });
    }
    floor.react(AccountId(999), Reaction::Tears);
    for account in [4, 4, 5, 6, 7, 8, 9] {
        floor.types(AccountId(account));
    }
    let frames = floor.moments();
    let [ToClient::Reactions { by, counts, .. }, ToClient::Typing { by: typing, .. }] = &frames[..] else {
        panic!("{frames:?}")
    };
    assert_eq!((by.len(), &counts[..]), (12, &[(Reaction::Love, 20), (Reaction::Fire, 10)][..]));
    assert_eq!(*typing, [4, 5, 6, 7, 8].map(AccountId));
    assert!(floor.moments().is_empty());
}

#[derive(Debug, Clone)]
enum Move {
    Comes(i64, bool),
    Goes(i64),
    Away(i64, bool),
    Steps(i64, u16, u16, Micros),
    Told,
}

proptest! {
    #[test]
    fn what_is_told_adds_up_and_nobody_is_faster_than_a_walk(
        moves in prop::collection::vec(prop_oneof![
            (1i64..9, any::<bool>()).prop_map(|(who, away)| Move::Comes(who, away)),
            (1i64..9).prop_map(Move::Goes),
            (1i64..9, any::<bool>()).prop_map(|(who, away)| Move::Away(who, away)),
            (1i64..9, any::<u16>(), any::<u16>(), 0..2 * SECOND).prop_map(|(who, x, y, us)| Move::Steps(who, x, y, us)),
            Just(Move::Told),
        ], 0..80)
    ) {
        let mut floor = Floor::new(ROOM);
        let mut seen = BTreeSet::new();
        let mut now = DAWN;
        for a_move in moves {
            match a_move {
                Move::Comes(who, away) => floor.stand(&person(who), away, None, now),
                Move::Goes(who) => { floor.leave(AccountId(who), DAWN); }
                Move::Away(who, away) => { floor.away(AccountId(who), away); }
                Move::Steps(who, x, y, us) => {
                    let Some(was) = people(&floor).into_iter().find(|s| s.person.account.0 == who) else { continue };
                    now += us;
                    floor.step(AccountId(who), Spot { x, y, pose: 0 }, now);
                    let (x, y) = spot_of(&floor, who);
                    prop_assert!(x <= FLOOR_WIDTH && y <= FLOOR_HEIGHT);
                    let went = (f64::from(x) - f64::from(was.x)).hypot(f64::from(y) - f64::from(was.y));
                    prop_assert!(went <= WALK_SPEED * 1.25 + 1e-6, "a second's walk at the most: {went}");
                }
                Move::Told => {
                    if let Some((came, went, count, ..)) = presence(&mut floor) {
                        seen.extend(came);
                        for account in went {
                            prop_assert!(seen.remove(&account), "only who was seen goes");
                        }
                        prop_assert_eq!(seen.len(), count as usize);
                    }
                    let there: BTreeSet<i64> = people(&floor).iter().map(|s| s.person.account.0).collect();
                    prop_assert_eq!(&seen, &there);
                }
            }
            let present = people(&floor).iter().filter(|s| !s.away).count();
            prop_assert_eq!(floor.present().len(), present);
        }
    }
}
