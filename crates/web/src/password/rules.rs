//! Which passwords are good enough: 8 to 1,024 bytes, and not among the first that anybody would guess.
//!
//! `common.txt` is the 1,000 most common ones of that length (from zxcvbn's list, MIT), most common first.

use protocol::refusal::{Refusal, RefusalCode};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Shortest password, in bytes.
const MIN: usize = 8;
/// Longest password, in bytes.
const MAX: usize = 1024;
/// Fewest different characters.
const DIFFERENT_MIN: usize = 4;

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());
/// Rows of keys and orders everybody knows, in which a password must not be a walk.
const WALKS: [&str; 5] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
];

/// Refuses a new password that is too short, too long or too easily guessed.
pub fn check(password: &str, login: &str) -> Result<(), Refusal> {
    let no = |text: &str| Err(Refusal::new(RefusalCode::BadInput, text));
    if password.len() < MIN {
        return no("A password needs at least 8 characters.");
    }
    if password.len() > MAX {
        return no("A password has at most 1,024 bytes. Choose a shorter one.");
    }
    let plain = password.to_lowercase();
    if COMMON.contains(plain.as_str()) || is_walk(&plain) || is_monotonous(&plain) {
        return no(
            "That password is among the first that anybody would try. Choose one that only you would think of.",
        );
    }
    // The name with a few signs around it is the name.
    if !login.is_empty() && plain.contains(login) && plain.len() < login.len() + MIN {
        return no("That password is too much like your name. Choose one that only you would think of.");
    }
    Ok(())
}

fn is_walk(plain: &str) -> bool {
    let back: String = plain.chars().rev().collect();
    WALKS.iter().any(|walk| walk.contains(plain) || walk.contains(&back))
}

fn is_monotonous(plain: &str) -> bool {
    plain.chars().collect::<HashSet<_>>().len() < DIFFERENT_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_would_try_is_refused() {
        for bad in [
            "short",
            "password",
            "PassWord1",
            "12345678",
            "87654321",
            "qwertyui",
            "aaaaaaaaaa",
            "abababab",
            "juno.p99",
        ] {
            assert!(check(bad, "juno.p").is_err(), "{bad}");
        }
        assert!(check(&"long enough ".repeat(90), "juno").is_err());
    }

    #[test]
    fn what_one_thinks_of_is_taken() {
        for good in ["four paper lamps", "Tr4mway-79", "juno walks by the lake", "пароль сада", "🌳🌲🎵🎶"]
        {
            assert_eq!(check(good, "juno"), Ok(()), "{good}");
        }
    }
}
