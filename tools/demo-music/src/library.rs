//! The library on disk: `library.json` and one file a track.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::measure;
use crate::segments::{self, Segment, Tags};
use crate::stereo::Stereo;
use crate::tracks::Track;

/// Bits a second, around which the encoder varies.
const BITRATE: i32 = 89_000;

/// A track as `library.json` tells it; README.md beside that file says what each field is.
#[derive(Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Entry {
    pub slug: String,
    pub title: String,
    pub artist: String,
    pub album: String,
    pub mood: String,
    pub key: String,
    pub bpm: f64,
    pub first_beat_ms: f64,
    pub samples: usize,
    pub gain_db: f64,
    pub loudness_lufs: f64,
    pub true_peak_dbtp: f64,
    pub cover: u32,
    pub licence: String,
    pub audio: String,
    pub bytes: usize,
    pub segments: Vec<Segment>,
    pub peaks: String,
}

/// The name of a track's file.
pub fn file_name(slug: &str) -> String {
    format!("{slug}.opus")
}

/// Encodes a mastered track, writes its file, and describes it. Loudness and peak are those of the decoded sound.
pub fn write(folder: &Path, track: &Track, sound: &Stereo) -> Result<Entry> {
    let tags = Tags { title: track.title, artist: track.artist };
    let (file, segments) = segments::encode(sound, BITRATE, track.cover, &tags)?;
    let decoded = segments::decode(&file, &segments)?;
    fs::write(folder.join(file_name(track.slug)), &file)?;
    let round = |value: f64, places: f64| (value * places).round() / places;
    Ok(Entry {
        slug: track.slug.to_owned(),
        title: track.title.to_owned(),
        artist: track.artist.to_owned(),
        album: track.album.to_owned(),
        mood: track.mood.to_owned(),
        key: track.key.to_owned(),
        bpm: track.bpm,
        first_beat_ms: round(track.first * 1000.0, 1000.0),
        samples: sound.frames(),
        gain_db: 0.0,
        loudness_lufs: round(measure::loudness(&decoded)?, 100.0),
        true_peak_dbtp: round(measure::true_peak(&decoded)?, 100.0),
        cover: track.cover,
        licence: "CC0-1.0".to_owned(),
        audio: digest(&file),
        bytes: file.len(),
        segments,
        peaks: measure::peaks(&decoded),
    })
}

/// Lowercase hexadecimal SHA-256.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads `library.json`.
pub fn read(folder: &Path) -> Result<Vec<Entry>> {
    let path = folder.join("library.json");
    let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not a library", path.display()))
}

/// Writes `library.json`.
pub fn save(folder: &Path, entries: &[Entry]) -> Result<()> {
    let mut text = serde_json::to_string_pretty(entries)?;
    text.push('\n');
    Ok(fs::write(folder.join("library.json"), text)?)
}
