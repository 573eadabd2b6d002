//! The tracks: what is told about each, and the studio in which each is composed.

mod copper_morning;
mod glass_weather;
mod harbour_lights;
mod night_tram;
mod orchard_radio;
mod paper_boats;
mod signal_fires;
mod slow_lanterns;

use anyhow::Result;

use crate::chance::Chance;
use crate::desk::{Desk, Place};
use crate::master::master;
use crate::score::form::Form;
use crate::score::{Event, Hand, Note, Tempo, play, steps};
use crate::stereo::Stereo;
use crate::voice::frame;

/// A track and how it is composed.
pub struct Track {
    /// Name of its file.
    pub slug: &'static str,
    /// Title.
    pub title: &'static str,
    /// A fictional artist.
    pub artist: &'static str,
    /// A fictional record.
    pub album: &'static str,
    /// `slow`, `warm` or `driving`.
    pub mood: &'static str,
    /// Key.
    pub key: &'static str,
    /// Beats a minute.
    pub bpm: f64,
    /// Seconds before the first beat.
    pub first: f64,
    /// Seed of its cover.
    pub cover: u32,
    /// Composes the mix.
    pub compose: fn(&Track) -> Result<Stereo>,
}

impl Track {
    /// The finished sound: the same for the same tool.
    pub fn render(&self) -> Result<Stereo> {
        master((self.compose)(self)?, 2.6)
    }
}

/// All tracks, in the order in which a park with an empty queue plays them.
pub fn tracks() -> Vec<Track> {
    vec![
        slow_lanterns::track(),
        paper_boats::track(),
        night_tram::track(),
        harbour_lights::track(),
        glass_weather::track(),
        signal_fires::track(),
        orchard_radio::track(),
        copper_morning::track(),
    ]
}

/// Played by a machine, nearly.
pub const TIGHT: Hand = Hand { loose_ms: 3.0, late_ms: 0.0, touch: 0.08, gate: 0.94 };
/// Played by somebody at ease.
pub const EASY: Hand = Hand { loose_ms: 11.0, late_ms: 5.0, touch: 0.16, gate: 0.96 };
/// Sung or blown: notes touch each other.
pub const LEGATO: Hand = Hand { loose_ms: 12.0, late_ms: 9.0, touch: 0.08, gate: 0.985 };

/// A place on the desk.
pub fn place(lufs: f64, room: f32, echo: f32) -> Place {
    Place { lufs, room, echo }
}

/// The form, the clock, the desk and the dice of one track.
pub struct Studio {
    /// Tempo and swing.
    pub tempo: Tempo,
    /// Sections and harmony.
    pub form: Form,
    /// The mix so far.
    pub desk: Desk,
    /// Seeded by the track's title.
    pub chance: Chance,
    frames: usize,
}

impl Studio {
    /// A studio for a track: swing `0.5` is straight, `pair` beats are swung.
    pub fn new(track: &Track, swing: f64, pair: f64, form: Form) -> Self {
        let tempo = Tempo { bpm: track.bpm, swing, pair, first: track.first };
        let frames = frame(tempo.seconds(form.beats()) + 2.4);
        let seed = track.slug.bytes().fold(7u64, |h, b| h.wrapping_mul(131).wrapping_add(u64::from(b)));
        Self { tempo, form, desk: Desk::new(frames), chance: Chance::new(seed), frames }
    }

    /// Plays written events.
    pub fn play(&mut self, events: &[Event], hand: Hand) -> Vec<Note> {
        let mut notes = play(&self.tempo, events, hand, &mut self.chance);
        notes.sort_by(|a, b| a.at.total_cmp(&b.at));
        notes
    }

    /// An empty part as long as the track.
    pub fn part(&self) -> Stereo {
        Stereo::silence(self.frames)
    }

    /// Renders an instrument onto the desk.
    pub fn add(&mut self, at: Place, render: impl FnOnce(&mut Stereo, &mut Chance)) -> Result<()> {
        let mut part = self.part();
        render(&mut part, &mut self.chance);
        self.desk.add(&part, at)
    }

    /// A drum's sixteenths over whole sections; the pattern repeats, `fill` replaces each section's last bar.
    pub fn grid(&self, names: &[&str], pattern: &str, fill: Option<&str>) -> Vec<Event> {
        let per_bar = (self.form.meter * 4.0).round() as usize;
        let plain: Vec<char> = pattern.chars().filter(|c| !matches!(c, ' ' | '|')).collect();
        let bars = plain.len() / per_bar;
        let mut events = Vec::new();
        for name in names {
            let section = self.form.section(name);
            let last = (section.beats / self.form.meter).round() as usize - 1;
            for (start, bar) in self.form.bars(&[name]) {
                match fill {
                    Some(fill) if bar == last => events.extend(steps(start, 0.25, fill)),
                    _ => {
                        let from = (bar % bars) * per_bar;
                        let text: String = plain[from..from + per_bar].iter().collect();
                        events.extend(steps(start, 0.25, &text));
                    }
                }
            }
        }
        events
    }

    /// First beat of a section.
    pub fn start(&self, name: &str) -> f64 {
        self.form.section(name).start
    }

    /// Time in seconds at which a section starts.
    pub fn time(&self, name: &str) -> f64 {
        self.tempo.seconds(self.start(name))
    }
}
