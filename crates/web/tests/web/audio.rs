//! Audio by its hash: whole, one range, its map.

use crate::site::Site;
use axum::http::StatusCode;
use protocol::track::AudioMap;
use store::NewTrack;

fn track() -> NewTrack {
    web::demo_library().unwrap().into_iter().next().expect("the demo library is in the program")
}

#[tokio::test]
async fn a_segment_is_one_range() {
    let site = Site::new().await;
    let track = track();
    let path = format!("/audio/{}.opus", track.audio);
    let whole = site.browser().get(&path).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, Some("audio/ogg")));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    assert!(whole.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(whole.body.len() as i64, track.map.bytes);
    for segment in &track.map.segments {
        let (first, end) = (segment.offset as usize, (segment.offset + segment.bytes) as usize);
        let part = site.browser().saying("range", &format!("bytes={first}-{}", end - 1)).get(&path).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(
            part.header("content-range").unwrap(),
            format!("bytes {first}-{}/{}", end - 1, whole.body.len())
        );
        assert_eq!(part.body, whole.body.slice(first..end));
        assert!(part.body.starts_with(b"OggS"), "a segment is a stream of its own");
    }
}

#[tokio::test]
async fn ranges_that_cannot_be_are_answered_as_they_should() {
    let site = Site::new().await;
    let path = format!("/audio/{}.opus", track().audio);
    let whole = site.browser().get(&path).await;
    let beyond = site.browser().saying("range", "bytes=999999999-").get(&path).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range").unwrap(), format!("bytes */{}", whole.body.len()));
    let several = site.browser().saying("range", "bytes=0-1,4-5").get(&path).await;
    assert_eq!((several.status, several.body.len()), (StatusCode::OK, whole.body.len()));
    let other = site.browser().saying("range", "bytes=0-1").saying("if-range", "\"other\"").get(&path).await;
    assert_eq!(other.status, StatusCode::OK);
    let etag = whole.header("etag").unwrap();
    let same = site.browser().saying("range", "bytes=0-1").saying("if-range", etag).get(&path).await;
    assert_eq!((same.status, same.body.len()), (StatusCode::PARTIAL_CONTENT, 2));
    let known = site.browser().saying("if-none-match", etag).get(&path).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn the_map_of_an_audio_file_is_beside_it() {
    let site = Site::new().await;
    let track = track();
    let map: AudioMap = site.browser().get(&format!("/audio/{}.json", track.audio)).await.json();
    assert_eq!(map, track.map);
}

#[tokio::test]
async fn there_is_no_other_audio() {
    let site = Site::new().await;
    let hash = track().audio;
    for path in [
        format!("/audio/{}.opus", "0".repeat(64)),
        format!("/audio/{}.json", "0".repeat(64)),
        format!("/audio/{}.opus", hash.to_uppercase()),
        format!("/audio/{hash}"),
        format!("/audio/{hash}.mp3"),
        "/audio/..%2f..%2fCargo.toml".to_owned(),
    ] {
        assert_eq!(site.browser().get(&path).await.problem().status, 404, "{path}");
    }
}
