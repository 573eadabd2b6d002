//! argon2id on a bounded pool: as many at a time as half the cores, a short queue, and beyond it a refusal.

use crate::problem::Failure;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use protocol::refusal::{Refusal, RefusalCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// 19 MiB, two passes, one lane (OWASP's second choice): about 35 ms.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// When somebody who was refused may come back: the queue has drained by then.
const BUSY_MS: u32 = 2000;

/// Hashes and verifies passwords.
#[derive(Debug)]
pub struct Hasher {
    /// One for each hash at work.
    slots: Arc<Semaphore>,
    /// One for each hash at work or waiting.
    places: Arc<Semaphore>,
    argon2: Argon2<'static>,
    /// What a password is compared with where there is no account: it costs the same.
    nobody: String,
    computed: Arc<AtomicU64>,
}

/// What comparing a password with a hash found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// It does not match, or there is no such account.
    Wrong,
    /// It matches.
    Right,
    /// It matches a hash made with weaker parameters than today's: store a new one.
    RightButOutdated,
}

impl Hasher {
    /// With this many waiting at the most.
    pub fn new(queue: usize) -> anyhow::Result<Hasher> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
            .map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // The other cores carry music.
        let slots = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        let nobody = phc(&argon2, &rand::random::<[u8; 32]>())?;
        Ok(Hasher {
            slots: Arc::new(Semaphore::new(slots)),
            places: Arc::new(Semaphore::new(slots + queue)),
            argon2,
            nobody,
            computed: Arc::default(),
        })
    }

    /// Hashes computed since the start.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: String) -> Result<String, Failure> {
        let argon2 = self.argon2.clone();
        self.run(move || phc(&argon2, password.as_bytes())).await?.map_err(Failure::Fault)
    }

    /// Compares a password with a stored hash. Without one the work is the same, and the answer [`Verified::Wrong`].
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<Verified, Failure> {
        let (argon2, known) = (self.argon2.clone(), stored.is_some());
        let against = stored.unwrap_or_else(|| self.nobody.clone());
        self.run(move || {
            let hash = PasswordHash::new(&against)
                .map_err(|error| Failure::Fault(anyhow::anyhow!("a stored hash: {error}")))?;
            let matches = argon2.verify_password(password.as_bytes(), &hash).is_ok();
            Ok(match (matches && known, is_outdated(&hash)) {
                (false, _) => Verified::Wrong,
                (true, false) => Verified::Right,
                (true, true) => Verified::RightButOutdated,
            })
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| {
            let text = "Many people are logging in right now. Try again in 2 seconds.";
            Failure::Refused(Refusal::new(RefusalCode::Unavailable, text).after(BUSY_MS))
        })?;
        let slot =
            self.slots.clone().acquire_owned().await.map_err(|closed| Failure::Fault(closed.into()))?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("password_hashes_total").increment(1);
        // The permits go along: a request that is given up does not make room before its hash is done.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((place, slot));
            result
        });
        done.await.map_err(|panicked| Failure::Fault(panicked.into()))
    }
}

fn phc(argon2: &Argon2<'_>, password: &[u8]) -> anyhow::Result<String> {
    let hash: PasswordHash =
        argon2.hash_password(password).map_err(|error| anyhow::anyhow!("hashing a password: {error}"))?;
    Ok(hash.to_string())
}

fn is_outdated(hash: &PasswordHash) -> bool {
    Params::try_from(hash).map_or(true, |params| {
        params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES || params.p_cost() < LANES
    }) || hash.algorithm.as_str() != Algorithm::Argon2id.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> String {
        "four paper lamps".to_owned()
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = Hasher::new(4).unwrap();
        let hash = hasher.hash(right()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(hasher.verify(right(), Some(hash.clone())).await.unwrap(), Verified::Right);
        assert_eq!(hasher.verify("five paper lamps".to_owned(), Some(hash)).await.unwrap(), Verified::Wrong);
    }

    #[tokio::test]
    async fn an_unknown_account_costs_one_hash_as_well() {
        let hasher = Hasher::new(4).unwrap();
        let hash = hasher.hash(right()).await.unwrap();
        let before = hasher.computed();
        hasher.verify("wrong one".to_owned(), Some(hash)).await.unwrap();
        let known = hasher.computed() - before;
        assert_eq!(hasher.verify("wrong one".to_owned(), None).await.unwrap(), Verified::Wrong);
        assert_eq!(hasher.computed() - before - known, known);
    }

    #[tokio::test]
    async fn a_weaker_hash_is_made_anew() {
        let weak =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8 * 1024, 1, 1, None).unwrap());
        let stored = phc(&weak, right().as_bytes()).unwrap();
        let hasher = Hasher::new(4).unwrap();
        assert_eq!(hasher.verify(right(), Some(stored)).await.unwrap(), Verified::RightButOutdated);
    }

    #[tokio::test]
    async fn beyond_the_queue_one_is_asked_to_come_back() {
        let hasher = Hasher::new(0).unwrap();
        let slots = hasher.slots.available_permits();
        let at_work: Vec<_> =
            (0..slots).map(|_| hasher.places.clone().try_acquire_owned().unwrap()).collect();
        let Err(Failure::Refused(refusal)) = hasher.hash(right()).await else { panic!("it was not refused") };
        assert_eq!(refusal.retry_after_ms, Some(BUSY_MS));
        drop(at_work);
        assert!(hasher.hash(right()).await.is_ok());
    }
}
