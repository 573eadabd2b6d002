//! What one address may do how often. The sentences that say no are here too.

use crate::allowance::Allowance;
use crate::client::{AddressKey, Client};
use crate::config::Config;
use crate::problem::Failure;
use protocol::refusal::{Refusal, RefusalCode};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// The allowances per address.
#[derive(Debug)]
pub struct Limits {
    /// Walking in as a guest.
    pub guests: Limit,
    /// Logging in and registering.
    pub logins: Limit,
    /// Tickets for websockets.
    pub tickets: Limit,
    /// Making rooms.
    pub rooms: Limit,
    /// Looking into rooms.
    pub looks: Limit,
}

/// One allowance, and what is said when it is used up.
#[derive(Debug)]
pub struct Limit {
    allowance: Allowance<AddressKey>,
    sentence: &'static str,
}

impl Limits {
    /// As configured.
    pub fn new(config: &Config) -> Limits {
        let limit = |burst, period, sentence| Limit { allowance: Allowance::new(burst, period), sentence };
        Limits {
            guests: limit(
                config.limit_guests,
                MINUTE,
                "Very many people walk in from your network right now.",
            ),
            logins: limit(
                config.limit_logins,
                MINUTE,
                "Very many people log in from your network right now.",
            ),
            tickets: limit(
                config.limit_tickets,
                MINUTE,
                "Very many people connect from your network right now.",
            ),
            looks: limit(
                config.limit_looks,
                MINUTE,
                "Very many people look into rooms from your network right now.",
            ),
            rooms: limit(config.limit_rooms, 60 * MINUTE, "Many rooms were made from your network lately."),
        }
    }
}

impl Limit {
    /// Counts one, or refuses it with the time after which to come back.
    pub fn take(&self, client: &Client) -> Result<(), Failure> {
        self.allowance.take(client.key(), Instant::now()).map_err(|wait| again_later(self.sentence, wait))
    }
}

/// Too often: again after `wait`.
pub fn again_later(sentence: &str, wait: Duration) -> Failure {
    let text = format!("{sentence} Try again in {}.", in_words(wait));
    let ms = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).max(1);
    Failure::Refused(Refusal::new(RefusalCode::TooMany, text).after(ms))
}

fn in_words(wait: Duration) -> String {
    match wait.as_millis().div_ceil(1000) {
        0 | 1 => "a second".to_owned(),
        s @ 2..=90 => format!("{s} seconds"),
        s => format!("{} minutes", s.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_said_in_words() {
        assert_eq!(in_words(Duration::from_millis(30)), "a second");
        assert_eq!(in_words(Duration::from_millis(1500)), "2 seconds");
        assert_eq!(in_words(Duration::from_secs(91)), "2 minutes");
    }
}
