//! Tracks and the maps of their audio.

use crate::error::StoreError;
use crate::store::{Store, later};
use protocol::id::TrackId;
use protocol::track::{AudioMap, Track};

/// A track to put into the library. Units are those of [`Track`].
#[derive(Debug, Clone, PartialEq)]
pub struct NewTrack {
    /// Title.
    pub title: String,
    /// Artist.
    pub artist: String,
    /// Exact length in samples at 48 kHz.
    pub samples: i64,
    /// Tempo in beats a minute.
    pub bpm: Option<f64>,
    /// Where the first beat falls, in milliseconds.
    pub first_beat_ms: Option<f64>,
    /// The key, such as `D minor`.
    pub key: Option<String>,
    /// The mood: `slow`, `warm` or `driving`.
    pub mood: Option<String>,
    /// Gain in dB that brings it to -14 LUFS.
    pub gain_db: f64,
    /// Seed of the cover.
    pub cover: u32,
    /// Lowercase hex SHA-256 of the audio file.
    pub audio: String,
    /// Map of the audio file.
    pub map: AudioMap,
}

#[allow(unused_variables)]
impl Store {
    /// Puts the demo library in; tracks whose audio is there already are brought up to date and keep their id.
    pub async fn library_seed(&self, tracks: &[NewTrack]) -> Result<(), StoreError> {
        later()
    }

    /// Tracks whose title or artist contains `search` (whatever the case), by title. Everything for an empty search.
    pub async fn tracks(&self, search: &str, limit: u32) -> Result<Vec<Track>, StoreError> {
        later()
    }

    /// A track.
    pub async fn track(&self, id: TrackId) -> Result<Option<Track>, StoreError> {
        later()
    }

    /// The demo library, by id: what the park's own mix plays.
    pub async fn mix(&self) -> Result<Vec<Track>, StoreError> {
        later()
    }

    /// The map of an audio file, by the file's hash.
    pub async fn audio_map(&self, audio: &str) -> Result<Option<AudioMap>, StoreError> {
        later()
    }
}
