//! The instruments: each adds notes to a stereo part. Levels are set later, on the desk, by measured loudness.

pub mod drums;
pub mod lead;
pub mod strings;
pub mod struck;

use std::f64::consts::PI;

use crate::stereo::SR;

/// A state-variable filter that may be swept (Cytomic's form).
#[derive(Clone, Copy, Default)]
pub struct Svf {
    a1: f64,
    a2: f64,
    a3: f64,
    k: f64,
    s1: f64,
    s2: f64,
}

impl Svf {
    /// A filter at `cutoff` Hz with quality `q`.
    pub fn new(cutoff: f64, q: f64) -> Self {
        let mut filter = Self::default();
        filter.set(cutoff, q);
        filter
    }

    /// Moves the filter without a click.
    pub fn set(&mut self, cutoff: f64, q: f64) {
        let g = (PI * cutoff.clamp(15.0, SR * 0.45) / SR).tan();
        self.k = 1.0 / q;
        self.a1 = 1.0 / (1.0 + g * (g + self.k));
        self.a2 = g * self.a1;
        self.a3 = g * self.a2;
    }

    /// One sample: low, band and high outputs.
    pub fn tick(&mut self, input: f64) -> (f64, f64, f64) {
        let v3 = input - self.s2;
        let band = self.a1 * self.s1 + self.a2 * v3;
        let low = self.s2 + self.a2 * self.s1 + self.a3 * v3;
        self.s1 = 2.0 * band - self.s1;
        self.s2 = 2.0 * low - self.s2;
        (low, band, input - self.k * band - low)
    }

    /// Low-pass.
    pub fn low(&mut self, input: f64) -> f64 {
        self.tick(input).0
    }

    /// Band-pass, unity at the centre.
    pub fn band(&mut self, input: f64) -> f64 {
        self.tick(input).1 * self.k
    }

    /// High-pass.
    pub fn high(&mut self, input: f64) -> f64 {
        self.tick(input).2
    }
}

/// A band-limited saw (polyBLEP): advances `phase` by `step` cycles.
pub fn saw(phase: &mut f64, step: f64) -> f64 {
    *phase += step;
    *phase -= phase.floor();
    let t = *phase;
    let blep = if t < step {
        let x = t / step;
        x + x - x * x - 1.0
    } else if t > 1.0 - step {
        let x = (t - 1.0) / step;
        x * x + x + x + 1.0
    } else {
        0.0
    };
    2.0 * t - 1.0 - blep
}

/// Attack, decay to a sustain level, release; rounded at the corners.
#[derive(Clone, Copy)]
pub struct Envelope {
    /// Seconds.
    pub attack: f64,
    /// Seconds to fall most of the way to `sustain`.
    pub decay: f64,
    /// Level while held, 0 to 1.
    pub sustain: f64,
    /// Seconds after the note is let go.
    pub release: f64,
}

impl Envelope {
    /// Level at `t` seconds of a note held for `len`.
    pub fn at(&self, t: f64, len: f64) -> f64 {
        let held = |t: f64| {
            let rise = (t / self.attack.max(1e-4)).min(1.0);
            let rise = rise * rise * (3.0 - 2.0 * rise);
            let fall = ((t - self.attack).max(0.0) / self.decay.max(1e-3) * -2.2).exp();
            rise * (self.sustain + (1.0 - self.sustain) * fall)
        };
        if t <= len {
            return held(t);
        }
        let left = (1.0 - (t - len) / self.release.max(1e-3)).max(0.0);
        held(len) * left * left * (3.0 - 2.0 * left)
    }

    /// Seconds until silence.
    pub fn lasts(&self, len: f64) -> f64 {
        len + self.release
    }
}

/// Equal-power panning, -1 to 1.
pub fn pan(position: f64) -> (f64, f64) {
    let angle = (position.clamp(-1.0, 1.0) + 1.0) * PI / 4.0;
    (angle.cos(), angle.sin())
}

/// The sample at a time.
pub fn frame(seconds: f64) -> usize {
    (seconds.max(0.0) * SR).round() as usize
}
