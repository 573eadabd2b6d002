//! "Copper Morning": a steady motorik beat, a bass in eighths, guitars that gather like light on roofs.

use anyhow::Result;

use super::{LEGATO, Studio, TIGHT, Track, place};
use crate::desk::{Space, duck};
use crate::score::form::{Form, Step, bass, figure, held};
use crate::score::{line, moved};
use crate::stereo::Stereo;
use crate::voice::drums;
use crate::voice::lead::{Colour, sing};
use crate::voice::strings::{ARP, SOFT, choir};
use crate::voice::struck::{GLASS, guitar, synth_bass};

pub fn track() -> Track {
    Track {
        slug: "copper-morning",
        title: "Copper Morning",
        artist: "Ines Roque",
        album: "Rooms With Windows",
        mood: "driving",
        key: "D major",
        bpm: 132.0,
        first: 0.09,
        cover: 82_345,
        compose,
    }
}

const A: &str = "Dadd9 | % | Gmaj9 | % | Bm7 | % | A9sus4 | A";
const B: &str = "Em9 | % | Bm9 | % | Gmaj9 | % | A9sus4 | A7";

fn compose(track: &Track) -> Result<Stereo> {
    let form = Form::new(
        4.0,
        &[
            ("intro", "Dadd9 | % | Gmaj9 | %"),
            ("a", A),
            ("a1", A),
            ("b", B),
            ("a2", A),
            ("a3", A),
            ("outro", "Dadd9 | % | Gmaj9 | Dadd9"),
        ],
    );
    let mut s = Studio::new(track, 0.5, 0.5, form);
    let grooves = ["a", "a1", "b", "a2", "a3"];
    let (a, b, a2, out) = (s.time("a"), s.time("b"), s.time("a2"), s.time("outro"));
    let sky = move |t: f64| match t {
        t if t < a => -0.8 + 0.9 * t / a,
        t if t < b => 0.1 + 0.4 * (t - a) / (b - a),
        t if t < a2 => -0.2 + 1.0 * (t - b) / (a2 - b),
        t if t < out => 0.8,
        t => 0.8 - 0.2 * (t - out),
    };

    let kicks = s.play(&s.grid(&grooves, "X--- --x- X--- --x-", Some("X--- --x- X-x- x-x-")), TIGHT);
    let times: Vec<f64> = kicks.iter().filter(|k| k.vel > 0.85).map(|k| k.at).collect();
    s.add(place(-19.5, 0.02, 0.0), |part, _| drums::kick(part, &kicks, 0.5, 0.2))?;

    let eighths: Vec<(f64, f64, Step, f64)> = (0..8)
        .map(|i| {
            (
                f64::from(i) * 0.5,
                0.4,
                if i == 7 { Step::Fifth } else { Step::Bass },
                if i % 4 == 0 { 0.85 } else { 0.62 },
            )
        })
        .collect();
    let mut low = bass(&s.form, &grooves, 31, &eighths);
    low.extend(bass(
        &s.form,
        &["intro"],
        31,
        &eighths.iter().map(|e| (e.0, e.1, e.2, e.3 * 0.7)).collect::<Vec<_>>(),
    ));
    low.extend(bass(&s.form, &["outro"], 31, &[(0.0, 3.8, Step::Bass, 0.7)]));
    let low = s.play(&low, TIGHT);
    s.add(place(-19.5, 0.0, 0.0), |part, _| {
        synth_bass(part, &low, 1.4, |t| sky(t) * 0.4 - 0.1);
        duck(part, &times, 0.35, 0.16);
    })?;

    let pad =
        s.play(&held(&s.form.spans(&["intro", "a", "a1", "b", "a2", "a3", "outro"]), 4, 55, 0.6), LEGATO);
    s.add(place(-25.5, 0.45, 0.0), |part, chance| {
        SOFT.play(part, &pad, chance, sky);
        duck(part, &times, 0.45, 0.36);
    })?;

    // Two guitars, left and right, in patterns of three and four that meet every bar.
    let one = figure(
        &s.form,
        &["a", "a1", "a2", "a3", "outro"],
        4,
        57,
        &[
            (0.0, 0.7, 0, 0.7),
            (0.75, 0.7, 2, 0.5),
            (1.5, 0.7, 3, 0.6),
            (2.25, 0.7, 1, 0.5),
            (3.0, 0.5, 4, 0.6),
            (3.5, 0.4, 2, 0.45),
        ],
    );
    let two = figure(
        &s.form,
        &["a1", "b", "a2", "a3"],
        4,
        62,
        &[
            (0.0, 0.4, 3, 0.5),
            (0.5, 0.4, 1, 0.6),
            (1.0, 0.4, 2, 0.45),
            (1.5, 0.4, 4, 0.55),
            (2.0, 0.4, 3, 0.5),
            (2.5, 0.4, 1, 0.6),
            (3.0, 0.4, 2, 0.45),
            (3.5, 0.4, 5, 0.5),
        ],
    );
    let (one, two) = (s.play(&one, TIGHT), s.play(&two, TIGHT));
    s.add(place(-23.0, 0.25, 0.2), |part, chance| guitar(part, &one, 0.05, -0.6, chance))?;
    s.add(place(-24.0, 0.25, 0.15), |part, chance| guitar(part, &two, 0.2, 0.6, chance))?;

    let arp = figure(
        &s.form,
        &["intro", "b", "a3"],
        4,
        62,
        &[
            (0.0, 0.2, 0, 0.7),
            (0.25, 0.2, 1, 0.45),
            (0.5, 0.2, 2, 0.6),
            (0.75, 0.2, 3, 0.4),
            (1.0, 0.2, 4, 0.6),
            (1.25, 0.2, 3, 0.4),
            (1.5, 0.2, 2, 0.55),
            (1.75, 0.2, 1, 0.4),
            (2.0, 0.2, 0, 0.65),
            (2.25, 0.2, 2, 0.4),
            (2.5, 0.2, 4, 0.6),
            (2.75, 0.2, 5, 0.4),
            (3.0, 0.2, 4, 0.55),
            (3.25, 0.2, 2, 0.4),
            (3.5, 0.2, 1, 0.5),
            (3.75, 0.2, 2, 0.4),
        ],
    );
    let arp = s.play(&arp, TIGHT);
    s.add(place(-26.0, 0.25, 0.3), |part, chance| {
        ARP.play(part, &arp, chance, sky);
        duck(part, &times, 0.3, 0.2);
    })?;

    let tune_a = line(
        0.0,
        0.75,
        "F#5:1.5 A5:.5 -:1 E5:1 | F#5:1 D5:3 | F#5:1.5 A5:.5 -:1 B5:1 | A5:1 F#5:3 | F#5:1.5 A5:.5 -:1 C#6:1 | B5:1 A5:1 F#5:2 | E5:1.5 D5:.5 -:1 B4:1 | C#5:1 E5:2.8",
    );
    let mut tune = moved(&tune_a, s.start("a1"), 0.0, 1.0);
    tune.extend(moved(&tune_a, s.start("a3"), 0.0, 1.1));
    let tune = s.play(&tune, LEGATO);
    s.add(place(-21.0, 0.3, 0.25), |part, chance| sing(part, &tune, Colour::Saw, 0.0, chance))?;
    let mut high = line(
        s.start("b"),
        0.7,
        "B5:2 G5:2 | F#5:1 G5:1 E5:2 | D5:2 F#5:2 | C#6:1 B5:1 F#5:2 | B5:2 D6:2 | C#6:1 B5:1 A5:2 | B5:1 A5:1 E5:2 | G5:1 E5:1 C#5:1.8",
    );
    let high_notes = s.play(&high, LEGATO);
    s.add(place(-21.5, 0.4, 0.25), |part, chance| sing(part, &high_notes, Colour::Flute, -0.1, chance))?;
    high = moved(&tune_a, s.start("a2"), 12.0, 0.7);
    high.extend(moved(&tune_a[..4.min(tune_a.len())], s.start("outro"), 12.0, 0.6));
    let high = s.play(&high, TIGHT);
    s.add(place(-24.5, 0.4, 0.3), |part, chance| GLASS.play(part, &high, 0.5, chance))?;
    let voices = s.play(&held(&s.form.spans(&["b", "a3"]), 3, 60, 0.55), LEGATO);
    s.add(place(-26.0, 0.5, 0.0), |part, chance| choir(part, &voices, chance))?;

    let snare = s.play(&s.grid(&grooves, "---- X--- ---- X---", Some("---- X--. ---- Xoxx")), TIGHT);
    s.add(place(-24.0, 0.2, 0.02), |part, chance| drums::snare(part, &snare, 0.2, chance))?;
    let hats = s.play(&s.grid(&["intro", "a", "a1", "b", "a2", "a3"], "x-o- x-o- x-o- x-o-", None), TIGHT);
    s.add(place(-30.0, 0.06, 0.0), |part, chance| drums::cymbal(part, &hats, 0.05, 0.5, -0.2, chance))?;
    let shaker = s.play(&s.grid(&["a1", "a2", "a3"], "o.x. o.x. o.x. o.x.", None), TIGHT);
    s.add(place(-32.0, 0.1, 0.0), |part, chance| drums::shaker(part, &shaker, 0.025, 8000.0, 0.4, chance))?;
    let crashes: Vec<crate::score::Event> = ["a", "a1", "b", "a2", "a3", "outro"]
        .iter()
        .map(|n| crate::score::Event { beat: s.start(n), len: 1.0, pitch: 0.0, vel: 0.8 })
        .collect();
    let crashes = s.play(&crashes, TIGHT);
    s.add(place(-31.0, 0.35, 0.0), |part, chance| drums::cymbal(part, &crashes, 1.3, 0.2, 0.1, chance))?;
    s.add(place(-44.0, 0.0, 0.0), |part, chance| drums::weather(part, 0.05, chance))?;

    let echo = s.tempo.beat() * 0.75;
    Ok(s.desk.sum(Space { size: 20.0, time: 2.0, damp: 5600.0, echo, feedback: 0.38 }))
}
