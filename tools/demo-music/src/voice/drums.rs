//! Drums and textures: each hit is synthesised anew, so that no two are quite alike.

use std::f64::consts::TAU;

use super::{Svf, frame, pan};
use crate::chance::Chance;
use crate::score::Note;
use crate::stereo::{SR, Stereo};

/// A bass drum. `hard` 0 is felt, 1 has a click; `tail` in seconds.
pub fn kick(part: &mut Stereo, hits: &[Note], hard: f64, tail: f64) {
    for hit in hits {
        let mut phase = 0.0;
        for i in 0..frame(tail * 3.0) {
            let t = i as f64 / SR;
            phase += TAU * (46.0 + (70.0 + 90.0 * hard) * (-t * 34.0).exp()) / SR;
            let body = phase.sin() * (-t / tail * 2.2).exp() * (t / 0.0008).min(1.0);
            let click = hard * 0.22 * (-t * 420.0).exp() * (TAU * 1900.0 * t).sin();
            let end = ((tail * 3.0 - t) / 0.02).min(1.0);
            let level = ((body * 1.4 + click) * hit.vel).tanh() * end;
            part.add(frame(hit.at) + i, level as f32, level as f32);
        }
    }
}

/// A snare drum: two tones and a rattle. `soft` lowers the tone and darkens the rattle.
pub fn snare(part: &mut Stereo, hits: &[Note], soft: f64, chance: &mut Chance) {
    for hit in hits {
        let mut rattle = Svf::new(1900.0 - 700.0 * soft, 0.6);
        let mut lid = Svf::new(9500.0 - 4500.0 * soft, 0.6);
        let mut right_lid = lid;
        let tune = 1.0 + 0.015 * chance.hand();
        for i in 0..frame(0.45) {
            let t = i as f64 / SR;
            let drop = 1.0 + 0.25 * (-t * 60.0).exp();
            let tone = (TAU * 182.0 * tune * drop * t).sin() * (-t * 19.0).exp()
                + 0.5 * (TAU * 331.0 * tune * t).sin() * (-t * 26.0).exp();
            let decay = (-t * (13.0 - 2.0 * hit.vel)).exp();
            let noise = rattle.high(chance.swing()) * decay;
            let side = chance.swing() * decay * 0.12;
            let end = ((0.45 - t) / 0.05).min(1.0);
            let body = 0.6 * tone * (0.5 + 0.5 * hit.vel);
            let l = (body + lid.low(0.55 * noise + side)) * hit.vel * end;
            let r = (body + right_lid.low(0.55 * noise - side)) * hit.vel * end;
            part.add(frame(hit.at) + i, l as f32, r as f32);
        }
    }
}

/// A stick across the rim.
pub fn rim(part: &mut Stereo, hits: &[Note], place: f64, chance: &mut Chance) {
    let (to_left, to_right) = pan(place);
    for hit in hits {
        let tune = 1.0 + 0.02 * chance.hand();
        for i in 0..frame(0.09) {
            let t = i as f64 / SR;
            let wood = (TAU * 1650.0 * tune * t).sin() * (-t * 95.0).exp()
                + 0.6 * (TAU * 820.0 * tune * t).sin() * (-t * 75.0).exp();
            let tick = chance.swing() * (-t * 700.0).exp() * 0.5;
            let level = (wood + tick) * hit.vel;
            part.add(frame(hit.at) + i, (level * to_left) as f32, (level * to_right) as f32);
        }
    }
}

/// Hands: four quick bursts and a tail.
pub fn clap(part: &mut Stereo, hits: &[Note], chance: &mut Chance) {
    for hit in hits {
        let (mut left, mut right) = (Svf::new(1250.0, 1.3), Svf::new(1400.0, 1.3));
        for i in 0..frame(0.35) {
            let t = i as f64 / SR;
            let bursts: f64 = [0.0, 0.011, 0.021]
                .iter()
                .map(|&b| if t >= b { (-(t - b) * 260.0).exp() } else { 0.0 })
                .sum();
            let tail = if t > 0.03 { 0.7 * (-(t - 0.03) * 19.0).exp() } else { 0.0 };
            let level = (bursts + tail) * hit.vel * ((0.35 - t) / 0.05).min(1.0);
            let common = chance.swing() * 0.7;
            part.add(
                frame(hit.at) + i,
                (left.band(common + 0.5 * chance.swing()) * level) as f32,
                (right.band(common + 0.5 * chance.swing()) * level) as f32,
            );
        }
    }
}

/// A cymbal in the hand's grip or open: `seconds` of ringing; 0.05 is closed, 0.3 open, 1.2 a ride.
pub fn cymbal(part: &mut Stereo, hits: &[Note], seconds: f64, colour: f64, place: f64, chance: &mut Chance) {
    const RATIOS: [f64; 6] = [1.0, 1.342, 1.2312, 1.6532, 1.9523, 2.1523];
    let (to_left, to_right) = pan(place);
    for hit in hits {
        let seconds = seconds * (0.75 + 0.5 * hit.vel) * (1.0 + 0.12 * chance.hand());
        let mut high = Svf::new(6200.0 + 2200.0 * colour, 0.7);
        let mut lid = Svf::new(10_500.0 + 3500.0 * hit.vel, 0.6);
        let mut phases: Vec<f64> = RATIOS.iter().map(|_| chance.unit()).collect();
        let frames = frame(seconds * 4.0);
        for i in 0..frames {
            let t = i as f64 / SR;
            let mut metal = 0.0;
            for (phase, ratio) in phases.iter_mut().zip(RATIOS) {
                *phase += 3_950.0 * ratio / SR;
                *phase -= phase.floor();
                metal += (TAU * *phase).sin() + 0.4 * (2.0 * TAU * *phase).sin();
            }
            let source = 0.10 * metal + 0.8 * chance.swing();
            let end = ((frames - i) as f64 / frames as f64).min(0.2) * 5.0;
            let level = lid.low(high.high(source))
                * (-t / seconds * 1.6).exp()
                * (t / 0.0012).min(1.0)
                * hit.vel
                * end;
            part.add(frame(hit.at) + i, (level * to_left) as f32, (level * to_right) as f32);
        }
    }
}

/// A shaker or a brush over the skin: noise that swells and falls. `rise` in seconds.
pub fn shaker(part: &mut Stereo, hits: &[Note], rise: f64, hz: f64, place: f64, chance: &mut Chance) {
    let (to_left, to_right) = pan(place);
    for hit in hits {
        let mut band = Svf::new(hz, 0.9);
        let start = frame(hit.at).saturating_sub(frame(rise));
        let fall = rise * 1.6 + 0.03;
        for i in 0..frame(rise + fall * 4.0) {
            let t = i as f64 / SR;
            let shape = if t < rise { (t / rise).powi(2) } else { (-(t - rise) / fall * 1.8).exp() };
            let end = ((rise + fall * 4.0 - t) / 0.02).min(1.0);
            let level = band.band(chance.swing()) * shape * hit.vel * end;
            part.add(start + i, (level * to_left) as f32, (level * to_right) as f32);
        }
    }
}

/// A hand drum or a tom, pitched by the note.
pub fn tom(part: &mut Stereo, hits: &[Note], place: f64, chance: &mut Chance) {
    for hit in hits {
        let (to_left, to_right) = pan(place + 0.2 * chance.hand());
        let mut phase = 0.0;
        for i in 0..frame(0.5) {
            let t = i as f64 / SR;
            phase += TAU * hit.hz() * (1.0 + 0.35 * (-t * 40.0).exp()) / SR;
            let slap = chance.swing() * (-t * 240.0).exp() * 0.35;
            let level = (phase.sin() * (-t * 11.0).exp() + slap) * hit.vel * ((0.5 - t) / 0.05).min(1.0);
            part.add(frame(hit.at) + i, (level * to_left) as f32, (level * to_right) as f32);
        }
    }
}

/// A bed of weather: rain (bright, with drops) or surf (dark, in slow waves), over the whole part.
pub fn weather(part: &mut Stereo, rain: f64, chance: &mut Chance) {
    let mut beds = [Svf::new(500.0, 0.5), Svf::new(500.0, 0.5)];
    let mut washes = [0.0f64; 2];
    let mut drops: Vec<(usize, f64, f64, f64)> = Vec::new();
    for at in 0..part.frames() {
        let t = at as f64 / SR;
        let wave = 0.5 + 0.5 * (TAU * t / 9.3).sin() * (TAU * t / 23.0 + 1.0).cos();
        if at % 64 == 0 {
            beds[0].set(420.0 + 900.0 * wave + 2600.0 * rain, 0.5);
            beds[1].set(420.0 + 900.0 * (1.0 - wave) * 0.7 + 2600.0 * rain, 0.5);
        }
        if chance.unit() < 14.0 * rain / SR {
            drops.push((at, 1800.0 + 3200.0 * chance.unit(), chance.unit() * 0.5, chance.swing()));
        }
        drops.retain(|d| at - d.0 < frame(0.05));
        let mut sound = [0.0; 2];
        for (channel, bed) in beds.iter_mut().enumerate() {
            washes[channel] += 0.06 * (chance.swing() - washes[channel]);
            sound[channel] = bed.band(washes[channel] * 3.0 + rain * 0.2 * chance.swing())
                * (0.5 + 0.5 * wave * (1.0 - rain));
        }
        for &(born, hz, level, place) in &drops {
            let age = (at - born) as f64 / SR;
            let (l, r) = pan(place);
            let drop = level * 0.2 * (TAU * (hz + 9000.0 * age) * age).sin() * (-age * 130.0).exp();
            sound[0] += drop * l;
            sound[1] += drop * r;
        }
        part.add(at, sound[0] as f32, sound[1] as f32);
    }
}
