//! Every setting of the web service, with its variable and its default.

pub use crate::client::{Network, Networks, NoNetwork};
pub use service::origin::{NoOrigin, Origin, Origins, Pages, PublicUrl};
use std::num::NonZeroU32;
use std::path::PathBuf;

/// Settings of the web service. The limits are per address of a client (an IPv6 network of 64 bits counts as one), and are
/// kept by each web server for itself; the defaults let a club of 1,000 behind one router in within 30 s.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Web")]
#[group(id = "web")]
pub struct Config {
    /// Whose pages belong to this park.
    #[command(flatten)]
    pub pages: Pages,
    /// Proxies whose X-Forwarded-For and X-Forwarded-Proto count: addresses or networks (10.0.0.0/8), separated by commas.
    #[arg(
        long,
        env = "MUSICPARK_TRUSTED_PROXIES",
        default_value = "",
        value_name = "NETWORK,..",
        hide_default_value = true
    )]
    pub trusted_proxies: Networks,
    /// Guests that may walk in from one address in a minute.
    #[arg(long, env = "MUSICPARK_LIMIT_GUESTS", default_value = "2000", value_name = "PER_MINUTE")]
    pub limit_guests: NonZeroU32,
    /// Log-ins and registrations from one address in a minute. Wrong passwords are limited further, per account and address.
    #[arg(long, env = "MUSICPARK_LIMIT_LOGINS", default_value = "2000", value_name = "PER_MINUTE")]
    pub limit_logins: NonZeroU32,
    /// Tickets for websockets from one address in a minute.
    #[arg(long, env = "MUSICPARK_LIMIT_TICKETS", default_value = "6000", value_name = "PER_MINUTE")]
    pub limit_tickets: NonZeroU32,
    /// Rooms made from one address in an hour.
    #[arg(long, env = "MUSICPARK_LIMIT_ROOMS", default_value = "300", value_name = "PER_HOUR")]
    pub limit_rooms: NonZeroU32,
    /// Looks into rooms before stepping in, from one address in a minute; the page looks 15 times a minute.
    #[arg(long, env = "MUSICPARK_LIMIT_LOOKS", default_value = "30000", value_name = "PER_MINUTE")]
    pub limit_looks: NonZeroU32,
    /// Days after which a session ends by itself.
    #[arg(long, env = "MUSICPARK_SESSION_DAYS", default_value = "365", value_name = "DAYS")]
    pub session_days: NonZeroU32,
    /// Log-ins that may wait for their password to be checked; beyond it they are asked to come back. About 35 ms each: whoever is admitted
    /// to a longer queue waits longer than twice as usual (promise 14).
    #[arg(long, env = "MUSICPARK_LOGIN_QUEUE", default_value = "8", value_name = "NUMBER")]
    pub login_queue: usize,
    /// A folder with a built web client to serve instead of the embedded one, read at the start.
    #[arg(long, env = "MUSICPARK_WEB_CLIENT", value_name = "FOLDER")]
    pub web_client: Option<PathBuf>,
}
