//! Struck and plucked instruments: electric piano, bars and bells, strings under a finger, and the basses.

use std::f64::consts::TAU;

use super::{Envelope, Svf, frame, pan, saw};
use crate::chance::Chance;
use crate::score::Note;
use crate::stereo::{SR, Stereo};

/// An electric piano: two-operator frequency modulation, a bell-like tine, and a slow tremolo from side to side.
pub fn piano(part: &mut Stereo, notes: &[Note], bright: f64, chance: &mut Chance) {
    for note in notes {
        let (start, hz) = (frame(note.at), note.hz());
        let decay = 2.6 * 2f64.powf((60.0 - note.pitch) / 22.0);
        let envelope = Envelope { attack: 0.003, decay: decay * 2.2, sustain: 0.0, release: 0.28 };
        let place = ((note.pitch - 62.0) / 40.0).clamp(-0.5, 0.5);
        let off = chance.hand() * 2.0;
        let hz = hz * 2f64.powf(off / 1200.0);
        for i in 0..frame(envelope.lasts(note.len)) {
            let t = i as f64 / SR;
            let index = bright * note.vel * (0.25 + 1.5 * (-t * 5.0).exp());
            let tine = 0.16 * bright * note.vel * note.vel * (-t * 14.0).exp() * (TAU * hz * 7.0 * t).sin();
            let body = (TAU * hz * t + index * (TAU * hz * t).sin()).sin()
                + 0.25 * (TAU * hz * 2.0 * t).sin() * (-t * 3.0).exp();
            let level = envelope.at(t, note.len) * note.vel;
            let sound = ((body + tine) * level * 0.9).tanh();
            let sway = 0.22 * (TAU * 4.6 * (note.at + t)).sin();
            let (l, r) = pan(place + sway);
            part.add(start + i, (sound * l) as f32, (sound * r) as f32);
        }
    }
}

/// A struck bar or bell: partials `(ratio, level, seconds)`.
#[derive(Clone, Copy)]
pub struct Bar {
    partials: &'static [(f64, f64, f64)],
    tremolo: f64,
}

/// Metal bars with turning discs.
pub const VIBRAPHONE: Bar = Bar {
    partials: &[(1.0, 1.0, 2.4), (4.0, 0.18, 0.7), (10.0, 0.05, 0.18), (2.0, 0.06, 1.2)],
    tremolo: 0.22,
};
/// A thumb piano.
pub const KALIMBA: Bar = Bar {
    partials: &[(1.0, 1.0, 0.9), (2.0, 0.10, 0.5), (5.4, 0.14, 0.16), (8.9, 0.05, 0.07)],
    tremolo: 0.0,
};
/// Small glass bells.
pub const GLASS: Bar = Bar {
    partials: &[(1.0, 1.0, 2.8), (2.003, 0.32, 1.7), (3.01, 0.18, 1.0), (5.43, 0.12, 0.5), (6.8, 0.05, 0.3)],
    tremolo: 0.05,
};
/// Wooden bars.
pub const MARIMBA: Bar =
    Bar { partials: &[(1.0, 1.0, 0.6), (3.93, 0.22, 0.18), (9.6, 0.07, 0.06)], tremolo: 0.0 };

impl Bar {
    /// Adds notes; they ring on whatever their length.
    pub fn play(&self, part: &mut Stereo, notes: &[Note], spread: f64, chance: &mut Chance) {
        for note in notes {
            let (start, hz) = (frame(note.at), note.hz());
            let longer = 2f64.powf((72.0 - note.pitch) / 24.0);
            let (to_left, to_right) =
                pan(spread * (chance.swing() * 0.5 + ((note.pitch - 72.0) / 18.0).clamp(-0.5, 0.5)));
            let partials: Vec<(f64, f64, f64, f64)> = self
                .partials
                .iter()
                .filter(|(ratio, ..)| hz * ratio < 16_000.0)
                .map(|&(ratio, level, seconds)| {
                    let level = if ratio > 1.5 { level * (0.35 + note.vel) } else { level };
                    (TAU * hz * ratio / SR, level, 1.0 / (seconds * longer), chance.unit() * 0.6)
                })
                .collect();
            let longest = self.partials.iter().map(|p| p.2).fold(0.0, f64::max) * longer;
            let frames = frame((longest * 5.0).min(8.0));
            for i in 0..frames {
                let t = i as f64 / SR;
                let fade = 1.0 - (i as f64 / frames as f64).powi(8);
                let mut sound = 0.0;
                for &(step, level, rate, phase) in &partials {
                    sound += level * (-t * rate).exp() * (step * i as f64 + phase).sin();
                }
                let disc = 1.0 - self.tremolo * (0.5 + 0.5 * (TAU * 5.1 * (note.at + t)).sin());
                let level = sound * note.vel * (t / 0.0015).min(1.0) * disc * fade * 0.7;
                part.add(start + i, (level * to_left) as f32, (level * to_right) as f32);
            }
        }
    }
}

/// A plucked string (Karplus and Strong) with a wooden body. `damp` 0 rings brightly, 1 is a muted thumb.
pub fn guitar(part: &mut Stereo, notes: &[Note], damp: f64, place: f64, chance: &mut Chance) {
    for note in notes {
        let (start, hz) = (frame(note.at), note.hz());
        let blend = 0.18 + 0.3 * damp;
        let period = SR / hz - blend;
        let whole = period.floor() as usize - 1;
        let part_of = period - whole as f64;
        let tune = (1.0 - part_of) / (1.0 + part_of);
        let mut string = vec![0.0f64; whole.max(2)];
        let mut soft = Svf::new(1400.0 + 3600.0 * note.vel * (1.0 - 0.6 * damp), 0.6);
        let picked = (string.len() as f64 * 0.21) as usize;
        let burst: Vec<f64> = (0..string.len()).map(|_| soft.low(chance.swing())).collect();
        for (i, cell) in string.iter_mut().enumerate() {
            *cell = burst[i] - 0.8 * burst[(i + picked) % burst.len()];
        }
        let mean = string.iter().sum::<f64>() / string.len() as f64;
        string.iter_mut().for_each(|s| *s -= mean);
        let ring = 0.001f64.powf(1.0 / (hz * (3.4 - 2.2 * damp) * 2f64.powf((55.0 - note.pitch) / 30.0)));
        let let_go = 0.001f64.powf(1.0 / (hz * 0.16));
        let (mut body_low, mut body_high) = (Svf::new(110.0, 3.0), Svf::new(230.0, 2.5));
        let (mut before, mut all_in, mut all_out) = (0.0, 0.0, 0.0);
        let (to_left, to_right) = pan(place + 0.1 * chance.hand());
        let frames = frame(note.len + 0.35).min(frame(5.0));
        for i in 0..frames {
            let at = i % string.len();
            let x = string[at];
            let loss = if i > frame(note.len) { let_go } else { ring };
            let averaged = ((1.0 - blend) * x + blend * before) * loss;
            before = x;
            let tuned = tune * averaged + all_in - tune * all_out;
            (all_in, all_out) = (averaged, tuned);
            string[at] = tuned;
            let wood = 0.35 * body_low.band(x) + 0.3 * body_high.band(x);
            let fade = ((frames - i) as f64 / 600.0).min(1.0);
            let level = (x + wood) * note.vel * fade * (i as f64 / 20.0).min(1.0);
            part.add(start + i, (level * to_left) as f32, (level * to_right) as f32);
        }
    }
}

/// A round bass: a sine with a little second and third harmonic and a soft knock of the finger.
pub fn round_bass(part: &mut Stereo, notes: &[Note]) {
    for note in notes {
        let (start, hz) = (frame(note.at), note.hz());
        let envelope = Envelope { attack: 0.008, decay: 1.6, sustain: 0.25, release: 0.09 };
        for i in 0..frame(envelope.lasts(note.len)) {
            let t = i as f64 / SR;
            let a = TAU * hz * t;
            let tone = a.sin()
                + (0.34 * (-t * 2.5).exp() + 0.12) * (2.0 * a).sin()
                + 0.2 * (-t * 6.0).exp() * (3.0 * a).sin()
                + 0.1 * (-t * 10.0).exp() * (5.0 * a).sin();
            let knock = 0.2 * (-t * 60.0).exp() * (TAU * 180.0 * t).sin();
            let level = (1.25 * (tone + knock) * envelope.at(t, note.len) * note.vel).tanh() as f32;
            part.add(start + i, level, level);
        }
    }
}

/// A synthesiser's bass: a saw and a sine an octave below its bite, through a filter that closes after each note.
/// `open` is in octaves over time in seconds.
pub fn synth_bass(part: &mut Stereo, notes: &[Note], bite: f64, open: impl Fn(f64) -> f64) {
    for note in notes {
        let (start, hz) = (frame(note.at), note.hz());
        let envelope = Envelope { attack: 0.004, decay: 0.5, sustain: 0.6, release: 0.05 };
        let (mut phase, mut second) = (0.0, 0.5);
        let mut filter = Svf::new(200.0, 1.2);
        for i in 0..frame(envelope.lasts(note.len)) {
            let t = i as f64 / SR;
            if i % 32 == 0 {
                let octaves = bite * note.vel * (-t * 9.0).exp() + open(note.at + t);
                filter.set(hz * 2.2 * 2f64.powf(octaves), 1.1);
            }
            let buzz = 0.6 * (saw(&mut phase, hz / SR) + saw(&mut second, hz * 1.004 / SR));
            let tone = filter.low(buzz) + 0.75 * (TAU * hz * t).sin();
            let level = (tone * 1.1 * envelope.at(t, note.len) * note.vel).tanh() as f32;
            part.add(start + i, level, level);
        }
    }
}
