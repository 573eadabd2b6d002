//! A quick measurement: how fast transmits travel through this Redis from one node to another, both in this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use cipher::{Address, Message, Node, NodeConfig, To, Transport};
use clap::Args;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Measures the throughput and latency of transmits through this Redis: prints lines of `name value unit`.
#[derive(Args)]
pub struct Bench {
    /// How many messages.
    #[arg(long, default_value_t = 20_000)]
    count: usize,
    /// How large each payload is, in bytes.
    #[arg(long, default_value_t = 100)]
    bytes: usize,
    /// How many are on their way at once while the throughput is measured.
    #[arg(long, default_value_t = 64)]
    at_once: usize,
}

impl Bench {
    pub async fn run(self, transport: Transport) -> anyhow::Result<()> {
        ensure!(self.count > 0 && self.at_once > 0, "there has to be something to measure");
        // A namespace of its own: nobody else is measured, or disturbed.
        let ns = format!("bench-{}", std::process::id());
        let receiver = Node::join(transport.clone(), NodeConfig::new(&ns)).await?;
        let (handled, mut arrivals) = mpsc::channel(1_024);
        receiver.on("bench", move |_: Message<String>| {
            let handled = handled.clone();
            async move { Ok(handled.send(Instant::now()).await?) }
        });
        receiver.serve().await?;
        let sender = Node::guest(transport, Address::new("cli", 0)).await?;
        let to = To::node(&ns, receiver.nid());
        let payload: Arc<str> = "x".repeat(self.bytes).into();

        let lone = (self.count / 20).clamp(1, 1_000);
        let mut latencies = Vec::with_capacity(lone);
        for _ in 0..lone {
            let sent = Instant::now();
            sender.transmit(to.clone(), "bench", &*payload).await?;
            let Some(handled) = arrivals.recv().await else { break };
            latencies.push(handled - sent);
        }
        latencies.sort_unstable();
        let began = Instant::now();
        let mut senders = JoinSet::new();
        for place in 0..self.at_once {
            let (sender, to, payload) = (sender.clone(), to.clone(), payload.clone());
            let share = self.count / self.at_once + usize::from(place < self.count % self.at_once);
            senders.spawn(async move {
                for _ in 0..share {
                    sender.transmit(to.clone(), "bench", &*payload).await?;
                }
                anyhow::Ok(())
            });
        }
        for _ in 0..self.count {
            arrivals.recv().await;
        }
        let took = began.elapsed();
        while let Some(sent) = senders.join_next().await {
            sent??;
        }
        let name = format!("cipher.transmit.{}B", self.bytes);
        println!("{name}.throughput {:.0} messages/s", self.count as f64 / took.as_secs_f64());
        let part = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
        println!("{name}.p50 {:.3} ms", millis(part(0.5)));
        println!("{name}.p99 {:.3} ms", millis(part(0.99)));
        sender.leave().await;
        receiver.leave().await;
        Ok(())
    }
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}
