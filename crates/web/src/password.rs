//! Passwords: which are good enough, and hashing them with argon2id on a bounded pool.

mod hasher;
mod rules;

pub use hasher::{Hasher, Verified};
pub use rules::check;
