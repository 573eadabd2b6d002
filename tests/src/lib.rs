//! Whole-system tests: real processes, real sockets, real databases; a person is a small client of the public protocol.
//!
//! | module | what |
//! |---|---|
//! | [`eventually`] | waiting for a condition, the only way to wait |
//! | [`process`] | a child process whose output is read and that never outlives its test |
//! | [`park`] | a park to test: the one-process one, or the split stack |
//! | [`person`] | somebody in the park; [`view`] what they have seen |

pub mod eventually;
pub mod park;
pub mod person;
pub mod process;
pub mod view;
