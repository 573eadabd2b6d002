//! The web client's page, filled in for the room that a link leads to: title, what a shared link shows, the boot JSON, and the
//! join screen as it looks before there is a script.

use protocol::http::Boot;
use protocol::room::RoomSummary;
use service::origin::Origin;
use std::fmt::Write;

/// Where the page's head is filled in.
const HEAD: &str = "<!--head-->";
/// Where the boot JSON stands.
const BOOT: &str = "<!--boot-->";
/// Where the join screen stands.
const FIRST: &str = "<!--first-->";

/// The page with its gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    before: String,
    between: String,
    body: String,
    after: String,
}

impl Template {
    /// Reads the built `index.html`. Where a mark is missing, the gap is at the end of the head.
    pub fn parse(html: &str) -> Template {
        let (before, rest) =
            html.split_once(HEAD).unwrap_or_else(|| html.split_at(html.find("</head>").unwrap_or(0)));
        let (between, after) = rest.split_once(BOOT).unwrap_or(("", rest));
        let (body, after) = after.split_once(FIRST).unwrap_or((after, ""));
        let [before, between, body, after] = [before, between, body, after].map(str::to_owned);
        Template { before, between, body, after }
    }

    /// The page for a boot, at an address; `first` is the join screen's markup, where there is one.
    pub fn fill(&self, boot: &Boot, first: &str, origin: &Origin, path: &str) -> serde_json::Result<String> {
        let Template { before, between, body, after } = self;
        let (head, boot) = (head(boot, origin, path), script(boot)?);
        // A page without a place for it ends with its body.
        let first = if after.is_empty() { "" } else { first };
        Ok(format!("{before}{head}{between}{boot}{body}{first}{after}"))
    }
}

/// A page for people where the web client cannot be: a heading and a sentence.
pub fn plain(heading: &str, text: &str) -> String {
    let (heading, text) = (escape(heading), escape(text));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{heading} · Music Park</title></head><body><h1>{heading}</h1><p>{text}</p></body></html>\n"
    )
}

fn head(boot: &Boot, origin: &Origin, path: &str) -> String {
    let (title, shared, description) = match (&boot.missing, &boot.room) {
        (Some(_), _) => {
            let title = "There is no room here";
            (format!("{title} · Music Park"), title.to_owned(), "Other rooms are playing.".to_owned())
        }
        (None, Some(room)) => told(room),
        (None, None) => ("Music Park".to_owned(), "Music Park".to_owned(), SAME_BAR.to_owned()),
    };
    let (title, shared, description) = (escape(&title), escape(&shared), escape(&description));
    let url = escape(&format!("{origin}{path}"));
    let image = escape(&format!("{origin}/og.png"));
    let mut head = format!("<title>{title}</title>\n");
    for (attribute, name, content) in [
        ("name", "description", &description),
        ("property", "og:type", &"website".to_owned()),
        ("property", "og:site_name", &"Music Park".to_owned()),
        ("property", "og:title", &shared),
        ("property", "og:description", &description),
        ("property", "og:url", &url),
        ("property", "og:image", &image),
        ("name", "twitter:card", &"summary_large_image".to_owned()),
    ] {
        // Writing to a string cannot fail.
        let _ = writeln!(head, "<meta {attribute}=\"{name}\" content=\"{content}\">");
    }
    if boot.missing.is_some() {
        head.push_str("<meta name=\"robots\" content=\"noindex\">\n");
    } else {
        let _ = writeln!(head, "<link rel=\"canonical\" href=\"{url}\">");
    }
    head
}

const SAME_BAR: &str = "Step in and hear the same bar of music as everybody else, at the same moment.";

/// Title of the page, title of a shared link, and its description.
fn told(room: &RoomSummary) -> (String, String, String) {
    let name = &room.name;
    let track = room.now.as_ref().map(|play| format!("{} by {}", play.track.title, play.track.artist));
    let title = match &track {
        Some(track) => format!("{track} · {name} · Music Park"),
        None => format!("{name} · Music Park"),
    };
    let mut description = match (&track, room.listening) {
        (Some(track), 0) => format!("Now playing: {track}."),
        (Some(track), 1) => format!("Now playing: {track}. One person is listening."),
        (Some(track), n) => format!("Now playing: {track}. {n} people are listening."),
        (None, _) => String::new(),
    };
    for sentence in [room.about.as_str(), SAME_BAR] {
        if !sentence.is_empty() {
            let gap = if description.is_empty() { "" } else { " " };
            let _ = write!(description, "{gap}{sentence}");
        }
    }
    (title, name.clone(), description)
}

/// The boot JSON as a data block: nothing in it can end the element or begin another.
fn script(boot: &Boot) -> serde_json::Result<String> {
    let json = serde_json::to_string(boot)?;
    let mut safe = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        match c {
            // All of these stand within JSON's strings only.
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            c => safe.push(c),
        }
    }
    Ok(format!("<script type=\"application/json\" id=\"boot\">{safe}</script>"))
}

/// Text for an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::event::Play;
    use protocol::id::{RoomId, TrackId};
    use protocol::room::{Hue, Place, QueueMode};
    use protocol::track::Track;

    const HOSTILE: &str = "</script></title><img src=x onerror='a(\"b\")'>\u{2028}&amp;";

    fn room(name: &str, now: Option<Play>, listening: u32) -> RoomSummary {
        RoomSummary {
            id: RoomId(1),
            slug: "shell-stage".into(),
            name: name.into(),
            about: String::new(),
            hue: Hue::Coral,
            place: Place::Shell,
            mode: QueueMode::Open,
            host: None,
            listening,
            full: false,
            now,
        }
    }

    fn play(title: &str) -> Play {
        let track = Track {
            id: TrackId(1),
            title: title.into(),
            artist: "Low Tide".into(),
            samples: 48_000,
            bpm: None,
            first_beat_ms: None,
            key: None,
            mood: None,
            gain_db: 0.0,
            cover: 1,
            audio: "a".repeat(64),
        };
        Play { entry: None, track, by: None, start_us: 0 }
    }

    fn filled(room: Option<RoomSummary>, missing: Option<&str>) -> String {
        let template =
            Template::parse("<html><head><!--head--></head><body><!--boot--><main></main></body></html>");
        let boot = Boot {
            me: None,
            guest: None,
            rooms: room.iter().cloned().collect(),
            room,
            missing: missing.map(str::to_owned),
            now_us: 1,
            opened_us: 0,
            software: "0".into(),
        };
        template.fill(&boot, "", &"https://park.example".parse().unwrap(), "/r/shell-stage").unwrap()
    }

    #[test]
    fn a_shared_link_tells_room_track_and_how_many_listen() {
        let page = filled(Some(room("Shell Stage", Some(play("Slow Water")), 12)), None);
        assert!(page.contains("<title>Slow Water by Low Tide · Shell Stage · Music Park</title>"), "{page}");
        assert!(
            page.contains("content=\"Now playing: Slow Water by Low Tide. 12 people are listening."),
            "{page}"
        );
        assert!(page.contains("\"og:url\" content=\"https://park.example/r/shell-stage\""));
        assert!(page.contains("\"og:image\" content=\"https://park.example/og.png\""));
        assert!(page.ends_with("<main></main></body></html>"));
    }

    #[test]
    fn hostile_names_stay_text() {
        let page = filled(Some(room(HOSTILE, Some(play(HOSTILE)), 1)), None);
        assert!(!page.contains("<img") && !page.contains("\u{2028}\""), "{page}");
        assert_eq!(page.matches("</script>").count(), 1, "only our own element ends");
        assert_eq!(page.matches("</title>").count(), 1);
        let json = page.split_once("id=\"boot\">").unwrap().1.split_once("</script>").unwrap().0;
        let boot: Boot = serde_json::from_str(json).unwrap();
        assert_eq!(boot.room.unwrap().name, HOSTILE, "and the client gets it whole");
    }

    #[test]
    fn an_unknown_room_is_said_and_not_indexed() {
        let page = filled(None, Some("gone"));
        assert!(
            page.contains("<title>There is no room here · Music Park</title>") && page.contains("noindex")
        );
    }

    #[test]
    fn a_page_without_marks_is_filled_at_the_end_of_its_head() {
        let template = Template::parse("<head><meta></head><body></body>");
        assert_eq!(
            (template.before.as_str(), template.body.as_str()),
            ("<head><meta>", "</head><body></body>")
        );
    }
}
