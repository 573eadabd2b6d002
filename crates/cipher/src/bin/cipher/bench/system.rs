//! Traffic between nodes of cipher: one that sends, and receivers of a namespace of their own, all in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cipher::{Address, Delivery, Message, Nid, Node, NodeConfig, Refusal, To, Transport};
use futures_util::future::{join_all, try_join_all};

use super::pace::Pace;
use super::traffic::Traffic;

/// What the sender does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// To one receiver after another.
    Transmit,
    /// To all receivers.
    Broadcast,
    /// To all receivers, which have subscribed to one topic.
    Publish,
    /// To one receiver after another; the reply is empty, and handled when it is back.
    Request,
}

const ROUTE: &str = "bench";
const DEADLINE: Duration = Duration::from_secs(10);

pub struct System {
    operation: Operation,
    pace: Arc<Pace>,
    sender: Node,
    receivers: Vec<Node>,
    ns: String,
    payload: String,
    bytes: Bytes,
}

impl System {
    pub async fn start(
        transport: &Transport,
        operation: Operation,
        nodes: u32,
        bytes: usize,
        pace: &Arc<Pace>,
    ) -> anyhow::Result<Self> {
        // A namespace for each measurement: nobody else is measured or disturbed, and no queue holds what the one
        // before left.
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let ns = format!("bench-{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let sender = Node::guest(transport.clone(), Address::new("cli", 0)).await?;
        let joining = (1..=nodes).map(|nid| receiver(transport, operation, &ns, nid, pace));
        let receivers = try_join_all(joining).await?;
        let payload = "x".repeat(bytes);
        let bytes = Bytes::from(payload.clone());
        Ok(Self { operation, pace: pace.clone(), sender, receivers, ns, payload, bytes })
    }

    fn one_of_them(&self, number: usize) -> To {
        To::node(&self.ns, self.receivers[number % self.receivers.len()].nid())
    }
}

async fn receiver(
    transport: &Transport,
    operation: Operation,
    ns: &str,
    nid: u32,
    pace: &Arc<Pace>,
) -> anyhow::Result<Node> {
    let config = NodeConfig {
        nid: Nid::Fixed(nid),
        concurrent_answers: pace.in_flight() as usize, // none is refused
        ..NodeConfig::new(ns)
    };
    let node = Node::join(transport.clone(), config).await?;
    let pace = pace.clone();
    match operation {
        Operation::Transmit | Operation::Broadcast => node.on(ROUTE, move |_: Message<String>| {
            pace.handled();
            async { Ok(()) }
        }),
        Operation::Request => {
            node.answer(ROUTE, |_: Message<String>| async { Ok::<_, Refusal>(()) });
        }
        Operation::Publish => {
            let mut topic = node.subscribe(ns).await?;
            tokio::spawn(async move {
                while let Some(delivery) = topic.next().await {
                    if let Delivery::Message { .. } = delivery {
                        pace.handled();
                    }
                }
            });
        }
    }
    node.serve().await?;
    Ok(node)
}

impl Traffic for System {
    fn callers(&self, in_flight: u32) -> u32 {
        match self.operation {
            // It returns once the server has it, and handling takes as long again.
            Operation::Transmit => in_flight / 2,
            // It returns with the reply.
            Operation::Request => in_flight,
            // These do not wait.
            Operation::Broadcast | Operation::Publish => 1,
        }
    }

    async fn send(&self, _: u32, number: usize) -> anyhow::Result<()> {
        match self.operation {
            Operation::Transmit => {
                self.sender.transmit(self.one_of_them(number), ROUTE, &self.payload).await?;
            }
            Operation::Broadcast => self.sender.broadcast(&self.ns, ROUTE, &self.payload).await?,
            Operation::Publish => self.sender.publish(&self.ns, None, self.bytes.clone()).await?,
            Operation::Request => {
                let to = self.one_of_them(number);
                self.sender.request::<_, ()>(to, ROUTE, &self.payload, DEADLINE).await?;
                self.pace.handled();
            }
        }
        Ok(())
    }

    async fn end(&self) {
        self.sender.leave().await;
        join_all(self.receivers.iter().map(Node::leave)).await;
    }
}
