//! A work queue: `cargo run --example work_queue -- work` in as many terminals as you like, then
//! `cargo run --example work_queue -- push 20 500` for 20 jobs of 500 ms. Each job goes to one worker. Kill one with -9 in the
//! middle of a job: another takes it over, and says that it was begun before.

use std::time::Duration;

use cipher::{Address, Message, Node, NodeConfig, RedisConfig, To, Transport};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Job {
    number: u32,
    takes_ms: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transport = Transport::Redis(RedisConfig::from_env());
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["work"] => {
            let node = Node::join(transport, NodeConfig::new("workshop")).await?;
            node.on("job", |job: Message<Job>| async move {
                println!("begun {} attempt {}", job.payload.number, job.attempt);
                tokio::time::sleep(Duration::from_millis(job.payload.takes_ms)).await;
                println!("done {}", job.payload.number);
                Ok(())
            });
            node.serve().await?;
            tokio::select! {
                interrupted = tokio::signal::ctrl_c() => interrupted?,
                // Frozen, or cut off, for longer than its lease.
                _ = node.ended() => return Err("another worker took this one's id meanwhile".into()),
            }
            node.leave().await; // finishes the job it has, the others stay for the next
        }
        ["push", count, takes_ms] => {
            let node = Node::guest(transport, Address::new("office", 0)).await?;
            let takes_ms = takes_ms.parse()?;
            for number in 0..count.parse()? {
                node.transmit(To::any("workshop"), "job", &Job { number, takes_ms }).await?;
            }
            node.leave().await;
        }
        _ => println!("usage: work_queue work | work_queue push COUNT MILLISECONDS"),
    }
    Ok(())
}
