//! Tracks and the maps of their audio.

use crate::columns::{escaped, folded, from_json, json_of};
use crate::error::StoreError;
use crate::store::{Store, in_transaction, on};
use protocol::id::TrackId;
use protocol::track::{AudioMap, Track};
use sqlx::{FromRow, query, query_as, query_scalar};

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

#[derive(FromRow)]
struct TrackRow {
    id: i64,
    title: String,
    artist: String,
    samples: i64,
    bpm: Option<f64>,
    first_beat_ms: Option<f64>,
    key: Option<String>,
    mood: Option<String>,
    gain_db: f64,
    cover: i64,
    audio: String,
}

impl From<TrackRow> for Track {
    fn from(row: TrackRow) -> Track {
        Track {
            id: TrackId(row.id),
            title: row.title,
            artist: row.artist,
            samples: row.samples,
            bpm: row.bpm,
            first_beat_ms: row.first_beat_ms,
            key: row.key,
            mood: row.mood,
            gain_db: row.gain_db,
            cover: u32::try_from(row.cover).unwrap_or_default(),
            audio: row.audio,
        }
    }
}

/// A track's columns; the argument is the rest of the query.
macro_rules! select_track {
    ($rest:literal) => {
        concat!(
            "SELECT id, title, artist, samples, bpm, first_beat_ms, key, mood, gain_db, cover, audio FROM track ",
            $rest
        )
    };
}

/// Tracks written in one transaction: short enough to stay far from any limit of time.
const SEED_AT_ONCE: usize = 25;

const SEED: &str = "INSERT INTO track
        (title, artist, samples, bpm, first_beat_ms, key, mood, gain_db, cover, audio, map, search, demo)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, TRUE)
    ON CONFLICT (audio) DO UPDATE SET title = excluded.title, artist = excluded.artist, samples = excluded.samples,
        bpm = excluded.bpm, first_beat_ms = excluded.first_beat_ms, key = excluded.key, mood = excluded.mood,
        gain_db = excluded.gain_db, cover = excluded.cover, map = excluded.map, search = excluded.search, demo = TRUE";

impl Store {
    /// Puts the demo library in. A track whose audio is there already is brought up to date and keeps its id; when nothing changed nothing is
    /// written.
    pub async fn library_seed(&self, tracks: &[NewTrack]) -> Result<(), StoreError> {
        let mut changed = Vec::new();
        for new in tracks {
            if self.track_by_audio(&new.audio).await?.as_ref() != Some(new) {
                changed.push(new);
            }
        }
        for some in changed.chunks(SEED_AT_ONCE) {
            in_transaction!(self, tx => {
                for new in some {
                    query(SEED)
                        .bind(&new.title)
                        .bind(&new.artist)
                        .bind(new.samples)
                        .bind(new.bpm)
                        .bind(new.first_beat_ms)
                        .bind(&new.key)
                        .bind(&new.mood)
                        .bind(new.gain_db)
                        .bind(i64::from(new.cover))
                        .bind(&new.audio)
                        .bind(json_of(&new.map)?)
                        .bind(folded(&format!("{}\n{}", new.title, new.artist)))
                        .execute(&mut *tx)
                        .await?;
                }
            })?;
        }
        Ok(())
    }

    async fn track_by_audio(&self, audio: &str) -> Result<Option<NewTrack>, StoreError> {
        let row: Option<TrackRow> = on!(self.reader, db => {
            query_as(select_track!("WHERE audio = $1 AND demo = TRUE")).bind(audio).fetch_optional(db).await?
        })?;
        let (Some(row), Some(map)) = (row, self.audio_map(audio).await?) else { return Ok(None) };
        let Track { title, artist, samples, bpm, first_beat_ms, key, mood, gain_db, cover, audio, .. } =
            Track::from(row);
        Ok(Some(NewTrack {
            title,
            artist,
            samples,
            bpm,
            first_beat_ms,
            key,
            mood,
            gain_db,
            cover,
            audio,
            map,
        }))
    }

    /// Tracks whose title or artist contains `search` (whatever the case), by title. Everything for an empty search.
    pub async fn tracks(&self, search: &str, limit: u32) -> Result<Vec<Track>, StoreError> {
        let pattern = format!("%{}%", escaped(&folded(search.trim())));
        let rows: Vec<TrackRow> = on!(self.reader, db => {
            query_as(select_track!("WHERE search LIKE $1 ESCAPE '\\' ORDER BY search, id LIMIT $2"))
                .bind(&pattern)
                .bind(i64::from(limit))
                .fetch_all(db)
                .await?
        })?;
        Ok(rows.into_iter().map(Track::from).collect())
    }

    /// A track.
    pub async fn track(&self, id: TrackId) -> Result<Option<Track>, StoreError> {
        let row: Option<TrackRow> = on!(self.reader, db => {
            query_as(select_track!("WHERE id = $1")).bind(id.0).fetch_optional(db).await?
        })?;
        Ok(row.map(Track::from))
    }

    /// The demo library, by id: what the park's own mix plays.
    pub async fn mix(&self) -> Result<Vec<Track>, StoreError> {
        let rows: Vec<TrackRow> = on!(self.reader, db => {
            query_as(select_track!("WHERE demo = TRUE ORDER BY id")).fetch_all(db).await?
        })?;
        Ok(rows.into_iter().map(Track::from).collect())
    }

    /// The map of an audio file, by the file's hash.
    pub async fn audio_map(&self, audio: &str) -> Result<Option<AudioMap>, StoreError> {
        let map: Option<String> = on!(self.reader, db => {
            query_scalar("SELECT map FROM track WHERE audio = $1").bind(audio).fetch_optional(db).await?
        })?;
        map.map(|json| from_json(&json)).transpose()
    }
}
