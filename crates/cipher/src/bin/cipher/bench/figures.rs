//! Figures: each has a name, a unit and one value from each round; what is printed is the median.

use std::fmt;

use anyhow::Context;

/// In the order in which they were first seen.
#[derive(Default)]
pub struct Figures(Vec<Figure>);

struct Figure {
    name: String,
    unit: String,
    rounds: Vec<f64>,
}

impl Figures {
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &str) {
        let name = name.into();
        match self.0.iter_mut().find(|figure| figure.name == name) {
            Some(figure) => figure.rounds.push(value),
            None => self.0.push(Figure { name, unit: unit.to_owned(), rounds: vec![value] }),
        }
    }

    /// Adds what another program has measured: lines of `name value unit`.
    pub fn add_lines(&mut self, lines: &str) -> anyhow::Result<()> {
        for line in lines.lines() {
            let mut words = line.splitn(3, ' ');
            let (Some(name), Some(value), Some(unit)) = (words.next(), words.next(), words.next()) else {
                anyhow::bail!("{line:?} is no figure: NAME VALUE UNIT is expected");
            };
            let value = value.parse().with_context(|| format!("the value of {line:?} is no number"))?;
            self.add(name, value, unit);
        }
        Ok(())
    }
}

impl fmt::Display for Figures {
    /// One line each, `name value unit`, the value in plain decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Figure { name, unit, rounds } in &self.0 {
            let value = part(&mut rounds.clone(), 0.5);
            let digits = if value < 100.0 { 3 } else { 0 };
            writeln!(f, "{name} {value:.digits$} {unit}")?;
        }
        Ok(())
    }
}

/// The value that this share of all is at or below; 0.5 is the median. 0 for no values.
pub fn part(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_median_of_its_rounds() {
        let mut figures = Figures::default();
        for value in [3.0, 100_000.4, 1.5] {
            figures.add("a", value, "ms");
        }
        figures.add_lines("b 1234567.8 messages/s\na 2.5 ms\n").unwrap();
        assert_eq!(figures.to_string(), "a 3.000 ms\nb 1234568 messages/s\n");
        assert!(figures.add_lines("could not connect").is_err());
    }

    #[test]
    fn the_99th_part_is_near_the_end() {
        let mut values: Vec<_> = (0..=100).rev().map(f64::from).collect();
        assert_eq!((part(&mut values, 0.5), part(&mut values, 0.99)), (50.0, 99.0));
        assert_eq!(part(&mut [], 0.5), 0.0);
    }
}
