//! A chat of two namespaces: `cargo run --example chat -- red Mia` and `cargo run --example chat -- blue Tom`, in as many terminals as
//! you like. A line goes to everyone of your own colour; one that begins with `!` goes to the other colour too.

use std::io::BufRead;

use cipher::{Message, Node, NodeConfig, RedisConfig, Transport};

const COLOURS: [&str; 2] = ["red", "blue"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [colour, name] = &words[..] else {
        println!("usage: chat red|blue NAME");
        return Ok(());
    };
    let node = Node::join(Transport::Redis(RedisConfig::from_env()), NodeConfig::new(colour)).await?;
    node.on("said", |line: Message<(String, String)>| async move {
        let (name, text) = line.payload;
        println!("{name} ({}): {text}", line.origin);
        Ok(())
    });
    node.serve().await?;

    let (typed, mut lines) = tokio::sync::mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if typed.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let (text, to_all) = line.strip_prefix('!').map_or((line.as_str(), false), |text| (text, true));
        for namespace in COLOURS.iter().filter(|namespace| to_all || *namespace == colour) {
            node.broadcast(namespace, "said", &(name, text)).await?;
        }
    }
    node.leave().await;
    Ok(())
}
