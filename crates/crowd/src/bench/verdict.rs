//! The figures beside their targets, and whether the floor may be trusted.

use crate::bench::cases::Letter;
use crate::bench::figures::{FAULTS, Figures, told};

/// A floor may be slower than the measured hub by this much.
const FLOOR_SLACK: f64 = 1.25;

/// Processor time that a bare hub needs for a million deliveries or positions, as measured on a machine of two cores before there was a park
/// (design, ARCHITECTURE.md, "What peers reach"); of a range its upper end. For positions that hub took 1.8 with a frame to everybody twenty
/// times a second; ours sends ten, each with twice as many positions in it, and what a frame costs is nearly all: half.
const HUB: [(&str, f64); 4] = [
    ("a.floor.1000.cpu", 14.0),
    ("a.floor.4000.cpu", 21.0),
    ("b.floor.1000.cpu", 0.9),
    ("g.floor.1000.cpu", 14.0),
];

/// The most that the park may cost, in floors.
const FLOORS_MAX: f64 = 1.5;
/// Letters whose processor time is promised in floors; that of others is only told so.
const PROMISED_IN_FLOORS: [&str; 3] = ["a.", "b.", "f."];
/// The longest that a whole room may need to come in, in seconds.
const ALL_IN_MAX: f64 = 10.0;
/// The most that a connection may take in the gateway, in KiB.
const CONNECTION_MAX: f64 = 10.0;
/// The least that durable commands reach, in single-row commits of one client.
const COMMITS_MIN: f64 = 10.0;
/// Several gateways may cost this many times what one does.
const GATEWAYS_MAX: f64 = 1.1;
/// A rate of commands is sustained when 99 of a hundred senders know within this, in ms.
const SUSTAINED_MS: f64 = 1_000.0;

/// Adds what follows from a letter's figures: ratios.
pub fn conclude(letter: Letter, figures: &mut Figures) {
    let ratio = |figures: &mut Figures, of: &str, to: &str, name: String, unit| {
        if let (Some(of), Some(to)) = (figures.median(of), figures.median(to)) {
            figures.add(name, of / to.max(f64::MIN_POSITIVE), unit);
        }
    };
    for name in figures.names(".cpu") {
        let Some(floor) = floor_of(&name) else { continue };
        ratio(figures, &name, &floor, format!("{name}-of-floor"), "floors");
    }
    match letter {
        Letter::E => {
            for deployment in ["embedded", "split"] {
                let sustained = figures
                    .names(".commands")
                    .into_iter()
                    .filter(|name| name.starts_with(&format!("{letter}.{deployment}.")))
                    .filter(|name| {
                        let p99 = figures.median(&name.replace(".commands", ".acknowledged-p99"));
                        p99.is_some_and(|p99| p99 <= SUSTAINED_MS)
                    })
                    .filter_map(|name| figures.median(&name))
                    .fold(0.0, f64::max);
                let name = format!("{letter}.{deployment}.sustained");
                figures.add(&name, sustained, "1/s");
                let commits = format!("{letter}.pgbench-1.commits");
                ratio(figures, &name, &commits, format!("{name}-of-pgbench-1"), "times");
            }
        }
        Letter::G => {
            let one = format!("{letter}.split.1000.cpu");
            for gateways in [2, 4] {
                let name = format!("{letter}.split-{gateways}.1000.cpu");
                ratio(figures, &name, &one, format!("{name}-of-one"), "times");
            }
        }
        Letter::A | Letter::B | Letter::C | Letter::D | Letter::F => {}
    }
}

/// The figures that have a target, in words.
pub fn sentences(figures: &Figures) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut say = |name: &str, bound: &str, holds: bool| {
        let value = figures.value(name).map(told).unwrap_or_default();
        sentences.push(format!("{name} {value} ({bound}): {}", if holds { "holds" } else { "short" }));
    };
    let at_most =
        |figures: &Figures, name: &str, most: f64| figures.median(name).is_some_and(|value| value <= most);
    let is_promised = |name: &String| PROMISED_IN_FLOORS.iter().any(|letter| name.starts_with(letter));
    for name in figures.names("-of-floor").into_iter().filter(is_promised) {
        say(&name, &format!("at most {FLOORS_MAX}"), at_most(figures, &name, FLOORS_MAX));
    }
    for name in figures.names(".memory.gateway-1") {
        say(&name, &format!("at most {CONNECTION_MAX}"), at_most(figures, &name, CONNECTION_MAX));
    }
    for name in figures.names(".one-room.all-in").into_iter().filter(|name| floor_of(name).is_some()) {
        say(&name, &format!("at most {ALL_IN_MAX}"), at_most(figures, &name, ALL_IN_MAX));
    }
    for name in figures.names("-of-pgbench-1") {
        let holds = figures.median(&name).is_some_and(|times| times >= COMMITS_MIN);
        say(&name, &format!("at least {COMMITS_MIN}"), holds);
    }
    for name in figures.names("-of-one") {
        say(&name, &format!("at most {GATEWAYS_MAX}"), at_most(figures, &name, GATEWAYS_MAX));
    }
    for name in FAULTS.iter().flat_map(|fault| figures.names(fault)) {
        say(&name, "none", figures.value(&name) == Some(0.0));
    }
    for (name, hub) in HUB {
        if let Some(floor) = figures.median(name).filter(|floor| *floor > hub * FLOOR_SLACK) {
            sentences.push(format!(
                "THIS RUN IS INVALID: its floor flatters. {name} is {}, and such a hub has reached {hub} on a quiet machine of two cores. \
                 End what else runs here, or take the ratios for what they are on this machine.",
                told(floor)
            ));
        }
    }
    sentences
}

/// The floor's figure of the same name; none for the floor's own.
fn floor_of(name: &str) -> Option<String> {
    let mut parts: Vec<&str> = name.split('.').collect();
    let deployment = parts.get_mut(1)?;
    (*deployment != "floor").then(|| *deployment = "floor")?;
    Some(parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(figures: &[(&str, f64)]) -> Figures {
        let mut all = Figures::default();
        for (name, value) in figures {
            all.add(*name, *value, "s/million");
        }
        all
    }

    #[test]
    fn what_the_park_costs_is_told_in_floors() {
        let mut figures =
            with(&[("a.floor.1000.cpu", 10.0), ("a.split.1000.cpu", 16.0), ("a.embedded.1000.cpu", 12.0)]);
        conclude(Letter::A, &mut figures);
        assert_eq!(figures.median("a.split.1000.cpu-of-floor"), Some(1.6));
        let sentences = sentences(&figures);
        assert_eq!(sentences[0], "a.split.1000.cpu-of-floor 1.60 (at most 1.5): short");
        assert_eq!(sentences[1], "a.embedded.1000.cpu-of-floor 1.20 (at most 1.5): holds");
        assert_eq!(sentences.len(), 2, "this floor may be trusted");
    }

    #[test]
    fn a_floor_that_is_too_slow_makes_the_run_invalid() {
        let of = |cpu| sentences(&with(&[("b.floor.1000.cpu", cpu)]));
        assert!(of(1.1).is_empty());
        assert!(of(1.2)[0].contains("INVALID"));
    }

    #[test]
    fn joins_are_told_in_floors_and_a_room_that_fills_too_slowly_is_short() {
        let mut figures = with(&[
            ("d.floor.one-room.cpu", 0.2),
            ("d.split.one-room.cpu", 3.2),
            ("d.floor.one-room.all-in", 4.0),
            ("d.split.one-room.all-in", 15.0),
        ]);
        conclude(Letter::D, &mut figures);
        assert_eq!(figures.median("d.split.one-room.cpu-of-floor"), Some(16.0));
        assert_eq!(sentences(&figures), ["d.split.one-room.all-in 15.0 (at most 10): short"]);
    }

    #[test]
    fn commands_count_as_far_as_their_senders_know_in_time() {
        let mut figures = with(&[
            ("e.split.offered-2000.commands", 1_990.0),
            ("e.split.offered-2000.acknowledged-p99", 40.0),
            ("e.split.offered-8000.commands", 5_000.0),
            ("e.split.offered-8000.acknowledged-p99", 4_000.0),
            ("e.pgbench-1.commits", 500.0),
        ]);
        conclude(Letter::E, &mut figures);
        assert_eq!(figures.median("e.split.sustained"), Some(1_990.0));
        assert_eq!(figures.median("e.split.sustained-of-pgbench-1"), Some(3.98));
        assert!(sentences(&figures).iter().any(|sentence| sentence.contains("(at least 10): short")));
    }

    #[test]
    fn one_lost_event_in_any_run_is_not_forgiven() {
        let mut figures = with(&[("a.split.1000.lost", 0.0), ("a.split.1000.lost", 0.0)]);
        assert!(sentences(&figures)[0].ends_with("holds"));
        figures.add("a.split.1000.lost", 1.0, "events");
        assert_eq!(sentences(&figures)[0], "a.split.1000.lost 1.00 (none): short");
    }
}
