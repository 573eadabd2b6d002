//! Tracks and their audio.

use crate::id::TrackId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A track of the library as rooms and lists carry it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Track {
    /// Its id.
    pub id: TrackId,
    /// Title.
    pub title: String,
    /// Artist.
    pub artist: String,
    /// Exact length in samples at 48 kHz.
    #[ts(type = "number")]
    pub samples: i64,
    /// Tempo in beats a minute; none where unknown.
    pub bpm: Option<f64>,
    /// Where the first beat falls, in milliseconds after the track's start.
    pub first_beat_ms: Option<f64>,
    /// The key, such as `D minor`.
    pub key: Option<String>,
    /// The mood a demo track belongs to: `slow`, `warm` or `driving`.
    pub mood: Option<String>,
    /// Gain in dB that brings it to -14 LUFS, applied at playback.
    pub gain_db: f64,
    /// Seed of the cover, drawn by the client.
    pub cover: u32,
    /// Lowercase hex SHA-256 of the audio file: it is at `/audio/<audio>.opus`, its [`AudioMap`] at `/audio/<audio>.json`.
    pub audio: String,
}

/// One independently decodable piece of an audio file: a complete Ogg Opus stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Segment {
    /// Offset of its first byte in the file.
    #[ts(type = "number")]
    pub offset: i64,
    /// Its size in bytes.
    #[ts(type = "number")]
    pub bytes: i64,
    /// The track's sample that its first decoded sample is.
    #[ts(type = "number")]
    pub start: i64,
    /// Number of samples it decodes to, pre-roll already dropped.
    #[ts(type = "number")]
    pub samples: i64,
}

/// What a player and a waveform need to know of an audio file; immutable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AudioMap {
    /// Size of the file in bytes.
    #[ts(type = "number")]
    pub bytes: i64,
    /// Exact length in samples.
    #[ts(type = "number")]
    pub samples: i64,
    /// The segments, in order and without gaps.
    pub segments: Vec<Segment>,
    /// Base64 of pairs of bytes, evenly spaced over the track: peak and RMS, each 0 to 255 of full scale.
    pub peaks: String,
}
