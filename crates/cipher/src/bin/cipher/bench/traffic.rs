//! One measurement: a lone message again and again for the latency, then as many as get through for the throughput.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fred::clients::Client;
use tokio::task::JoinSet;

use super::cpu::Cpu;
use super::figures::{Figures, part};
use super::pace::Pace;

/// Lone messages are sent for this share of the time that the throughput is measured for.
const LONE: f64 = 0.3;
/// Before the throughput counts, this share of that time passes: connections fill, scripts are loaded.
const WARM_UP: f64 = 0.2;

/// A sender whose receivers are set up, and tell the pace what they have handled.
pub trait Traffic: Send + Sync + 'static {
    /// How many messages are sent with one call while the throughput is measured.
    fn together(&self) -> u32 {
        1
    }

    /// How many calls are made side by side, when `in_flight` messages may be under way.
    fn callers(&self, in_flight: u32) -> u32;

    /// Sends so many messages, and returns when this caller may send more. Calls are numbered.
    fn send(&self, messages: u32, number: usize) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// Ends the sender and its receivers.
    fn end(&self) -> impl Future<Output = ()> + Send;
}

/// How long, and how much at once.
#[derive(Clone, Copy)]
pub struct Load {
    pub span: Duration,
    pub in_flight: u32,
}

/// Measures, ends the traffic, and adds the figures under `name`. Latency is from before the send until the last receiver
/// has handled the message and the sender knows of it.
pub async fn measure(
    traffic: impl Traffic,
    pace: Arc<Pace>,
    load: Load,
    redis: &Client,
    name: &str,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let mut latencies = lone(&traffic, &pace, load.span.mul_f64(LONE)).await?;
    figures.add(format!("{name}.p50"), part(&mut latencies, 0.5), "ms");
    figures.add(format!("{name}.p99"), part(&mut latencies, 0.99), "ms");

    let traffic = Arc::new(traffic);
    let mut callers = JoinSet::new();
    let count = traffic.callers(load.in_flight);
    for place in 0..count {
        let (traffic, pace) = (traffic.clone(), pace.clone());
        callers.spawn(async move {
            for number in (place as usize..).step_by(count as usize) {
                pace.send(traffic.together()).await?;
                traffic.send(traffic.together(), number).await?;
            }
            anyhow::Ok(())
        });
    }
    let watched = async {
        tokio::time::sleep(load.span.mul_f64(WARM_UP)).await;
        let (cpu, count, began) = (Cpu::now(redis).await?, pace.count(), Instant::now());
        tokio::time::sleep(load.span).await;
        while pace.count() == count {
            tokio::time::sleep(load.span).await; // the machine is busy; should nothing come at all, the callers say so
        }
        let (count, took) = (pace.count() - count, began.elapsed());
        anyhow::Ok((count as f64, took.as_secs_f64(), Cpu::now(redis).await? - cpu))
    };
    let (count, took, cpu) = tokio::select! {
        watched = watched => watched?,
        // A caller ends only by an error.
        Some(ended) = callers.join_next() => {
            ended??;
            anyhow::bail!("a sender of {name} ended early");
        }
    };
    callers.shutdown().await;
    traffic.end().await;

    figures.add(format!("{name}.throughput"), count / took, "messages/s");
    let a_million = 1e6 / count;
    figures.add(format!("{name}.client_cpu"), cpu.client * a_million, "s/million");
    figures.add(format!("{name}.redis_cpu"), cpu.redis * a_million, "s/million");
    Ok(())
}

/// Sends one message at a time, and returns how long each took until it was handled, in milliseconds.
async fn lone(traffic: &impl Traffic, pace: &Pace, span: Duration) -> anyhow::Result<Vec<f64>> {
    let (began, mut latencies) = (Instant::now(), Vec::new());
    while latencies.is_empty() || began.elapsed() < span {
        let sent = Instant::now();
        pace.send(1).await?;
        traffic.send(1, latencies.len()).await?;
        pace.rest().await?;
        latencies.push(sent.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(latencies)
}
