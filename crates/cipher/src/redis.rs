//! The transport over Redis: rapt-cipher's queues and channels, and keys of our own under `cipher:`.

mod connect;
mod outbox;
mod pusher;
mod redirect;
mod registry;
mod remains;
mod script;
mod sharded;
mod subscriber;
mod taker;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use fred::clients::Client;
use fred::interfaces::{ClientLike, ListInterface};
use fred::types::config::Options;

use self::connect::Connector;
use self::outbox::Outbox;
use self::pusher::Pusher;
use self::redirect::settled;
use self::subscriber::Subscriber;
use self::taker::RedisTaker;
use crate::address::{Address, Incarnation};
use crate::error::JoinError;
use crate::exchange::Tap;
use crate::registry::NodeInfo;
use crate::transport::{Nid, RedisConfig};
use crate::wire::{Announced, Dead, Ended, Id, Standing, Taker, Wire, WireError};

/// One node's connections: commands, publishing and subscribing each have their own, and so has each taker.
pub(crate) struct RedisWire {
    connector: Connector,
    commands: Client,
    publishing: Client,
    pusher: Pusher,
    outbox: Outbox,
    subscriber: Subscriber,
}

impl RedisWire {
    /// Connects, waiting for a server that is away.
    pub(crate) async fn connect(config: RedisConfig) -> Result<Self, JoinError> {
        let connector = Connector::new(&config)?;
        let commands = connector.first().await?;
        connect::say_how_durable(&commands).await;
        let publishing = connector.first().await?;
        let subscribing = connector.first_with_burst(config.burst).await?;
        Ok(Self {
            pusher: Pusher::start(commands.clone()),
            outbox: Outbox::start(publishing.clone(), &config),
            subscriber: Subscriber::start(subscribing, config.patience),
            connector,
            commands,
            publishing,
        })
    }
}

impl From<fred::error::Error> for WireError {
    fn from(error: fred::error::Error) -> Self {
        Self(error.to_string())
    }
}

impl Drop for RedisWire {
    /// A node that never came to be (its join was given up) leaves no tasks and connections behind.
    fn drop(&mut self) {
        self.outbox.close();
        self.pusher.close();
        let subscribing = self.subscriber.stop();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (publishing, commands) = (self.publishing.clone(), self.commands.clone());
            runtime.spawn(async move {
                for client in [publishing, commands, subscribing] {
                    let _ = client.quit().await;
                }
            });
        }
    }
}

#[async_trait]
impl Wire for RedisWire {
    async fn push(&self, queue: &str, body: Bytes) -> Result<u64, WireError> {
        self.pusher.push(queue, body).await
    }

    async fn length(&self, queue: &str) -> Result<u64, WireError> {
        Ok(settled(|| self.commands.llen(queue)).await?)
    }

    async fn taker(&self, queue: &str, me: &Address, fenced: bool) -> Result<Box<dyn Taker>, WireError> {
        let client = self.connector.another().await?;
        Ok(Box::new(RedisTaker::new(client, queue, me, fenced)))
    }

    async fn takers(&self, queue: &str) -> Result<Vec<(u32, Incarnation)>, WireError> {
        remains::takers(&self.commands, queue).await
    }

    async fn give_back(&self, queue: &str, of: Incarnation) -> Result<u64, WireError> {
        remains::give_back(&self.commands, queue, of).await
    }

    async fn forget_taker(&self, queue: &str, of: Incarnation) -> Result<(), WireError> {
        remains::forget_taker(&self.commands, queue, of).await
    }

    async fn bury(&self, queue: &str, dead: Dead) -> Result<u64, WireError> {
        remains::bury(&self.commands, queue, &dead).await
    }

    async fn end_queue(&self, of: &Address, why: &str) -> Result<Ended, WireError> {
        remains::end_queue(&self.commands, of, why).await
    }

    async fn dead(&self, queue: &str) -> Result<Vec<Dead>, WireError> {
        remains::dead(&self.commands, queue).await
    }

    async fn unbury(&self, queue: &str, dead: &Dead) -> Result<bool, WireError> {
        remains::unbury(&self.commands, queue, dead).await
    }

    fn post(&self, channel: Arc<str>, body: Bytes) {
        self.outbox.post(channel, body);
    }

    async fn ask(&self, channel: &str, body: Bytes) -> Result<u64, WireError> {
        // At most once: what was under way when the connection broke is not sent again.
        let once = self.publishing.with_options(&Options { max_attempts: Some(1), ..Options::default() });
        let heard = settled(|| sharded::publish(&once, channel, body.clone())).await?;
        Ok(u64::try_from(heard).unwrap_or_default())
    }

    async fn listen(&self, channel: Arc<str>) -> Result<Tap, WireError> {
        self.subscriber.listen(channel).await
    }

    async fn quiet_time(&self, ns: &str, lease: Duration) -> Result<Duration, WireError> {
        registry::quiet_time(&self.commands, ns, lease).await
    }

    async fn lease(&self, me: &Address, lease: Duration) -> Result<bool, WireError> {
        registry::lease(&self.commands, me, lease).await
    }

    async fn announce(&self, info: &NodeInfo, lease: Duration, nid: Nid) -> Result<Standing, WireError> {
        registry::announce(&self.commands, info, lease, nid).await
    }

    async fn ids(&self, ns: &str) -> Result<Vec<Id>, WireError> {
        registry::ids(&self.commands, ns).await
    }

    async fn leads(&self, me: &Address, lease: Duration) -> Result<bool, WireError> {
        registry::leads(&self.commands, me, lease).await
    }

    async fn retire(&self, me: &Address) -> Result<(), WireError> {
        registry::retire(&self.commands, me).await
    }

    async fn census(&self, ns: &str) -> Result<Vec<Announced>, WireError> {
        registry::census(&self.commands, ns).await
    }

    async fn flush(&self, grace: Duration) {
        self.outbox.flush(grace).await;
    }

    async fn close(&self) {
        self.outbox.close();
        self.pusher.close();
        self.subscriber.close().await;
        let _ = self.publishing.quit().await;
        let _ = self.commands.quit().await;
    }
}
