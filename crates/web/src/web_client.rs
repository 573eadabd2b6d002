//! The web client's files: embedded in the binary, or from a folder. Text is compressed once, when first asked for.

use crate::first::First;
use crate::page::Template;
use anyhow::Context;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web-client/dist"]
#[allow_missing = true]
struct Embedded;

/// Where the build puts what carries a hash of its content in its name.
const HASHED: &str = "assets/";
/// Files of this size and more are compressed.
const WORTH_COMPRESSING: usize = 1024;
/// Largest folder that is read, in files and in bytes of one file: anything beyond it is another folder.
const FILES_MAX: usize = 2000;
const FILE_MAX: u64 = 32 * 1024 * 1024;

/// The web client's files by their path below the root.
#[derive(Debug)]
pub struct WebClient {
    files: HashMap<String, File>,
    /// The page; none when the client was not built.
    pub page: Option<Template>,
    /// The join screen to put into it; none when the client was not built.
    pub first: Option<First>,
}

#[derive(Debug)]
struct File {
    bytes: Bytes,
    kind: &'static str,
    etag: HeaderValue,
    cache: &'static str,
    gzip: OnceLock<Option<Bytes>>,
}

impl WebClient {
    /// What was embedded when this was built.
    pub fn embedded() -> WebClient {
        let files = Embedded::iter().filter_map(|path| {
            let bytes = match Embedded::get(&path)?.data {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some((path.into_owned(), bytes))
        });
        WebClient::of(files)
    }

    /// What is in a folder now.
    pub fn read(folder: &Path) -> anyhow::Result<WebClient> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(inner) = folders.pop() {
            let what = || format!("The web client cannot be read from {}", inner.display());
            for entry in std::fs::read_dir(&inner).with_context(what)? {
                let path = entry.with_context(what)?.path();
                let meta = path.metadata().with_context(what)?;
                if meta.is_dir() {
                    folders.push(path);
                    continue;
                }
                anyhow::ensure!(
                    files.len() < FILES_MAX && meta.len() <= FILE_MAX,
                    "{} does not look like a built web client: it is too large.",
                    folder.display()
                );
                let name = path.strip_prefix(folder).context("a folder's file is below it")?;
                files.push((
                    name.to_string_lossy().into_owned(),
                    Bytes::from(std::fs::read(&path).with_context(what)?),
                ));
            }
        }
        Ok(WebClient::of(files))
    }

    fn of(files: impl IntoIterator<Item = (String, Bytes)>) -> WebClient {
        let mut files: HashMap<String, Bytes> = files.into_iter().collect();
        let page = files.remove("index.html").map(|html| Template::parse(&String::from_utf8_lossy(&html)));
        let first = files.remove("first.json").and_then(|json| {
            serde_json::from_slice(&json)
                .inspect_err(|error| tracing::error!(%error, "first.json of the web client cannot be read"))
                .ok()
        });
        let files = files.into_iter().map(|(path, bytes)| {
            let file = File::new(&path, bytes);
            (path, file)
        });
        WebClient { files: files.collect(), page, first }
    }

    /// The answer to a request for one of the files; `None` when there is no such file.
    pub fn answer(&self, path: &str, request: &HeaderMap) -> Option<Response> {
        self.files.get(path.strip_prefix('/')?).map(|file| file.answer(request))
    }
}

impl File {
    fn new(path: &str, bytes: Bytes) -> File {
        let digest = Sha256::digest(&bytes);
        let etag: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let cache = if path.starts_with(HASHED) {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=3600"
        };
        let etag = HeaderValue::try_from(format!("\"{etag}\"")).expect("hexadecimal digits fit a header");
        File { bytes, kind: kind(path), etag, cache, gzip: OnceLock::new() }
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let head = [
            (header::ETAG, self.etag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static(self.cache)),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ];
        if request.get(header::IF_NONE_MATCH).is_some_and(|known| known == self.etag) {
            return (StatusCode::NOT_MODIFIED, head).into_response();
        }
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(self.kind))];
        match self.gzip.get_or_init(|| self.compress()) {
            Some(gzip) if accepts_gzip(request) => {
                let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
                (head, kind, encoding, gzip.clone()).into_response()
            }
            _ => (head, kind, self.bytes.clone()).into_response(),
        }
    }

    fn compress(&self) -> Option<Bytes> {
        if self.bytes.len() < WORTH_COMPRESSING || !is_text(self.kind) {
            return None;
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&self.bytes).ok()?;
        encoder.finish().ok().map(Bytes::from)
    }
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let codings = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "gzip" && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn is_text(kind: &str) -> bool {
    kind.starts_with("text/")
        || matches!(
            kind,
            "image/svg+xml" | "application/json" | "application/manifest+json" | "application/wasm"
        )
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> WebClient {
        let script = "let lamp = 'warm';\n".repeat(200);
        WebClient::of([
            ("index.html".to_owned(), Bytes::from_static(b"<head><!--head--></head>")),
            ("assets/main-1a2b.js".to_owned(), Bytes::from(script)),
            ("og.png".to_owned(), Bytes::from(vec![7; 5000])),
        ])
    }

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn hashed_files_are_kept_for_ever_and_text_is_compressed() {
        let accepts =
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("br, gzip;q=0.8"))]);
        let script = client().answer("/assets/main-1a2b.js", &accepts).unwrap();
        assert_eq!(header(&script, "content-encoding"), "gzip");
        assert!(header(&script, "cache-control").contains("immutable"));
        let image = client().answer("/og.png", &accepts).unwrap();
        assert_eq!((header(&image, "content-encoding"), header(&image, "content-type")), ("", "image/png"));
        assert!(!header(&image, "cache-control").contains("immutable"));
    }

    #[test]
    fn whoever_refuses_gzip_gets_none() {
        for refusal in ["identity", "gzip;q=0", "br"] {
            let request =
                HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(refusal))]);
            let script = client().answer("/assets/main-1a2b.js", &request).unwrap();
            assert_eq!(header(&script, "content-encoding"), "", "{refusal}");
        }
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let first = client().answer("/og.png", &HeaderMap::new()).unwrap();
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, first.headers()["etag"].clone())]);
        assert_eq!(client().answer("/og.png", &known).unwrap().status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn there_is_nothing_above_or_beside_the_files() {
        for path in ["/", "/index.html", "/../Cargo.toml", "/assets", "/assets/../og.png", "og.png"] {
            assert!(client().answer(path, &HeaderMap::new()).is_none(), "{path}");
        }
    }
}
