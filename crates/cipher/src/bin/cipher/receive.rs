//! Receiving: listen and subscribe, one line of JSON for each message.

use anyhow::ensure;
use cipher::{Delivery, Ending, Message, Nid, Node, NodeConfig, Transport};
use clap::Args;
use serde_json::json;
use serde_json::value::RawValue;

use crate::guest;
use crate::line::compact;

/// Becomes a node, and prints each transmit and broadcast it receives as one line of JSON, until Ctrl-C.
#[derive(Args)]
pub struct Listen {
    /// The namespace.
    ns: String,
    /// The id, from 1. While another node holds it, this waits.
    nid: u32,
}

impl Listen {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let config = NodeConfig { nid: Nid::Fixed(self.nid), ..NodeConfig::new(&self.ns) };
        guest(transport.clone(), None).await?.leave().await; // joining would wait for a server that is away
        let node = Node::join(transport, config).await?;
        let ns = self.ns.clone();
        node.on_any(move |message: Message<Box<RawValue>>| {
            print(&ns, &message);
            async { Ok(()) }
        });
        node.serve().await?;
        eprintln!("listening as {}.{}", self.ns, self.nid);
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            ending = node.ended() => {
                ensure!(ending != Ending::Displaced, "another node took this one's id while it was silent");
            }
        }
        node.leave().await;
        Ok(())
    }
}

fn print(ns: &str, message: &Message<Box<RawValue>>) {
    #[derive(serde::Serialize)]
    struct Line<'a> {
        kind: &'static str,
        origin: serde_json::Value,
        recipient: serde_json::Value,
        route: &'a str,
        payload: Box<RawValue>,
    }
    let anyone = || json!("*");
    let line = Line {
        kind: message.kind.name(),
        origin: json!({"ns": message.origin.ns, "nid": message.origin.nid, "tid": message.tenant}),
        recipient: json!({
            "ns": ns,
            "nid": message.recipient_nid.map_or_else(anyone, |nid| json!(nid)),
            "tid": message.recipient_tenant.as_ref().map_or_else(anyone, |tid| json!(tid)),
        }),
        route: &message.route,
        payload: compact(&message.payload),
    };
    println!("{}", serde_json::to_string(&line).expect("text and JSON can be written"));
}

/// Prints what is published to a topic as one line of JSON each, until Ctrl-C; a gap is a line too.
#[derive(Args)]
pub struct Subscribe {
    /// The topic.
    topic: String,
}

impl Subscribe {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        let node = guest(transport, None).await?;
        let mut subscription = node.subscribe(&self.topic).await?;
        eprintln!("subscribed to {}", self.topic);
        loop {
            let delivery = tokio::select! {
                delivery = subscription.next() => delivery,
                interrupted = tokio::signal::ctrl_c() => { interrupted?; None }
            };
            match delivery {
                Some(Delivery::Gap) => println!("{}", json!({"topic": self.topic, "gap": true})),
                Some(Delivery::Message { span, payload }) => {
                    let span =
                        span.map(|span| json!({"epoch": span.epoch, "first": span.first, "last": span.last}));
                    let mut line = json!({"topic": self.topic, "span": span});
                    match std::str::from_utf8(&payload) {
                        Ok(text) => line["text"] = json!(text),
                        Err(_) => line["bytes"] = json!(&payload[..]),
                    }
                    println!("{line}");
                }
                None => break,
            }
        }
        node.leave().await;
        Ok(())
    }
}
