//! The mixing desk: parts are set to a measured loudness, sent to a room and to an echo, and summed.

use anyhow::Result;
use fundsp::prelude32::{AudioUnit, lowpole_hz, reverb2_stereo};

use crate::measure;
use crate::stereo::{SR, Stereo};
use crate::voice::{Svf, frame};

/// How a part sits in the mix.
#[derive(Clone, Copy)]
pub struct Place {
    /// Its own integrated loudness in the mix, LUFS, before mastering.
    pub lufs: f64,
    /// Share sent to the room.
    pub room: f32,
    /// Share sent to the echo.
    pub echo: f32,
}

/// The room and the echo of a track.
#[derive(Clone, Copy)]
pub struct Space {
    /// Metres, 10 to 30.
    pub size: f64,
    /// Seconds to fall by 60 dB.
    pub time: f64,
    /// Where the walls swallow the treble, Hz.
    pub damp: f32,
    /// Seconds between echoes.
    pub echo: f64,
    /// Share that each echo keeps.
    pub feedback: f32,
}

/// The desk of one track.
pub struct Desk {
    dry: Stereo,
    room: Stereo,
    echo: Stereo,
}

impl Desk {
    /// A desk for a track of so many samples.
    pub fn new(frames: usize) -> Self {
        let empty = Stereo::silence(frames);
        Self { dry: empty.clone(), room: empty.clone(), echo: empty }
    }

    /// Adds a part at its place.
    pub fn add(&mut self, part: &Stereo, place: Place) -> Result<()> {
        let gain = 10f64.powf((place.lufs - measure::loudness(part)?) / 20.0) as f32;
        self.dry.mix(part, gain);
        self.room.mix(part, gain * place.room);
        self.echo.mix(part, gain * place.echo);
        Ok(())
    }

    /// The mix.
    pub fn sum(self, space: Space) -> Stereo {
        let mut mix = self.dry;
        let echo = ping_pong(&self.echo, space);
        let mut room = self.room;
        room.mix(&echo, 0.35);
        mix.mix(&echo, 1.0);
        mix.mix(&reverberate(&room, space), 1.0);
        mix
    }
}

/// Echoes that go from side to side and grow darker.
fn ping_pong(input: &Stereo, space: Space) -> Stereo {
    let mut out = Stereo::silence(input.frames());
    let delay = frame(space.echo);
    let (mut lines, mut at) = ([vec![0.0f32; delay], vec![0.0f32; delay]], 0);
    let mut dark = [Svf::new(3200.0, 0.6), Svf::new(3200.0, 0.6)];
    let mut thin = [Svf::new(260.0, 0.6), Svf::new(260.0, 0.6)];
    for i in 0..input.frames() {
        let (l, r) = (lines[0][at], lines[1][at]);
        out.left[i] = l;
        out.right[i] = r;
        let into_left = f64::from(0.7 * (input.left[i] + input.right[i]) + space.feedback * r);
        let into_right = f64::from(space.feedback * l);
        lines[0][at] = thin[0].high(dark[0].low(into_left)) as f32;
        // The right side hears what the left one had, a delay later.
        lines[1][at] = thin[1].high(dark[1].low(into_right)) as f32;
        at = (at + 1) % delay;
    }
    out
}

/// A hall: fundsp's feedback delay network, after a short pre-delay and without the bass.
fn reverberate(input: &Stereo, space: Space) -> Stereo {
    let mut hall = reverb2_stereo(space.size as f32, space.time as f32, 0.85, 0.6, lowpole_hz(space.damp));
    AudioUnit::set_sample_rate(&mut hall, SR);
    let mut thin = [Svf::new(190.0, 0.6), Svf::new(190.0, 0.6)];
    let early = frame(0.018);
    let mut out = Stereo::silence(input.frames());
    let mut heard = [0.0f32; 2];
    for i in 0..input.frames() {
        let from = i.checked_sub(early);
        let pick = |channel: &[f32]| from.map_or(0.0, |j| f64::from(channel[j]));
        let sent = [thin[0].high(pick(&input.left)) as f32, thin[1].high(pick(&input.right)) as f32];
        AudioUnit::tick(&mut hall, &sent, &mut heard);
        out.left[i] = heard[0];
        out.right[i] = heard[1];
    }
    out
}

/// Ducks a part at each kick: `depth` 0 to 1, back after `seconds`. The kicks are times in seconds, in order.
pub fn duck(part: &mut Stereo, kicks: &[f64], depth: f64, seconds: f64) {
    let mut next = 0;
    part.shape(|at| {
        let t = at as f64 / SR;
        while next < kicks.len() && kicks[next] <= t {
            next += 1;
        }
        let since = if next == 0 { seconds } else { t - kicks[next - 1] };
        let ahead = if next < kicks.len() { (kicks[next] - t) / 0.006 } else { 1.0 };
        let back = (since / seconds).min(1.0);
        let back = back * back * (3.0 - 2.0 * back);
        // The last milliseconds before a kick lead down to it, so that the gain never jumps.
        let gain = (1.0 - depth) + depth * back;
        let floor = 1.0 - depth;
        (floor + (gain - floor) * ahead.clamp(0.0, 1.0)) as f32
    });
}

/// The slow wow and the quick flutter of a tape: at most `cents` out of tune.
pub fn tape(part: &mut Stereo, cents: f64) {
    let rates = [(0.55, 1.0, 0.0), (0.9, 0.5, 1.0), (6.3, 0.12, 2.0)];
    let ratio = 2f64.powf(cents / 1200.0) - 1.0;
    let source = part.clone();
    for at in 0..part.frames() {
        let t = at as f64 / SR;
        let shift: f64 = rates
            .iter()
            .map(|&(hz, share, phase)| {
                let w = std::f64::consts::TAU * hz;
                share * ratio / w * ((w * t + phase).sin() - 1.0)
            })
            .sum();
        let from = at as f64 + shift * SR;
        if from < 0.0 {
            continue;
        }
        let (whole, part_of) = (from as usize, (from - from.floor()) as f32);
        let read = |c: &[f32]| {
            let tap = |d: usize| c.get((whole + d).saturating_sub(1)).copied().unwrap_or(0.0);
            let (a, b, c2, d) = (tap(0), tap(1), tap(2), tap(3));
            // Catmull and Rom's cubic.
            b + 0.5
                * part_of
                * (c2 - a + part_of * (2.0 * a - 5.0 * b + 4.0 * c2 - d + part_of * (3.0 * (b - c2) + d - a)))
        };
        part.left[at] = read(&source.left);
        part.right[at] = read(&source.right);
    }
}
