//! The join screen in the first response: there before any script is. The web client's build renders it with gaps
//! (`web-client/src/first/render.ts`), so that markup and words stay in the client; here the gaps are filled.

use crate::page::escape;
use protocol::http::{Boot, Newcomer};
use protocol::room::{QueueMode, RoomSummary};
use protocol::time::SAMPLE_RATE;
use serde::Deserialize;
use std::borrow::Cow;

/// What the build left: a card for each case, and texts for gaps that are filled by choice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct First {
    cards: Vec<Card>,
    listening: Listening,
    picked: Picked,
    mode: Modes,
    own: Gapped,
    names: Names,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Card {
    playing: bool,
    who: Who,
    html: Gapped,
}

/// Somebody new, a guest who was here before, or somebody with a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    New,
    Guest,
    Named,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Listening {
    none: Gapped,
    one: Gapped,
    many: Gapped,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Picked {
    mix: Gapped,
    by: Gapped,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Modes {
    open: Gapped,
    rotation: Gapped,
}

/// Two words make a newcomer's name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Names {
    adjectives: Vec<String>,
    animals: Vec<String>,
}

impl First {
    /// A name and a look for somebody new.
    pub fn newcomer(&self) -> Newcomer {
        let any = |words: &[String]| {
            let words = words.iter().map(String::as_str);
            rand::seq::IteratorRandom::choose(words, &mut rand::rng()).unwrap_or_default().to_owned()
        };
        let name = format!("{} {}", any(&self.names.adjectives), any(&self.names.animals));
        Newcomer { name, seed: rand::random() }
    }

    /// The join screen of a boot; none where there is no room to join.
    pub fn fill(&self, boot: &Boot) -> Option<String> {
        let room = boot.room.as_ref().filter(|_| boot.missing.is_none())?;
        let (who, you) = match (&boot.me, &boot.guest) {
            (Some(me), _) if me.login.is_some() => (Who::Named, me.person.name.as_str()),
            (Some(me), _) => (Who::Guest, me.person.name.as_str()),
            (None, Some(guest)) => (Who::New, guest.name.as_str()),
            (None, None) => return None,
        };
        let card = self.cards.iter().find(|card| card.who == who && card.playing == room.now.is_some())?;
        Some(card.html.fill(&|gap| match gap {
            "you" => you.into(),
            gap => self.of_room(room, boot.now_us, gap),
        }))
    }

    fn of_room<'a>(&self, room: &'a RoomSummary, now_us: i64, gap: &str) -> Cow<'a, str> {
        let whole = |text: &Gapped| text.fill_raw(&|gap| self.of_room(room, now_us, gap)).into();
        let play = room.now.as_ref();
        let length = play.map_or(0.0, |play| play.track.samples as f64 / SAMPLE_RATE as f64);
        let at = play.map_or(0.0, |play| ((now_us - play.start_us) as f64 / 1e6).clamp(0.0, length));
        match gap {
            "room" => room.name.as_str().into(),
            "about" => room.about.as_str().into(),
            "hue" => word(&room.hue).into(),
            "host" => room.host.as_deref().map_or_else(|| whole(&self.own), Cow::from),
            "mode" => whole(match room.mode {
                QueueMode::Open => &self.mode.open,
                QueueMode::Rotation => &self.mode.rotation,
            }),
            "count" => parted(room.listening).into(),
            "listening" => whole(match room.listening {
                0 => &self.listening.none,
                1 => &self.listening.one,
                _ => &self.listening.many,
            }),
            "title" => play.map_or("", |play| play.track.title.as_str()).into(),
            "artist" => play.map_or("", |play| play.track.artist.as_str()).into(),
            "picked" => match play.and_then(|play| play.by.as_ref()) {
                Some(_) => whole(&self.picked.by),
                None => whole(&self.picked.mix),
            },
            "by" => play.and_then(|play| play.by.as_ref()).map_or("", |by| by.name.as_str()).into(),
            "at" => clock(at).into(),
            "of" => clock(length).into(),
            "seconds" => format!("{at:.2}").into(),
            _ => "".into(),
        }
    }
}

/// A text with gaps, written `{{name}}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
struct Gapped(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Gap(String),
}

impl From<String> for Gapped {
    /// Taken apart once: what fills a gap is never searched for gaps.
    fn from(text: String) -> Gapped {
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, (gap, after))) =
            rest.split_once("{{").and_then(|(before, after)| Some((before, after.split_once("}}")?)))
        {
            pieces.extend([Piece::Text(before.to_owned()), Piece::Gap(gap.to_owned())]);
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Gapped(pieces)
    }
}

impl Gapped {
    /// The text as HTML: what fills the gaps is escaped.
    fn fill<'a>(&self, of: &dyn Fn(&str) -> Cow<'a, str>) -> String {
        self.0.iter().fold(String::new(), |text, piece| match piece {
            Piece::Text(own) => text + own,
            Piece::Gap(gap) => text + &escape(&of(gap)),
        })
    }

    /// The text as it is, to fill a gap with.
    fn fill_raw<'a>(&self, of: &dyn Fn(&str) -> Cow<'a, str>) -> String {
        self.0.iter().fold(String::new(), |text, piece| match piece {
            Piece::Text(own) => text + own,
            Piece::Gap(gap) => text + &of(gap),
        })
    }
}

/// Seconds as the page writes them (`web-client/src/words/time.ts`): `1:05`, `1:02:03`.
fn clock(seconds: f64) -> String {
    let s = seconds.max(0.0) as u64;
    let (hours, minutes, s) = (s / 3600, s / 60 % 60, s % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{s:02}") } else { format!("{minutes}:{s:02}") }
}

/// How many, with its thousands parted, as the page writes them (`many` of `web-client/src/words/en.ts`).
fn parted(n: u32) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

/// How a word of the protocol is written.
fn word(of: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(of).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_page_does() {
        assert_eq!([clock(65.9), clock(0.0), clock(3723.0)], ["1:05", "0:00", "1:02:03"]);
        assert_eq!(
            [parted(0), parted(999), parted(1_000), parted(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn what_fills_a_gap_is_text_and_is_not_searched_for_gaps() {
        let text = Gapped::from("<b>{{name}}</b> of {{other}} }}".to_owned());
        let filled =
            text.fill(&|gap| if gap == "name" { "{{other}} <i>".into() } else { gap.to_owned().into() });
        assert_eq!(filled, "<b>{{other}} &lt;i&gt;</b> of other }}");
    }
}
