//! Sending: transmit, broadcast, publish and request.

use std::time::Duration;

use cipher::{Address, Transport};
use clap::Args;
use serde_json::value::RawValue;

use crate::guest;
use crate::line::{compact, payload};
use crate::target::{Target, origin};

/// What is sent, and in whose name.
#[derive(Args)]
struct Content {
    /// The route, without the namespace.
    route: String,
    /// The payload.
    #[arg(value_name = "JSON", value_parser = payload, allow_hyphen_values = true)]
    payload: Box<RawValue>,
    /// Whom it says it is from; that node need not exist.
    #[arg(long, value_name = "NS.NID", value_parser = origin)]
    from: Option<Address>,
}

/// Sends a message to one node, or to any one of a namespace, at least once.
#[derive(Args)]
pub struct Transmit {
    /// The node, such as ws.1, or ws.* for any; it need not be running.
    #[arg(value_name = "NS.NID")]
    to: Target,
    #[command(flatten)]
    content: Content,
    /// For which tenant behind that node.
    #[arg(long)]
    tid: Option<String>,
}

impl Transmit {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let Content { route, payload, from } = self.content;
        let node = guest(transport, from).await?;
        node.transmit(self.to.to(self.tid), &route, &payload).await?;
        node.leave().await;
        Ok(())
    }
}

/// Sends a message to every node of a namespace, at most once.
#[derive(Args)]
pub struct Broadcast {
    /// The namespace.
    ns: String,
    #[command(flatten)]
    content: Content,
}

impl Broadcast {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let Content { route, payload, from } = self.content;
        let node = guest(transport, from).await?;
        node.broadcast(&self.ns, &route, &payload).await?;
        node.leave().await; // waits until it has left
        Ok(())
    }
}

/// Sends text to every subscriber of a topic, at most once.
#[derive(Args)]
pub struct Publish {
    /// The topic.
    topic: String,
    /// What to publish, as it is.
    text: String,
}

impl Publish {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let node = guest(transport, None).await?;
        node.publish(&self.topic, None, self.text.into()).await?;
        node.leave().await;
        Ok(())
    }
}

/// Asks a node, or the least busy one of a namespace, and prints its reply as one line of JSON.
#[derive(Args)]
pub struct Request {
    /// The node, such as worker.1, or worker.* for any.
    #[arg(value_name = "NS.NID")]
    to: Target,
    #[command(flatten)]
    content: Content,
    /// For which tenant behind that node.
    #[arg(long)]
    tid: Option<String>,
    /// How long to wait for the reply, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 5_000)]
    within: u64,
}

impl Request {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let Content { route, payload, from } = self.content;
        let node = guest(transport, from).await?;
        let within = Duration::from_millis(self.within);
        let reply: Box<RawValue> = node.request(self.to.to(self.tid), &route, &payload, within).await?;
        println!("{}", compact(&reply));
        node.leave().await;
        Ok(())
    }
}
