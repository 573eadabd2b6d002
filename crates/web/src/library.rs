//! The demo library in the binary, and the park's first rooms: a fresh park plays at once.

use anyhow::Context;
use axum::body::Bytes;
use protocol::room::{Hue, Place, QueueMode, RoomSettings};
use protocol::track::{AudioMap, Segment};
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;
use store::{NewRoom, NewTrack, Store, StoreError};

/// Made by `scripts/demo-music`, committed encoded.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../demo-library"]
#[allow_missing = true]
struct Embedded;

/// A line of `library.json`. What it says beyond this is for people.
#[derive(Deserialize)]
struct Line {
    slug: String,
    title: String,
    artist: String,
    mood: String,
    key: String,
    bpm: f64,
    first_beat_ms: f64,
    samples: i64,
    gain_db: f64,
    cover: u32,
    audio: String,
    bytes: i64,
    segments: Vec<Segment>,
    peaks: String,
}

/// An audio file and its map, ready to be sent.
#[derive(Debug, Clone)]
pub struct Audio {
    /// The file.
    pub file: Bytes,
    /// The JSON of its [`AudioMap`].
    pub map: Bytes,
}

static AUDIO: LazyLock<HashMap<String, Audio>> = LazyLock::new(|| {
    let lines = lines().unwrap_or_else(|error| {
        tracing::error!(error = format!("{error:#}"), "the demo library in this program cannot be read");
        Vec::new()
    });
    let audio = lines.into_iter().filter_map(|line| {
        let file = file(&format!("{}.opus", line.slug))?;
        let map = serde_json::to_vec(&line.map()).ok()?.into();
        Some((line.audio, Audio { file, map }))
    });
    audio.collect()
});

/// An audio file of the demo library by its hash.
pub fn audio(hash: &str) -> Option<&'static Audio> {
    AUDIO.get(hash)
}

/// The tracks of the demo library. Empty when this program was built without one.
pub fn demo_library() -> anyhow::Result<Vec<NewTrack>> {
    Ok(lines()?.into_iter().map(Line::into_track).collect())
}

/// The park's own rooms, in the order of the list.
pub fn first_rooms() -> Vec<NewRoom> {
    let room = |name: &str, about: &str, place, hue, mood: &str| NewRoom {
        slug: protocol::name::slug(name),
        settings: RoomSettings {
            name: name.to_owned(),
            about: about.to_owned(),
            hue,
            mode: QueueMode::Open,
            mix: true,
            capacity: None,
        },
        place,
        mood: Some(mood.to_owned()),
        owner: None,
        own: true,
    };
    vec![
        room(
            "Shell Stage",
            "The big stage by the gate. Music to move to.",
            Place::Shell,
            Hue::Coral,
            "driving",
        ),
        room(
            "Bandstand",
            "A striped roof in the middle of the lawn, and warm chords.",
            Place::Bandstand,
            Hue::Mint,
            "warm",
        ),
        room("Bench by the path", "Two seats, one radio, no hurry.", Place::Bench, Hue::Sky, "slow"),
    ]
}

/// Puts the demo library and the first rooms into a store that may have them already.
pub async fn seed(store: &Store) -> anyhow::Result<()> {
    let tracks = demo_library()?;
    if tracks.is_empty() {
        tracing::warn!(
            "this program was built without the demo library: rooms are quiet until somebody adds tracks"
        );
    }
    let seeded: Result<(), StoreError> = async {
        store.library_seed(&tracks).await?;
        store.rooms_seed(&first_rooms()).await
    }
    .await;
    seeded.context("The demo library and the first rooms could not be put into the database")
}

fn lines() -> anyhow::Result<Vec<Line>> {
    let Some(json) = file("library.json") else { return Ok(Vec::new()) };
    serde_json::from_slice(&json).context("library.json of the demo library cannot be read")
}

fn file(name: &str) -> Option<Bytes> {
    Embedded::get(name).map(|file| match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

impl Line {
    fn map(&self) -> AudioMap {
        AudioMap {
            bytes: self.bytes,
            samples: self.samples,
            segments: self.segments.clone(),
            peaks: self.peaks.clone(),
        }
    }

    fn into_track(self) -> NewTrack {
        NewTrack {
            map: self.map(),
            title: self.title,
            artist: self.artist,
            samples: self.samples,
            bpm: Some(self.bpm),
            first_beat_ms: Some(self.first_beat_ms),
            key: Some(self.key),
            mood: Some(self.mood),
            gain_db: self.gain_db,
            cover: self.cover,
            audio: self.audio,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn every_track_has_its_file_and_a_map_without_gaps() {
        for track in demo_library().unwrap() {
            let audio = audio(&track.audio).unwrap_or_else(|| panic!("{} has no file", track.title));
            let digest: String =
                Sha256::digest(&audio.file).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digest, track.audio, "{} is another file than the library says", track.title);
            assert_eq!(audio.file.len() as i64, track.map.bytes);
            let (mut offset, mut start) = (0, 0);
            for segment in &track.map.segments {
                assert_eq!((segment.offset, segment.start), (offset, start), "{}", track.title);
                offset += segment.bytes;
                start += segment.samples;
            }
            assert_eq!((offset, start), (track.map.bytes, track.samples), "{}", track.title);
        }
    }

    #[test]
    fn the_first_rooms_have_the_links_people_know() {
        let slugs: Vec<String> = first_rooms().into_iter().map(|room| room.slug).collect();
        assert_eq!(slugs, ["shell-stage", "bandstand", "bench-by-the-path"]);
    }
}
