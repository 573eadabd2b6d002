//! Where a request comes from: the client's address, and the origin it thinks it talks to. Forwarded headers count only
//! when the connection is from a trusted proxy.

use crate::server::Site;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use service::origin::Origin;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

/// A network by its address and the length of its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no network: write an address such as 10.0.0.7, or a network such as 10.0.0.0/8 or fd00::/8"
)]
pub struct NoNetwork(String);

impl Network {
    /// Whether an address is in it.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(mine), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                mine.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(mine), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                mine.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Network, NoNetwork> {
        let bad = || NoNetwork(text.to_owned());
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| bad())?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        if prefix > longest { Err(bad()) } else { Ok(Network { address, prefix }) }
    }
}

/// Networks separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Networks(pub Vec<Network>);

impl Networks {
    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromStr for Networks {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Networks, NoNetwork> {
        let networks = text.split(',').filter(|network| !network.trim().is_empty());
        networks.map(str::parse).collect::<Result<_, _>>().map(Networks)
    }
}

/// Who sent a request, as far as the network tells.
#[derive(Debug, Clone)]
pub struct Client {
    /// The client's address.
    pub address: IpAddr,
    /// The origin the request is for, as the browser sees it.
    pub origin: Origin,
}

/// What limits count by: an IPv4 address, or the 64 bits of an IPv6 network, as one subscriber has all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddressKey(IpAddr);

impl Client {
    /// What limits count this client by.
    pub fn key(&self) -> AddressKey {
        AddressKey(match self.address {
            IpAddr::V4(_) => self.address,
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & (u128::MAX << 64)).into()),
        })
    }
}

impl FromRequestParts<Arc<Site>> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Client, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Without a socket (a test that calls the router) all requests are one client's.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
        let proxies = &site.config.trusted_proxies;
        let host = parts.uri.authority().map(|authority| authority.as_str());
        let host = host.or_else(|| parts.headers.get(header::HOST)?.to_str().ok()).unwrap_or("localhost");
        let https = proxies.contain(peer)
            && parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes() == b"https");
        Ok(Client {
            address: address(peer, &parts.headers, proxies),
            origin: origin(host, https, site.config.pages.public_url.0.as_ref()),
        })
    }
}

/// The last address on the way here that is no trusted proxy's: what stands before it, anybody could have written.
fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Networks) -> IpAddr {
    let mut address = peer;
    let forwarded: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    for hop in forwarded.iter().rev().flat_map(|value| value.rsplit(',')) {
        if !proxies.contain(address) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(hop) => address = hop.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

/// The public URL when the request is for its host: a park behind https is then known to be, whatever the proxy says.
fn origin(host: &str, https: bool, public: Option<&Origin>) -> Origin {
    let public = |origin: &Origin| public.filter(|public| public.authority() == origin.authority()).cloned();
    [Origin::of_host(true, host), Origin::of_host(false, host)]
        .iter()
        .flatten()
        .find_map(public)
        .or_else(|| Origin::of_host(https, host))
        .or_else(|| Origin::of_host(https, "localhost"))
        .expect("localhost is a host")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(lines: &[&'static str]) -> HeaderMap {
        lines
            .iter()
            .map(|line| {
                (header::HeaderName::from_static("x-forwarded-for"), header::HeaderValue::from_static(line))
            })
            .collect()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_contains_what_shares_its_prefix() {
        let network: Network = "10.1.0.0/16".parse().unwrap();
        assert!(network.contains(ip("10.1.255.1")) && network.contains(ip("::ffff:10.1.2.3")));
        assert!(!network.contains(ip("10.2.0.1")) && !network.contains(ip("fd00::1")));
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains(ip("8.8.8.8")));
        assert!("fd00::/8".parse::<Network>().unwrap().contains(ip("fdab::1")));
        assert!("10.0.0.0/33".parse::<Network>().is_err() && "park".parse::<Network>().is_err());
    }

    #[test]
    fn only_a_trusted_proxy_says_whom_it_forwards_for() {
        let proxies: Networks = "127.0.0.1, 10.0.0.0/8".parse().unwrap();
        let headers = forwarded(&["6.6.6.6, 1.2.3.4", "10.0.0.5"]);
        assert_eq!(
            address(ip("127.0.0.1"), &headers, &proxies),
            ip("1.2.3.4"),
            "what the client wrote is skipped"
        );
        assert_eq!(
            address(ip("9.9.9.9"), &headers, &proxies),
            ip("9.9.9.9"),
            "a stranger's header says nothing"
        );
        assert_eq!(address(ip("127.0.0.1"), &forwarded(&["junk"]), &proxies), ip("127.0.0.1"));
    }

    #[test]
    fn the_public_url_makes_its_own_host_https() {
        let public: Origin = "https://park.example".parse().unwrap();
        assert!(origin("park.example", false, Some(&public)).is_https());
        assert!(!origin("192.168.1.5:8080", false, Some(&public)).is_https());
        assert!(origin("other.example", true, Some(&public)).is_https());
        assert_eq!(origin("a b\"<", false, None).authority(), "localhost");
    }

    #[test]
    fn an_ipv6_subscriber_counts_as_one() {
        let client = |text| Client { address: ip(text), origin: origin("a", false, None) };
        assert_eq!(client("2001:db8::1").key(), client("2001:db8::ffff:1").key());
        assert_ne!(client("2001:db8::1").key(), client("2001:db8:0:1::1").key());
    }
}
