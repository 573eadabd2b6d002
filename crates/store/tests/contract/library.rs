//! The library.

use crate::park::Park;
use protocol::track::{AudioMap, Segment};
use store::NewTrack;

fn track(title: &str, artist: &str) -> NewTrack {
    let segment = Segment { offset: 0, bytes: 91_000, start: 0, samples: 480_000 };
    let next = Segment { offset: 91_000, bytes: 90_123, start: 480_000, samples: 7_000_001 };
    NewTrack {
        title: title.to_owned(),
        artist: artist.to_owned(),
        samples: 7_480_001,
        bpm: Some(97.25),
        first_beat_ms: Some(0.1 + 0.2),
        key: Some("D minor".to_owned()),
        mood: None,
        gain_db: -3.75,
        cover: u32::MAX,
        audio: format!("{title}-{artist}"),
        map: AudioMap {
            bytes: 181_123,
            samples: 7_480_001,
            segments: vec![segment, next],
            peaks: "AAECAwQ=".to_owned(),
        },
    }
}

async fn found(park: &Park, search: &str) -> Vec<String> {
    park.store.tracks(search, 100).await.unwrap().into_iter().map(|t| t.title).collect()
}

pub async fn the_library_is_there_once_however_often_it_is_put_in(park: &Park) {
    let tracks: Vec<NewTrack> = (0..60).map(|n| track(&format!("Track {n:02}"), "Orbit")).collect();
    park.store.library_seed(&tracks).await.unwrap();
    let first = park.store.mix().await.unwrap();
    assert_eq!(first.len(), 60);
    park.store.library_seed(&tracks).await.unwrap();
    let (one, two) = (park.another().await, park.another().await);
    let (a, b) = tokio::join!(one.library_seed(&tracks), two.library_seed(&tracks));
    a.and(b).unwrap();
    assert_eq!(park.store.mix().await.unwrap(), first);
    let one = &first[7];
    assert_eq!((one.title.as_str(), one.samples, one.cover), ("Track 07", 7_480_001, u32::MAX));
    assert_eq!((one.bpm, one.first_beat_ms, one.gain_db), (Some(97.25), Some(0.1 + 0.2), -3.75));
    assert_eq!(park.store.track(one.id).await.unwrap().as_ref(), Some(one));
    assert_eq!(park.store.audio_map(&one.audio).await.unwrap().as_ref(), Some(&tracks[7].map));
    assert_eq!(park.store.audio_map("none").await.unwrap(), None);
}

pub async fn a_changed_track_keeps_its_id(park: &Park) {
    let old = track("Draft", "Orbit");
    park.store.library_seed(std::slice::from_ref(&old)).await.unwrap();
    let id = park.store.mix().await.unwrap()[0].id;
    let mut new = NewTrack { title: "Final".to_owned(), bpm: None, mood: Some("warm".to_owned()), ..old };
    new.map.peaks = "/////w==".to_owned();
    park.store.library_seed(std::slice::from_ref(&new)).await.unwrap();
    let mix = park.store.mix().await.unwrap();
    assert_eq!(mix.len(), 1);
    assert_eq!((mix[0].id, mix[0].title.as_str(), mix[0].bpm), (id, "Final", None));
    assert_eq!(park.store.audio_map(&new.audio).await.unwrap().unwrap().peaks, "/////w==");
    assert_eq!(found(park, "final").await, ["Final"]);
    assert_eq!(found(park, "draft").await, [""; 0]);
}

pub async fn a_search_finds_letters_of_any_case_and_script(park: &Park) {
    let tracks = [
        track("Été", "Zoë"),
        track("Night Bus", "Orbit"),
        track("نسيم الليل", "مريم"),
        track("ＷＩＤＥ", "x"),
    ];
    park.store.library_seed(&tracks).await.unwrap();
    assert_eq!(found(park, "ÉTÉ").await, ["Été"]);
    assert_eq!(found(park, "zOË").await, ["Été"]);
    assert_eq!(found(park, " night b").await, ["Night Bus"]);
    assert_eq!(found(park, "ORBIT").await, ["Night Bus"]);
    assert_eq!(found(park, "الليل").await, ["نسيم الليل"]);
    assert_eq!(found(park, "مريم").await, ["نسيم الليل"]);
    assert_eq!(found(park, "wide").await, ["ＷＩＤＥ"]);
    assert_eq!(found(park, "").await.len(), 4);
    assert_eq!(found(park, "bus orbit").await, [""; 0]);
}

pub async fn a_search_takes_wildcards_for_what_they_are(park: &Park) {
    let tracks =
        [track("100% Rain", "a"), track("snake_case", "b"), track("back\\slash", "c"), track("Plain", "d")];
    park.store.library_seed(&tracks).await.unwrap();
    assert_eq!(found(park, "%").await, ["100% Rain"]);
    assert_eq!(found(park, "0% r").await, ["100% Rain"]);
    assert_eq!(found(park, "_").await, ["snake_case"]);
    assert_eq!(found(park, "\\").await, ["back\\slash"]);
    assert_eq!(found(park, "p%n").await, [""; 0]);
    assert_eq!(found(park, "'; DROP TABLE track; --").await, [""; 0]);
}

pub async fn tracks_come_by_title_and_as_many_as_asked_for(park: &Park) {
    let tracks = ["cello", "Alto", "bass", "Drum"].map(|title| track(title, "Orbit"));
    park.store.library_seed(&tracks).await.unwrap();
    assert_eq!(found(park, "").await, ["Alto", "bass", "cello", "Drum"]);
    let two = park.store.tracks("orbit", 2).await.unwrap();
    assert_eq!(two.iter().map(|t| t.title.as_str()).collect::<Vec<_>>(), ["Alto", "bass"]);
    let mix: Vec<String> = park.store.mix().await.unwrap().into_iter().map(|t| t.title).collect();
    assert_eq!(mix, ["cello", "Alto", "bass", "Drum"], "the mix is by id");
}
