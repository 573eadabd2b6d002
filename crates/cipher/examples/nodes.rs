//! Who is running: `cargo run --example nodes -- workshop` prints the nodes of a namespace, and then each that comes, changes or
//! goes. Run it beside the work queue and stop or kill workers.

use cipher::{Address, Change, Node, NodeInfo, RedisConfig, Transport};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(ns) = std::env::args().nth(1) else {
        println!("usage: nodes NAMESPACE");
        return Ok(());
    };
    let node = Node::guest(Transport::Redis(RedisConfig::from_env()), Address::new("viewer", 0)).await?;
    let mut watch = node.watch(&ns);
    while let Some(change) = watch.next().await {
        match change {
            Change::Joined(info) => tell("joined ", &info),
            Change::Changed(info) => tell("changed", &info),
            Change::Left(info) => tell("left   ", &info),
        }
    }
    Ok(())
}

fn tell(what: &str, info: &NodeInfo) {
    println!("{what} {} {:?} load {}", info.address, info.state, info.load);
}
