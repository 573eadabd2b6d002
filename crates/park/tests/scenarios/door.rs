//! Rooms that hold only so many, and the line before them.

use crate::stage::{ANNA, BEN, CLEO, DAN, DAWN, OLGA, SECOND, person};
use park::Floor;
use park::floor::{Admission, HELD_US};
use protocol::binary::Spot;
use protocol::id::{AccountId, FloorId};
use protocol::people::Reaction;
use protocol::socket::ToClient;
use protocol::time::Micros;

fn room_for(capacity: Option<u32>) -> Floor {
    let mut floor = Floor::new(FloorId(7));
    floor.set_admission(admission(capacity));
    floor
}

fn admission(capacity: Option<u32>) -> Admission {
    Admission { capacity, exempt: vec![AccountId(OLGA)] }
}

fn comes(floor: &mut Floor, who: &[i64], now: Micros) {
    for account in who {
        floor.stand(&person(*account), false, None, now);
    }
}

fn inside(floor: &Floor) -> Vec<i64> {
    floor.present().iter().map(|account| account.0).collect()
}

fn line(floor: &Floor) -> Vec<i64> {
    let ToClient::People { line, .. } = floor.clone().people() else { panic!("people") };
    line.iter().map(|account| account.0).collect()
}

/// The line as the next presence frame tells it; none when it does not.
fn told(floor: &mut Floor, now: Micros) -> Option<Vec<i64>> {
    floor.let_in(now);
    let Some(ToClient::Presence { line, .. }) = floor.presence() else { return None };
    line.map(|line| line.iter().map(|account| account.0).collect())
}

#[test]
fn whoever_comes_to_a_full_room_waits_in_the_order_they_came() {
    let mut floor = room_for(Some(2));
    comes(&mut floor, &[ANNA, BEN], DAWN);
    assert!(floor.is_full());
    comes(&mut floor, &[DAN, CLEO, DAN], DAWN);
    floor.let_in(DAWN);
    assert_eq!((inside(&floor), line(&floor)), (vec![ANNA, BEN], vec![DAN, CLEO]));
    assert_eq!(floor.count(), 2, "nobody in line is counted");
}

#[test]
fn who_waits_does_nothing_on_the_floor() {
    let mut floor = room_for(Some(2));
    comes(&mut floor, &[ANNA, BEN, CLEO], DAWN);
    floor.presence();
    assert!(!floor.step(AccountId(CLEO), Spot { x: 800, y: 700, pose: 0 }, DAWN + SECOND));
    floor.react(AccountId(CLEO), Reaction::Love);
    floor.types(AccountId(CLEO));
    assert!(floor.moments().is_empty());
    let seen = floor.positions(DAWN + SECOND).map(|frame| frame.people.len());
    assert_eq!(seen, Some(2), "and nobody sees them");
}

#[test]
fn a_place_is_kept_for_who_left_it_and_then_goes_to_the_first_in_line() {
    let mut floor = room_for(Some(2));
    comes(&mut floor, &[ANNA, BEN, CLEO, DAN], DAWN);
    floor.leave(AccountId(ANNA), DAWN);
    assert!(!floor.let_in(DAWN + HELD_US - 1));
    assert!(floor.is_full(), "the place is kept");
    assert!(floor.let_in(DAWN + HELD_US));
    assert_eq!((inside(&floor), line(&floor)), (vec![BEN, CLEO], vec![DAN]));
}

#[test]
fn who_reconnects_in_time_has_their_place_still() {
    let mut floor = room_for(Some(2));
    comes(&mut floor, &[ANNA, BEN, CLEO], DAWN);
    floor.leave(AccountId(ANNA), DAWN);
    comes(&mut floor, &[ANNA], DAWN + HELD_US - 1);
    floor.let_in(DAWN + 2 * HELD_US);
    assert_eq!((inside(&floor), line(&floor)), (vec![ANNA, BEN], vec![CLEO]));
    floor.leave(AccountId(ANNA), DAWN + 2 * HELD_US);
    floor.let_in(DAWN + 3 * HELD_US);
    comes(&mut floor, &[ANNA], DAWN + 3 * HELD_US);
    assert_eq!(line(&floor), [ANNA], "too late: at the end of the line");
}

#[test]
fn who_goes_out_of_line_is_out_of_it() {
    let mut floor = room_for(Some(2));
    comes(&mut floor, &[ANNA, BEN, CLEO, DAN], DAWN);
    assert!(floor.leave(AccountId(CLEO), DAWN));
    assert_eq!(line(&floor), [DAN]);
    comes(&mut floor, &[CLEO], DAWN + SECOND);
    assert_eq!(line(&floor), [DAN, CLEO], "whoever comes back is last: a place in line is not kept");
}

#[test]
fn the_owner_and_the_djs_always_get_in() {
    let mut floor = room_for(Some(2));
    comes(&mut floor, &[ANNA, BEN, CLEO, OLGA, DAN], DAWN);
    assert!(inside(&floor).contains(&OLGA));
    floor.set_admission(Admission { capacity: Some(2), exempt: vec![AccountId(OLGA), AccountId(DAN)] });
    floor.let_in(DAWN);
    assert!(inside(&floor).contains(&DAN), "a DJ from now on");
    assert_eq!(line(&floor), [CLEO]);
    floor.leave(AccountId(OLGA), DAWN);
    floor.leave(AccountId(DAN), DAWN);
    floor.leave(AccountId(ANNA), DAWN);
    floor.let_in(DAWN + HELD_US);
    assert_eq!(inside(&floor), [BEN, CLEO], "they take nobody's place once they are gone");
}

#[test]
fn more_places_let_people_in_at_once_and_fewer_put_nobody_out() {
    let mut floor = room_for(Some(2));
    comes(&mut floor, &[ANNA, BEN, CLEO, DAN], DAWN);
    floor.set_admission(admission(Some(3)));
    floor.let_in(DAWN);
    assert_eq!((inside(&floor), line(&floor)), (vec![ANNA, BEN, CLEO], vec![DAN]));
    floor.set_admission(admission(Some(2)));
    floor.let_in(DAWN);
    assert_eq!(inside(&floor).len(), 3);
    floor.leave(AccountId(ANNA), DAWN);
    floor.let_in(DAWN + HELD_US);
    assert_eq!((inside(&floor), line(&floor)), (vec![BEN, CLEO], vec![DAN]), "two are enough now");
    floor.set_admission(admission(None));
    floor.let_in(DAWN + HELD_US);
    assert_eq!((inside(&floor).len(), line(&floor).len(), floor.is_full()), (3, 0, false));
}

#[test]
fn a_room_without_a_limit_keeps_no_places() {
    let mut floor = room_for(None);
    comes(&mut floor, &[ANNA], DAWN);
    floor.leave(AccountId(ANNA), DAWN);
    floor.set_admission(admission(Some(2)));
    comes(&mut floor, &[BEN, CLEO], DAWN);
    assert_eq!(inside(&floor), [BEN, CLEO]);
}

#[test]
fn the_line_is_told_when_it_changed_and_once_a_second_at_most() {
    let mut floor = room_for(Some(2));
    comes(&mut floor, &[ANNA, BEN], DAWN);
    assert_eq!(told(&mut floor, DAWN), None, "there is none");
    comes(&mut floor, &[CLEO], DAWN);
    assert_eq!(told(&mut floor, DAWN), Some(vec![CLEO]));
    comes(&mut floor, &[DAN], DAWN + SECOND / 10);
    assert_eq!(told(&mut floor, DAWN + SECOND / 10), None, "a moment ago it was told");
    assert_eq!(told(&mut floor, DAWN + SECOND), Some(vec![CLEO, DAN]));
    comes(&mut floor, &[CLEO], DAWN + 2 * SECOND);
    assert_eq!(told(&mut floor, DAWN + 2 * SECOND), None, "who waits already is no news");
    floor.set_admission(admission(None));
    assert_eq!(told(&mut floor, DAWN + 3 * SECOND), Some(vec![]));
}
