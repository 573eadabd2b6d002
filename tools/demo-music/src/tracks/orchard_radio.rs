//! "Orchard Radio": a bossa from a set among the trees: nylon strings, clarinet, a soft choir in the middle.

use anyhow::Result;

use super::{EASY, LEGATO, Studio, Track, place};
use crate::desk::Space;
use crate::score::chord::voice;
use crate::score::form::{Form, Step, bass, held};
use crate::score::{Event, line, moved};
use crate::stereo::Stereo;
use crate::voice::drums;
use crate::voice::lead::{Colour, sing};
use crate::voice::strings::{SOFT, choir};
use crate::voice::struck::{VIBRAPHONE, guitar, round_bass};

pub fn track() -> Track {
    Track {
        slug: "orchard-radio",
        title: "Orchard Radio",
        artist: "Juno Paz",
        album: "Sundays, Mostly",
        mood: "warm",
        key: "G major",
        bpm: 112.0,
        first: 0.11,
        cover: 15_672,
        compose,
    }
}

const A: &str = "Gmaj9 | % | Em9 | % | Am9 | % | D9sus4 | D13";
const B: &str = "Cmaj9 | % | Cm6 | % | Bm7 | E7b9 | Am9 | D13";

fn compose(track: &Track) -> Result<Stereo> {
    let form = Form::new(
        4.0,
        &[
            ("intro", "Gmaj9 | % | Am9 | D13"),
            ("a", A),
            ("a1", A),
            ("b", B),
            ("a2", A),
            ("outro", "Cmaj9 | Cm6 | Gmaj9 | %"),
        ],
    );
    let mut s = Studio::new(track, 0.52, 0.5, form);
    let all = ["intro", "a", "a1", "b", "a2", "outro"];
    let full = ["a", "a1", "b", "a2"];

    // The bossa's two-bar pattern of chords; a thumb plays the bass with the round bass.
    let mut chords = Vec::new();
    let mut previous = Vec::new();
    for (bar, index) in s.form.bars(&all) {
        let offsets: &[(f64, f64, f64)] = if index % 2 == 0 {
            &[(0.0, 0.9, 0.7), (1.0, 0.4, 0.5), (2.5, 0.5, 0.6), (3.5, 0.5, 0.5)]
        } else {
            &[(0.5, 0.5, 0.55), (1.5, 0.9, 0.65), (3.0, 0.8, 0.6)]
        };
        for &(offset, len, vel) in offsets {
            previous = voice(s.form.at(bar + offset), 4, 55, &previous);
            chords.extend(previous.iter().enumerate().map(|(i, &p)| Event {
                beat: bar + offset + i as f64 * 0.018,
                len,
                pitch: f64::from(p),
                vel,
            }));
        }
    }
    let chords = s.play(&chords, EASY);
    s.add(place(-21.5, 0.2, 0.0), |part, chance| guitar(part, &chords, 0.25, -0.28, chance))?;

    let mut low = bass(
        &s.form,
        &full,
        31,
        &[
            (0.0, 1.4, Step::Bass, 0.8),
            (1.5, 0.45, Step::Fifth, 0.5),
            (2.0, 1.4, Step::Fifth, 0.7),
            (3.5, 0.45, Step::Lead, 0.5),
        ],
    );
    low.extend(bass(
        &s.form,
        &["intro", "outro"],
        31,
        &[(0.0, 1.8, Step::Bass, 0.65), (2.0, 1.8, Step::Fifth, 0.55)],
    ));
    let low = s.play(&low, EASY);
    s.add(place(-20.5, 0.03, 0.0), |part, _| round_bass(part, &low))?;

    let a = line(
        0.0,
        0.75,
        "-:1 D5:.5 F#5:.5 A5:1.5 F#5:.5 | G5:1 D5:2.5 -:.5 | -:1 B4:.5 D5:.5 F#5:1.5 E5:.5 | D5:1 B4:2.5 -:.5 \
         | -:1 C5:.5 E5:.5 G5:1.5 E5:.5 | B5:1.5 A5:.5 G5:1 E5:1 | G5:1 E5:.5 C5:1.5 D5:.5 E5:.5 | F#5:1.5 E5:.5 B4:1.8",
    );
    let mut tune = moved(&a, s.start("a"), 0.0, 0.95);
    tune.extend(moved(&a, s.start("a2"), 0.0, 1.0));
    tune.extend(line(
        s.start("outro"),
        0.62,
        "-:1 E5:.5 G5:.5 B5:2 | -:1 Eb5:.5 G5:.5 A5:2 | F#5:1 D5:.5 B4:2.5 | A4?:3",
    ));
    let tune = s.play(&tune, LEGATO);
    s.add(place(-19.5, 0.28, 0.1), |part, chance| sing(part, &tune, Colour::Clarinet, 0.12, chance))?;

    // The second time the vibraphone takes the tune, an octave up, and answers itself.
    let bars = [
        moved(&a, s.start("a1"), 12.0, 0.9),
        line(s.start("a1"), 0.5, "-:7 B6:.5 A6:.5 | -:7 F#6:.5 G6:.5 | -:8 | -:7.2 D6:.3 E6:.5"),
    ]
    .concat();
    let bars = s.play(&bars, EASY);
    s.add(place(-20.5, 0.25, 0.15), |part, chance| VIBRAPHONE.play(part, &bars, 0.4, chance))?;

    let b = line(
        s.start("b"),
        0.75,
        "E5:1.5 G5:.5 B5:2 | A5:1 G5:1 E5:2 | Eb5:1.5 G5:.5 A5:2 | G5:1 Eb5:1 C5:2 | D5:1.5 F#5:.5 A5:1.5 F#5:.5 | G#5:1.5 F5:.5 D5:2 | C5:1 E5:1 G5:1 B5:1 | A5:1.5 F#5:.5 E5:1.8",
    );
    let second: Vec<Event> = b
        .iter()
        .map(|e| {
            // A second voice on the next lower tone of the chord that sounds.
            let chord = s.form.at(e.beat);
            let under = (1..12)
                .map(|d| e.pitch as i32 - 2 - d)
                .find(|p| chord.tones.iter().any(|t| (chord.root + t).rem_euclid(12) == p.rem_euclid(12)));
            Event { pitch: under.map_or(e.pitch, f64::from), vel: e.vel * 0.75, ..*e }
        })
        .collect();
    let (b, second) = (s.play(&b, LEGATO), s.play(&second, LEGATO));
    s.add(place(-20.5, 0.3, 0.1), |part, chance| {
        sing(part, &b, Colour::Flute, 0.25, chance);
        sing(part, &second, Colour::Clarinet, -0.2, chance);
    })?;

    let pad = s.play(&held(&s.form.spans(&["b", "a2", "outro"]), 4, 55, 0.5), LEGATO);
    s.add(place(-29.0, 0.4, 0.0), |part, chance| SOFT.play(part, &pad, chance, |_| 0.2))?;
    let voices = s.play(&held(&s.form.spans(&["b"]), 3, 60, 0.5), LEGATO);
    s.add(place(-28.0, 0.5, 0.0), |part, chance| choir(part, &voices, chance))?;

    let kick = s.play(&s.grid(&full, "X--- --o- x--- --o-", None), EASY);
    s.add(place(-23.0, 0.02, 0.0), |part, _| drums::kick(part, &kick, 0.1, 0.22))?;
    let rim = s.play(&s.grid(&full, "x--- --x- ---- x--- | ---- x--- --x- ----", None), EASY);
    s.add(place(-28.0, 0.22, 0.0), |part, chance| drums::rim(part, &rim, 0.3, chance))?;
    let shaker = s.play(&s.grid(&all, "x.o. x.o. x.o. x.oo", None), EASY);
    s.add(place(-30.0, 0.1, 0.0), |part, chance| drums::shaker(part, &shaker, 0.03, 6800.0, 0.45, chance))?;
    let brush = s.play(&s.grid(&["a1", "b", "a2"], "---- o--. ---- o-.-", Some("---- o--. --.o x-ox")), EASY);
    s.add(place(-30.0, 0.2, 0.0), |part, chance| drums::snare(part, &brush, 1.0, chance))?;
    let ride = s.play(&s.grid(&["b"], "x--- o-.- x--- o-.-", None), EASY);
    s.add(place(-33.0, 0.2, 0.0), |part, chance| drums::cymbal(part, &ride, 0.7, 0.1, -0.35, chance))?;
    s.add(place(-42.0, 0.0, 0.0), |part, chance| drums::weather(part, 0.05, chance))?;

    let echo = s.tempo.beat();
    Ok(s.desk.sum(Space { size: 14.0, time: 1.5, damp: 5000.0, echo, feedback: 0.25 }))
}
