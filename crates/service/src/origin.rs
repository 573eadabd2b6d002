//! Scheme and host of an address, written as browsers write an `Origin`.

use std::fmt;
use std::str::FromStr;

/// `http` or `https`, a host and perhaps a port: what a browser calls an origin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    https: bool,
    /// In lower case, without the scheme's default port.
    authority: String,
}

/// Why a text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no address of a site: write scheme and host only, such as https://park.example or http://127.0.0.1:8080"
)]
pub struct NoOrigin(String);

impl Origin {
    /// The origin with this `Host`; `None` when that is no host.
    pub fn of_host(https: bool, host: &str) -> Option<Origin> {
        let authority: http::uri::Authority = host.parse().ok()?;
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return None;
        }
        let authority = authority.as_str().to_ascii_lowercase();
        let default_port = if https { ":443" } else { ":80" };
        let authority = authority.strip_suffix(default_port).unwrap_or(&authority).to_owned();
        Some(Origin { https, authority })
    }

    /// Whether it is reached encrypted.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The same host for websockets.
    pub fn websocket(&self) -> String {
        format!("{}://{}", if self.https { "wss" } else { "ws" }, self.authority)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Origin, NoOrigin> {
        let bad = || NoOrigin(text.to_owned());
        let trimmed = text.trim().trim_end_matches('/');
        let (https, host) = match trimmed.split_once("://").ok_or_else(bad)? {
            ("https", host) => (true, host),
            ("http", host) => (false, host),
            _ => return Err(bad()),
        };
        Origin::of_host(https, host).ok_or_else(bad)
    }
}

/// The address people open; none: that of each request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublicUrl(pub Option<Origin>);

impl FromStr for PublicUrl {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<PublicUrl, NoOrigin> {
        if text.trim().is_empty() { Ok(PublicUrl(None)) } else { text.parse().map(Some).map(PublicUrl) }
    }
}

/// Origins separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins(pub Vec<Origin>);

impl FromStr for Origins {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Origins, NoOrigin> {
        let origins = text.split(',').filter(|origin| !origin.trim().is_empty());
        origins.map(str::parse).collect::<Result<_, _>>().map(Origins)
    }
}

/// Whose pages belong to this park: settings of the web service and of the gateway.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(id = "pages")]
pub struct Pages {
    /// The address people open, such as https://park.example: makes shared links absolute, and cookies secure when it is https.
    /// Empty: the address of each request.
    #[arg(
        long,
        env = "MUSICPARK_PUBLIC_URL",
        default_value = "",
        value_name = "URL",
        hide_default_value = true
    )]
    pub public_url: PublicUrl,
    /// Further origins whose pages may use the API and open websockets, separated by commas. The page's own and that of the public URL
    /// always may.
    #[arg(
        long,
        env = "MUSICPARK_ALLOWED_ORIGINS",
        default_value = "",
        value_name = "ORIGIN,..",
        hide_default_value = true
    )]
    pub allowed_origins: Origins,
}

impl Pages {
    /// The origins that are named, besides the one a request is for.
    pub fn named(&self) -> impl Iterator<Item = &Origin> {
        self.public_url.0.iter().chain(&self.allowed_origins.0)
    }

    /// Whether a page of this origin may talk to the park. `host` is the request's own Host header. A program that is no page sends no
    /// origin, and passes: it needs a ticket all the same.
    pub fn allow(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        let Ok(origin) = origin.parse::<Origin>() else { return false };
        // Behind a proxy the scheme is the browser's, so only the host is compared with the request's own.
        let own = host.and_then(|host| Origin::of_host(origin.is_https(), host));
        own.is_some_and(|own| own == origin) || self.named().any(|named| *named == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let origin: Origin = "https://Park.Example:443/".parse().unwrap();
        assert_eq!(origin.to_string(), "https://park.example");
        assert_eq!(origin.websocket(), "wss://park.example");
        assert_eq!("http://[::1]:8080".parse::<Origin>().unwrap().authority(), "[::1]:8080");
    }

    #[test]
    fn what_is_no_origin_is_refused_with_an_example() {
        for bad in ["park.example", "ftp://park", "https://", "https://a/b", "https://me@a", "https://a b"] {
            let error = bad.parse::<Origin>().unwrap_err();
            assert!(error.to_string().contains("https://park.example"), "{bad}");
        }
    }

    #[test]
    fn nothing_set_is_no_url_and_no_origins() {
        assert_eq!("".parse(), Ok(PublicUrl(None)));
        assert_eq!(" , ".parse(), Ok(Origins(vec![])));
        assert_eq!("http://a, https://b".parse::<Origins>().unwrap().0.len(), 2);
    }

    #[test]
    fn a_strange_page_may_not_open_a_socket() {
        let pages = Pages {
            allowed_origins: "https://friend.example".parse().unwrap(),
            public_url: "https://park.example".parse().unwrap(),
        };
        assert!(pages.allow(Some("http://park.local:8080"), Some("park.local:8080")));
        assert!(pages.allow(Some("https://park.local"), Some("park.local")));
        assert!(pages.allow(Some("https://friend.example"), Some("10.0.0.7:8081")));
        assert!(pages.allow(Some("https://park.example"), Some("10.0.0.7:8081")));
        assert!(pages.allow(None, Some("park.local")));
        for strange in ["https://evil.example", "null", "https://park.local.evil.example", ""] {
            assert!(!pages.allow(Some(strange), Some("park.local")), "{strange}");
        }
    }
}
