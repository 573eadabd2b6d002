//! What people notice of the rules, scenario by scenario, on a virtual clock.

mod chat;
mod door;
mod floor;
mod host;
mod plans;
mod presence;
mod queue;
mod rotation;
mod skip;
mod stage;
mod timeline;
