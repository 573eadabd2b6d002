//! How one process can be thousands of people: enough descriptors, and enough source addresses for their ports.

use crate::settings::Settings;
use anyhow::{Context, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// People that come from one address: well below the ports of an address, and below what the park admits of one address in half a minute.
const PER_SOURCE: u32 = 500;
/// Source addresses at the most: 127.0.0.2 to 127.0.0.251.
const SOURCES_MAX: u32 = 250;
/// Whoever listens takes a connection within this.
const KNOCKING: Duration = Duration::from_secs(10);
/// Descriptors beside the people's sockets: HTTP connections, files, the runtime.
const SPARE: u64 = 256;

/// Raises the limit of descriptors to what so many people need, and to twice that where the system allows it: whoever comes back asks for
/// a ticket over a connection that may close later than their socket opens.
///
/// # Errors
/// When the system allows fewer.
pub fn allow_descriptors(people: u32) -> anyhow::Result<()> {
    let needed = u64::from(people) + SPARE;
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(2 * needed, |maximum| maximum.min(2 * needed));
    if limit.current.is_none_or(|current| current >= wanted.max(needed)) {
        return Ok(());
    }
    ensure!(
        limit.maximum.is_none_or(|maximum| maximum >= needed),
        "{people} people need {needed} descriptors, and this system allows a process {}. Raise the limit (ulimit -Hn), or simulate fewer people.",
        limit.maximum.unwrap_or_default()
    );
    setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum })
        .with_context(|| format!("The limit of descriptors cannot be raised to {wanted}"))
}

/// No port is left that a connection could begin at. Those of connections that have ended are free again after a minute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("All ports {whose} are in use: wait a minute, or simulate fewer people")]
pub struct OutOfPorts {
    /// `of 127.0.0.2`, or where connections were to go.
    pub whose: String,
}

impl OutOfPorts {
    /// Whether a connection failed for that reason: from this source address, or from any, to there.
    pub fn is_why(error: &io::Error, source: Option<IpAddr>, to: &str) -> Option<OutOfPorts> {
        match (error.kind(), source) {
            (ErrorKind::AddrInUse, Some(source)) => Some(OutOfPorts { whose: format!("of {source}") }),
            // The system says this when it finds no port for a connection whose source it may choose.
            (ErrorKind::AddrInUse | ErrorKind::AddrNotAvailable, None) => {
                Some(OutOfPorts { whose: format!("towards {to}") })
            }
            _ => None,
        }
    }
}

/// A server as the crowd reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// As it was given: `http://host:port`.
    pub url: String,
    /// `host:port`, for the request's Host.
    pub authority: String,
    /// Where its sockets go.
    pub address: SocketAddr,
}

impl Server {
    /// Whether anybody listens there.
    ///
    /// # Errors
    /// When nobody does: a sentence that says where.
    pub async fn knock(&self) -> anyhow::Result<()> {
        let url = &self.url;
        let connecting = timeout(KNOCKING, TcpStream::connect(self.address)).await;
        let connected =
            connecting.with_context(|| format!("{url} did not answer within {} s", KNOCKING.as_secs()))?;
        connected.with_context(|| format!("Nobody listens at {url}: is a gateway running there?"))?;
        Ok(())
    }

    /// Finds out where a server is.
    ///
    /// # Errors
    /// When the address is not `http://host:port`, or nobody has that name.
    pub async fn find(url: &str) -> anyhow::Result<Server> {
        let wanted = "it has to look like http://127.0.0.1:8080";
        ensure!(
            !url.starts_with("https://"),
            "The crowd speaks no TLS: give it the address behind the proxy instead of {url}."
        );
        let authority = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        let authority = authority.filter(|rest| !rest.is_empty() && !rest.contains('/'));
        let authority = authority.with_context(|| format!("{url:?} is no address: {wanted}"))?.to_owned();
        let with_port = if authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
            authority.clone()
        } else {
            format!("{authority}:80")
        };
        let mut found = tokio::net::lookup_host(&with_port)
            .await
            .with_context(|| format!("{url:?} leads nowhere: {wanted}"))?;
        let address = found.next().with_context(|| format!("Nobody has the name in {url:?}"))?;
        Ok(Server { url: format!("http://{authority}"), authority, address })
    }
}

/// The addresses that people come from. Only loopback has many; elsewhere the system chooses.
pub fn sources(settings: &Settings, servers: &[Server]) -> Vec<Option<IpAddr>> {
    if !servers.iter().all(|server| server.address.ip().is_loopback() && server.address.is_ipv4()) {
        return vec![None];
    }
    let count = settings.people.div_ceil(PER_SOURCE).clamp(1, SOURCES_MAX);
    (0..count).map(|n| Some(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2 + n as u8)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_found_or_refused_with_a_sentence() {
        let server = Server::find("http://127.0.0.1:8080/").await.unwrap();
        assert_eq!((server.url.as_str(), server.address.port()), ("http://127.0.0.1:8080", 8080));
        for wrong in [
            "127.0.0.1:8080",
            "http://",
            "http://127.0.0.1:1/path",
            "ftp://x",
            "http://no.such.name.invalid:1",
        ] {
            let error = Server::find(wrong).await.unwrap_err().to_string();
            assert!(error.contains(wrong), "{error}");
        }
        assert!(Server::find("https://park.example").await.unwrap_err().to_string().contains("no TLS"));
    }

    #[test]
    fn more_people_than_descriptors_is_a_sentence() {
        let limit = getrlimit(Resource::Nofile).maximum;
        if limit.is_some_and(|maximum| maximum < u64::from(u32::MAX)) {
            let error = allow_descriptors(u32::MAX).unwrap_err().to_string();
            assert!(error.contains("descriptors"), "{error}");
        }
        allow_descriptors(10).unwrap();
    }

    #[tokio::test]
    async fn many_people_come_from_many_addresses_of_loopback() {
        let server = Server::find("http://127.0.0.1:8080").await.unwrap();
        let of = |people| sources(&Settings::new(vec![], people, 1, 1), std::slice::from_ref(&server)).len();
        assert_eq!((of(1), of(10_000), of(1_000_000)), (1, 20, 250));
        let far = Server { address: "192.0.2.1:80".parse().unwrap(), ..server.clone() };
        assert_eq!(sources(&Settings::new(vec![], 10_000, 1, 1), &[far]), [None]);
    }
}
