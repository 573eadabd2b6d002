//! A simulated crowd over real websockets, by the public protocol only: load, what each client saw, and whether that may be.
//!
//! | module | what |
//! |---|---|
//! | [`hub`] | a bare hub that plays no game: the floor that the park's figures are told against |
//! | [`chaos`] | what may go wrong, done on purpose: scenarios with figures beside their promises |
//! | [`stack`] | the park split into its services, and what a test does to them; over [`child`], a child process |
//! | [`proxy`] | a network between two services that cuts, delays, closes and heals |
//! | [`waiting`] | waiting for a condition, for so long and no longer |
//! | [`history`] | what each simulated person sent and saw: what the checker judges |

pub mod chaos;
pub mod child;
pub mod history;
pub mod hub;
pub mod proxy;
pub mod stack;
pub mod waiting;
