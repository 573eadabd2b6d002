//! How much one socket may send, and how deep its JSON may nest.

use protocol::socket::DEPTH_MAX;
use std::time::{Duration, Instant};

/// A token bucket: `burst` at once, refilled by `per_second`.
#[derive(Debug)]
pub struct Bucket {
    tokens: f64,
    burst: f64,
    per_second: f64,
    since: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn new(burst: u32, per_second: f64, now: Instant) -> Bucket {
        Bucket { tokens: f64::from(burst), burst: f64::from(burst), per_second, since: now }
    }

    /// Takes one token; otherwise says how long until there is one.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let gone = now.saturating_duration_since(self.since).as_secs_f64();
        self.tokens = (self.tokens + gone * self.per_second).min(self.burst);
        self.since = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            Ok(())
        } else {
            Err(Duration::from_secs_f64((1.0 - self.tokens) / self.per_second))
        }
    }
}

/// Whether JSON nests at most [`DEPTH_MAX`] deep; looked at before it is parsed.
pub fn is_shallow(json: &str) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return false;
                }
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_refills_with_time() {
        let start = Instant::now();
        let mut bucket = Bucket::new(2, 1.0, start);
        assert!(bucket.take(start).is_ok() && bucket.take(start).is_ok());
        assert_eq!(bucket.take(start), Err(Duration::from_secs(1)));
        assert!(bucket.take(start + Duration::from_secs(1)).is_ok());
    }

    #[test]
    fn deep_json_is_seen_and_brackets_in_text_are_not_counted() {
        assert!(is_shallow(r#"{"a":"[[[[[[[[[[[[[[[[[[[[ \" [["}"#));
        assert!(is_shallow(&format!("{}{}", "[".repeat(16), "]".repeat(16))));
        assert!(!is_shallow(&"[".repeat(17)));
    }
}
