//! Measurements: loudness and true peak (ITU-R BS.1770 by `ebur128`), silence, and the waveform for drawing.

use anyhow::Result;
use base64::Engine as _;
use ebur128::{EbuR128, Mode};

use crate::stereo::{RATE, Stereo};

/// Bins of a stored waveform.
pub const BINS: usize = 1000;

/// Integrated loudness in LUFS; -70 for silence.
pub fn loudness(sound: &Stereo) -> Result<f64> {
    let mut meter = EbuR128::new(2, RATE as u32, Mode::I)?;
    meter.add_frames_planar_f32(&[&sound.left, &sound.right])?;
    Ok(meter.loudness_global()?.max(-70.0))
}

/// True peak in dBTP.
pub fn true_peak(sound: &Stereo) -> Result<f64> {
    let mut meter = EbuR128::new(2, RATE as u32, Mode::TRUE_PEAK)?;
    meter.add_frames_planar_f32(&[&sound.left, &sound.right])?;
    let peak = meter.true_peak(0)?.max(meter.true_peak(1)?);
    Ok(20.0 * peak.max(1e-9).log10())
}

/// Loudness range in LU: how far quiet and loud stretches lie apart.
pub fn range(sound: &Stereo) -> Result<f64> {
    let mut meter = EbuR128::new(2, RATE as u32, Mode::LRA)?;
    meter.add_frames_planar_f32(&[&sound.left, &sound.right])?;
    Ok(meter.loudness_range()?)
}

/// The longest stretch in seconds in which every sample lies below -60 dBFS.
pub fn longest_silence(sound: &Stereo) -> f64 {
    let (mut longest, mut current) = (0usize, 0usize);
    for (l, r) in sound.left.iter().zip(&sound.right) {
        current = if l.abs().max(r.abs()) < 0.001 { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest as f64 / RATE as f64
}

/// 0 for one channel twice, 1 for two that have nothing in common: energy of the side against the middle.
pub fn width(sound: &Stereo) -> f64 {
    let (mut middle, mut side) = (0.0f64, 0.0f64);
    for (l, r) in sound.left.iter().zip(&sound.right) {
        middle += f64::from(l + r).powi(2);
        side += f64::from(l - r).powi(2);
    }
    (side / middle.max(1e-12)).sqrt()
}

/// The waveform: 1000 pairs of bytes, peak and root mean square of both channels, full scale at 255; base64.
pub fn peaks(sound: &Stereo) -> String {
    let frames = sound.frames();
    let mut bytes = Vec::with_capacity(BINS * 2);
    for bin in 0..BINS {
        let range = frames * bin / BINS..frames * (bin + 1) / BINS;
        let (mut peak, mut energy, count) = (0.0f32, 0.0f64, (range.len() * 2).max(1));
        for &sample in sound.left[range.clone()].iter().chain(&sound.right[range]) {
            peak = peak.max(sample.abs());
            energy += f64::from(sample).powi(2);
        }
        bytes.push((peak.min(1.0) * 255.0).round() as u8);
        bytes.push(((energy / count as f64).sqrt().min(1.0) * 255.0).round() as u8);
    }
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
