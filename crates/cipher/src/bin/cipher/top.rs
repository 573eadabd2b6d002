//! A live view of namespaces: who runs, how fast each sends and handles, and how much waits for it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::time::Duration;

use cipher::{Address, Node, NodeInfo, Transport};
use clap::Args;
use tokio::time::Instant;

use crate::guest;
use crate::nodes::state;

/// A live view of namespaces: how fast each of their nodes sends and handles messages, and what waits in each queue.
#[derive(Args)]
pub struct Top {
    /// The namespaces.
    #[arg(required = true)]
    ns: Vec<String>,
    /// How often it is drawn anew, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(100..))]
    every: u64,
    /// Ends after so many drawings.
    #[arg(long, value_name = "COUNT")]
    times: Option<u64>,
}

impl Top {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let node = guest(transport, None).await?;
        let mut every = tokio::time::interval(Duration::from_millis(self.every));
        let mut rates = HashMap::new();
        for _ in 0..self.times.unwrap_or(u64::MAX) {
            tokio::select! {
                _ = every.tick() => {}
                interrupted = tokio::signal::ctrl_c() => { interrupted?; break }
            }
            let mut view = String::new();
            for ns in &self.ns {
                draw(&node, ns, &mut rates, &mut view).await?;
            }
            if std::io::stdout().is_terminal() {
                print!("\x1b[2J\x1b[H");
            }
            println!("{view}");
        }
        node.leave().await;
        Ok(())
    }
}

async fn draw(
    node: &Node,
    ns: &str,
    rates: &mut HashMap<Address, Rates>,
    view: &mut String,
) -> anyhow::Result<()> {
    let nodes = node.nodes(ns).await;
    rates.retain(|address, _| address.ns != ns || nodes.iter().any(|info| info.address == *address));
    let anyone = (format!("{ns}.*"), format!("{} nodes", nodes.len()), None);
    let each = nodes.iter().map(|info| {
        let rates = rates.entry(info.address.clone()).or_insert_with(|| Rates::of(info));
        rates.look(info, Instant::now());
        let doing = format!(
            "{:<8} load {:<6} sent {:>8.0}/s handled {:>8.0}/s",
            state(info),
            info.load,
            rates.sent,
            rates.handled
        );
        (info.address.to_string(), doing, Some(info.address.nid))
    });
    // Nobody takes from these: what waits there is what an operator wants to know most.
    let absent = node.absent(ns).await?.into_iter();
    let down = absent.map(|nid| (Address::new(ns, nid).to_string(), "down".to_owned(), Some(nid)));
    for (name, doing, nid) in std::iter::once(anyone).chain(each).chain(down) {
        let waiting = node.queue_length(ns, nid).await?;
        let dead = node.dead_letters(ns, nid).await?.len();
        writeln!(view, "{name:<20} {doing:<56} waiting {waiting:>8} dead {dead}")?;
    }
    Ok(())
}

/// How fast a node sends and handles messages, from what it counted between two announcements.
struct Rates {
    counted: (u64, u64),
    at: Instant,
    /// Messages a second.
    sent: f64,
    handled: f64,
}

/// A node announces itself more often than this: one whose counts stay the same does nothing.
const ANNOUNCED_WITHIN: Duration = Duration::from_secs(3);

impl Rates {
    fn of(info: &NodeInfo) -> Self {
        Self { counted: (info.sent, info.handled), at: Instant::now(), sent: 0.0, handled: 0.0 }
    }

    fn look(&mut self, info: &NodeInfo, now: Instant) {
        let counted = (info.sent, info.handled);
        let passed = now - self.at;
        if counted == self.counted && passed < ANNOUNCED_WITHIN {
            return; // nothing new was announced yet
        }
        let a_second = |now: u64, before: u64| now.saturating_sub(before) as f64 / passed.as_secs_f64();
        self.sent = a_second(counted.0, self.counted.0);
        self.handled = a_second(counted.1, self.counted.1);
        (self.counted, self.at) = (counted, now);
    }
}

#[cfg(test)]
mod tests {
    use cipher::NodeState;

    use super::*;

    #[test]
    fn rates_are_those_between_two_announcements_and_end_with_them() {
        let counted = |sent, handled| NodeInfo {
            address: Address::new("worker", 1),
            state: NodeState::Serving,
            load: 0,
            since: 0,
            sent,
            handled,
        };
        let mut rates = Rates::of(&counted(100, 0));
        let began = rates.at;
        let after = Duration::from_secs_f64;
        rates.look(&counted(100, 0), began + after(0.5));
        rates.look(&counted(300, 50), began + after(1.0));
        assert_eq!((rates.sent, rates.handled), (200.0, 50.0));
        rates.look(&counted(300, 50), began + after(2.0));
        assert_eq!((rates.sent, rates.handled), (200.0, 50.0), "nothing new was announced yet");
        rates.look(&counted(300, 50), began + after(4.0));
        assert_eq!((rates.sent, rates.handled), (0.0, 0.0));
    }
}
