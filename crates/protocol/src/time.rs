//! Park time and samples.
//!
//! Park time is the database's clock as the workers sample and slew it, in microseconds since 1970: a whole
//! number that a JavaScript number holds exactly (until the year 2255) and finer than a sample (20.8 microseconds).

/// Park time in microseconds since 1970.
pub type Micros = i64;

/// Samples a second of all audio in the park: what Opus decodes to.
pub const SAMPLE_RATE: i64 = 48_000;

/// The duration of a number of samples in microseconds, rounded down.
pub fn samples_to_us(samples: i64) -> Micros {
    samples * 125 / 6
}

/// The number of whole samples in a duration of microseconds, rounded towards the past.
pub fn us_to_samples(us: Micros) -> i64 {
    (us * 6).div_euclid(125)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_second_is_48_000_samples() {
        assert_eq!(samples_to_us(SAMPLE_RATE), 1_000_000);
        assert_eq!(us_to_samples(1_000_000), SAMPLE_RATE);
        assert_eq!(us_to_samples(-1), -1);
    }
}
