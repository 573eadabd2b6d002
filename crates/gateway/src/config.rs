//! Settings of the gateway.

use clap::Args;

/// Settings of the gateway.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gateway")]
#[group(id = "gateway")]
pub struct Config {
    /// Origins whose pages may open websockets, comma-separated (`https://park.example`). Always allowed: the origin with the
    /// request's own Host, and pages that send none.
    #[arg(long, env = "MUSICPARK_ALLOWED_ORIGINS", value_delimiter = ',', value_name = "ORIGIN,...")]
    pub allowed_origins: Vec<String>,
    /// The address people reach the park at; its origin is allowed too.
    #[arg(long, env = "MUSICPARK_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
}

impl Config {
    /// Whether a page of this origin may open a websocket here. `host` is the request's own Host header.
    pub fn allows_origin(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some_and(|authority| host.is_some_and(|host| authority.eq_ignore_ascii_case(host)))
            || self
                .public_url
                .iter()
                .chain(&self.allowed_origins)
                .any(|allowed| allowed.trim_end_matches('/').eq_ignore_ascii_case(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_page_may_not_open_a_socket() {
        let config = Config { allowed_origins: vec!["https://friend.example".into()], public_url: None };
        assert!(config.allows_origin(Some("http://park.local:8080"), Some("park.local:8080")));
        assert!(config.allows_origin(Some("https://friend.example"), Some("park.local")));
        assert!(config.allows_origin(None, Some("park.local")));
        assert!(!config.allows_origin(Some("https://evil.example"), Some("park.local")));
        assert!(!config.allows_origin(Some("null"), Some("park.local")));
    }
}
