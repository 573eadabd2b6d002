//! Figures of several runs by name: told as the median, with how far apart the runs were.

use std::fmt::Write;

/// Ends of the names of what there shall be none of.
pub const FAULTS: [&str; 6] = [".lost", ".doubled", ".misordered", ".misrouted", ".absent", ".unknown"];

/// All figures, in the order in which their names first came.
#[derive(Debug, Default)]
pub struct Figures {
    series: Vec<Series>,
}

#[derive(Debug)]
struct Series {
    name: String,
    unit: &'static str,
    samples: Vec<f64>,
}

impl Figures {
    /// Adds what one run measured.
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        let name = name.into();
        match self.series.iter_mut().find(|series| series.name == name) {
            Some(series) => series.samples.push(value),
            None => self.series.push(Series { name, unit, samples: vec![value] }),
        }
    }

    /// The median of a figure; none while no run has measured it.
    pub fn median(&self, name: &str) -> Option<f64> {
        self.series.iter().find(|series| series.name == name).map(|series| median(&series.samples))
    }

    /// A figure as it is told: the median of the runs; of what there shall be none of, the worst, as a median would forgive it.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.series.iter().find(|series| series.name == name).map(Series::value)
    }

    /// The names that end so.
    pub fn names(&self, end: &str) -> Vec<String> {
        let names = self.series.iter().map(|series| &series.name);
        names.filter(|name| name.ends_with(end)).cloned().collect()
    }

    /// One line a figure, `NAME VALUE UNIT`, as [`Figures::value`], and as `NAME.spread` the largest run less the smallest.
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for series in &self.series {
            let Series { name, unit, samples } = series;
            // Writing to a string never fails.
            let _ = writeln!(lines, "{name} {} {unit}", told(series.value()));
            if samples.len() > 1 {
                let _ = writeln!(lines, "{name}.spread {} {unit}", told(spread(samples)));
            }
        }
        lines
    }
}

impl Series {
    fn value(&self) -> f64 {
        match FAULTS.iter().any(|fault| self.name.ends_with(fault)) {
            true => largest(&self.samples),
            false => median(&self.samples),
        }
    }
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

fn largest(samples: &[f64]) -> f64 {
    samples.iter().copied().fold(f64::MIN, f64::max)
}

fn spread(samples: &[f64]) -> f64 {
    largest(samples) - samples.iter().copied().fold(f64::MAX, f64::min)
}

/// A figure as people read it: three digits where there are as many.
pub fn told(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_median_of_its_runs_with_their_spread() {
        let mut figures = Figures::default();
        for (p99, lost) in [(30.0, 0.0), (10.0, 0.0), (12.5, 0.0)] {
            figures.add("a.split.1000.p99", p99, "ms");
            figures.add("a.split.1000.lost", lost, "events");
        }
        assert_eq!(figures.median("a.split.1000.p99"), Some(12.5));
        assert_eq!(figures.median("a.split.1000.p50"), None);
        let lines = "a.split.1000.p99 12.5 ms\na.split.1000.p99.spread 20.0 ms\na.split.1000.lost 0 events\na.split.1000.lost.spread 0 events\n";
        assert_eq!(figures.lines(), lines);
    }

    #[test]
    fn what_was_lost_in_one_run_of_three_is_told() {
        let mut figures = Figures::default();
        [0.0, 500.0, 0.0].iter().for_each(|lost| figures.add("a.split.1000.lost", *lost, "events"));
        assert_eq!(figures.lines(), "a.split.1000.lost 500 events\na.split.1000.lost.spread 500 events\n");
    }

    #[test]
    fn of_two_runs_it_is_the_middle_and_a_single_run_has_no_spread() {
        let mut figures = Figures::default();
        figures.add("one", 1.0, "s");
        assert_eq!(figures.lines(), "one 1.00 s\n");
        figures.add("one", 2.0, "s");
        assert_eq!(figures.median("one"), Some(1.5));
    }

    #[test]
    fn figures_have_three_digits() {
        let figures = [0.0, 0.0123, 1.2345, 12.345, 1234.5].map(told);
        assert_eq!(figures, ["0", "0.012", "1.23", "12.3", "1234"]);
    }
}
