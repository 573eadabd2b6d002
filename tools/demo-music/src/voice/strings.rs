//! Pads and synthesised strings: detuned saws across the stereo picture, through a slowly moving filter.

use std::f64::consts::TAU;

use super::{Envelope, Svf, frame, pan, saw};
use crate::chance::Chance;
use crate::score::Note;
use crate::stereo::{SR, Stereo};

/// A pad's colour.
#[derive(Clone, Copy)]
pub struct Pad {
    /// Saws a note.
    pub saws: usize,
    /// Spread of their tuning, in cents.
    pub detune: f64,
    /// Filter at rest, Hz.
    pub cutoff: f64,
    /// Octaves that the filter opens by at the envelope's top.
    pub sweep: f64,
    /// Filter quality.
    pub q: f64,
    /// Seconds that the filter's opening takes to fall.
    pub sweep_decay: f64,
    /// Level over time.
    pub envelope: Envelope,
    /// 0 is a saw, 1 a sine: how much of the fundamental replaces the buzz.
    pub round: f64,
    /// Stereo width, 0 to 1.
    pub width: f64,
}

/// A slow, soft pad.
pub const SOFT: Pad = Pad {
    saws: 5,
    detune: 14.0,
    cutoff: 620.0,
    sweep: 1.0,
    q: 0.6,
    sweep_decay: 3.5,
    envelope: Envelope { attack: 0.9, decay: 4.0, sustain: 0.75, release: 1.6 },
    round: 0.35,
    width: 0.9,
};

/// A short chord stab, bright and quick to close.
pub const STAB: Pad = Pad {
    saws: 5,
    detune: 11.0,
    cutoff: 380.0,
    sweep: 2.8,
    q: 0.9,
    sweep_decay: 0.22,
    envelope: Envelope { attack: 0.004, decay: 0.5, sustain: 0.25, release: 0.22 },
    round: 0.25,
    width: 0.8,
};

/// A plucked synthesiser for arpeggios.
pub const ARP: Pad = Pad {
    saws: 3,
    detune: 8.0,
    cutoff: 420.0,
    sweep: 3.0,
    q: 1.1,
    sweep_decay: 0.16,
    envelope: Envelope { attack: 0.003, decay: 0.3, sustain: 0.12, release: 0.16 },
    round: 0.2,
    width: 0.5,
};

impl Pad {
    /// Adds notes; `open` moves the filter over the track (octaves at a time in seconds).
    pub fn play(&self, part: &mut Stereo, notes: &[Note], chance: &mut Chance, open: impl Fn(f64) -> f64) {
        for note in notes {
            self.note(part, note, chance, &open);
        }
    }

    fn note(&self, part: &mut Stereo, note: &Note, chance: &mut Chance, open: &impl Fn(f64) -> f64) {
        let hz = note.hz();
        let start = frame(note.at);
        let frames = frame(self.envelope.lasts(note.len));
        let mut voices: Vec<(f64, f64, (f64, f64))> = (0..self.saws)
            .map(|i| {
                let across = if self.saws == 1 { 0.0 } else { i as f64 / (self.saws - 1) as f64 * 2.0 - 1.0 };
                let cents = across * self.detune * 0.5 + chance.hand() * 1.5;
                let place = if i % 2 == 0 { across } else { -across };
                (chance.unit(), hz * 2f64.powf(cents / 1200.0) / SR, pan(place * self.width))
            })
            .collect();
        let (drift_rate, drift_phase) = (0.11 + 0.12 * chance.unit(), chance.unit() * TAU);
        let (mut left, mut right) = (Svf::new(self.cutoff, self.q), Svf::new(self.cutoff, self.q));
        let mut sine = chance.unit() * TAU;
        let gain = note.vel / (self.saws as f64).sqrt();
        for i in 0..frames {
            let t = i as f64 / SR;
            if i % 32 == 0 {
                let swell = (t / self.envelope.attack.max(0.01)).min(1.0)
                    * ((t - self.envelope.attack).max(0.0) / self.sweep_decay * -1.0).exp();
                let octaves = self.sweep * swell * (0.5 + 0.5 * note.vel)
                    + 0.35 * (TAU * drift_rate * t + drift_phase).sin()
                    + open(note.at + t)
                    + (note.pitch - 60.0) / 24.0;
                left.set(self.cutoff * 2f64.powf(octaves), self.q);
                right.set(self.cutoff * 2f64.powf(octaves), self.q);
            }
            let (mut l, mut r) = (0.0, 0.0);
            for (phase, step, (to_left, to_right)) in &mut voices {
                let x = saw(phase, *step);
                l += x * *to_left;
                r += x * *to_right;
            }
            sine += TAU * hz / SR;
            let body = sine.sin() * self.round * 1.2;
            let level = self.envelope.at(t, note.len) * gain;
            let (l, r) = (left.low(l) * (1.0 - self.round) + body, right.low(r) * (1.0 - self.round) + body);
            part.add(start + i, (l * level) as f32, (r * level) as f32);
        }
    }
}

/// A choir of "ah": saws through three vowels' formants, with a slow vibrato.
pub fn choir(part: &mut Stereo, notes: &[Note], chance: &mut Chance) {
    const FORMANTS: [(f64, f64, f64); 4] =
        [(640.0, 6.0, 1.0), (1080.0, 8.0, 0.5), (2500.0, 9.0, 0.16), (3300.0, 9.0, 0.1)];
    let envelope = Envelope { attack: 0.7, decay: 3.0, sustain: 0.85, release: 1.4 };
    for note in notes {
        let start = frame(note.at);
        for singer in 0..4 {
            let place = pan((f64::from(singer) - 1.5) / 1.7);
            let mut filters = FORMANTS.map(|(hz, q, _)| Svf::new(hz * (1.0 + 0.05 * chance.hand()), q));
            let mut phase = chance.unit();
            let (rate, shift, cents) = (4.3 + chance.unit(), chance.unit() * TAU, chance.hand() * 9.0);
            let mut dark = Svf::new(900.0, 0.6);
            for i in 0..frame(envelope.lasts(note.len)) {
                let t = i as f64 / SR;
                let vibrato = 14.0 * (t / 0.8).min(1.0) * (TAU * rate * t + shift).sin();
                let hz = note.hz() * 2f64.powf((cents + vibrato) / 1200.0);
                let source = saw(&mut phase, hz / SR);
                let mut sung = 0.35 * dark.low(source);
                for (filter, (_, _, gain)) in filters.iter_mut().zip(FORMANTS) {
                    sung += filter.band(source) * gain;
                }
                let level = sung * envelope.at(t, note.len) * note.vel * 0.4;
                part.add(start + i, (level * place.0) as f32, (level * place.1) as f32);
            }
        }
    }
}
