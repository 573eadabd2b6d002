//! Who is running: once, or as it changes.

use cipher::{Address, Change, NodeInfo, Transport};
use clap::Args;

use crate::guest;

/// Prints the nodes of a namespace, and the fixed ids of those that are down.
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
        let absent = node.absent(&self.ns).await?;
        if !self.watch {
            for info in node.nodes(&self.ns).await {
                println!("{}", row(&info));
            }
            for nid in absent {
                println!("{:<20} down", Address::new(&self.ns, nid).to_string());
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
    format!("{:<20} {:<8} load {:<6} {incarnation}", info.address.to_string(), state(info), info.load)
}

pub fn state(info: &NodeInfo) -> String {
    format!("{:?}", info.state).to_lowercase()
}
