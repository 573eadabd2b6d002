//! Written music: tempo and swing, events in beats, melody lines as text, and how a hand plays them.

pub mod chord;
pub mod form;

use crate::chance::Chance;

/// A sounding note, in seconds from the start of the track.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// When it begins.
    pub at: f64,
    /// How long it is held.
    pub len: f64,
    /// MIDI pitch; 69 is 440 Hz.
    pub pitch: f64,
    /// 0 to 1.
    pub vel: f64,
}

impl Note {
    /// Frequency in Hz.
    pub fn hz(&self) -> f64 {
        hz(self.pitch)
    }
}

/// Frequency of a MIDI pitch.
pub fn hz(pitch: f64) -> f64 {
    440.0 * 2f64.powf((pitch - 69.0) / 12.0)
}

/// A written note, in beats from the first beat.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// When it begins.
    pub beat: f64,
    /// How long it is written.
    pub len: f64,
    /// MIDI pitch.
    pub pitch: f64,
    /// 0 to 1.
    pub vel: f64,
}

/// Tempo, swing and where the first beat lies.
#[derive(Clone, Copy)]
pub struct Tempo {
    /// Beats a minute.
    pub bpm: f64,
    /// Share of a pair that its first half takes: 0.5 is straight, 0.667 a triplet.
    pub swing: f64,
    /// Length of a swung pair in beats: 1 swings eighths, 0.5 sixteenths.
    pub pair: f64,
    /// Seconds before the first beat.
    pub first: f64,
}

impl Tempo {
    /// Where a beat lies, in seconds.
    pub fn seconds(&self, beat: f64) -> f64 {
        let pairs = beat / self.pair;
        let (whole, part) = (pairs.floor(), pairs - pairs.floor());
        let swung = if part < 0.5 {
            part * 2.0 * self.swing
        } else {
            self.swing + (part - 0.5) * 2.0 * (1.0 - self.swing)
        };
        self.first + (whole + swung) * self.pair * 60.0 / self.bpm
    }

    /// Seconds that a beat lasts.
    pub fn beat(&self) -> f64 {
        60.0 / self.bpm
    }
}

/// How a part is played.
#[derive(Clone, Copy)]
pub struct Hand {
    /// Largest lateness or earliness, in milliseconds.
    pub loose_ms: f64,
    /// Constant lateness, in milliseconds: laid back above zero.
    pub late_ms: f64,
    /// Share by which velocities differ.
    pub touch: f64,
    /// Share of the written length that is held.
    pub gate: f64,
}

/// Plays events: small differences of time and strength, never before the first beat.
pub fn play(tempo: &Tempo, events: &[Event], hand: Hand, chance: &mut Chance) -> Vec<Note> {
    events
        .iter()
        .map(|event| {
            let at = tempo.seconds(event.beat);
            let end = tempo.seconds(event.beat + event.len);
            let off = (hand.late_ms + hand.loose_ms * chance.hand()) / 1000.0;
            Note {
                at: (at + off).max(tempo.first),
                len: (end - at) * hand.gate,
                pitch: event.pitch,
                vel: (event.vel * (1.0 + hand.touch * chance.hand())).clamp(0.02, 1.0),
            }
        })
        .collect()
}

/// Reads a melody: tokens `PITCH:BEATS` (one beat when left out), `-` rests, `!` after the pitch accents, `?` softens.
///
/// # Panics
/// On a token that is not music: melodies are part of the source.
pub fn line(start: f64, vel: f64, text: &str) -> Vec<Event> {
    let mut beat = start;
    let mut events = Vec::new();
    for token in text.split_whitespace().filter(|t| *t != "|") {
        let (name, len) = token.split_once(':').unwrap_or((token, "1"));
        let len: f64 = len.parse().unwrap_or_else(|_| panic!("not a length: {token}"));
        if name != "-" {
            let accent = if name.ends_with('!') {
                1.2
            } else if name.ends_with('?') {
                0.7
            } else {
                1.0
            };
            let pitch = f64::from(pitch(name.trim_end_matches(['!', '?'])));
            events.push(Event { beat, len, pitch, vel: (vel * accent).min(1.0) });
        }
        beat += len;
    }
    events
}

/// The same line elsewhere and in another register.
pub fn moved(events: &[Event], beats: f64, semitones: f64, vel: f64) -> Vec<Event> {
    events
        .iter()
        .map(|e| Event {
            beat: e.beat + beats,
            pitch: e.pitch + semitones,
            vel: (e.vel * vel).min(1.0),
            ..*e
        })
        .collect()
}

/// MIDI number of a name such as `F#4` or `Bb3`.
pub fn pitch(name: &str) -> i32 {
    let octave_at = name.find(|c: char| c.is_ascii_digit()).unwrap_or_else(|| panic!("no octave in {name}"));
    let octave: i32 = name[octave_at..].parse().unwrap_or_else(|_| panic!("not an octave in {name}"));
    chord::pitch_class(&name[..octave_at]) + 12 * (octave + 1)
}

/// Hits of a drum from steps: `X` strong, `x` plain, `o` soft, `.` ghost, anything else a rest; spaces and bars are skipped.
pub fn steps(start: f64, step: f64, text: &str) -> Vec<Event> {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '|'))
        .enumerate()
        .filter_map(|(index, c)| {
            let vel = match c {
                'X' => 1.0,
                'x' => 0.75,
                'o' => 0.5,
                '.' => 0.28,
                _ => return None,
            };
            Some(Event { beat: start + index as f64 * step, len: step, pitch: 0.0, vel })
        })
        .collect()
}
