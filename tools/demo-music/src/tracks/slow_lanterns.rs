//! "Slow Lanterns": a flute over electric piano, lamps lit one by one. The motif is a rising fourth and a step.

use anyhow::Result;

use super::{EASY, LEGATO, Studio, Track, place};
use crate::desk::Space;
use crate::score::form::{Form, Step, bass, comp, figure, held};
use crate::score::{line, moved};
use crate::stereo::Stereo;
use crate::voice::drums;
use crate::voice::lead::{Colour, sing};
use crate::voice::strings::SOFT;
use crate::voice::struck::{GLASS, VIBRAPHONE, piano, round_bass};

pub fn track() -> Track {
    Track {
        slug: "slow-lanterns",
        title: "Slow Lanterns",
        artist: "Mira Vale",
        album: "Evening Paper",
        mood: "slow",
        key: "D minor",
        bpm: 69.0,
        first: 0.12,
        cover: 20_011,
        compose,
    }
}

const A: &str = "Dm9 | Bbmaj9 | Fmaj9 | C6/E | Dm9 | Gm9 | Bbmaj9 | A7sus4 A7";
const B: &str = "Gm9 | C9 | Fmaj9 | Bbmaj9 | Em7b5 | A7b9 | Dm9 | Am7";

fn compose(track: &Track) -> Result<Stereo> {
    let form = Form::new(
        4.0,
        &[
            ("intro", "Dm9 | Bbmaj9 | Dm9 | Bbmaj9"),
            ("a", A),
            ("b", B),
            ("a2", A),
            ("outro", "Dm9 | Bbmaj9 | Gm9 | Dm9"),
        ],
    );
    let mut s = Studio::new(track, 0.56, 0.5, form);
    let all = ["intro", "a", "b", "a2", "outro"];
    let full = ["a", "b", "a2"];

    let pad = s.play(&held(&s.form.spans(&all), 4, 53, 0.6), LEGATO);
    let (b_at, b_end) = (s.time("b"), s.time("a2"));
    s.add(place(-26.0, 0.5, 0.0), |part, chance| {
        SOFT.play(part, &pad, chance, |t| if t > b_at && t < b_end { 0.5 } else { 0.0 });
    })?;

    let mut keys = comp(&s.form, &full, 4, 55, &[(0.0, 1.4, 0.62), (1.75, 0.6, 0.36), (2.75, 1.1, 0.48)]);
    keys.extend(comp(&s.form, &["intro", "outro"], 4, 55, &[(0.0, 3.6, 0.5), (2.5, 1.4, 0.3)]));
    let keys = s.play(&keys, EASY);
    s.add(place(-22.5, 0.3, 0.08), |part, chance| piano(part, &keys, 0.9, chance))?;

    let mut low = bass(
        &s.form,
        &full,
        33,
        &[
            (0.0, 1.7, Step::Bass, 0.8),
            (1.75, 0.25, Step::Bass, 0.4),
            (2.0, 1.3, Step::Fifth, 0.62),
            (3.5, 0.45, Step::Lead, 0.5),
        ],
    );
    low.extend(bass(&s.form, &["outro"], 33, &[(0.0, 3.7, Step::Bass, 0.65)]));
    let low = s.play(&low, EASY);
    s.add(place(-20.5, 0.02, 0.0), |part, _| round_bass(part, &low))?;

    let a = line(
        0.0,
        0.75,
        "-:1 A4:1 D5:.5 E5:1.5 | F5:1.5 E5:.5 C5:2 | -:1 G4:1 C5:.5 D5:1.5 | E5:1.5 D5:.5 G4:2 \
         | -:1 A4:1 D5:.5 E5:1.5 | A5:1.5 G5:.5 D5:2 | -:.5 F5:.5 E5:.5 D5:.5 C5:1 D5:1 | E5:2 C#5:1.9",
    );
    let b = line(
        s.start("b"),
        0.82,
        "D5:1 Bb4:.5 D5:.5 A5:2 | G5:1.5 E5:.5 D5:2 | C5:1 A4:.5 C5:.5 G5:2 | F5:1.5 D5:.5 C5:1.8 \
         | -:.2 Bb4:.8 G4:.5 Bb4:.5 E5:2 | C#5:1.5 E5:.5 G5:1 F5:.5 E5:.5 | F5:.5 E5:.5 D5:3 | -:4",
    );
    let mut tune = moved(&a, s.start("a"), 0.0, 1.0);
    tune.extend(b);
    tune.extend(moved(&a, s.start("a2"), 0.0, 1.05));
    tune.extend(line(
        s.start("outro"),
        0.6,
        "-:1 A4:1 D5:.5 E5:1.5 | F5:1.5 E5:.5 C5:2 | -:1 D5:.5 C5:.5 Bb4:1 A4:1 | A4?:3.5",
    ));
    let tune = s.play(&tune, LEGATO);
    s.add(place(-19.5, 0.38, 0.22), |part, chance| sing(part, &tune, Colour::Flute, -0.12, chance))?;

    // The answer: an octave above the motif's tail, struck softly where the flute breathes.
    let answer = line(
        0.0,
        0.5,
        "E6:.5 D6:.5 -:3 | -:3 G5:.5 A5:.5 | C6:1 -:3 | -:2.5 D6:.5 B5:.5 G5:.5 | A5:1 -:3 | -:3 F5:.5 A5:.5 | C6:1 -:3 | -:2 G5:.5 E5:.5 C#5:1",
    );
    let answer = s.play(&moved(&answer, s.start("a2"), 0.0, 1.0), EASY);
    s.add(place(-27.0, 0.45, 0.3), |part, chance| VIBRAPHONE.play(part, &answer, 0.7, chance))?;

    let lamps = figure(
        &s.form,
        &["intro", "b", "outro"],
        4,
        72,
        &[
            (0.0, 1.0, 0, 0.5),
            (0.75, 1.0, 2, 0.35),
            (1.5, 1.0, 3, 0.45),
            (2.25, 1.0, 1, 0.3),
            (3.0, 1.0, 4, 0.4),
            (3.5, 0.5, 2, 0.25),
        ],
    );
    let lamps = s.play(&lamps, EASY);
    s.add(place(-28.5, 0.55, 0.35), |part, chance| GLASS.play(part, &lamps, 0.9, chance))?;

    let kick = s.play(&s.grid(&full, "X--- ---o x--- ---- | X--- ---- x-o- ----", None), EASY);
    s.add(place(-22.0, 0.03, 0.0), |part, _| drums::kick(part, &kick, 0.1, 0.3))?;
    let brush = s.play(&s.grid(&full, "---- X--. ---. x---", Some("---- X--. .-.- x-oo")), EASY);
    s.add(place(-25.0, 0.25, 0.0), |part, chance| drums::snare(part, &brush, 0.9, chance))?;
    let swish = s.play(&s.grid(&["a", "b", "a2", "outro"], "o-.- x-.- o-.- x-.o", None), EASY);
    s.add(place(-31.0, 0.2, 0.0), |part, chance| drums::shaker(part, &swish, 0.05, 6200.0, 0.3, chance))?;
    let ride = s.play(&s.grid(&["b", "a2"], "o--- x--. o--- x-.-", None), EASY);
    s.add(place(-33.0, 0.25, 0.0), |part, chance| drums::cymbal(part, &ride, 0.8, 0.0, -0.35, chance))?;
    s.add(place(-41.0, 0.0, 0.0), |part, chance| drums::weather(part, 0.0, chance))?;

    let echo = s.tempo.beat() * 0.75;
    Ok(s.desk.sum(Space { size: 22.0, time: 3.2, damp: 4200.0, echo, feedback: 0.38 }))
}
