//! Any faithful run holds; any single lie in it is found.

use crate::faithful::{Park, STEPS, Saw, Step};
use crowd::checker::check;
use crowd::history::Outcome;
use crowd::journal::{Entry, Journal};
use proptest::prelude::*;
use protocol::id::{CommandId, RoomId};
use protocol::refusal::RefusalCode;
use protocol::socket::Head;

/// What is changed in a run in which everything was right.
#[derive(Debug, Clone, Copy)]
enum Lie {
    /// Somebody did not get an event that went before another on the same socket.
    DropEvent,
    /// Somebody got an event twice.
    DoubleEvent,
    /// Somebody got two events the wrong way round.
    SwapEvents,
    /// Somebody got another event than the others.
    AlterEvent,
    /// Somebody was taken back by an older state on the connection that had told them more.
    TakeBack,
    /// Somebody got a state that is not what its events make.
    AlterState,
    /// Somebody got an event under another term.
    AlterTerm,
    /// Somebody got an event of a room they do not listen to.
    MisrouteEvent,
    /// Somebody was told that a command was carried out that was not.
    ForgeAcknowledgement,
    /// Somebody was told another number than their command's.
    MoveAcknowledgement,
    /// Somebody was told that a command was refused that was carried out.
    ForgeRefusal,
    /// The journal lost an acknowledged event.
    ForgetAcknowledged,
    /// The journal has a command twice.
    CarryOutAgain,
    /// The journal has another event than was told.
    AlterKept,
    /// The journal says somebody else did it.
    AlterAuthor,
    /// A worker that was replaced wrote once more.
    LetTermFall,
}

const LIES: [Lie; 16] = [
    Lie::DropEvent,
    Lie::DoubleEvent,
    Lie::SwapEvents,
    Lie::AlterEvent,
    Lie::AlterTerm,
    Lie::TakeBack,
    Lie::AlterState,
    Lie::MisrouteEvent,
    Lie::ForgeAcknowledgement,
    Lie::MoveAcknowledgement,
    Lie::ForgeRefusal,
    Lie::ForgetAcknowledged,
    Lie::CarryOutAgain,
    Lie::AlterKept,
    Lie::AlterAuthor,
    Lie::LetTermFall,
];

fn plan() -> impl Strategy<Value = Vec<(Step, usize)>> {
    prop::collection::vec((prop::sample::select(&STEPS[..]), 0..5usize), 60..120)
}

fn played(plan: &[(Step, usize)]) -> Park {
    let mut park = Park::new(2, 5);
    for (step, who) in plan {
        park.step(*step, *who);
    }
    park
}

/// One of the places, by a number that may be any.
fn one<T>(places: Vec<T>, which: usize) -> Option<T> {
    let count = places.len().max(1);
    places.into_iter().nth(which % count)
}

/// Places in what people saw: whose, and where.
fn places(park: &Park, is_one: impl Fn(&[Saw], usize) -> bool) -> Vec<(usize, usize)> {
    let of_one = |(who, person): (usize, &crate::faithful::Person)| {
        (0..person.saw.len())
            .filter(|at| is_one(&person.saw, *at))
            .map(move |at| (who, at))
            .collect::<Vec<_>>()
    };
    park.people.iter().enumerate().flat_map(of_one).collect()
}

/// Places in what people asked for.
fn commands(park: &Park, is_one: impl Fn(Outcome) -> bool) -> Vec<(usize, usize)> {
    let of_one = |(who, person): (usize, &crate::faithful::Person)| {
        let all = person.commands.iter().enumerate().filter(|(_, issued)| is_one(issued.outcome));
        all.map(|(at, _)| (who, at)).collect::<Vec<_>>()
    };
    park.people.iter().enumerate().flat_map(of_one).collect()
}

fn is_acknowledged(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Acknowledged(_))
}

fn is_event(saw: &[Saw], at: usize) -> bool {
    matches!(saw[at], Saw::Event(..))
}

/// Tells a lie about a run; none when there is nothing to lie about.
fn tell(lie: Lie, park: &mut Park, which: usize) -> Option<Journal> {
    let mut journal = park.journal();
    match lie {
        Lie::DropEvent | Lie::SwapEvents => {
            let before_another = |saw: &[Saw], at: usize| {
                is_event(saw, at)
                    && matches!((saw.get(at), saw.get(at + 1)), (Some(Saw::Event(one, _)), Some(Saw::Event(two, _))) if one == two)
            };
            let (who, at) = one(places(park, before_another), which)?;
            match lie {
                Lie::SwapEvents => park.people[who].saw.swap(at, at + 1),
                _ => drop(park.people[who].saw.remove(at)),
            }
        }
        Lie::DoubleEvent => {
            let (who, at) = one(places(park, is_event), which)?;
            let again = park.people[who].saw[at].clone();
            park.people[who].saw.insert(at + 1, again);
        }
        Lie::AlterEvent | Lie::AlterTerm => {
            let (who, at) = one(places(park, is_event), which)?;
            let Saw::Event(_, event) = &mut park.people[who].saw[at] else { return None };
            match lie {
                Lie::AlterTerm => event.term += 1,
                _ => event.at += 1,
            }
        }
        Lie::TakeBack => {
            let has_older =
                |saw: &[Saw], at: usize| matches!(&saw[at], Saw::Event(_, event) if event.seq > 1);
            let (who, at) = one(places(park, has_older), which)?;
            let Saw::Event(room, event) = &park.people[who].saw[at] else { return None };
            let older = Saw::Snapshot(*room, park.snapshot(*room, event.seq - 1));
            park.people[who].saw.insert(at + 1, older);
        }
        Lie::AlterState => {
            // Of a room in which nothing has happened the journal says nothing.
            let is_kept =
                |saw: &[Saw], at: usize| matches!(&saw[at], Saw::Snapshot(_, state) if state.seq > 0);
            let (who, at) = one(places(park, is_kept), which)?;
            let Saw::Snapshot(_, snapshot) = &mut park.people[who].saw[at] else { return None };
            snapshot.state.mix_plays += 1;
        }
        Lie::MisrouteEvent => {
            // Behind an event of one's own room: what was asked for last has been answered.
            let (who, at) = one(places(park, is_event), which)?;
            let Saw::Event(room, event) = park.people[who].saw[at].clone() else { return None };
            park.people[who].saw.insert(at + 1, Saw::Event(RoomId(room.0 + 1), event));
        }
        Lie::ForgeAcknowledgement => {
            let unheard = commands(park, |outcome| outcome == Outcome::Refused(RefusalCode::Forbidden));
            let (who, at) = one(unheard, which)?;
            let head = park.head(park.people[who].commands[at].room);
            park.people[who].commands[at].outcome = Outcome::Acknowledged(head);
        }
        Lie::MoveAcknowledgement => {
            let (who, at) = one(commands(park, is_acknowledged), which)?;
            let Outcome::Acknowledged(head) = &mut park.people[who].commands[at].outcome else { return None };
            head.seq += 1;
        }
        Lie::ForgeRefusal => {
            let (who, at) = one(commands(park, is_acknowledged), which)?;
            park.people[who].commands[at].outcome = Outcome::Refused(RefusalCode::Forbidden);
        }
        Lie::ForgetAcknowledged | Lie::CarryOutAgain => {
            let (who, at) = one(commands(park, is_acknowledged), which)?;
            let issued = park.people[who].commands[at];
            let entries = journal.rooms.get_mut(&issued.room)?;
            let known = entries.iter().position(|entry| entry.command == Some(issued.id))?;
            match lie {
                Lie::ForgetAcknowledged => drop(entries.remove(known)),
                _ => {
                    let last = entries.last()?.head;
                    entries.push(Entry { head: Head { seq: last.seq + 1, ..last }, ..entries[known] });
                }
            }
        }
        Lie::AlterKept | Lie::AlterAuthor => {
            let (who, at) = one(places(park, is_event), which)?;
            let Saw::Event(room, event) = &park.people[who].saw[at] else { return None };
            let entry = journal.rooms.get_mut(room)?.iter_mut().find(|entry| entry.head.seq == event.seq)?;
            let mut other = event.clone();
            match lie {
                Lie::AlterKept => other.at += 1,
                _ => {
                    other.account = Some(park.people[(who + 1) % 5].account);
                    other.command = other.command.or(Some(CommandId(uuid::Uuid::from_u128(u128::MAX))));
                }
            }
            *entry = Entry::from(&other);
            // The same author as before is no lie.
            (other != *event).then_some(())?;
        }
        Lie::LetTermFall => {
            let entries = one(journal.rooms.values_mut().filter(|room| room.len() > 1).collect(), which)?;
            let last = entries.last()?.head;
            let head = Head { term: last.term - 1, seq: last.seq + 1 };
            entries.push(Entry { head, command: None, ..*entries.last()? });
        }
    }
    Some(journal)
}

proptest! {
    #[test]
    fn a_faithful_run_holds(plan in plan()) {
        let park = played(&plan);
        let verdict = check(&park.histories(), Some(&park.journal()));
        prop_assert!(verdict.holds(), "{:?}", verdict.breaches);
        let alone = check(&park.histories(), None);
        prop_assert!(alone.holds(), "{:?}", alone.breaches);
    }

    #[test]
    fn any_single_lie_is_found(plan in plan(), which in any::<usize>()) {
        for lie in LIES {
            let mut park = played(&plan);
            let told = tell(lie, &mut park, which);
            // In so long a run there is something to lie about, but for the rarest.
            let Some(journal) = told else { continue };
            let verdict = check(&park.histories(), Some(&journal));
            prop_assert!(!verdict.holds(), "{lie:?} was not found");
        }
    }
}

#[test]
fn every_lie_can_be_told_about_a_long_run() {
    let plan: Vec<_> = (0..200).map(|n| (STEPS[n * 7 % STEPS.len()], n * 3 % 5)).collect();
    for lie in LIES {
        assert!(tell(lie, &mut played(&plan), 3).is_some(), "{lie:?}");
    }
}
