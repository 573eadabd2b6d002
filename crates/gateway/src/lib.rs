//! The gateway: it holds the browsers' websockets, keeps replicas of the rooms they listen to, and fans out.
//!
//! It decides nothing about the game and never sees the database. Data flows one way: a browser's frame goes up to the
//! worker that owns the room ([`socket`] → [`upstream`]); what the worker publishes comes down ([`rooms`], [`floors`],
//! [`directory`]) as shared bytes into each listener's [`outbox`].
//!
//! | module | what it holds |
//! |---|---|
//! | [`config`] | settings |
//! | [`socket`] | one websocket from upgrade to close: reading, rights to speak, writing |
//! | [`session`] | what one socket is: whose, which room it hears, which floor it stands on |
//! | [`outbox`] | what waits to be written to one socket, bounded |
//! | [`limits`] | how much one socket may send, and how deep its JSON may nest |
//! | [`tickets`] | redeeming tickets at the web servers |
//! | [`rooms`] | listeners of rooms; [`replica`] the pure part: snapshot, tail, splicing |
//! | [`floors`] | people standing on floors |
//! | [`tasks`] | the tasks of rooms and floors, started and ended as they are wanted |
//! | [`directory`] | the list of rooms, for everybody |
//! | [`owners`] | which worker owns which shard |
//! | [`upstream`] | commands, presence and steps on their way to the workers |
//! | [`revocations`] | closing the sockets of ended sessions |
//! | [`parktime`] | following the workers' clock |
//! | [`program`] | the gateway as a process of its own |

pub mod config;
mod directory;
mod floors;
mod gateway;
mod limits;
mod outbox;
mod owners;
pub mod parktime;
pub mod program;
mod replica;
mod revocations;
mod rooms;
mod session;
mod socket;
mod tasks;
mod tickets;
mod upstream;

pub use config::Config;
pub use gateway::Gateway;
