//! What passes at once: reactions and typing, summed up over one tick.

use protocol::id::{AccountId, FloorId};
use protocol::people::Reaction;
use protocol::socket::ToClient;
use std::collections::BTreeMap;

/// Reactions that are named in one frame; the others are counted.
const NAMED_MAX: usize = 12;
/// People who are named as writing.
const TYPING_MAX: usize = 5;

/// What happened since the last frame.
#[derive(Debug, Clone, Default)]
pub(super) struct Moments {
    named: Vec<(AccountId, Reaction)>,
    counts: BTreeMap<Reaction, u32>,
    typing: Vec<AccountId>,
}

impl Moments {
    pub fn react(&mut self, account: AccountId, with: Reaction) {
        if self.named.len() < NAMED_MAX {
            self.named.push((account, with));
        }
        let count = self.counts.entry(with).or_default();
        *count = count.saturating_add(1);
    }

    pub fn types(&mut self, account: AccountId) {
        if self.typing.len() < TYPING_MAX && !self.typing.contains(&account) {
            self.typing.push(account);
        }
    }

    /// The frames for everybody on the floor; none when nothing happened.
    pub fn take(&mut self, floor: FloorId) -> Vec<ToClient> {
        let Moments { named, counts, typing } = std::mem::take(self);
        let mut frames = Vec::new();
        if !counts.is_empty() {
            frames.push(ToClient::Reactions { floor, by: named, counts: counts.into_iter().collect() });
        }
        if !typing.is_empty() {
            frames.push(ToClient::Typing { floor, by: typing });
        }
        frames
    }
}
