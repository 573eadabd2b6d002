//! What gateways and web servers tell and ask this worker: routed into the loop of turns, the floors, or answered at once.

use crate::floors::FloorNote;
use crate::ownership::Ownership;
use crate::rooms::Note;
use cipher::{Message, Node, Refusal};
use protocol::event::Event;
use protocol::http::FloorSeen;
use protocol::id::FloorId;
use protocol::link::{
    CommandSent, Directory, FloorAsked, MissedAsked, Owners, ParkTime, PeopleAsked, PresenceTold,
    RESUME_BYTES_MAX, RESUME_MAX, SnapshotAsked, route,
};
use protocol::refusal::RefusalCode;
use protocol::room::Snapshot;
use protocol::socket::ToClient;
use service::clock::ParkClock;
use store::Store;
use tokio::sync::{mpsc, oneshot};

/// Registers all that this worker hears.
pub fn register(
    node: &Node,
    clock: &ParkClock,
    ownership: &Ownership,
    rooms: &mpsc::Sender<Note>,
    floors: &mpsc::Sender<FloorNote>,
    store: &Store,
) {
    let to = rooms.clone();
    node.on(route::COMMAND, move |message: Message<CommandSent>| {
        let to = to.clone();
        async move {
            let mut sent = message.payload;
            // Handled before by a former life of this worker, perhaps to the end.
            sent.command.resent |= message.attempt > 1;
            // While this worker stops nobody hears it any more: the browser sends it again.
            let _ = to.send(Note::Command(message.origin, sent)).await;
            Ok(())
        }
    });
    let to = floors.clone();
    node.on(route::PRESENCE, move |message: Message<PresenceTold>| {
        let to = to.clone();
        async move {
            // While this worker stops nobody hears it any more: the gateway tells everything anew to the next.
            let _ = to.send(FloorNote::Told(message.origin, message.payload)).await;
            Ok(())
        }
    });
    let (to, held) = (rooms.clone(), ownership.clone());
    node.answer(route::SNAPSHOT, move |message: Message<SnapshotAsked>| {
        let (to, held) = (to.clone(), held.clone());
        async move {
            let room = message.payload.room;
            if held.term(FloorId::of(room)).is_none() {
                return Err(not_owner());
            }
            let snapshot: Result<Snapshot, _> = ask(&to, |reply| Note::Snapshot(room, reply)).await?;
            snapshot.map_err(|why| {
                let code = if why.code == RefusalCode::NotFound { "not_found" } else { "retry" };
                Refusal::new(code, why.text)
            })
        }
    });
    let store = store.clone();
    node.answer(route::MISSED, move |message: Message<MissedAsked>| {
        let store = store.clone();
        // What is kept is the same whoever reads it, and what is told was kept before: it need not be this worker's room.
        async move { missed(&store, message.payload).await }
    });
    let (to, held) = (floors.clone(), ownership.clone());
    node.answer(route::PEOPLE, move |message: Message<PeopleAsked>| {
        let (to, held) = (to.clone(), held.clone());
        async move {
            let floor = message.payload.floor;
            if held.term(floor).is_none() {
                return Err(not_owner());
            }
            let people: ToClient = ask(&to, |reply| FloorNote::People(floor, reply)).await?;
            Ok(people)
        }
    });
    let (lines, people, held) = (rooms.clone(), floors.clone(), ownership.clone());
    node.answer(route::FLOOR, move |message: Message<FloorAsked>| {
        let (lines, people, held) = (lines.clone(), people.clone(), held.clone());
        async move {
            let room = message.payload.room;
            let floor = FloorId::of(room);
            if held.term(floor).is_none() {
                return Err(not_owner());
            }
            let line = ask(&lines, |reply| Note::Line(room, reply));
            let (line, people) = tokio::try_join!(line, ask(&people, |reply| FloorNote::Seen(floor, reply)))?;
            let asleep = || Refusal::new("not_found", "This room sleeps: nobody is there.");
            let (room, next) = line.ok_or_else(asleep)?;
            Ok(FloorSeen { room, next, people })
        }
    });
    let to = rooms.clone();
    node.answer(route::DIRECTORY, move |_: Message<()>| {
        let to = to.clone();
        async move {
            let list: Directory = ask(&to, Note::Directory).await?;
            Ok(list)
        }
    });
    let clock = clock.clone();
    node.answer(route::TIME, move |_: Message<()>| {
        let now = ParkTime { now_us: clock.now_us() };
        async move { Ok(now) }
    });
    let held = ownership.clone();
    node.answer(route::OWNERS, move |_: Message<()>| {
        let everybody: Owners = held.everybody();
        async move { Ok(everybody) }
    });
}

/// All events from `after` to `upto`, or why not: half of them would be a hole.
async fn missed(
    store: &Store,
    MissedAsked { room, after, upto }: MissedAsked,
) -> Result<Vec<Event>, Refusal> {
    let count = upto.saturating_sub(after);
    let Some(count) = u32::try_from(count).ok().filter(|count| (1..=RESUME_MAX).contains(count)) else {
        return Err(Refusal::new("too_many", format!("One to {RESUME_MAX} events can be asked for.")));
    };
    let events = store.events(room, after, count).await.map_err(|error| {
        tracing::warn!(%error, room.id = room.0, "missed events could not be read");
        Refusal::new("retry", "The database cannot be asked right now.")
    })?;
    let whole = events.iter().map(|event| event.seq).eq(after + 1..=upto);
    // Whoever reads it measures it too: a bound here keeps it off the line.
    let small = serde_json::to_vec(&events).is_ok_and(|json| json.len() <= RESUME_BYTES_MAX);
    if whole && small {
        Ok(events)
    } else {
        Err(Refusal::new("too_many", "Not all of that can be told: take a snapshot."))
    }
}

async fn ask<N, A>(to: &mpsc::Sender<N>, note: impl FnOnce(oneshot::Sender<A>) -> N) -> Result<A, Refusal> {
    let (reply, answer) = oneshot::channel();
    to.send(note(reply)).await.map_err(|_| stopping())?;
    answer.await.map_err(|_| stopping())
}

fn stopping() -> Refusal {
    Refusal::new("retry", "This worker is stopping: ask the one that takes over.")
}

fn not_owner() -> Refusal {
    Refusal::new("not_owner", "This worker does not own that room: ask for the owners.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::id::RoomId;

    #[tokio::test]
    async fn missed_events_are_told_whole_or_not_at_all_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("park.db").display());
        let store = Store::connect(&url).await.unwrap();
        let asked = async |after, upto| {
            let asked = MissedAsked { room: RoomId(1), after, upto };
            missed(&store, asked).await.map(|events| events.len()).unwrap_err().code
        };
        assert_eq!(asked(0, 3).await, "too_many", "three of none are kept: that would be a hole");
        for (after, upto) in [(3, 3), (3, 1), (0, 1_001), (i64::MIN, i64::MAX), (i64::MAX, i64::MIN)] {
            assert_eq!(asked(after, upto).await, "too_many", "{after} {upto}");
        }
    }
}
