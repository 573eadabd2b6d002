//! Settings of the gateway.

use clap::Args;
use service::origin::{Origin, Origins, PublicUrl};

/// Settings of the gateway.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gateway")]
#[group(id = "gateway")]
pub struct Config {
    /// The address people open, such as https://park.example: its pages may open websockets. Empty: only pages of the address that a
    /// request names as its Host.
    #[arg(
        long,
        env = "MUSICPARK_PUBLIC_URL",
        default_value = "",
        value_name = "URL",
        hide_default_value = true
    )]
    pub public_url: PublicUrl,
    /// Further origins whose pages may open websockets, separated by commas.
    #[arg(
        long,
        env = "MUSICPARK_ALLOWED_ORIGINS",
        default_value = "",
        value_name = "ORIGIN,..",
        hide_default_value = true
    )]
    pub allowed_origins: Origins,
}

impl Config {
    /// Whether a page of this origin may open a websocket here. `host` is the request's own Host header. A program that is no page
    /// sends no origin, and passes: it needs a ticket all the same.
    pub fn allows_origin(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        let Ok(origin) = origin.parse::<Origin>() else { return false };
        let own = host.and_then(|host| Origin::of_host(origin.is_https(), host));
        // Behind a proxy the scheme is the browser's, so only the host is compared with the request's own.
        own.is_some_and(|own| own == origin)
            || self.public_url.0.iter().chain(&self.allowed_origins.0).any(|allowed| *allowed == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_page_may_not_open_a_socket() {
        let config = Config {
            allowed_origins: "https://friend.example".parse().unwrap(),
            public_url: "https://park.example".parse().unwrap(),
        };
        assert!(config.allows_origin(Some("http://park.local:8080"), Some("park.local:8080")));
        assert!(config.allows_origin(Some("https://park.local"), Some("park.local")));
        assert!(config.allows_origin(Some("https://friend.example"), Some("10.0.0.7:8081")));
        assert!(config.allows_origin(Some("https://park.example"), Some("10.0.0.7:8081")));
        assert!(config.allows_origin(None, Some("park.local")));
        for strange in ["https://evil.example", "null", "https://park.local.evil.example", ""] {
            assert!(!config.allows_origin(Some(strange), Some("park.local")), "{strange}");
        }
    }
}
