//! Saying something.

use super::refusals;
use super::turn::Turn;
use protocol::event::{ChatLine, Happened};
use protocol::name;
use protocol::people::Person;
use protocol::refusal::Refusal;
use protocol::room::RoomState;
use protocol::time::Micros;

/// Lines that one person may say within [`FLOOD_US`].
pub(super) const FLOOD_LINES: usize = 5;
/// The span that the lines are counted in.
pub(super) const FLOOD_US: Micros = 5_000_000;

impl Turn<'_> {
    /// `chat.say`
    pub fn say(&mut self, by: &Person, text: &str) -> Result<(), Refusal> {
        let text = name::chat(text)?;
        if let Some(wait_us) = flood_wait(self.state(), by, self.at()) {
            return Err(refusals::too_many_lines(u32::try_from(wait_us / 1000 + 1).unwrap_or(u32::MAX)));
        }
        let line = ChatLine { id: self.next_seq(), at: self.at(), by: by.clone(), text };
        self.emit(Happened::ChatSaid { line });
        Ok(())
    }
}

/// How long somebody has to wait before their next line; none when they need not. The chat itself is the memory.
fn flood_wait(state: &RoomState, by: &Person, at: Micros) -> Option<Micros> {
    let own = state.chat.iter().rev().filter(|line| line.by.account == by.account);
    let wait = own.map(|line| line.at).nth(FLOOD_LINES - 1)? + FLOOD_US - at;
    (wait > 0).then_some(wait.min(FLOOD_US))
}
