//! "Harbour Lights": a worn tape of electric piano and vibraphone, late beats, surf behind it.

use anyhow::Result;

use super::{EASY, LEGATO, Studio, Track, place};
use crate::desk::{Space, duck, tape};
use crate::score::form::{Form, Step, bass, comp, held};
use crate::score::{Hand, line, moved};
use crate::stereo::Stereo;
use crate::voice::drums;
use crate::voice::lead::{Colour, sing};
use crate::voice::strings::{SOFT, choir};
use crate::voice::struck::{VIBRAPHONE, piano, round_bass};

pub fn track() -> Track {
    Track {
        slug: "harbour-lights",
        title: "Harbour Lights",
        artist: "Mira Vale",
        album: "Evening Paper",
        mood: "warm",
        key: "Eb major",
        bpm: 82.0,
        first: 0.13,
        cover: 48_926,
        compose,
    }
}

const A: &str = "Ebmaj9 | Cm9 | Abmaj9 | Bb9sus4 Bb13 | Gm7 | Cm9 | Fm9 | Bb13";
const B: &str = "Abmaj9 | Gm7 C7b9 | Fm9 | Ebmaj9 | Abmaj9 | Abm6 | Gm7 Cm9 | Fm9 Bb13";

fn compose(track: &Track) -> Result<Stereo> {
    let form = Form::new(
        4.0,
        &[
            ("intro", "Abmaj9 | Gm7 | Fm9 | Bb13"),
            ("a", A),
            ("b", B),
            ("a2", A),
            ("outro", "Abmaj9 | Abm6 | Ebmaj9"),
        ],
    );
    let mut s = Studio::new(track, 0.60, 0.5, form);
    let full = ["a", "b", "a2"];
    let late = Hand { late_ms: 16.0, ..EASY };

    let kick = s.play(&s.grid(&full, "X--- ---- -ox- ---- | X--- --o- --x- ---.", None), EASY);
    let times: Vec<f64> = kick.iter().filter(|k| k.vel > 0.6).map(|k| k.at).collect();
    s.add(place(-20.0, 0.02, 0.0), |part, _| drums::kick(part, &kick, 0.2, 0.28))?;

    let mut keys = comp(
        &s.form,
        &["a", "b", "a2"],
        5,
        53,
        &[(0.0, 1.2, 0.72), (1.75, 0.5, 0.45), (2.5, 1.2, 0.6), (3.75, 0.25, 0.3)],
    );
    keys.extend(comp(&s.form, &["intro", "outro"], 5, 53, &[(0.0, 2.4, 0.62), (2.5, 1.4, 0.42)]));
    let keys = s.play(&keys, EASY);
    s.add(place(-20.5, 0.22, 0.06), |part, chance| {
        piano(part, &keys, 1.05, chance);
        tape(part, 7.0);
        duck(part, &times, 0.22, 0.25);
    })?;

    let pad = s.play(&held(&s.form.spans(&["intro", "b", "a2", "outro"]), 4, 55, 0.5), LEGATO);
    s.add(place(-29.0, 0.4, 0.0), |part, chance| SOFT.play(part, &pad, chance, |_| 0.1))?;
    let voices = s.play(&held(&s.form.spans(&["b", "outro"]), 3, 60, 0.5), LEGATO);
    s.add(place(-28.0, 0.5, 0.0), |part, chance| choir(part, &voices, chance))?;

    let mut low = bass(
        &s.form,
        &["a", "a2"],
        32,
        &[
            (0.0, 1.2, Step::Bass, 0.85),
            (1.75, 0.25, Step::Octave, 0.4),
            (2.5, 0.8, Step::Bass, 0.65),
            (3.5, 0.45, Step::Lead, 0.55),
        ],
    );
    low.extend(bass(
        &s.form,
        &["b"],
        32,
        &[(0.0, 1.8, Step::Bass, 0.8), (2.0, 1.3, Step::Bass, 0.62), (3.5, 0.45, Step::Fifth, 0.5)],
    ));
    low.extend(bass(&s.form, &["outro"], 32, &[(0.0, 3.6, Step::Bass, 0.7)]));
    let low = s.play(&low, EASY);
    s.add(place(-19.5, 0.0, 0.0), |part, _| round_bass(part, &low))?;

    let a = line(
        0.0,
        0.72,
        "-:1 G5:.5 Bb5:.5 D6:1.5 C6:.5 | Bb5:1 G5:3 | -:1 G5:.5 Ab5:.5 C6:1.5 Bb5:.5 | G5:1 F5:3 \
         | -:1 F5:.5 Bb5:.5 D6:1.5 F6:.5 | Eb6:1 D6:1 Bb5:2 | Ab5:.5 G5:.5 Eb5:1 C5:1 Eb5:1 | F5:1.5 G5:.5 -:2",
    );
    let mut tune = moved(&a, s.start("a"), 0.0, 1.0);
    tune.extend(moved(&a, s.start("a2"), 0.0, 1.05));
    tune.extend(line(s.start("intro"), 0.5, "-:8 | -:1 G5:.5 Ab5:.5 C6:2 | -:1 G5:.5 F5:2"));
    tune.extend(line(
        s.start("outro"),
        0.6,
        "-:1 G5:.5 Ab5:.5 C6:1.5 Bb5:.5 | B5?:1 Ab5?:1 F5?:2 | G5?:.5 Bb5?:.5 D6?:3",
    ));
    let tune = s.play(&tune, late);
    s.add(place(-20.0, 0.3, 0.22), |part, chance| {
        VIBRAPHONE.play(part, &tune, 0.4, chance);
        tape(part, 4.0);
    })?;
    let b = line(
        s.start("b"),
        0.75,
        "C5:1.5 Eb5:.5 G5:2 | F5:1 D5:1 E5:1 Db5:1 | C5:1.5 Eb5:.5 Ab5:1.5 G5:.5 | F5:1 D5:3 \
         | C5:1.5 Eb5:.5 Bb5:2 | B5:1.5 Ab5:.5 F5:2 | D5:1 F5:1 Eb5:1 G5:1 | Ab5:1 G5:1 F5:1.8",
    );
    let b = s.play(&b, LEGATO);
    s.add(place(-21.0, 0.35, 0.25), |part, chance| sing(part, &b, Colour::Whistle, -0.1, chance))?;

    let snare = s
        .play(&s.grid(&full, "---- X--. ---- X-.- | ---- X--- .--. X---", Some("---- X--. --.o X.ox")), late);
    s.add(place(-23.0, 0.12, 0.0), |part, chance| drums::snare(part, &snare, 0.75, chance))?;
    let rim = s.play(&s.grid(&["intro", "a2"], "---- --o- ---. --o-", None), EASY);
    s.add(place(-32.0, 0.25, 0.2), |part, chance| drums::rim(part, &rim, 0.4, chance))?;
    let hats = s.play(&s.grid(&full, "x-o- x-oo x-o- x.o-", None), late);
    s.add(place(-30.5, 0.05, 0.0), |part, chance| drums::cymbal(part, &hats, 0.055, 0.1, 0.22, chance))?;
    s.add(place(-36.0, 0.0, 0.0), |part, chance| drums::weather(part, 0.0, chance))?;

    let echo = s.tempo.beat() * 0.75;
    Ok(s.desk.sum(Space { size: 16.0, time: 1.9, damp: 3600.0, echo, feedback: 0.33 }))
}
