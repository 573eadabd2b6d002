//! The web service as browsers and gateways meet it: its router over SQLite in a temporary folder and cipher in memory.

mod site;

mod accounts;
mod audio;
mod guards;
mod pages;
mod rooms;
mod sessions;
mod tickets;
