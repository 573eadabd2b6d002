//! "Signal Fires": a deep house beat, minor ninths on the off-beat, and marimba sparks passed from side to side.

use anyhow::Result;

use super::{LEGATO, Studio, TIGHT, Track, place};
use crate::desk::{Space, duck};
use crate::score::chord::voice;
use crate::score::form::{Form, Step, bass, figure, held};
use crate::score::{Event, line, moved};
use crate::stereo::Stereo;
use crate::voice::drums;
use crate::voice::lead::{Colour, sing};
use crate::voice::strings::{SOFT, STAB};
use crate::voice::struck::{MARIMBA, piano, synth_bass};

pub fn track() -> Track {
    Track {
        slug: "signal-fires",
        title: "Signal Fires",
        artist: "Otto Lind",
        album: "North Shore",
        mood: "driving",
        key: "F# minor",
        bpm: 121.0,
        first: 0.10,
        cover: 60_414,
        compose,
    }
}

const A: &str = "F#m9 | % | Dmaj9 | % | Bm9 | % | C#m7 | Emaj9";
const B: &str = "Dmaj9 | E6 | F#m9 | % | Dmaj9 | E6 | Amaj9 | C#7sus4 C#7";

fn compose(track: &Track) -> Result<Stereo> {
    let form = Form::new(
        4.0,
        &[
            ("intro", "F#m9 | % | Dmaj9 | %"),
            ("a", A),
            ("a1", A),
            ("b", B),
            ("a2", A),
            ("a3", A),
            ("outro", "F#m9 | % | Dmaj9 | F#m9"),
        ],
    );
    let mut s = Studio::new(track, 0.55, 0.5, form);
    let grooves = ["a", "a1", "a2", "a3"];

    let mut hits = s.grid(&grooves, "X--- X--- X--- X---", Some("X--- X--- X--- X--o"));
    hits.extend(s.grid(&["intro"], "X--- X--- X--- X---", Some("X--- X--- X--- ----")));
    hits.extend(s.grid(&["b"], "X--- ---- ---- ---- | ---- ---- ---- ----", Some("X--- X--- X-X- X-xx")));
    let kicks = s.play(&hits, TIGHT);
    let times: Vec<f64> = kicks.iter().filter(|k| k.vel > 0.6).map(|k| k.at).collect();
    s.add(place(-18.5, 0.01, 0.0), |part, _| drums::kick(part, &kicks, 0.45, 0.3))?;

    let (a, b, a2, out) = (s.time("a"), s.time("b"), s.time("a2"), s.time("outro"));
    let sky = move |t: f64| match t {
        t if t < a => -0.9 + 0.8 * t / a,
        t if t < b => -0.1 + 0.5 * (t - a) / (b - a),
        t if t < a2 => -0.4 + 1.5 * (t - b) / (a2 - b),
        t if t < out => 0.6,
        t => 0.6 - 0.2 * (t - out),
    };

    let mut stabs = Vec::new();
    let mut previous = Vec::new();
    for (bar, index) in s.form.bars(&["intro", "a", "a1", "a2", "a3", "outro"]) {
        let offsets: &[(f64, f64)] = if index % 2 == 0 {
            &[(0.5, 0.8), (1.75, 0.6), (2.5, 0.7)]
        } else {
            &[(0.25, 0.55), (1.5, 0.75), (2.75, 0.6), (3.5, 0.5)]
        };
        for &(offset, vel) in offsets {
            previous = voice(s.form.at(bar + offset), 5, 54, &previous);
            stabs.extend(previous.iter().map(|&p| Event {
                beat: bar + offset,
                len: 0.3,
                pitch: f64::from(p),
                vel,
            }));
        }
    }
    let stabs = s.play(&stabs, TIGHT);
    s.add(place(-22.5, 0.28, 0.2), |part, chance| {
        STAB.play(part, &stabs, chance, |t| sky(t) * 0.9);
        duck(part, &times, 0.4, 0.22);
    })?;

    let pad =
        s.play(&held(&s.form.spans(&["intro", "a", "a1", "b", "a2", "a3", "outro"]), 4, 57, 0.6), LEGATO);
    s.add(place(-25.5, 0.45, 0.0), |part, chance| {
        SOFT.play(part, &pad, chance, sky);
        duck(part, &times, 0.7, 0.44);
    })?;

    let mut low = bass(
        &s.form,
        &grooves,
        30,
        &[
            (0.5, 0.35, Step::Bass, 0.85),
            (1.25, 0.2, Step::Bass, 0.5),
            (1.5, 0.4, Step::Bass, 0.8),
            (2.5, 0.35, Step::Bass, 0.85),
            (3.0, 0.2, Step::Octave, 0.5),
            (3.25, 0.2, Step::Fifth, 0.55),
            (3.5, 0.4, Step::Bass, 0.75),
        ],
    );
    low.extend(bass(&s.form, &["b"], 30, &[(0.0, 2.4, Step::Bass, 0.75), (2.5, 1.4, Step::Octave, 0.55)]));
    low.extend(bass(&s.form, &["outro"], 30, &[(0.0, 3.7, Step::Bass, 0.7)]));
    let low = s.play(&low, TIGHT);
    s.add(place(-19.0, 0.0, 0.0), |part, _| {
        synth_bass(part, &low, 1.5, |t| sky(t) * 0.4 - 0.2);
        duck(part, &times, 0.5, 0.18);
    })?;

    // Sparks: three against four, so that the figure turns over the bar.
    let sparks = figure(
        &s.form,
        &["a1", "a2", "a3"],
        4,
        66,
        &[
            (0.0, 0.3, 0, 0.7),
            (0.75, 0.3, 2, 0.55),
            (1.5, 0.3, 4, 0.65),
            (2.25, 0.3, 3, 0.5),
            (3.0, 0.3, 1, 0.6),
            (3.5, 0.3, 2, 0.4),
            (3.75, 0.3, 5, 0.35),
        ],
    );
    let sparks = s.play(&sparks, TIGHT);
    s.add(place(-25.0, 0.3, 0.4), |part, chance| MARIMBA.play(part, &sparks, 0.9, chance))?;

    let call = line(
        0.0,
        0.75,
        "-:1 C#5:.5 E5:.5 G#5:1.5 F#5:.5 | -:4 | -:1 C#5:.5 E5:.5 F#5:1.5 E5:.5 | -:2 A4:.5 C#5:.5 E5:1 \
         | -:1 D5:.5 F#5:.5 A5:1.5 F#5:.5 | -:4 | E5:1 G#5:.5 B5:1 G#5:.5 E5:1 | D#5:1 E5:.5 F#5:1 G#5:1.4",
    );
    let mut tune = moved(&call, s.start("a1"), 0.0, 1.0);
    tune.extend(moved(&call, s.start("a3"), 0.0, 1.1));
    let tune = s.play(&tune, LEGATO);
    s.add(place(-21.0, 0.32, 0.35), |part, chance| sing(part, &tune, Colour::Saw, -0.06, chance))?;

    let fire = line(
        s.start("b"),
        0.7,
        "A5:1 F#5:.5 E5:.5 C#5:2 | B4:1 E5:1 G#5:2 | A5:1 G#5:.5 F#5:.5 E5:2 | C#5:2 E5:1 F#5:1 \
         | A5:1 F#5:.5 E5:.5 C#5:2 | B4:1 E5:1 B5:2 | G#5:1 E5:1 C#5:1 E5:1 | F#5:2 E#5:1.9"
            .replace("E#5", "F5")
            .as_str(),
    );
    let fire = s.play(&fire, LEGATO);
    s.add(place(-21.0, 0.45, 0.3), |part, chance| sing(part, &fire, Colour::Whistle, 0.1, chance))?;
    let keys = s.play(&held(&s.form.spans(&["b"]), 5, 55, 0.6), LEGATO);
    s.add(place(-24.0, 0.4, 0.1), |part, chance| piano(part, &keys, 0.9, chance))?;

    let claps = s.play(&s.grid(&grooves, "---- X--- ---- X---", Some("---- X--- --.- X-oo")), TIGHT);
    s.add(place(-24.5, 0.22, 0.03), |part, chance| drums::clap(part, &claps, chance))?;
    let hats = s.play(&s.grid(&["intro", "a", "a1", "a2", "a3"], "--x. --x- --x. --xo", None), TIGHT);
    s.add(place(-28.5, 0.08, 0.0), |part, chance| drums::cymbal(part, &hats, 0.11, 0.6, 0.18, chance))?;
    let closed = s.play(&s.grid(&["a1", "b", "a2", "a3"], "o.-. o.-. o.-. o.-o", None), TIGHT);
    s.add(place(-33.0, 0.05, 0.0), |part, chance| drums::cymbal(part, &closed, 0.035, 0.9, -0.3, chance))?;
    let mut toms = s.grid(&["a1", "a3"], "---o ---- --o- -x--", None);
    for (index, hit) in toms.iter_mut().enumerate() {
        hit.pitch = [50.0, 55.0, 47.0][index % 3];
    }
    let toms = s.play(&toms, TIGHT);
    s.add(place(-29.0, 0.35, 0.1), |part, chance| drums::tom(part, &toms, -0.35, chance))?;
    let rise = s.play(
        &[
            Event { beat: s.start("a2"), len: 1.0, pitch: 0.0, vel: 1.0 },
            Event { beat: s.start("a"), len: 1.0, pitch: 0.0, vel: 0.7 },
        ],
        TIGHT,
    );
    s.add(place(-31.0, 0.4, 0.0), |part, chance| drums::shaker(part, &rise, 3.0, 4200.0, 0.0, chance))?;

    let echo = s.tempo.beat() * 0.75;
    Ok(s.desk.sum(Space { size: 22.0, time: 2.4, damp: 5000.0, echo, feedback: 0.45 }))
}
