//! A piece of stereo sound at 48 kHz, and the few things done to whole pieces.

/// Samples a second, everywhere in this tool.
pub const RATE: usize = 48_000;
/// The same for arithmetic.
pub const SR: f64 = RATE as f64;

/// Two channels of equal length.
#[derive(Clone, Default)]
pub struct Stereo {
    /// The left channel, full scale at 1.
    pub left: Vec<f32>,
    /// The right channel.
    pub right: Vec<f32>,
}

impl Stereo {
    /// Silence of `frames` samples.
    pub fn silence(frames: usize) -> Self {
        Self { left: vec![0.0; frames], right: vec![0.0; frames] }
    }

    /// Length in samples of one channel.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// Adds one sample; what falls outside the piece is dropped.
    pub fn add(&mut self, at: usize, left: f32, right: f32) {
        if at < self.left.len() {
            self.left[at] += left;
            self.right[at] += right;
        }
    }

    /// Adds another piece from its start, scaled.
    pub fn mix(&mut self, other: &Stereo, gain: f32) {
        for (to, from) in self.left.iter_mut().zip(&other.left) {
            *to += from * gain;
        }
        for (to, from) in self.right.iter_mut().zip(&other.right) {
            *to += from * gain;
        }
    }

    /// Scales everything.
    pub fn scale(&mut self, gain: f32) {
        for sample in self.left.iter_mut().chain(&mut self.right) {
            *sample *= gain;
        }
    }

    /// Applies a function of time, for fades and side chains.
    pub fn shape(&mut self, mut gain: impl FnMut(usize) -> f32) {
        for at in 0..self.left.len() {
            let g = gain(at);
            self.left[at] *= g;
            self.right[at] *= g;
        }
    }

    /// `frames` samples from `start` (which may lie before the start or run past the end: silence there), interleaved.
    pub fn interleaved(&self, start: i64, frames: usize) -> Vec<f32> {
        let mut out = Vec::with_capacity(frames * 2);
        for at in start..start + frames as i64 {
            let sample = usize::try_from(at).ok().filter(|&i| i < self.frames());
            out.push(sample.map_or(0.0, |i| self.left[i]));
            out.push(sample.map_or(0.0, |i| self.right[i]));
        }
        out
    }
}
