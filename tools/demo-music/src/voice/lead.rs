//! Single-line leads: one continuous voice that glides, breathes and grows a vibrato as a note is held.

use std::f64::consts::TAU;

use super::{Svf, frame, pan, saw};
use crate::chance::Chance;
use crate::score::{Note, hz};
use crate::stereo::{SR, Stereo};

/// What a lead sounds like.
#[derive(Clone, Copy)]
pub enum Colour {
    /// Few harmonics and breath.
    Flute,
    /// Odd harmonics.
    Clarinet,
    /// Two soft saws.
    Saw,
    /// Almost a sine, like a whistle or a theremin.
    Whistle,
}

/// Adds a line. Notes must be in order; overlapping ones are slurred.
pub fn sing(part: &mut Stereo, notes: &[Note], colour: Colour, place: f64, chance: &mut Chance) {
    let Some(last) = notes.last() else { return };
    let (glide, attack, release, depth) = match colour {
        Colour::Flute => (0.018, 0.045, 0.09, 15.0),
        Colour::Clarinet => (0.014, 0.030, 0.07, 7.0),
        Colour::Saw => (0.030, 0.020, 0.12, 12.0),
        Colour::Whistle => (0.045, 0.060, 0.14, 20.0),
    };
    let slew = |seconds: f64| 1.0 - (-1.0 / (seconds * SR)).exp();
    let (glide, attack, release) = (slew(glide), slew(attack), slew(release));
    let (to_left, to_right) = pan(place);
    let (mut pitch, mut level, mut phase, mut second, mut shake) = (notes[0].pitch, 0.0, 0.0f64, 0.3, 0.0f64);
    let mut breath = Svf::new(1500.0, 1.5);
    let mut tone = Svf::new(2000.0, 0.8);
    let mut tone_right = Svf::new(2000.0, 0.8);
    let mut index = 0;
    let first = frame(notes[0].at);
    for at in first..frame(last.at + last.len + 1.2) {
        let t = at as f64 / SR;
        while index + 1 < notes.len() && notes[index + 1].at <= t {
            // After a rest the voice starts on the note, from a little below; within a phrase it glides.
            if notes[index].at + notes[index].len + 0.12 < notes[index + 1].at {
                pitch = notes[index + 1].pitch - 0.35;
            }
            index += 1;
        }
        let note = &notes[index];
        let age = t - note.at;
        let held = age < note.len;
        let swell = 0.86 + 0.14 * (age / 0.6).min(1.0);
        let dip = 1.0 - 0.35 * (-age / 0.018).exp();
        let target = if held { note.vel * swell * dip } else { 0.0 };
        level += (target - level) * if target > level { attack } else { release };
        pitch += (note.pitch - pitch) * glide;
        shake += TAU * (4.9 + 0.5 * (0.7 * t).sin()) / SR;
        let vibrato = depth * ((age - 0.22) / 0.5).clamp(0.0, 1.0) * shake.sin() / 100.0;
        let step = hz(pitch + vibrato) / SR;
        phase += step;
        phase -= phase.floor();
        let a = TAU * phase;
        let edge = 0.5 + level;
        let (l, r) = match colour {
            Colour::Flute => {
                if at % 64 == 0 {
                    breath.set(step * SR * 2.0, 1.2);
                }
                let air = breath.band(chance.swing()) * (0.05 + 0.22 * (-age.max(0.0) * 22.0).exp());
                let x = a.sin()
                    + 0.28 * edge * (2.0 * a).sin()
                    + 0.13 * edge * (3.0 * a).sin()
                    + 0.04 * (4.0 * a).sin()
                    + air;
                (x, x)
            }
            Colour::Clarinet => {
                let x = a.sin()
                    + 0.42 * edge * (3.0 * a).sin()
                    + 0.2 * edge * (5.0 * a).sin()
                    + 0.09 * edge * (7.0 * a).sin()
                    + 0.06 * (2.0 * a).sin();
                (x * 0.9, x * 0.9)
            }
            Colour::Saw => {
                if at % 32 == 0 {
                    let cutoff = step * SR * (2.2 + 3.2 * level + 2.5 * (-age.max(0.0) * 6.0).exp());
                    tone.set(cutoff.min(6500.0), 0.9);
                    tone_right.set(cutoff.min(6500.0), 0.9);
                }
                let (mut one, two) = (phase, saw(&mut second, step * 1.0045));
                let one = saw(&mut one, step);
                (tone.low(one + 0.55 * two), tone_right.low(0.55 * one + two))
            }
            Colour::Whistle => {
                let x = a.sin() + 0.08 * (2.0 * a).sin() + 0.03 * (3.0 * a).sin();
                (x, x)
            }
        };
        part.add(at, (l * level * to_left * 0.5) as f32, (r * level * to_right * 0.5) as f32);
    }
}
