//! Connections to the server: what a mistake of configuration is, and what is merely an outage.

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use fred::clients::Client;
use fred::error::{Error, ErrorKind};
use fred::interfaces::ClientLike;
use fred::rustls::pki_types::CertificateDer;
use fred::rustls::pki_types::pem::PemObject;
use fred::rustls::{ClientConfig, RootCertStore};
use fred::types::config::{Config, ReconnectPolicy, TcpConfig, TlsConnector, UnresponsiveConfig};
use fred::types::{Builder, InfoKind};
use tokio::time::Instant;

use crate::error::JoinError;
use crate::transport::RedisConfig;
use crate::wire::WireError;

/// Between two attempts to reach the server, in milliseconds: at first, and at most.
const RECONNECT_MS: (u32, u32) = (20, 500);
const RETRY: Duration = Duration::from_millis(250);
const REMINDER: Duration = Duration::from_secs(5);
/// Commands that wait inside a client while the server is slow or away.
const COMMANDS: usize = 65_536;
/// The oldest server whose scripts may say that they run on a full one.
const OLDEST: u32 = 7;

pub(super) struct Connector {
    builder: Builder,
}

impl Connector {
    pub(super) fn new(config: &RedisConfig) -> Result<Self, JoinError> {
        let mut server =
            Config::from_url(&config.url).map_err(|error| JoinError::Url(error.details().to_owned()))?;
        // A first connection that fails is told to us, so that we can tell a mistake from an outage.
        server.fail_fast = true;
        if let Some(file) = &config.ca_file {
            server.tls = Some(trusting(file)?.into());
        }
        let patience = config.patience;
        let mut builder = Builder::from_config(server);
        builder
            .with_connection_config(|connection| {
                connection.connection_timeout = patience;
                connection.internal_command_timeout = patience;
                connection.max_command_buffer_len = COMMANDS;
                connection.max_redirections = 0; // see `redirect`
                connection.tcp = TcpConfig { nodelay: Some(true), ..TcpConfig::default() };
                connection.unresponsive =
                    UnresponsiveConfig { max_timeout: Some(patience), interval: patience / 4 };
            })
            .with_performance_config(|performance| {
                performance.default_command_timeout = patience;
            })
            .set_policy(ReconnectPolicy::new_exponential(0, RECONNECT_MS.0, RECONNECT_MS.1, 2));
        Ok(Self { builder })
    }

    /// A connection, however long it takes for the server to be there.
    pub(super) async fn first(&self) -> Result<Client, JoinError> {
        let mut reminded: Option<Instant> = None;
        loop {
            let error = match self.try_connect().await {
                Ok(client) => return Ok(client),
                Err(error) if is_a_mistake(&error) => {
                    return Err(JoinError::Refused(error.details().to_owned()));
                }
                Err(error) => error,
            };
            if reminded.is_none_or(|last| last.elapsed() > REMINDER) {
                reminded = Some(Instant::now());
                tracing::warn!(%error, "Redis cannot be reached yet, trying again");
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// The same, for a connection that subscribes: fred hands messages on through a broadcast channel, whose default
    /// of 32 loses most of a burst. It makes nine channels of that size, so only this connection gets it.
    pub(super) async fn first_with_burst(&self, messages: usize) -> Result<Client, JoinError> {
        let mut builder = self.builder.clone();
        builder.with_performance_config(|performance| performance.broadcast_channel_capacity = messages);
        Self { builder }.first().await
    }

    /// Another connection of the same kind.
    pub(super) async fn another(&self) -> Result<Client, WireError> {
        Ok(self.try_connect().await?)
    }

    async fn try_connect(&self) -> Result<Client, Error> {
        let client = self.builder.build()?;
        client.init().await?;
        // Only a command tells that a password is missing or that the server is too old.
        if let Err(error) = check(&client).await {
            let _ = client.quit().await;
            return Err(error);
        }
        Ok(client)
    }
}

async fn check(client: &Client) -> Result<(), Error> {
    let info: String = client.info(Some(InfoKind::Server)).await?;
    let version = info.lines().find_map(|line| line.strip_prefix("redis_version:")).unwrap_or_default();
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major < OLDEST => Err(Error::new(
            ErrorKind::Config,
            format!("its version is {version}, and {OLDEST} or newer is needed"),
        )),
        _ => Ok(()),
    }
}

/// Says once a process whether transmits that wait outlive the server: an operator learns it before, not after.
pub(super) async fn say_how_durable(client: &Client) {
    static SAID: Once = Once::new();
    if let Ok(persistence) = client.info::<String>(Some(InfoKind::Persistence)).await
        && persistence.contains("aof_enabled:0")
    {
        SAID.call_once(|| {
            tracing::info!(
                "Redis keeps its data in memory alone: transmits that wait are lost when it restarts (appendonly yes and appendfsync always keep them)"
            );
        });
    }
}

/// Trusts the certificates of this file, and no others.
fn trusting(file: &Path) -> Result<TlsConnector, JoinError> {
    let unusable = |why: String| JoinError::Certificates { file: file.display().to_string(), why };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| unusable(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("there is none".to_owned()));
    }
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth().into())
}

fn is_a_mistake(error: &Error) -> bool {
    let starts = |prefix: &str| error.details().starts_with(prefix);
    matches!(error.kind(), ErrorKind::Auth | ErrorKind::Config | ErrorKind::Url | ErrorKind::Tls)
        // What rustls says comes as an error of input and output, written out.
        || error.details().contains("InvalidCertificate")
        || ["NOAUTH", "WRONGPASS", "NOPERM", "ERR DB index", "ERR invalid DB"].into_iter().any(starts)
}
