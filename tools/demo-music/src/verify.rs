//! Checks a library on disk against everything it promises, and prints a table.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;

use crate::library::{Entry, digest, file_name, read};
use crate::measure;
use crate::segments::{SEGMENT, decode};
use crate::stereo::{RATE, Stereo};
use crate::tracks::{Track, tracks};

/// A step across a seam below this, in dBFS, is drowned by anything that plays.
const UNHEARD: f64 = -50.0;

/// Checks every track; the source is composed anew to compare with, which also shows that composing is repeatable.
/// Returns the number of broken promises.
pub fn verify(folder: &Path) -> Result<usize> {
    let entries = read(folder)?;
    let mut broken = Vec::new();
    println!(
        "{:<18} {:<13} {:<8} {:<9} {:>5} {:>7} {:>6} {:>6} {:>5} {:>5} {:>6} {:>8} {:>7} {:>7}",
        "title",
        "artist",
        "mood",
        "key",
        "bpm",
        "seconds",
        "LUFS",
        "dBTP",
        "LU",
        "width",
        "quiet",
        "bytes",
        "SNR dB",
        "seam dB"
    );
    for entry in &entries {
        let track = tracks().into_iter().find(|t| t.slug == entry.slug);
        let found =
            check(folder, entry, track.as_ref()).with_context(|| format!("checking {}", entry.slug))?;
        broken.extend(found.into_iter().map(|b| format!("{}: {b}", entry.slug)));
    }
    let total: usize = entries.iter().map(|e| e.bytes).sum();
    println!("{} tracks, {} bytes", entries.len(), total);
    let mut promise = |kept: bool, what: String| {
        if !kept {
            broken.push(what);
        }
    };
    promise(total <= 9_000_000, format!("the library has {total} bytes, more than 9,000,000"));
    promise(entries.len() >= 7, format!("the library has {} tracks, fewer than 7", entries.len()));
    for mood in ["slow", "warm", "driving"] {
        promise(
            entries.iter().filter(|e| e.mood == mood).count() >= 2,
            format!("fewer than two tracks are {mood}"),
        );
    }
    for line in &broken {
        println!("BROKEN {line}");
    }
    Ok(broken.len())
}

fn check(folder: &Path, entry: &Entry, track: Option<&Track>) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    let mut promise = |kept: bool, what: String| {
        if !kept {
            broken.push(what);
        }
    };
    let file = fs::read(folder.join(file_name(&entry.slug)))?;
    promise(file.len() == entry.bytes && file.len() < 2_000_000, format!("{} bytes", file.len()));
    promise(digest(&file) == entry.audio, "the file's digest is another".to_owned());
    let covered: usize = entry.segments.iter().map(|s| s.bytes).sum();
    promise(covered == file.len(), format!("the segments cover {covered} bytes of {}", file.len()));
    for (index, segment) in entry.segments.iter().enumerate() {
        promise(
            segment.start == index * SEGMENT,
            format!("segment {index} starts at sample {}", segment.start),
        );
    }
    // Decoding checks each segment's count of samples.
    let sound = decode(&file, &entry.segments)?;
    let seconds = sound.frames() as f64 / RATE as f64;
    promise(sound.frames() == entry.samples, format!("{} samples, not {}", sound.frames(), entry.samples));
    promise((60.0..=150.0).contains(&seconds), format!("it lasts {seconds:.1} s"));
    let (loudness, peak) = (measure::loudness(&sound)?, measure::true_peak(&sound)?);
    promise(
        (loudness + 14.0).abs() <= 1.0 && (loudness - entry.loudness_lufs).abs() < 0.02,
        format!("{loudness:.2} LUFS"),
    );
    promise(peak <= -1.0 && (peak - entry.true_peak_dbtp).abs() < 0.02, format!("{peak:.2} dBTP"));
    let quiet = measure::longest_silence(&sound);
    promise(quiet <= 1.0, format!("silent for {quiet:.2} s"));
    let waveform = base64::engine::general_purpose::STANDARD.decode(&entry.peaks)?;
    promise(waveform.len() == measure::BINS * 2, format!("the waveform has {} bytes", waveform.len()));
    promise(measure::peaks(&sound) == entry.peaks, "the waveform is another's".to_owned());

    let (mut fidelity, mut seam) = (f64::NAN, f64::NAN);
    match track {
        None => promise(false, "this tool composes no such track".to_owned()),
        Some(track) => {
            let source = track.render()?;
            promise(source.frames() == sound.frames(), "its source has another length".to_owned());
            fidelity = ratio_db(&source, &sound, 0..sound.frames());
            seam = worst_seam(&source, &sound, entry);
            promise(seam >= 0.0, format!("at a seam the error is {:.1} dB above its surroundings", -seam));
        }
    }
    println!(
        "{:<18} {:<13} {:<8} {:<9} {:>5} {:>7.1} {:>6.2} {:>6.2} {:>5.1} {:>5.2} {:>6.2} {:>8} {:>7.1} {:>7.1}",
        entry.title,
        entry.artist,
        entry.mood,
        entry.key,
        entry.bpm,
        seconds,
        loudness,
        peak,
        measure::range(&sound)?,
        measure::width(&sound),
        quiet,
        file.len(),
        fidelity,
        seam
    );
    Ok(broken)
}

/// Energy of the source against that of the difference, in dB.
fn ratio_db(source: &Stereo, decoded: &Stereo, range: std::ops::Range<usize>) -> f64 {
    let (mut signal, mut noise) = (1e-9f64, 1e-9f64);
    for at in range {
        for (s, d) in [(source.left[at], decoded.left[at]), (source.right[at], decoded.right[at])] {
            signal += f64::from(s).powi(2);
            noise += f64::from(s - d).powi(2);
        }
    }
    10.0 * (signal / noise).log10()
}

/// How the seams compare with what is around them: the error of the 10 ms at a seam against that of all stretches of
/// 10 ms in the second before and after (their 95th percentile), and the error of the one step across the seam against
/// the largest of the other steps there (or one that nobody hears). In dB; the worst seam; negative is worse than the surroundings.
fn worst_seam(source: &Stereo, decoded: &Stereo, entry: &Entry) -> f64 {
    let off =
        |at: usize| [source.left[at] - decoded.left[at], source.right[at] - decoded.right[at]].map(f64::from);
    let error = |from: usize| {
        let energy: f64 =
            (from..from + RATE / 100).map(|at| off(at).iter().map(|e| e * e).sum::<f64>()).sum();
        10.0 * (energy / (RATE / 100) as f64).max(1e-12).log10()
    };
    let step = |at: usize| {
        let (before, after) = (off(at - 1), off(at));
        20.0 * (after[0] - before[0]).abs().max((after[1] - before[1]).abs()).max(1e-9).log10()
    };
    entry
        .segments
        .iter()
        .skip(1)
        .map(|segment| {
            let at = segment.start;
            let around = at - RATE..(at + RATE).min(decoded.frames() - RATE / 100);
            let mut errors: Vec<f64> = around.clone().step_by(RATE / 200).map(error).collect();
            errors.sort_by(f64::total_cmp);
            let common = errors[errors.len() * 95 / 100];
            let largest = around.filter(|&a| a != at).map(step).fold(f64::NEG_INFINITY, f64::max);
            (common - error(at - RATE / 200)).min(largest.max(UNHEARD) - step(at))
        })
        .fold(f64::INFINITY, f64::min)
}
