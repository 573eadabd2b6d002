//! A question and its answer: `cargo run --example request_reply -- answer` in one terminal, and
//! `cargo run --example request_reply -- ask 12 5` in another.

use std::time::Duration;

use cipher::{Address, Message, Node, NodeConfig, RedisConfig, Refusal, RequestError, To, Transport};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transport = Transport::Redis(RedisConfig::from_env());
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["answer"] => {
            let node = Node::join(transport, NodeConfig::new("calculator")).await?;
            node.answer("divide", |question: Message<(f64, f64)>| async move {
                match question.payload {
                    (_, 0.0) => Err(Refusal::new("by_zero", "nothing can be divided by zero")),
                    (number, by) => Ok(number / by),
                }
            });
            node.serve().await?;
            tokio::signal::ctrl_c().await?;
            node.leave().await;
        }
        ["ask", number, by] => {
            let node = Node::guest(transport, Address::new("pupil", 0)).await?;
            let question: (f64, f64) = (number.parse()?, by.parse()?);
            let asked: Result<f64, _> =
                node.request(To::any("calculator"), "divide", &question, Duration::from_secs(2)).await;
            match asked {
                Ok(answer) => println!("{answer:.3}"),
                Err(RequestError::Refused(refusal)) => println!("refused: {}", refusal.text),
                Err(error) => println!("no answer: {error}"),
            }
            node.leave().await;
        }
        _ => println!("usage: request_reply answer | request_reply ask NUMBER BY"),
    }
    Ok(())
}
