//! The form of a track: sections, each with its chords, and parts that follow from the harmony.

use super::Event;
use super::chord::{Chord, at_least, chord, voice};

/// A chord and how long it lasts.
#[derive(Clone)]
pub struct Span {
    /// First beat.
    pub beat: f64,
    /// Beats.
    pub len: f64,
    /// What sounds.
    pub chord: Chord,
}

/// A section of the form.
#[derive(Clone)]
pub struct Section {
    /// `intro`, `a`, `b`, `a2`, `outro`.
    pub name: &'static str,
    /// First beat.
    pub start: f64,
    /// Beats.
    pub beats: f64,
    /// Its harmony.
    pub spans: Vec<Span>,
}

/// A whole form.
pub struct Form {
    /// Beats a bar.
    pub meter: f64,
    /// In order.
    pub sections: Vec<Section>,
}

impl Form {
    /// Reads sections: bars between `|`, chords of a bar share it evenly, `%` holds the chord before.
    pub fn new(meter: f64, sections: &[(&'static str, &str)]) -> Self {
        let mut start = 0.0;
        let sections = sections
            .iter()
            .map(|&(name, bars)| {
                let mut spans: Vec<Span> = Vec::new();
                let mut beat = start;
                for bar in bars.split('|').map(str::trim).filter(|b| !b.is_empty()) {
                    let names: Vec<&str> = bar.split_whitespace().collect();
                    let len = meter / names.len() as f64;
                    for name in names {
                        match spans.last_mut() {
                            Some(last) if name == "%" => last.len += len,
                            _ => spans.push(Span { beat, len, chord: chord(name) }),
                        }
                        beat += len;
                    }
                }
                let section = Section { name, start, beats: beat - start, spans };
                start = beat;
                section
            })
            .collect();
        Self { meter, sections }
    }

    /// A section by name.
    ///
    /// # Panics
    /// When the form has none of that name.
    pub fn section(&self, name: &str) -> &Section {
        self.sections.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no section {name}"))
    }

    /// Beats of the whole form.
    pub fn beats(&self) -> f64 {
        self.sections.iter().map(|s| s.beats).sum()
    }

    /// The harmony of some sections, in order.
    pub fn spans(&self, names: &[&str]) -> Vec<Span> {
        names.iter().flat_map(|n| self.section(n).spans.clone()).collect()
    }

    /// First beats of the bars of some sections, with the bar's number within its section.
    pub fn bars(&self, names: &[&str]) -> Vec<(f64, usize)> {
        names
            .iter()
            .flat_map(|name| {
                let section = self.section(name);
                let bars = (section.beats / self.meter).round() as usize;
                (0..bars).map(move |bar| (section.start + bar as f64 * self.meter, bar))
            })
            .collect()
    }

    /// The chord that sounds at a beat.
    pub fn at(&self, beat: f64) -> &Chord {
        self.sections
            .iter()
            .flat_map(|s| &s.spans)
            .rfind(|span| span.beat <= beat + 1e-6)
            .map_or_else(|| &self.sections[0].spans[0].chord, |span| &span.chord)
    }
}

/// Held chords: `count` voices led from chord to chord above `low`.
pub fn held(spans: &[Span], count: usize, low: i32, vel: f64) -> Vec<Event> {
    let mut previous = Vec::new();
    let mut events = Vec::new();
    for span in spans {
        previous = voice(&span.chord, count, low, &previous);
        events.extend(previous.iter().map(|&pitch| Event {
            beat: span.beat,
            len: span.len,
            pitch: f64::from(pitch),
            vel,
        }));
    }
    events
}

/// Chords struck at given offsets within each bar: `(offset, length, velocity)` in beats.
pub fn comp(form: &Form, names: &[&str], count: usize, low: i32, strikes: &[(f64, f64, f64)]) -> Vec<Event> {
    let mut previous = Vec::new();
    let mut events = Vec::new();
    for (bar, _) in form.bars(names) {
        for &(offset, len, vel) in strikes {
            previous = voice(form.at(bar + offset), count, low, &previous);
            for (index, &pitch) in previous.iter().enumerate() {
                let roll = index as f64 * 0.012;
                events.push(Event { beat: bar + offset + roll, len, pitch: f64::from(pitch), vel });
            }
        }
    }
    events
}

/// A figure of single notes over the harmony: `(offset, length, voice, velocity)`, voices counted from the lowest of the
/// led voicing; numbers past the top go on an octave higher.
pub fn figure(
    form: &Form,
    names: &[&str],
    count: usize,
    low: i32,
    cells: &[(f64, f64, usize, f64)],
) -> Vec<Event> {
    let mut previous = Vec::new();
    let mut events = Vec::new();
    for (bar, _) in form.bars(names) {
        for &(offset, len, index, vel) in cells {
            previous = voice(form.at(bar + offset), count, low, &previous);
            let pitch = previous[index % previous.len()] + 12 * (index / previous.len()) as i32;
            events.push(Event { beat: bar + offset, len, pitch: f64::from(pitch), vel });
        }
    }
    events
}

/// What a bass note is, relative to the chord that sounds.
#[derive(Clone, Copy)]
pub enum Step {
    /// The chord's bass.
    Bass,
    /// Its fifth, below or above.
    Fifth,
    /// The bass an octave higher.
    Octave,
    /// A step towards the next bar's bass, from the nearer side.
    Lead,
}

/// A bass line: `(offset, length, step, velocity)` in each bar, the bass at or above `low`.
pub fn bass(form: &Form, names: &[&str], low: i32, cells: &[(f64, f64, Step, f64)]) -> Vec<Event> {
    let mut events = Vec::new();
    for (bar, _) in form.bars(names) {
        for &(offset, len, step, vel) in cells {
            let here = form.at(bar + offset);
            let root = at_least(here.bass, low);
            let pitch = match step {
                Step::Bass => root,
                Step::Octave => root + 12,
                Step::Fifth => {
                    let fifth = if here.tones.contains(&6) { 6 } else { 7 };
                    let above = at_least((here.root + fifth).rem_euclid(12), low);
                    if above == root { root + 12 } else { above }
                }
                Step::Lead => {
                    let next = at_least(form.at(bar + form.meter).bass, low);
                    if next > root { next - 2 } else { next + 2 }
                }
            };
            events.push(Event { beat: bar + offset, len, pitch: f64::from(pitch), vel });
        }
    }
    events
}
