//! Dead letters: listing them, one line of JSON each, and sending them again.

use anyhow::bail;
use cipher::Transport;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::guest;
use crate::target::Target;

/// Lists or replays what was put aside: no handler, a handler that failed too often, a node that is gone.
#[derive(Args)]
pub struct DeadLetters {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Prints the dead letters of a queue, the oldest first, one line of JSON each.
    List {
        /// The queue: of a node, such as worker.1, or worker.* of any.
        #[arg(value_name = "NS.NID")]
        queue: Target,
    },
    /// Sends dead letters again, and takes them off the list.
    Replay {
        /// The queue: of a node, such as worker.1, or worker.* of any.
        #[arg(value_name = "NS.NID")]
        queue: Target,
        /// Only those with one of these ids; otherwise all.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// To whom, when not to whom they were for.
        #[arg(long, value_name = "NS.NID")]
        to: Option<Target>,
    },
}

impl DeadLetters {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let node = guest(transport, None).await?;
        match self.action {
            Action::List { queue } => {
                for letter in node.dead_letters(&queue.ns, queue.nid).await? {
                    let line = json!({
                        "id": letter.id, "at_ms": letter.at, "why": letter.why, "route": letter.route,
                        "origin": {"ns": letter.origin.ns, "nid": letter.origin.nid}, "payload": letter.payload,
                    });
                    println!("{line}");
                }
            }
            Action::Replay { queue, ids, to } => {
                let mut count = 0;
                for letter in node.dead_letters(&queue.ns, queue.nid).await? {
                    if !ids.is_empty() && !letter.id.as_ref().is_some_and(|id| ids.contains(id)) {
                        continue;
                    }
                    let to = to.as_ref().map_or_else(|| letter.to.clone(), |to| to.to(None));
                    node.replay(&letter, &to).await?;
                    count += 1;
                }
                println!("{count} replayed");
                if count < ids.len() {
                    bail!("{} of the ids are not among the dead letters of this queue", ids.len() - count);
                }
            }
        }
        node.leave().await;
        Ok(())
    }
}
