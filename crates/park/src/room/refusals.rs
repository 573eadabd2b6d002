//! What the room says when it does not do something: short, warm, concrete (DESIGN.md, Voice).

use protocol::event::Entry;
use protocol::people::Person;
use protocol::refusal::{Refusal, RefusalCode};
use protocol::room::{CAPACITY, DJS_MAX, QUEUE_MAX, QUEUE_MAX_EACH, QueueMode, RoomState};

fn forbidden(text: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Forbidden, text)
}

fn not_found(text: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::NotFound, text)
}

fn conflict(text: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Conflict, text)
}

fn too_many(text: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::TooMany, text)
}

/// A sentence that names the owner, and another for the rooms that have none.
fn by_host(state: &RoomState, with: impl Fn(&str) -> String, without: &str) -> Refusal {
    forbidden(state.owner.as_ref().map_or_else(|| without.to_owned(), |owner| with(&owner.name)))
}

fn title(entry: &Entry) -> String {
    format!("“{}”", entry.track.title)
}

pub fn only_djs_add(state: &RoomState) -> Refusal {
    by_host(
        state,
        |host| format!("Only DJs add tracks here. {host} can make you one."),
        "Only DJs add tracks here.",
    )
}

pub fn only_the_host(state: &RoomState) -> Refusal {
    by_host(
        state,
        |host| format!("Only {host} changes this room."),
        "This room is the park's own: it stays as it is. Make a room to have one your way.",
    )
}

pub fn no_such_capacity() -> Refusal {
    let (least, most) = (CAPACITY.start(), CAPACITY.end());
    Refusal::new(
        RefusalCode::BadInput,
        format!("A room holds {least} to {most} people. Leave it empty for no limit."),
    )
}

pub fn no_such_track() -> Refusal {
    not_found("That track is not in the library any more. Choose another.")
}

pub fn queue_full() -> Refusal {
    too_many(format!("{QUEUE_MAX} tracks wait here already. Add yours when some of them have played."))
}

pub fn enough_of_yours() -> Refusal {
    too_many(format!(
        "{QUEUE_MAX_EACH} of your tracks wait here already. Add more when some of them have played."
    ))
}

pub fn no_such_entry() -> Refusal {
    not_found("That track is not waiting here any more.")
}

pub fn not_yours_to_remove(state: &RoomState, entry: &Entry) -> Refusal {
    let picker = &entry.by.name;
    by_host(
        state,
        |host| format!("{picker} put on {}. Only {picker} or {host} can take it off.", title(entry)),
        &format!("{picker} put on {}. Only {picker} can take it off.", title(entry)),
    )
}

pub fn not_yours_to_move(state: &RoomState, entry: &Entry) -> Refusal {
    forbidden(format!(
        "{} put on {}. {}",
        entry.by.name,
        title(entry),
        match state.settings.mode {
            QueueMode::Open => "Vote for it to move it up.",
            QueueMode::Rotation => "Everybody orders their own tracks.",
        }
    ))
}

pub fn placed_by_host(state: &RoomState, entry: &Entry) -> Refusal {
    by_host(
        state,
        |host| format!("{host} put {} where it is. It stays there.", title(entry)),
        &format!("{} stays where it is.", title(entry)),
    )
}

pub fn starts_soon(entry: &Entry) -> Refusal {
    conflict(format!("{} starts in a moment and stays next. It can be skipped once it plays.", title(entry)))
}

pub fn not_movable() -> Refusal {
    conflict("Your tracks change places among your own. That one cannot.")
}

pub fn already_there() -> Refusal {
    conflict("It stands there already.")
}

pub fn votes_decide() -> Refusal {
    conflict("Votes order this queue. Your tracks can change places when they have as many votes.")
}

pub fn nothing_to_vote_on() -> Refusal {
    conflict("DJs take turns here, so there is nothing to vote on.")
}

pub fn voted_already(entry: &Entry) -> Refusal {
    conflict(format!("You already voted for {}.", title(entry)))
}

pub fn not_voted(entry: &Entry) -> Refusal {
    conflict(format!("You have not voted for {}.", title(entry)))
}

pub fn nothing_plays() -> Refusal {
    conflict("Nothing plays at the moment.")
}

pub fn over_already() -> Refusal {
    conflict("That track is over already. What plays now goes on.")
}

pub fn voted_to_skip_already() -> Refusal {
    conflict("You already voted to skip.")
}

pub fn not_voted_to_skip() -> Refusal {
    conflict("You have not voted to skip.")
}

pub fn only_some_skip_at_once(state: &RoomState) -> Refusal {
    let picker = "whoever picked it";
    let others = match state.settings.mode {
        QueueMode::Open => picker.to_owned(),
        QueueMode::Rotation => format!("{picker}, a DJ"),
    };
    by_host(
        state,
        |host| format!("Only {others} or {host} skips at once. You can vote to skip."),
        &format!("Only {} skips at once. You can vote to skip.", others.replace(", ", " or ")),
    )
}

pub fn no_such_person() -> Refusal {
    not_found("That person is not known here any more.")
}

pub fn is_dj_already(person: &Person) -> Refusal {
    conflict(format!("{} is a DJ already.", person.name))
}

pub fn is_no_dj() -> Refusal {
    conflict("That person is not a DJ here.")
}

pub fn hosts_already() -> Refusal {
    conflict("This is your room: you can do all that a DJ can.")
}

pub fn enough_djs() -> Refusal {
    too_many(format!("This room has {DJS_MAX} DJs. Let one go before you appoint another."))
}

pub fn nothing_changed() -> Refusal {
    conflict("The room is like that already.")
}

pub fn too_many_lines(retry_after_ms: u32) -> Refusal {
    too_many("That was a lot at once. Your message is kept: say it again in a moment.").after(retry_after_ms)
}
