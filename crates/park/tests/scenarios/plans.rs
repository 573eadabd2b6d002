//! Random plans: people do anything at any time, come and go, workers fail. The stage checks what must always hold after every
//! event; here is checked what must hold of the whole.

use crate::stage::{ANNA, BEN, CLEO, DAN, OLGA, SECOND, Stage, person, settings};
use park::Room;
use proptest::prelude::*;
use proptest::sample::Index;
use protocol::command::Action;
use protocol::event::Event;
use protocol::id::{AccountId, EntryId, TrackId};
use protocol::room::{QueueMode, Snapshot};
use protocol::time::Micros;

#[derive(Debug, Clone)]
enum Deed {
    Does(i64, Wish),
    Waits(Micros),
    /// Who of the cast is there, as bits.
    Present(u8),
    Down(Micros),
}

#[derive(Debug, Clone)]
enum Wish {
    Say,
    Add(i64),
    Remove(Index),
    Move(Index, Option<Index>),
    Vote(Index, bool),
    VoteSkip(bool),
    SkipNow,
    Appoint(i64, bool),
    Change(bool, bool),
}

fn deed() -> impl Strategy<Value = Deed> {
    let wish = prop_oneof![
        2 => Just(Wish::Say),
        8 => (1i64..99).prop_map(Wish::Add),
        2 => any::<Index>().prop_map(Wish::Remove),
        4 => (any::<Index>(), any::<Option<Index>>()).prop_map(|(a, b)| Wish::Move(a, b)),
        6 => (any::<Index>(), prop::bool::weighted(0.7)).prop_map(|(a, up)| Wish::Vote(a, up)),
        3 => prop::bool::weighted(0.8).prop_map(Wish::VoteSkip),
        1 => Just(Wish::SkipNow),
        2 => (OLGA..=DAN, prop::bool::weighted(0.7)).prop_map(|(who, dj)| Wish::Appoint(who, dj)),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(open, mix)| Wish::Change(open, mix)),
    ];
    let who = prop_oneof![3 => Just(OLGA), 1 => Just(ANNA), 1 => Just(BEN), 1 => Just(CLEO), 1 => Just(DAN)];
    prop_oneof![
        12 => (who, wish).prop_map(|(who, wish)| Deed::Does(who, wish)),
        3 => (0..90 * SECOND).prop_map(Deed::Waits),
        1 => any::<u8>().prop_map(Deed::Present),
        1 => prop_oneof![4 => 0..600 * SECOND, 1 => 0..9000 * SECOND].prop_map(Deed::Down),
    ]
}

fn action(stage: &Stage, wish: &Wish) -> Action {
    let queue = &stage.state().queue;
    let entry = |at: &Index| if queue.is_empty() { EntryId(1) } else { queue[at.index(queue.len())].id };
    let start_us = stage.state().playback.as_ref().map_or(0, |p| p.now.start_us);
    match wish {
        Wish::Say => Action::ChatSay { text: "la".to_owned() },
        Wish::Add(track) => Action::QueueAdd { track: TrackId(*track) },
        Wish::Remove(at) => Action::QueueRemove { entry: entry(at) },
        Wish::Move(at, before) => Action::QueueMove { entry: entry(at), before: before.as_ref().map(entry) },
        Wish::Vote(at, up) => Action::QueueVote { entry: entry(at), up: *up },
        Wish::VoteSkip(up) => Action::SkipVote { start_us, up: *up },
        Wish::SkipNow => Action::SkipNow { start_us },
        Wish::Appoint(who, dj) => Action::RoleDj { account: AccountId(*who), dj: *dj },
        Wish::Change(open, mix) => {
            let mode = if *open { QueueMode::Open } else { QueueMode::Rotation };
            Action::RoomChange { settings: settings(mode, *mix) }
        }
    }
}

fn play(stage: &mut Stage, deed: &Deed) {
    match deed {
        Deed::Does(who, wish) => {
            let action = action(stage, wish);
            let _ = stage.tries(*who, action);
        }
        Deed::Waits(us) => {
            stage.wait(*us);
        }
        Deed::Present(bits) => {
            let there: Vec<i64> = (OLGA..=DAN).filter(|n| bits >> n & 1 == 1).collect();
            stage.inside = there.len() as u32;
            stage.only(&there);
        }
        Deed::Down(us) => {
            stage.down_for(*us);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_do_the_journal_is_the_room(
        open in any::<bool>(),
        mix in any::<bool>(),
        owned in prop::bool::weighted(0.9),
        plan in prop::collection::vec(deed(), 0..120),
        cut in any::<Index>(),
    ) {
        let mode = if open { QueueMode::Open } else { QueueMode::Rotation };
        let mut stage = Stage::opened(mode, mix, owned.then(|| person(OLGA)));
        let mut cuts: Vec<Snapshot> = vec![stage.room.snapshot()];
        for deed in &plan {
            play(&mut stage, deed);
            cuts.push(stage.room.snapshot());
        }
        let mut again = Stage::opened(mode, mix, owned.then(|| person(OLGA)));
        plan.iter().for_each(|deed| play(&mut again, deed));
        prop_assert_eq!(&again.journal, &stage.journal, "the same deeds at the same times have the same results");
        let whole = Room::load(stage.opening.clone(), None, &stage.journal, 99);
        prop_assert_eq!(whole.snapshot(), stage.room.snapshot(), "from the journal alone");
        let cut = cuts[cut.index(cuts.len())].clone();
        let spliced = Room::load(stage.opening.clone(), Some(cut.clone()), &stage.journal, 99);
        prop_assert_eq!(spliced.snapshot(), stage.room.snapshot(), "from a snapshot and what came since");
        let stored = serde_json::to_string(&cut).unwrap();
        prop_assert_eq!(serde_json::from_str::<Snapshot>(&stored).unwrap(), cut, "a snapshot is what was stored");
        let written = serde_json::to_string(&stage.journal).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Vec<Event>>(&written).unwrap(), &stage.journal);
    }
}
