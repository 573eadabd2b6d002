//! Who is running, and how much waits for each: once, as it changes, or as a live view.

use std::io::IsTerminal;
use std::time::Duration;

use cipher::{Change, Node, NodeInfo, Transport};
use clap::Args;

use crate::guest;

/// Prints the nodes of a namespace.
#[derive(Args)]
pub struct Nodes {
    /// The namespace.
    ns: String,
    /// Prints joins, changes and departures as they happen, until Ctrl-C.
    #[arg(long)]
    watch: bool,
}

impl Nodes {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let node = guest(transport, None).await?;
        if !self.watch {
            for info in node.nodes(&self.ns).await {
                println!("{}", row(&info));
            }
            node.leave().await;
            return Ok(());
        }
        let mut watch = node.watch(&self.ns);
        loop {
            let change = tokio::select! {
                change = watch.next() => change,
                interrupted = tokio::signal::ctrl_c() => { interrupted?; None }
            };
            match change {
                Some(Change::Joined(info)) => println!("joined  {}", row(&info)),
                Some(Change::Changed(info)) => println!("changed {}", row(&info)),
                Some(Change::Left(info)) => println!("left    {}", row(&info)),
                None => break,
            }
        }
        node.leave().await;
        Ok(())
    }
}

fn row(info: &NodeInfo) -> String {
    let incarnation = info.address.incarnation.map(|life| life.to_string()).unwrap_or_default();
    let state = format!("{:?}", info.state).to_lowercase();
    format!("{:<20} {state:<8} load {:<6} {incarnation}", info.address.to_string(), info.load)
}

/// A live view of namespaces: their nodes, what waits in each queue, and how fast that grows or shrinks.
#[derive(Args)]
pub struct Top {
    /// The namespaces.
    #[arg(required = true)]
    ns: Vec<String>,
    /// How often it is drawn anew, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    every: u64,
    /// Ends after so many drawings.
    #[arg(long, value_name = "COUNT")]
    times: Option<u64>,
}

impl Top {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let node = guest(transport, None).await?;
        let mut every = tokio::time::interval(Duration::from_millis(self.every.max(100)));
        let mut before = std::collections::HashMap::new();
        for _ in 0..self.times.unwrap_or(u64::MAX) {
            tokio::select! {
                _ = every.tick() => {}
                interrupted = tokio::signal::ctrl_c() => { interrupted?; break }
            }
            let mut view = String::new();
            for ns in &self.ns {
                self.draw(&node, ns, &mut before, &mut view).await?;
            }
            if std::io::stdout().is_terminal() {
                print!("\x1b[2J\x1b[H");
            }
            println!("{view}");
        }
        node.leave().await;
        Ok(())
    }

    async fn draw(
        &self,
        node: &Node,
        ns: &str,
        before: &mut std::collections::HashMap<String, u64>,
        view: &mut String,
    ) -> anyhow::Result<()> {
        let nodes = node.nodes(ns).await;
        let rows = std::iter::once((None, String::new()))
            .chain(nodes.iter().map(|info| (Some(info.address.nid), row(info))));
        for (nid, row) in rows {
            let waiting = node.queue_length(ns, nid).await?;
            let dead = node.dead_letters(ns, nid).await?.len();
            let name = nid.map_or_else(|| format!("{ns}.*"), |nid| format!("{ns}.{nid}"));
            let change = before
                .insert(name.clone(), waiting)
                .map_or(0, |before| waiting.cast_signed() - before.cast_signed());
            let per_second = change as f64 * 1_000.0 / self.every.max(100) as f64;
            let row = if nid.is_none() { format!("{name:<20} {} nodes", nodes.len()) } else { row };
            view.push_str(&format!("{row:<60} waiting {waiting:>8} ({per_second:+.0}/s) dead {dead}\n"));
        }
        Ok(())
    }
}
