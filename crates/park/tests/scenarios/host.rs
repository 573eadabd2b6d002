//! What only the owner does, and how people with a role get a new name.

use crate::stage::{ANNA, BEN, OLGA, Stage, person, settings};
use park::{Room, rights};
use protocol::command::Action;
use protocol::event::Happened;
use protocol::id::AccountId;
use protocol::people::{Person, Role};
use protocol::refusal::RefusalCode;
use protocol::room::{DJS_MAX, QueueMode, RoomSettings};

#[test]
fn only_the_owner_appoints_and_changes() {
    let mut stage = Stage::new(QueueMode::Open);
    let appoint = Action::RoleDj { account: AccountId(BEN), dj: true };
    assert_eq!(
        stage.may_not(ANNA, appoint.clone()),
        (RefusalCode::Forbidden, "Only Olga changes this room.".to_owned())
    );
    stage.does(OLGA, appoint.clone());
    assert_eq!(park::role(stage.state(), AccountId(BEN)), Role::Dj);
    assert_eq!(
        stage.may_not(BEN, Action::RoleDj { account: AccountId(ANNA), dj: true }).0,
        RefusalCode::Forbidden
    );
    assert_eq!(stage.may_not(OLGA, appoint).1, "Ben is a DJ already.");
    assert_eq!(
        stage.may_not(OLGA, Action::RoleDj { account: AccountId(OLGA), dj: true }).0,
        RefusalCode::Conflict
    );
    assert_eq!(
        stage.may_not(OLGA, Action::RoleDj { account: AccountId(ANNA), dj: false }).0,
        RefusalCode::Conflict
    );
}

#[test]
fn a_room_has_so_many_djs() {
    let mut stage = Stage::new(QueueMode::Open);
    for n in 0..DJS_MAX as i64 {
        stage.does(OLGA, Action::RoleDj { account: AccountId(100 + n), dj: true });
    }
    assert_eq!(
        stage.may_not(OLGA, Action::RoleDj { account: AccountId(99), dj: true }).0,
        RefusalCode::TooMany
    );
}

#[test]
fn a_room_gets_the_name_one_sees() {
    let mut stage = Stage::new(QueueMode::Open);
    let named = |name: &str| RoomSettings { name: name.to_owned(), ..settings(QueueMode::Open, false) };
    stage.does(OLGA, Action::RoomChange { settings: named("  Late\u{202E}  Shift ") });
    assert_eq!(stage.state().settings.name, "Late Shift");
    assert_eq!(stage.room.summary(3, false).name, "Late Shift");
    assert_eq!(stage.may_not(OLGA, Action::RoomChange { settings: named("") }).0, RefusalCode::BadInput);
    assert_eq!(
        stage.may_not(OLGA, Action::RoomChange { settings: named("Late Shift") }).0,
        RefusalCode::Conflict
    );
}

#[test]
fn a_room_holds_two_to_ten_thousand_or_as_many_as_come() {
    let mut stage = Stage::new(QueueMode::Open);
    let holding = |capacity| RoomSettings { capacity, ..settings(QueueMode::Open, false) };
    for places in [0, 1, 10_001] {
        let (code, _) = stage.may_not(OLGA, Action::RoomChange { settings: holding(Some(places)) });
        assert_eq!(code, RefusalCode::BadInput, "{places}");
    }
    for capacity in [Some(2), Some(10_000), None] {
        stage.does(OLGA, Action::RoomChange { settings: holding(capacity) });
        assert_eq!(stage.state().settings.capacity, capacity);
    }
}

#[test]
fn a_new_name_shows_where_somebody_has_a_role() {
    let mut stage = Stage::new(QueueMode::Open);
    stage.does(OLGA, Action::RoleDj { account: AccountId(BEN), dj: true });
    let benny = Person { name: "Benny".to_owned(), ..person(BEN) };
    assert_eq!(stage.room.person_changed(&benny, stage.now).len(), 1);
    assert_eq!(stage.state().djs[0], benny);
    assert!(stage.room.person_changed(&benny, stage.now).is_empty(), "no news");
    assert!(stage.room.person_changed(&person(ANNA), stage.now).is_empty(), "no role");
}

#[test]
fn an_owner_renamed_while_the_room_slept_is_greeted_by_the_new_name() {
    let mut stage = Stage::new(QueueMode::Open);
    stage.opening.owner = Some(Person { name: "Olga B".to_owned(), ..person(OLGA) });
    let events = stage.down_for(1);
    assert!(matches!(events[0].happened, Happened::PersonChanged { .. }));
    assert_eq!(stage.room.summary(0, false).host.as_deref(), Some("Olga B"));
}

#[test]
fn a_room_begins_with_its_settings() {
    let stage = Stage::new(QueueMode::Open);
    assert_eq!(stage.journal[0].seq, 1);
    assert_eq!(stage.journal[0].happened, Happened::RoomChanged { settings: stage.opening.settings.clone() });
    let asleep = Room::open(stage.opening.clone(), 3);
    assert_eq!((asleep.head().seq, asleep.deadline()), (0, Some(0)), "it wants to be ticked once");
}

#[test]
fn rights_only_grow_with_the_role() {
    use rights::{Right, may};
    let all = [
        Right::TakePart,
        Right::Add,
        Right::TendOwn,
        Right::RemoveAny,
        Right::MoveAny,
        Right::SkipOwn,
        Right::SkipAny,
        Right::Host,
    ];
    for mode in [QueueMode::Open, QueueMode::Rotation] {
        for right in all {
            let has = [Role::Listener, Role::Dj, Role::Owner].map(|role| may(role, mode, right));
            assert!(has.is_sorted(), "{right:?} in {mode:?}: {has:?}");
        }
    }
    assert!(!may(Role::Listener, QueueMode::Rotation, Right::Add));
    assert!(!may(Role::Dj, QueueMode::Open, Right::SkipAny));
    assert!(!may(Role::Owner, QueueMode::Rotation, Right::MoveAny));
}
