//! Sockets of several gateways, summed up to people.

use crate::stage::{ANNA, BEN, person};
use park::{Change, Gateway, Presence};
use proptest::prelude::*;
use protocol::id::{AccountId, FloorId};
use protocol::link::{Here, PresenceTold, SocketId};
use std::collections::BTreeMap;

const EAST: Gateway = Gateway { node: 1, incarnation: 70 };
const WEST: Gateway = Gateway { node: 2, incarnation: 80 };
const ROOM: FloorId = FloorId(7);

fn here(socket: u64, floor: FloorId, who: i64, away: bool) -> Here {
    Here { socket: SocketId(socket), floor, person: person(who), away, spot: None }
}

fn told(full: bool, here: Vec<Here>, gone: &[u64]) -> PresenceTold {
    let gone = gone.iter().map(|s| SocketId(*s)).collect();
    PresenceTold { full, here, gone, reactions: Vec::new(), typing: Vec::new(), rtt_p95_ms: 0 }
}

fn stands(floor: FloorId, who: i64, away: bool) -> Change {
    Change::Stands { floor, person: person(who), away, spot: None }
}

fn left(floor: FloorId, who: i64) -> Change {
    Change::Left { floor, account: AccountId(who) }
}

#[test]
fn somebody_with_two_windows_stands_there_once_until_both_are_closed() {
    let mut presence = Presence::default();
    assert_eq!(
        presence.told(EAST, &told(false, vec![here(1, ROOM, ANNA, false)], &[])),
        [stands(ROOM, ANNA, false)]
    );
    assert_eq!(presence.told(WEST, &told(false, vec![here(1, ROOM, ANNA, false)], &[])), []);
    assert_eq!(presence.told(EAST, &told(false, vec![], &[1])), []);
    assert_eq!(presence.told(WEST, &told(false, vec![], &[1])), [left(ROOM, ANNA)]);
}

#[test]
fn somebody_is_present_as_long_as_one_window_is_not_away() {
    let mut presence = Presence::default();
    let both = vec![here(1, ROOM, ANNA, true), here(2, ROOM, ANNA, false)];
    assert_eq!(presence.told(EAST, &told(false, both, &[])), [stands(ROOM, ANNA, false)]);
    assert_eq!(
        presence.told(EAST, &told(false, vec![here(2, ROOM, ANNA, true)], &[])),
        [stands(ROOM, ANNA, true)]
    );
    assert_eq!(
        presence.told(EAST, &told(false, vec![here(1, ROOM, ANNA, false)], &[])),
        [stands(ROOM, ANNA, false)]
    );
}

#[test]
fn walking_through_a_door_leaves_one_floor_for_the_other() {
    let mut presence = Presence::default();
    presence.told(EAST, &told(false, vec![here(1, FloorId::LAWN, ANNA, false)], &[]));
    let changes = presence.told(EAST, &told(false, vec![here(1, ROOM, ANNA, false)], &[]));
    assert_eq!(changes, [left(FloorId::LAWN, ANNA), stands(ROOM, ANNA, false)]);
    assert_eq!(presence.whose(EAST, SocketId(1)), Some((ROOM, AccountId(ANNA))));
}

#[test]
fn what_a_gateway_does_not_name_in_full_is_gone() {
    let mut presence = Presence::default();
    presence.told(EAST, &told(false, vec![here(1, ROOM, ANNA, false), here(2, ROOM, BEN, false)], &[]));
    presence.told(WEST, &told(false, vec![here(9, ROOM, BEN, false)], &[]));
    let changes = presence.told(EAST, &told(true, vec![here(2, ROOM, BEN, false)], &[]));
    assert_eq!(changes, [left(ROOM, ANNA)]);
    assert_eq!(
        presence.told(EAST, &told(true, vec![], &[])),
        [],
        "Ben still has a window on the other gateway"
    );
}

#[test]
fn people_of_a_dead_gateway_are_gone_and_those_of_a_restarted_one_too() {
    let mut presence = Presence::default();
    presence.told(EAST, &told(false, vec![here(1, ROOM, ANNA, false)], &[]));
    presence.told(WEST, &told(false, vec![here(1, ROOM, BEN, false)], &[]));
    assert_eq!(presence.expire(WEST), [left(ROOM, BEN)]);
    let restarted = Gateway { incarnation: 71, ..EAST };
    assert_eq!(presence.told(restarted, &told(true, vec![], &[])), [left(ROOM, ANNA)]);
    assert_eq!(presence.whose(EAST, SocketId(1)), None);
}

#[test]
fn a_floor_that_went_to_another_worker_is_forgotten_silently() {
    let mut presence = Presence::default();
    presence
        .told(EAST, &told(false, vec![here(1, ROOM, ANNA, false), here(2, FloorId::LAWN, BEN, false)], &[]));
    presence.forget(ROOM);
    assert_eq!(presence.whose(EAST, SocketId(1)), None);
    assert_eq!(presence.expire(EAST), [left(FloorId::LAWN, BEN)]);
}

proptest! {
    #[test]
    fn the_changes_add_up_to_who_is_there(
        tellings in prop::collection::vec((1u32..4, any::<bool>(), prop::collection::vec((0u64..6, 0i64..3, 1i64..4, any::<bool>()), 0..4), prop::collection::vec(0u64..6, 0..3)), 0..40)
    ) {
        let mut presence = Presence::default();
        let mut sockets = BTreeMap::new();
        let mut standing = BTreeMap::new();
        for (node, full, came, gone) in tellings {
            let gateway = Gateway { node, incarnation: 5 };
            if full {
                sockets.retain(|(n, _), _| *n != node);
            }
            for socket in &gone {
                sockets.remove(&(node, *socket));
            }
            for (socket, floor, who, away) in &came {
                sockets.insert((node, *socket), (*floor, *who, *away));
            }
            let came = came.into_iter().map(|(s, f, w, a)| here(s, FloorId(f), w, a)).collect();
            for change in presence.told(gateway, &told(full, came, &gone)) {
                match change {
                    Change::Stands { floor, person, away, .. } => {
                        prop_assert_ne!(standing.insert((floor.0, person.account.0), away), Some(away), "news");
                    }
                    Change::Left { floor, account } => {
                        prop_assert!(standing.remove(&(floor.0, account.0)).is_some());
                    }
                }
            }
            let mut expected = BTreeMap::new();
            for (floor, who, away) in sockets.values() {
                expected.entry((*floor, *who)).and_modify(|all: &mut bool| *all &= *away).or_insert(*away);
            }
            prop_assert_eq!(&standing, &expected);
        }
    }
}
