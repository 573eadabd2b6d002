//! The web service: page, accounts, sessions, the list of rooms, tracks and audio. A library; the binaries listen.
//!
//! [`Web::start`] joins the park's services over cipher, [`Web::router`] answers browsers. The map:
//!
//! | module | what |
//! |---|---|
//! | [`config`] | every setting with its variable and default |
//! | [`program`] | the service as a process of its own, over Redis and Postgres |
//! | `server` | the parts put together: start, and the router with its layers |
//! | `route` | one file a group of endpoints: who one is, accounts, tickets, rooms, tracks, audio, pages |
//! | `session` | session tokens, their cookie, and who is asking |
//! | `password` | the rules for passwords, and hashing them on a bounded pool |
//! | `allowance`, `limits`, `throttle` | how often somebody may: token buckets, per address, per account |
//! | `ticket` | tickets for websockets, in memory, for one use |
//! | `neighbours` | what other services ask of and are told by this one |
//! | `directory` | the list of rooms: the database's rows with the workers' live lines |
//! | `floors` | what is to be seen of rooms from outside, asked of their workers |
//! | `web_client`, `page`, `first` | the web client's files, its page filled in for a room, and the join screen in it |
//! | `library` | the demo library in the binary, and the park's first rooms |
//! | `client` | where a request comes from |
//! | `problem`, `body` | errors as `application/problem+json`; JSON bodies in and out |
//! | `headers`, `record` | security headers; the request log and its metrics |

mod allowance;
mod body;
mod client;
pub mod config;
mod directory;
mod first;
mod floors;
mod headers;
mod library;
mod limits;
mod neighbours;
mod page;
mod password;
mod problem;
pub mod program;
mod record;
mod route;
mod server;
mod session;
mod throttle;
mod ticket;
mod web_client;

pub use config::Config;
pub use library::{demo_library, first_rooms, seed};
pub use server::Web;
