//! Hello between two processes. In one terminal `cargo run --example hello -- listen`, in another
//! `cargo run --example hello -- say Mia`: the message waits even when nobody listens yet.

use cipher::{Address, Message, Nid, Node, NodeConfig, RedisConfig, To, Transport};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transport = Transport::Redis(RedisConfig::from_env());
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["listen"] => {
            let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new("hello") };
            let node = Node::join(transport, config).await?;
            node.on("greet", |name: Message<String>| async move {
                println!("hello {}, says {}", name.payload, name.origin);
                Ok(())
            });
            node.serve().await?;
            tokio::signal::ctrl_c().await?;
            node.leave().await;
        }
        ["say", name] => {
            let node = Node::guest(transport, Address::new("greeter", 0)).await?;
            node.transmit(To::node("hello", 1), "greet", name).await?;
            node.leave().await;
        }
        _ => println!("usage: hello listen | hello say NAME"),
    }
    Ok(())
}
