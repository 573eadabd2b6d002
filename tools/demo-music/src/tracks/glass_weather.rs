//! "Glass Weather": three beats to the bar, glass bells in the rain, a choir far off.

use anyhow::Result;

use super::{EASY, LEGATO, Studio, Track, place};
use crate::desk::Space;
use crate::score::form::{Form, Step, bass, figure, held};
use crate::score::{line, moved};
use crate::stereo::Stereo;
use crate::voice::drums;
use crate::voice::lead::{Colour, sing};
use crate::voice::strings::{SOFT, choir};
use crate::voice::struck::{GLASS, guitar, round_bass};

pub fn track() -> Track {
    Track {
        slug: "glass-weather",
        title: "Glass Weather",
        artist: "Ines Roque",
        album: "Rooms With Windows",
        mood: "slow",
        key: "E minor",
        bpm: 84.0,
        first: 0.15,
        cover: 57_230,
        compose,
    }
}

const A: &str = "Em9 | % | Cmaj9 | % | G/B | Am9 | Dadd9 | Bm7";
const B: &str = "Cmaj9 | D6 | Bm7 | Em9 | Am9 | D9 | Gmaj9 | B7b9";

fn compose(track: &Track) -> Result<Stereo> {
    let form = Form::new(
        3.0,
        &[
            ("intro", "Em9 | % | Cmaj9 | %"),
            ("a", A),
            ("a1", A),
            ("b", B),
            ("a2", A),
            ("outro", "Em9 | Cmaj9 | Am9 | Em9 | %"),
        ],
    );
    let mut s = Studio::new(track, 0.5, 0.5, form);
    let all = ["intro", "a", "a1", "b", "a2", "outro"];

    let pad = s.play(&held(&s.form.spans(&all), 4, 52, 0.6), LEGATO);
    let (b, a2) = (s.time("b"), s.time("a2"));
    s.add(place(-25.5, 0.5, 0.0), |part, chance| {
        SOFT.play(part, &pad, chance, |t| if t > b && t < a2 { 0.6 } else { -0.1 })
    })?;
    let voices = s.play(&held(&s.form.spans(&["a1", "b", "a2"]), 3, 59, 0.55), LEGATO);
    s.add(place(-26.5, 0.6, 0.0), |part, chance| choir(part, &voices, chance))?;

    let mut strings = figure(
        &s.form,
        &["a", "a1", "a2", "b"],
        4,
        52,
        &[
            (0.0, 2.6, 0, 0.6),
            (0.5, 2.0, 1, 0.4),
            (1.0, 1.8, 2, 0.48),
            (1.5, 1.4, 3, 0.42),
            (2.0, 1.0, 4, 0.46),
            (2.5, 0.6, 2, 0.36),
        ],
    );
    strings.extend(figure(
        &s.form,
        &["intro", "outro"],
        4,
        52,
        &[(0.0, 2.6, 0, 0.5), (1.0, 1.8, 2, 0.36), (2.0, 1.0, 3, 0.36)],
    ));
    let strings = s.play(&strings, EASY);
    s.add(place(-24.0, 0.35, 0.08), |part, chance| guitar(part, &strings, 0.0, -0.25, chance))?;

    let low =
        bass(&s.form, &["a", "a1", "a2"], 31, &[(0.0, 2.4, Step::Bass, 0.75), (2.5, 0.45, Step::Lead, 0.35)]);
    let mut low =
        [low, bass(&s.form, &["b"], 31, &[(0.0, 1.9, Step::Bass, 0.8), (2.0, 0.9, Step::Fifth, 0.55)])]
            .concat();
    low.extend(bass(&s.form, &["outro"], 31, &[(0.0, 2.9, Step::Bass, 0.6)]));
    let low = s.play(&low, EASY);
    s.add(place(-21.0, 0.05, 0.0), |part, _| round_bass(part, &low))?;

    // The motif: a leap up and two steps down, like drops from a gutter.
    let a = line(
        0.0,
        0.75,
        "B5:1 F#6:1 E6:.5 D6:.5 | B5:3 | G5:1 E6:1 D6:.5 B5:.5 | G5:3 | D6:1 G6:1 F#6:.5 D6:.5 | E6:1.5 C6:.5 B5:1 | A5:1 F#5:1 E5:1 | F#5:3",
    );
    let mut bells = moved(&a, s.start("a"), 0.0, 0.9);
    bells.extend(moved(&a, s.start("a1"), 0.0, 1.0));
    bells.extend(moved(&a, s.start("a2"), 0.0, 1.05));
    bells.extend(line(s.start("intro"), 0.55, "B5:1 F#6:2 | -:3 | G5:1 E6:2 | -:1 D6?:1 B5?:1"));
    bells.extend(line(
        s.start("outro"),
        0.6,
        "B5:1 F#6:1 E6:.5 D6:.5 | G5:3 | E6?:1 C6?:1 B5?:1 | G5?:1 F#5?:1 B5?:1 | E5?:3",
    ));
    let bells = s.play(&bells, EASY);
    s.add(place(-20.5, 0.45, 0.28), |part, chance| GLASS.play(part, &bells, 0.6, chance))?;

    let mut song = line(
        s.start("b"),
        0.8,
        "E5:2 G5:1 | F#5:1.5 E5:.5 D5:1 | D5:2 F#5:1 | E5:1 B4:2 | C5:2 E5:1 | F#5:1 A5:1.5 G5:.5 | F#5:1 D5:1 B4:1 | C5:1 D#5:1 F#5:.9",
    );
    let a_low = line(
        0.0,
        0.62,
        "B4:3 | -:1 D5:1 E5:1 | G5:3 | -:1 E5:1 D5:1 | B4:3 | C5:1.5 B4:.5 A4:1 | A4:3 | B4:2.9",
    );
    song.extend(moved(&a_low, s.start("a2"), 0.0, 1.0));
    let song = s.play(&song, LEGATO);
    s.add(place(-21.0, 0.42, 0.2), |part, chance| sing(part, &song, Colour::Flute, 0.18, chance))?;

    let kick = s.play(&s.grid(&["a1", "b", "a2"], "X--- ---- ---- | x--- ---- --o-", None), EASY);
    s.add(place(-23.5, 0.05, 0.0), |part, _| drums::kick(part, &kick, 0.05, 0.34))?;
    let brush =
        s.play(&s.grid(&["a1", "b", "a2"], "---- x--- x--. | ---- x-.- o---", Some("---- x-.- oxox")), EASY);
    s.add(place(-28.0, 0.3, 0.0), |part, chance| drums::snare(part, &brush, 0.95, chance))?;
    let swish = s.play(&s.grid(&["a", "a1", "b", "a2"], "x--- o-.- o-.-", None), EASY);
    s.add(place(-32.0, 0.25, 0.0), |part, chance| drums::shaker(part, &swish, 0.06, 5600.0, 0.35, chance))?;
    let ride = s.play(&s.grid(&["b", "a2"], "x--- --.- o---", None), EASY);
    s.add(place(-34.0, 0.3, 0.0), |part, chance| drums::cymbal(part, &ride, 1.0, 0.1, -0.3, chance))?;
    s.add(place(-33.5, 0.0, 0.0), |part, chance| drums::weather(part, 0.8, chance))?;

    let echo = s.tempo.beat();
    Ok(s.desk.sum(Space { size: 26.0, time: 3.8, damp: 4600.0, echo, feedback: 0.4 }))
}
