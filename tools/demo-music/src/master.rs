//! Mastering: clean-up of the extremes, a gentle compressor, and a look-ahead limiter, set so that the track is -14 LUFS.

use std::collections::VecDeque;

use anyhow::Result;

use crate::measure;
use crate::stereo::{RATE, SR, Stereo};
use crate::voice::{Svf, frame};

/// Integrated loudness of every track, LUFS.
pub const TARGET: f64 = -14.0;
/// Ceiling of the limiter, dBTP: the codec may add most of a decibel.
const CEILING: f64 = -2.2;

/// Fades the edges, compresses, and brings the mix to the target.
pub fn master(mut mix: Stereo, fade_out: f64) -> Result<Stereo> {
    for channel in [&mut mix.left, &mut mix.right] {
        let (mut rumble, mut again, mut air) =
            (Svf::new(30.0, 0.54), Svf::new(30.0, 1.3), Svf::new(15_500.0, 0.7));
        for sample in channel.iter_mut() {
            *sample = air.low(again.high(rumble.high(f64::from(*sample)))) as f32;
        }
    }
    let frames = mix.frames();
    let tail = frame(fade_out);
    mix.shape(|at| {
        let start = (at as f32 / 240.0).min(1.0);
        let left = (frames - 1 - at) as f32 / tail.max(1) as f32;
        start * if left < 1.0 { left * left * (3.0 - 2.0 * left) } else { 1.0 }
    });
    mix.scale(10f64.powf((-18.0 - measure::loudness(&mix)?) / 20.0) as f32);
    compress(&mut mix);
    let mut gain_db = TARGET - measure::loudness(&mix)?;
    let mut finished = mix.clone();
    for _ in 0..8 {
        finished = mix.clone();
        finished.scale(10f64.powf(gain_db / 20.0) as f32);
        limit(&mut finished);
        let off = TARGET - measure::loudness(&finished)?;
        if off.abs() < 0.02 {
            break;
        }
        gain_db += off;
    }
    Ok(finished)
}

/// Glue: 1.8 to 1 above -17 dB of a 40 ms mean, with a soft knee.
fn compress(mix: &mut Stereo) {
    let (fast, slow) = (1.0 - (-1.0 / (0.04 * SR)).exp(), 1.0 - (-1.0 / (0.25 * SR)).exp());
    let (mut power, mut reduction) = (0.0f64, 0.0f64);
    mix_with(mix, |l, r| {
        power += (f64::from(l * l + r * r) * 0.5 - power) * fast;
        let over = (10.0 * power.max(1e-9).log10() + 17.0).max(0.0);
        let wanted = if over < 4.0 { over * over / 8.0 } else { over - 2.0 } * (1.0 - 1.0 / 1.8);
        reduction += (wanted - reduction) * if wanted > reduction { fast } else { slow };
        10f64.powf(-reduction / 20.0) as f32
    });
}

fn mix_with(mix: &mut Stereo, mut gain: impl FnMut(f32, f32) -> f32) {
    for at in 0..mix.frames() {
        let g = gain(mix.left[at], mix.right[at]);
        mix.left[at] *= g;
        mix.right[at] *= g;
    }
}

/// A limiter that sees 4 ms ahead and peaks between samples.
fn limit(sound: &mut Stereo) {
    let ceiling = 10f32.powf(CEILING as f32 / 20.0);
    let ahead = RATE / 250;
    let left = between(&sound.left);
    let right = between(&sound.right);
    let wanted: Vec<f32> =
        left.iter().zip(&right).map(|(l, r)| (ceiling / l.max(*r).max(1e-9)).min(1.0)).collect();
    // The least gain wanted within the look-ahead, recovering slowly, then smoothed over the same stretch.
    let (mut window, mut held, mut least) = (VecDeque::new(), 1.0f32, Vec::with_capacity(wanted.len()));
    let release = 1.0 - (-1.0 / (0.09 * SR)).exp() as f32;
    for at in 0..wanted.len() + ahead {
        if at < wanted.len() {
            while window.back().is_some_and(|&b: &usize| wanted[b] >= wanted[at]) {
                window.pop_back();
            }
            window.push_back(at);
        }
        while window.front().is_some_and(|&f| f + 2 * ahead < at) {
            window.pop_front();
        }
        if at >= ahead {
            let low = window.front().map_or(1.0, |&f| wanted[f]);
            held = low.min(held + (1.0 - held) * release);
            least.push(held);
        }
    }
    let mut sum: f64 = f64::from(least[0]) * (ahead as f64);
    for at in 0..least.len() {
        let gone = if at >= ahead { least[at - ahead] } else { least[0] };
        sum += f64::from(least[at]) - f64::from(gone);
        let gain = (sum / ahead as f64) as f32;
        sound.left[at] *= gain;
        sound.right[at] *= gain;
    }
}

/// The largest absolute value in each sample's neighbourhood, seen four times as finely (windowed sinc, 24 taps).
fn between(channel: &[f32]) -> Vec<f32> {
    const HALF: isize = 12;
    let kernels: Vec<Vec<f32>> = (1..4)
        .map(|q| {
            (-HALF + 1..=HALF)
                .map(|k| {
                    let x = std::f64::consts::PI * (f64::from(q) / 4.0 - k as f64);
                    let w = 0.5 + 0.5 * (x / HALF as f64).cos();
                    (x.sin() / x * w) as f32
                })
                .collect()
        })
        .collect();
    let mut out: Vec<f32> = channel.iter().map(|s| s.abs()).collect();
    for at in 0..channel.len() {
        // Far below the ceiling nothing between the samples can reach it.
        if out[at] < 0.35 {
            continue;
        }
        for kernel in &kernels {
            let mut value = 0.0;
            for (tap, weight) in kernel.iter().enumerate() {
                let from = at as isize + tap as isize - HALF + 1;
                if let Some(sample) = usize::try_from(from).ok().and_then(|i| channel.get(i)) {
                    value += sample * weight;
                }
            }
            let value = value.abs();
            out[at] = out[at].max(value);
            if at + 1 < out.len() {
                out[at + 1] = out[at + 1].max(value);
            }
        }
    }
    out
}
