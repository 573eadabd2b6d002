//! A simulated crowd over real websockets, by the public protocol only: load, what each client saw, and whether that may be.
//!
//! | module | what |
//! |---|---|
//! | [`hub`] | a bare hub that plays no game: the floor that the park's figures are told against |
//! | [`history`] | what each simulated person sent and saw: what the checker judges |

pub mod history;
pub mod hub;
