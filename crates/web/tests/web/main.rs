//! The web service as browsers and gateways meet it: its router over SQLite in a temporary folder and cipher in memory.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without ends it")]

mod site;

mod accounts;
mod audio;
mod guards;
mod pages;
mod rooms;
mod sessions;
mod tickets;
