//! What somebody does when its time has come: steps, lines, reactions, tracks, votes.

use super::{End, Person, Phase};
use crate::line::Line;
use crate::plan::Deed;
use protocol::binary::FromClient;
use protocol::command::Action;
use protocol::people::Reaction;
use protocol::socket::ToServer;
use rand::RngExt;
use std::time::Duration;
use tokio::time::Instant;

impl Person {
    /// Does everything whose time has come.
    pub(super) async fn do_what_is_due(
        &mut self,
        line: &mut Line,
        phase: Phase,
    ) -> anyhow::Result<Option<End>> {
        let now = Instant::now();
        for command in self.commands.again(now) {
            line.say(&ToServer::Command(command)).await?;
        }
        let Phase::Acting(began) = phase else { return Ok(None) };
        if let Some(due) = self.next_step.filter(|due| *due <= now) {
            self.steps += 1;
            let spot = self.walk.spot(self.steps);
            if let Some(account) = self.history.account {
                self.shared.frames.steps.sent(account, spot, due);
            }
            self.shared.tally.steps.add(1);
            line.hot(FromClient::Step(spot).encode()).await?;
            self.next_step = Some(due + self.stride());
        }
        while let Some((due, deed)) = self.deeds.front().copied().filter(|(due, _)| began + *due <= now) {
            self.deeds.pop_front();
            match deed {
                Deed::Drop => {
                    self.shared.tally.drops.add(1);
                    return Ok(Some(End::Dropped));
                }
                deed => self.does(line, deed, began + due).await?,
            }
        }
        Ok(None)
    }

    pub(super) fn stride(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.shared.settings.rates.walk.max(0.01))
    }

    async fn does(&mut self, line: &mut Line, deed: Deed, due: Instant) -> anyhow::Result<()> {
        match deed {
            Deed::Chat => {
                let action = self.words();
                self.ask(line, action, due).await
            }
            Deed::Double => {
                let action = self.words();
                self.ask(line, action, due).await?;
                match self.commands.last_again() {
                    Some(command) => line.say(&ToServer::Command(command)).await,
                    None => Ok(()),
                }
            }
            Deed::Add => self.add(line, due).await,
            Deed::Vote => match self.shared.frames.known(self.room).entry {
                Some(entry) => {
                    self.votes += 1;
                    let up = self.votes % 2 == 1;
                    self.ask(line, Action::QueueVote { entry, up }, due).await
                }
                None => {
                    self.shared.tally.undone.add(1);
                    Ok(())
                }
            },
            Deed::React => line.say(&ToServer::React { with: Reaction::Love }).await,
            // The socket's end is its caller's.
            Deed::Drop => Ok(()),
        }
    }

    pub(super) async fn add(&mut self, line: &mut Line, due: Instant) -> anyhow::Result<()> {
        if self.shared.tracks.is_empty() {
            self.shared.tally.undone.add(1);
            return Ok(());
        }
        let track = self.shared.tracks[self.random.random_range(0..self.shared.tracks.len())];
        self.ask(line, Action::QueueAdd { track }, due).await
    }

    /// A line that nobody else says.
    fn words(&mut self) -> Action {
        self.said += 1;
        let mut text = format!("{} says {} ", self.number, self.said);
        while text.len() < self.shared.settings.rates.chat_bytes {
            text.push('~');
        }
        Action::ChatSay { text }
    }

    async fn ask(&mut self, line: &mut Line, action: Action, due: Instant) -> anyhow::Result<()> {
        let command = self.commands.begin(self.room, action, due);
        self.shared.frames.expect(command.id, due);
        self.shared.tally.commands.add(1);
        self.shared.tally.pending.add(1);
        line.say(&ToServer::Command(command)).await
    }
}
