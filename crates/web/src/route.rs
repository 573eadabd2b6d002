//! The endpoints: one file a group, each with its `router()`. Bodies are those of [`protocol::http`].

pub mod account;
pub mod audio;
pub mod me;
pub mod page;
pub mod rooms;
pub mod ticket;
pub mod tracks;
