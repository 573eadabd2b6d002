//! Process plumbing that every service shares, and nothing of the park: the map.
//!
//! | module | what |
//! |---|---|
//! | [`program`] | from `main` to exit code: runtime, telemetry, signals, errors as sentences |
//! | [`listen`] | the address a service listens on, and serving HTTP on it |
//! | [`origin`] | scheme and host of an address, as browsers write it; which origins are let in |
//! | [`health`] | `/health/live` and `/health/ready` |
//! | [`telemetry`] | logs, and metrics on a listener of their own |
//! | [`clock`] | park time: the database's clock, sampled and slewed |

pub mod clock;
pub mod health;
pub mod listen;
pub mod origin;
pub mod program;
pub mod telemetry;
