//! Audio by its hash: `GET /audio/<hash>.opus` with one range, `GET /audio/<hash>.json`. Immutable, of one fixed type.

use crate::library;
use crate::problem::Failure;
use crate::server::Site;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::ops::Range;
use std::sync::Arc;

pub fn router() -> Router<Arc<Site>> {
    Router::new().route("/audio/{file}", get(audio))
}

async fn audio(
    State(site): State<Arc<Site>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (hash, ending) = file.split_once('.').ok_or_else(Failure::nothing_here)?;
    if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err(Failure::nothing_here());
    }
    let known = library::audio(hash);
    match ending {
        "opus" => known
            .map(|audio| answer(&audio.file, hash, "audio/ogg", &headers))
            .ok_or_else(Failure::nothing_here),
        "json" => {
            let map = match known {
                Some(audio) => audio.map.clone(),
                None => {
                    let map = site.store.audio_map(hash).await?.ok_or_else(Failure::nothing_here)?;
                    serde_json::to_vec(&map).map_err(|error| Failure::Fault(error.into()))?.into()
                }
            };
            Ok(answer(&map, hash, "application/json", &headers))
        }
        _ => Err(Failure::nothing_here()),
    }
}

/// The bytes, or the part of them that was asked for.
fn answer(bytes: &Bytes, hash: &str, kind: &'static str, request: &HeaderMap) -> Response {
    let etag = HeaderValue::try_from(format!("\"{hash}\"")).expect("hexadecimal digits fit a header");
    let head = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
    ];
    if request.get(header::IF_NONE_MATCH).is_some_and(|known| *known == etag) {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
    // A range of another version would not fit to what the client has.
    let fits = request.get(header::IF_RANGE).is_none_or(|known| *known == etag);
    let range = request.get(header::RANGE).filter(|_| fits).and_then(|range| range.to_str().ok());
    let length = bytes.len();
    match range.map_or(Asked::Everything, |range| asked(range, length)) {
        Asked::Everything => (head, kind, bytes.clone()).into_response(),
        Asked::Part(part) => {
            let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            (StatusCode::PARTIAL_CONTENT, head, kind, [(header::CONTENT_RANGE, range)], bytes.slice(part))
                .into_response()
        }
        Asked::Nothing => {
            let range = format!("bytes */{length}");
            (StatusCode::RANGE_NOT_SATISFIABLE, head, [(header::CONTENT_RANGE, range)]).into_response()
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// No range, several, or one that is not understood: those may be ignored (RFC 9110, 14.2).
    Everything,
    Part(Range<usize>),
    /// A range beyond the end.
    Nothing,
}

/// Reads a `Range` header for a body of `length` bytes.
fn asked(range: &str, length: usize) -> Asked {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|spec| spec.split_once('-')) else {
        return Asked::Everything;
    };
    let number = |text: &str| -> Option<usize> {
        // Beyond any length is as good as any other number beyond it.
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().unwrap_or(usize::MAX))
    };
    let (first, last) = (first.trim(), last.trim());
    match (first.is_empty(), last.is_empty()) {
        (true, true) => Asked::Everything,
        (true, false) => match number(last) {
            None => Asked::Everything,
            Some(0) => Asked::Nothing,
            Some(count) if length > 0 => Asked::Part(length.saturating_sub(count)..length),
            Some(_) => Asked::Nothing,
        },
        (false, open) => match (number(first), if open { Some(usize::MAX) } else { number(last) }) {
            (Some(first), Some(last)) if first > last => Asked::Everything,
            (Some(first), Some(_)) if first >= length => Asked::Nothing,
            (Some(first), Some(last)) => Asked::Part(first..last.saturating_add(1).min(length)),
            _ => Asked::Everything,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_answered_in_its_three_forms() {
        assert_eq!(asked("bytes=0-9", 100), Asked::Part(0..10));
        assert_eq!(asked("bytes=90-", 100), Asked::Part(90..100));
        assert_eq!(asked("bytes=-10", 100), Asked::Part(90..100));
        assert_eq!(asked("bytes=50-1000", 100), Asked::Part(50..100));
        assert_eq!(asked("bytes=-1000", 100), Asked::Part(0..100));
        assert_eq!(asked("bytes=0-99999999999999999999999999", 100), Asked::Part(0..100));
    }

    #[test]
    fn a_range_beyond_the_end_is_refused() {
        for beyond in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(asked(beyond, 100), Asked::Nothing, "{beyond}");
        }
        assert_eq!(asked("bytes=0-", 0), Asked::Nothing);
    }

    #[test]
    fn what_is_no_single_range_gets_everything() {
        for other in
            ["bytes=0-1,5-6", "bytes=9-5", "bytes=a-b", "items=0-1", "bytes=-", "bytes=+1-5", "bytes", ""]
        {
            assert_eq!(asked(other, 100), Asked::Everything, "{other}");
        }
    }
}
