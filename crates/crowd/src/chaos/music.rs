//! What plays for somebody by what they were told of a room, as a browser goes on by itself: from what plays to what is next.

use protocol::event::{Happened, Play, Playback};
use protocol::time::Micros;
use std::collections::BTreeSet;
use std::time::Duration;

/// The music of one listener. All times are park time.
#[derive(Debug, Default)]
pub struct Music {
    /// What plays until a track that was announced begins, what was announced or plays, and what is next: one after the other.
    former: Option<Play>,
    now: Option<Play>,
    next: Option<Play>,
    /// Counted up to here.
    since: Micros,
    silence: Micros,
    heard: BTreeSet<Micros>,
    taken_back: u64,
}

impl Music {
    /// Begins to count.
    pub fn listen(&mut self, at: Micros) {
        (self.since, self.silence, self.taken_back) = (at, 0, 0);
        self.heard.clear();
    }

    /// Lets time pass, up to this moment.
    pub fn pass(&mut self, to: Micros) {
        let mut covered = 0;
        let turns = self.now.as_ref().map(|now| now.start_us);
        let former = self.former.as_ref().map(|play| (play, turns.unwrap_or(Micros::MAX)));
        let others = [&self.now, &self.next].into_iter().flatten().map(|play| (play, Micros::MAX));
        for (play, until) in former.into_iter().chain(others) {
            let part = play.end_us().min(until).min(to) - play.start_us.max(self.since);
            if part > 0 {
                covered += part;
                self.heard.insert(play.start_us);
            }
        }
        self.silence += (to - self.since - covered).max(0);
        self.since = self.since.max(to);
    }

    /// This plays, says a snapshot.
    pub fn told(&mut self, playback: Option<&Playback>, at: Micros) {
        self.pass(at);
        self.former = self.now.take();
        let Some(Playback { now, next }) = playback.cloned() else {
            (self.former, self.next) = (None, None);
            return;
        };
        if now.start_us < at && !self.heard.is_empty() && !self.heard.contains(&now.start_us) {
            self.taken_back += 1;
        }
        (self.now, self.next) = (Some(now), next);
    }

    /// Something happened in the room.
    pub fn happened(&mut self, happened: &Happened, at: Micros) {
        match happened {
            Happened::PlayStarted { playback, .. } => self.told(Some(playback), at),
            Happened::PlayNext { next } => {
                self.pass(at);
                self.next.clone_from(next);
            }
            Happened::PlayEnded {} => self.told(None, at),
            _ => {}
        }
    }

    /// Until what plays ends; none: nothing does.
    pub fn left(&self, at: Micros) -> Option<Duration> {
        let now = self.now.as_ref().filter(|now| now.end_us() > at)?;
        Some(Duration::from_micros((now.end_us() - at).unsigned_abs()))
    }

    /// How long nothing played.
    pub fn silence(&self) -> Duration {
        Duration::from_micros(self.silence.unsigned_abs())
    }

    /// Plays of which something was heard.
    pub fn plays(&self) -> u64 {
        self.heard.len() as u64
    }

    /// How often another play turned out to have begun than the one that was heard.
    pub fn taken_back(&self) -> u64 {
        self.taken_back
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::id::TrackId;
    use protocol::track::Track;

    /// A play of ten seconds that begins then, in seconds.
    fn play(start_s: i64) -> Play {
        let track = Track {
            id: TrackId(start_s),
            title: "Paper Boats".into(),
            artist: "Demo".into(),
            samples: 480_000,
            bpm: None,
            first_beat_ms: None,
            key: None,
            mood: None,
            gain_db: 0.0,
            cover: 0,
            audio: String::new(),
        };
        Play { entry: None, track, by: None, start_us: s(start_s) }
    }

    fn s(seconds: i64) -> Micros {
        seconds * 1_000_000
    }

    fn playback(now_s: i64, next_s: Option<i64>) -> Playback {
        Playback { now: play(now_s), next: next_s.map(play) }
    }

    fn begun(now_s: i64, next_s: Option<i64>, at_s: i64) -> Music {
        let mut music = Music::default();
        music.told(Some(&playback(now_s, next_s)), s(at_s));
        music.listen(s(at_s));
        music
    }

    #[test]
    fn what_is_next_follows_by_itself_and_then_there_is_silence() {
        let mut music = begun(0, Some(10), 5);
        music.pass(s(18));
        assert_eq!((music.silence(), music.plays()), (Duration::ZERO, 2));
        music.pass(s(23));
        assert_eq!(music.silence(), Duration::from_secs(3));
        assert_eq!(music.left(s(23)), None);
    }

    #[test]
    fn what_was_heard_is_what_the_room_tells_afterwards_or_it_is_taken_back() {
        let mut music = begun(0, Some(10), 5);
        music.told(Some(&playback(10, Some(20))), s(15));
        assert_eq!((music.taken_back(), music.left(s(15))), (0, Some(Duration::from_secs(5))));
        music.told(Some(&playback(14, None)), s(16));
        assert_eq!(music.taken_back(), 1);
    }

    #[test]
    fn what_is_announced_leaves_the_former_its_time() {
        let mut music = begun(0, Some(10), 2);
        music.told(Some(&playback(4, Some(14))), s(3));
        music.pass(s(8));
        assert_eq!((music.silence(), music.plays(), music.taken_back()), (Duration::ZERO, 2, 0));
    }

    #[test]
    fn nothing_plays_after_the_room_has_become_quiet() {
        let mut music = begun(0, None, 2);
        music.happened(&Happened::PlayEnded {}, s(4));
        music.pass(s(5));
        assert_eq!(music.silence(), Duration::from_secs(1));
    }
}
