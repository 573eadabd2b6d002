//! Slots of a cluster that move while they are in use: what a server refused because of that is sent again.
//!
//! fred is told to follow no redirection itself. Of a slot that is under way (ASK) it would send the command back to the server that
//! refused it, might take the answer of another command for the word of the new one, and end its task over that, for good.
//! A slot that has moved (MOVED) it looks up anew before it reports the refusal, so that the next attempt goes to the right place.

use std::time::Duration;

use fred::error::{Error, ErrorKind};

/// Before the second, third, ... attempt, in milliseconds. One slot is under way for as long as its keys take; together this is
/// less than the lease of a node.
const PAUSES_MS: [u64; 8] = [0, 10, 20, 40, 80, 160, 320, 640];

/// Sends a command until a server takes it for its own, or the slot was under way for too long.
pub(super) async fn settled<T, F>(command: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    for pause in PAUSES_MS {
        match command().await {
            Err(error) if is_about_a_move(&error) => tokio::time::sleep(Duration::from_millis(pause)).await,
            result => return result,
        }
    }
    command().await
}

/// Whether a command was not carried out because its slot has moved or is under way.
fn is_about_a_move(error: &Error) -> bool {
    // The first is what fred says of redirections that it may not follow; the other is the server's own word, when some keys of a
    // command are already at the new place.
    (*error.kind() == ErrorKind::Routing && error.details() == "Too many redirections.")
        || error.details().starts_with("TRYAGAIN")
}
