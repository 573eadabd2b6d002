//! The ceiling for topics: bare PUBLISH to SUBSCRIBE through the same client library, without anything of cipher.

use std::sync::Arc;

use bytes::Bytes;
use fred::clients::Client;
use fred::interfaces::{ClientLike, EventInterface, PubsubInterface};
use fred::types::Builder;
use fred::types::Value;
use fred::types::config::{Config, TcpConfig};
use futures_util::future::{join_all, try_join_all};
use tokio::sync::broadcast::error::RecvError;

use super::pace::Pace;
use super::traffic::Traffic;

/// So many PUBLISH are written before their replies are awaited.
const PIPELINED: u32 = 16;

/// A publisher with one connection, and subscribers with one each, as the nodes have.
pub struct RawPubsub {
    publisher: Client,
    subscribers: Vec<Client>,
    channel: String,
    payload: Bytes,
}

impl RawPubsub {
    pub async fn start(
        url: &str,
        subscribers: u32,
        bytes: usize,
        burst: usize,
        pace: &Arc<Pace>,
    ) -> anyhow::Result<Self> {
        let channel = format!("cipher:bench:{}", std::process::id());
        let subscribers =
            try_join_all((0..subscribers).map(|_| subscriber(url, &channel, burst, pace))).await?;
        let publisher = connect(url, burst).await?;
        Ok(Self { publisher, subscribers, channel, payload: Bytes::from(vec![b'x'; bytes]) })
    }
}

/// A connection as cipher makes it for one that subscribes.
pub async fn connect(url: &str, burst: usize) -> anyhow::Result<Client> {
    let mut builder = Builder::from_config(Config::from_url(url)?);
    builder
        .with_connection_config(|connection| {
            connection.tcp = TcpConfig { nodelay: Some(true), ..TcpConfig::default() };
        })
        .with_performance_config(|performance| performance.broadcast_channel_capacity = burst);
    let client = builder.build()?;
    client.init().await?;
    Ok(client)
}

async fn subscriber(url: &str, channel: &str, burst: usize, pace: &Arc<Pace>) -> anyhow::Result<Client> {
    let client = connect(url, burst).await?;
    let (mut messages, pace) = (client.message_rx(), pace.clone());
    client.subscribe(channel).await?;
    // fred does not wait for the server's word on a subscription; the reply to this comes after it.
    client.ping::<Value>(None).await?;
    tokio::spawn(async move {
        loop {
            match messages.recv().await {
                Ok(_) => pace.handled(),
                Err(RecvError::Lagged(_)) => {} // the pace notices that they are missing
                Err(RecvError::Closed) => return,
            }
        }
    });
    Ok(client)
}

impl Traffic for RawPubsub {
    fn together(&self) -> u32 {
        PIPELINED
    }

    fn callers(&self, _: u32) -> u32 {
        1
    }

    async fn send(&self, messages: u32, _: usize) -> anyhow::Result<()> {
        let publishing = (0..messages)
            .map(|_| self.publisher.publish::<i64, _, _>(self.channel.as_str(), self.payload.clone()));
        try_join_all(publishing).await?;
        Ok(())
    }

    async fn end(&self) {
        let all = self.subscribers.iter().chain([&self.publisher]);
        join_all(all.map(|client| client.quit())).await;
    }
}
