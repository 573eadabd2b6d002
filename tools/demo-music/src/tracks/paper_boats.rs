//! "Paper Boats": nylon strings and a thumb piano over a lazy swung beat. The motif falls a third and climbs back.

use anyhow::Result;

use super::{EASY, LEGATO, Studio, Track, place};
use crate::desk::{Space, tape};
use crate::score::form::{Form, Step, bass, comp, figure, held};
use crate::score::{line, moved};
use crate::stereo::Stereo;
use crate::voice::drums;
use crate::voice::lead::{Colour, sing};
use crate::voice::strings::SOFT;
use crate::voice::struck::{KALIMBA, guitar, piano, round_bass};

pub fn track() -> Track {
    Track {
        slug: "paper-boats",
        title: "Paper Boats",
        artist: "Otto Lind",
        album: "Small Weather",
        mood: "warm",
        key: "F major",
        bpm: 86.0,
        first: 0.11,
        cover: 33_804,
        compose,
    }
}

const A: &str = "Fmaj9 | Dm9 | Bbmaj9 | C9sus4 C7 | Fmaj9 | Am7 Dm7 | Gm9 | C9sus4";
const B: &str = "Bbmaj9 | Am7 | Gm9 | Fmaj9/A | Bbmaj9 | Bm7b5 | Am7 D7b9 | Gm9 C13";

fn compose(track: &Track) -> Result<Stereo> {
    let form = Form::new(
        4.0,
        &[
            ("intro", "Fmaj9 | Dm9 | Bbmaj9 | C9sus4"),
            ("a", A),
            ("b", B),
            ("a2", A),
            ("outro", "Fmaj9 | Dm9 | Bbmaj9 | Fmaj9"),
        ],
    );
    let mut s = Studio::new(track, 0.59, 0.5, form);
    let full = ["a", "b", "a2"];

    let mut picked = figure(
        &s.form,
        &["intro", "a", "a2", "outro"],
        4,
        52,
        &[
            (0.0, 1.6, 0, 0.75),
            (0.5, 1.2, 2, 0.5),
            (1.0, 1.0, 3, 0.6),
            (1.5, 0.9, 1, 0.42),
            (2.0, 1.2, 2, 0.62),
            (2.5, 1.0, 3, 0.5),
            (2.75, 0.8, 4, 0.36),
            (3.25, 0.7, 2, 0.5),
            (3.75, 0.3, 1, 0.36),
        ],
    );
    picked.extend(comp(
        &s.form,
        &["b"],
        4,
        53,
        &[(0.0, 0.9, 0.7), (1.5, 0.4, 0.5), (2.25, 0.5, 0.55), (3.0, 0.4, 0.42), (3.5, 0.4, 0.5)],
    ));
    let picked = s.play(&picked, EASY);
    s.add(place(-22.0, 0.22, 0.03), |part, chance| guitar(part, &picked, 0.12, -0.32, chance))?;

    let keys = comp(&s.form, &["a2", "b"], 4, 55, &[(0.0, 2.4, 0.5), (2.5, 1.3, 0.4)]);
    let keys = s.play(&keys, EASY);
    s.add(place(-26.0, 0.25, 0.05), |part, chance| {
        piano(part, &keys, 0.6, chance);
        tape(part, 4.0);
    })?;

    let pad = s.play(&held(&s.form.spans(&["intro", "a", "b", "a2", "outro"]), 4, 55, 0.55), LEGATO);
    let (b, b_end) = (s.time("b"), s.time("a2"));
    s.add(place(-29.0, 0.4, 0.0), |part, chance| {
        SOFT.play(part, &pad, chance, |t| if t > b && t < b_end { 0.6 } else { -0.2 })
    })?;

    let mut low = bass(
        &s.form,
        &["a", "a2"],
        29,
        &[
            (0.0, 1.3, Step::Bass, 0.85),
            (1.5, 0.4, Step::Bass, 0.5),
            (2.0, 1.1, Step::Fifth, 0.65),
            (3.25, 0.3, Step::Octave, 0.45),
            (3.5, 0.45, Step::Lead, 0.6),
        ],
    );
    low.extend(bass(
        &s.form,
        &["b"],
        29,
        &[
            (0.0, 1.9, Step::Bass, 0.8),
            (2.0, 0.9, Step::Bass, 0.65),
            (2.75, 0.25, Step::Octave, 0.4),
            (3.0, 0.9, Step::Fifth, 0.6),
        ],
    ));
    low.extend(bass(&s.form, &["outro"], 29, &[(0.0, 3.6, Step::Bass, 0.7)]));
    let low = s.play(&low, EASY);
    s.add(place(-20.0, 0.02, 0.0), |part, _| round_bass(part, &low))?;

    let a = line(
        0.0,
        0.8,
        "C6:.5 A5:.5 -:.5 A5:.5 C6:1 D6:1 | A5:1.5 F5:.5 -:2 | D6:.5 Bb5:.5 -:.5 A5:.5 Bb5:1 D6:1 | C6:1 G5:1 E5:1 G5:1 \
         | C6:.5 A5:.5 -:.5 A5:.5 C6:1 E6:1 | D6:1 C6:.5 A5:1 -:1.5 | Bb5:.5 A5:.5 G5:1 F5:.5 D5:.5 F5:1 | G5:2 -:2",
    );
    let mut tune = moved(&a, s.start("a"), 0.0, 1.0);
    tune.extend(moved(&a, s.start("a2"), 0.0, 1.0));
    tune.extend(line(s.start("intro"), 0.5, "-:8 | D6:.5 Bb5:.5 -:3 | C6:.5 G5:.5 -:3"));
    tune.extend(line(
        s.start("outro"),
        0.65,
        "C6:.5 A5:.5 -:.5 A5:.5 C6:1 D6:1 | A5:1.5 F5:.5 -:2 | D6?:.5 Bb5?:.5 -:3 | C6?:.5 A5?:.5 -:.5 F5?:2",
    ));
    let tune = s.play(&tune, EASY);
    s.add(place(-20.5, 0.3, 0.2), |part, chance| KALIMBA.play(part, &tune, 0.5, chance))?;

    let b = line(
        s.start("b"),
        0.72,
        "-:.5 D5:.5 F5:1 A5:1.5 G5:.5 | E5:3 -:1 | -:.5 Bb4:.5 D5:1 F5:1.5 E5:.5 | C5:3 -:1 \
         | -:.5 D5:.5 F5:1 A5:1 C6:1 | B5:1.5 A5:.5 F5:2 | E5:1 G5:1 F#5:1 Eb5:1 | D5:1.5 F5:.5 E5:1.8",
    );
    let b = s.play(&b, LEGATO);
    s.add(place(-21.0, 0.32, 0.15), |part, chance| sing(part, &b, Colour::Clarinet, 0.15, chance))?;
    let under = line(
        s.start("a2"),
        0.5,
        "A4:4 | F4:3 -:1 | D5:4 | Bb4:2 C5:2 | A4:4 | C5:2 A4:2 | Bb4:3 A4:1 | G4:3.5",
    );
    let under = s.play(&under, LEGATO);
    s.add(place(-27.0, 0.35, 0.1), |part, chance| sing(part, &under, Colour::Clarinet, 0.3, chance))?;

    let kick = s.play(&s.grid(&full, "X--- ---o --x- ---- | X--- --.- -ox- ----", None), EASY);
    s.add(place(-20.5, 0.02, 0.0), |part, _| drums::kick(part, &kick, 0.25, 0.24))?;
    let snare = s
        .play(&s.grid(&full, "---- X--. -.-- X--- | ---- X--. ---. X-.-", Some("---- X--. -.-o x.xo")), EASY);
    s.add(place(-23.5, 0.14, 0.0), |part, chance| drums::snare(part, &snare, 0.6, chance))?;
    let hats = s.play(&s.grid(&full, "x-o. x-o- x.o- x-oo", None), EASY);
    s.add(place(-31.0, 0.06, 0.0), |part, chance| drums::cymbal(part, &hats, 0.05, 0.3, 0.3, chance))?;
    let shaker = s.play(&s.grid(&["intro", "b", "outro"], "o.x. o.x. o.x. o.xo", None), EASY);
    s.add(place(-32.0, 0.1, 0.0), |part, chance| drums::shaker(part, &shaker, 0.03, 7000.0, -0.4, chance))?;
    s.add(place(-39.0, 0.0, 0.0), |part, chance| drums::weather(part, 0.0, chance))?;

    let echo = s.tempo.beat() * 0.75;
    Ok(s.desk.sum(Space { size: 14.0, time: 1.6, damp: 4500.0, echo, feedback: 0.3 }))
}
