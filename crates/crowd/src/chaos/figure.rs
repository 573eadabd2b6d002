//! A figure beside its promise: one line `name value unit promise holds|short`.

use std::fmt;
use std::time::Duration;

/// What PROMISES.md says of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Promise {
    /// At most so much.
    AtMost(f64),
    /// At least so much.
    AtLeast(f64),
    /// Nothing is promised: it is told to explain the others.
    None,
}

/// Something measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// `scenario.what`, with dots and dashes.
    pub name: String,
    /// How much; none when it never came about, which keeps no promise.
    pub value: Option<f64>,
    /// Of what: `s`, `ms`, `events`, ...
    pub unit: &'static str,
    /// What was promised.
    pub promise: Promise,
}

impl Figure {
    /// A figure with its promise.
    pub fn new(name: &str, value: f64, unit: &'static str, promise: Promise) -> Figure {
        Figure { name: name.to_owned(), value: Some(value), unit, promise }
    }

    /// How many there were of something of which there shall be none.
    pub fn none_of(name: &str, count: u64, unit: &'static str) -> Figure {
        Figure::new(name, count as f64, unit, Promise::AtMost(0.0))
    }

    /// How many there were, of which nothing is promised.
    pub fn count(name: &str, count: u64, unit: &'static str) -> Figure {
        Figure::new(name, count as f64, unit, Promise::None)
    }

    /// A time in seconds, of which at most so many are promised; none: it never came.
    pub fn seconds(name: &str, took: Option<Duration>, promise: f64) -> Figure {
        let value = took.map(|took| took.as_secs_f64());
        Figure { name: name.to_owned(), value, unit: "s", promise: Promise::AtMost(promise) }
    }

    /// Whether it is as promised; what is not promised always is.
    pub fn holds(&self) -> bool {
        match (self.promise, self.value) {
            (Promise::None, _) => true,
            (_, None) => false,
            (Promise::AtMost(most), Some(value)) => value <= most,
            (Promise::AtLeast(least), Some(value)) => value >= least,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figure { name, unit, .. } = self;
        match self.value {
            Some(value) => write!(f, "{name} {} {unit}", short(value))?,
            None => write!(f, "{name} never {unit}")?,
        }
        match self.promise {
            Promise::AtMost(most) => write!(f, " <={}", short(most))?,
            Promise::AtLeast(least) => write!(f, " >={}", short(least))?,
            Promise::None => return write!(f, " - -"),
        }
        write!(f, " {}", if self.holds() { "holds" } else { "short" })
    }
}

/// With as many digits as matter.
fn short(value: f64) -> String {
    if value == value.round() { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_beside_its_promise_and_says_whether_it_holds() {
        let told = |figure: Figure| figure.to_string();
        let time = |ms| Some(Duration::from_millis(ms));
        assert_eq!(
            told(Figure::seconds("worker-kill.again", time(3_140), 5.0)),
            "worker-kill.again 3.14 s <=5 holds"
        );
        assert_eq!(
            told(Figure::seconds("worker-kill.again", time(6_000), 5.0)),
            "worker-kill.again 6 s <=5 short"
        );
        assert_eq!(
            told(Figure::seconds("worker-kill.again", None, 5.0)),
            "worker-kill.again never s <=5 short"
        );
        assert_eq!(told(Figure::none_of("cut.lost", 0, "events")), "cut.lost 0 events <=0 holds");
        assert_eq!(told(Figure::none_of("cut.lost", 2, "events")), "cut.lost 2 events <=0 short");
        assert_eq!(told(Figure::count("cut.closes", 7, "sockets")), "cut.closes 7 sockets - -");
        assert_eq!(
            told(Figure::new("away.asked", 3.0, "commands", Promise::AtLeast(4.0))),
            "away.asked 3 commands >=4 short"
        );
    }
}
