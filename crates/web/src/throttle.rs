//! Wrong passwords are counted so that guessing does not pay, without letting a stranger lock an owner out.
//!
//! Three allowances: per account and address together, per address over all accounts, and per account over all addresses from
//! which nobody has logged in to it yet. An owner at an address known here is touched only by the first two, which are
//! their own. Unknown names count as known ones do. Each web server counts for itself, and a restart forgets.

use crate::allowance::Allowance;
use crate::client::AddressKey;
use std::collections::{HashSet, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Tries at one account from one address: at once, and again within five minutes.
const PAIR: (NonZeroU32, Duration) = (NonZeroU32::new(10).expect("10 is not 0"), Duration::from_secs(300));
/// Wrong tries at any account from one address: a club of 1,000 mistypes, too.
const ADDRESS: (NonZeroU32, Duration) =
    (NonZeroU32::new(300).expect("300 is not 0"), Duration::from_secs(300));
/// Wrong tries at one account from all addresses that are new to it.
const STRANGERS: (NonZeroU32, Duration) =
    (NonZeroU32::new(100).expect("100 is not 0"), Duration::from_secs(3600));
/// Pairs of account and address remembered as known.
const KNOWN_MAX: usize = 65_536;

type Pair = (String, AddressKey);

/// The tries at log-in of the last hour.
#[derive(Debug)]
pub struct Throttle {
    pairs: Allowance<Pair>,
    addresses: Allowance<AddressKey>,
    strangers: Allowance<String>,
    acquainted: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    pairs: HashSet<Pair>,
    oldest_first: VecDeque<Pair>,
}

impl Throttle {
    /// Nobody has tried yet.
    pub fn new() -> Throttle {
        Throttle {
            pairs: Allowance::new(PAIR.0, PAIR.1),
            addresses: Allowance::new(ADDRESS.0, ADDRESS.1),
            strangers: Allowance::new(STRANGERS.0, STRANGERS.1),
            acquainted: Mutex::default(),
        }
    }

    /// Counts a try as wrong before its password is looked at (so that many at once do not slip through), or says how long to wait.
    pub fn admit(&self, login: &str, address: AddressKey, now: Instant) -> Result<(), Duration> {
        let pair = (login.to_owned(), address);
        self.pairs.take(pair.clone(), now)?;
        if let Err(wait) = self.addresses.take(address, now) {
            self.pairs.give_back(&pair);
            return Err(wait);
        }
        if !self.is_known(&pair)
            && let Err(wait) = self.strangers.take(login.to_owned(), now)
        {
            self.pairs.give_back(&pair);
            self.addresses.give_back(&address);
            return Err(wait);
        }
        Ok(())
    }

    /// The try that was admitted was right: it does not count, and its address is known from now on.
    pub fn succeeded(&self, login: &str, address: AddressKey) {
        let pair = (login.to_owned(), address);
        self.forgive(&pair);
        self.remember(pair);
    }

    /// Somebody has just made this account from this address.
    pub fn known(&self, login: &str, address: AddressKey) {
        self.remember((login.to_owned(), address));
    }

    /// The try that was admitted was never looked at: it does not count.
    pub fn not_tried(&self, login: &str, address: AddressKey) {
        self.forgive(&(login.to_owned(), address));
    }

    fn remember(&self, pair: Pair) {
        let mut known = self.acquainted.lock().unwrap_or_else(PoisonError::into_inner);
        if known.pairs.insert(pair.clone()) {
            known.oldest_first.push_back(pair);
            if known.oldest_first.len() > KNOWN_MAX
                && let Some(oldest) = known.oldest_first.pop_front()
            {
                known.pairs.remove(&oldest);
            }
        }
    }

    fn forgive(&self, pair: &Pair) {
        self.pairs.give_back(pair);
        self.addresses.give_back(&pair.1);
        if !self.is_known(pair) {
            self.strangers.give_back(&pair.0);
        }
    }

    fn is_known(&self, pair: &Pair) -> bool {
        self.acquainted.lock().unwrap_or_else(PoisonError::into_inner).pairs.contains(pair)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Client;

    fn address(last: u8) -> AddressKey {
        let origin = "http://a".parse().unwrap();
        Client { address: [10, 0, 0, last].into(), origin }.key()
    }

    #[test]
    fn guessing_from_one_address_is_slowed_for_that_account_only() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for _ in 0..10 {
            assert_eq!(throttle.admit("juno", address(1), now), Ok(()));
        }
        assert!(throttle.admit("juno", address(1), now).is_err());
        assert_eq!(throttle.admit("mara", address(1), now), Ok(()));
        assert_eq!(throttle.admit("juno", address(2), now), Ok(()));
        assert_eq!(throttle.admit("juno", address(1), now + Duration::from_secs(30)), Ok(()));
    }

    #[test]
    fn many_strangers_do_not_lock_an_owner_out() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        assert_eq!(throttle.admit("juno", address(1), now), Ok(()));
        throttle.succeeded("juno", address(1));
        let admitted =
            (0..2000).filter(|i| throttle.admit("juno", address(2 + (i % 200) as u8), now).is_ok());
        assert_eq!(admitted.count(), 100, "strangers share one allowance");
        assert_eq!(throttle.admit("juno", address(1), now), Ok(()), "the owner comes in as ever");
    }

    #[test]
    fn right_passwords_use_nothing_up() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for _ in 0..1000 {
            assert_eq!(throttle.admit("juno", address(1), now), Ok(()));
            throttle.succeeded("juno", address(1));
        }
    }
}
