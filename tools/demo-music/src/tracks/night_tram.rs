//! "Night Tram": four to the floor, pads that breathe with the kick, and a lead that calls twice and answers once.

use anyhow::Result;

use super::{LEGATO, Studio, TIGHT, Track, place};
use crate::desk::{Space, duck};
use crate::score::form::{Form, Step, bass, figure, held};
use crate::score::{line, moved};
use crate::stereo::Stereo;
use crate::voice::drums;
use crate::voice::lead::{Colour, sing};
use crate::voice::strings::{ARP, SOFT, STAB};
use crate::voice::struck::synth_bass;

pub fn track() -> Track {
    Track {
        slug: "night-tram",
        title: "Night Tram",
        artist: "Tove Anker",
        album: "Last Stop, Lights On",
        mood: "driving",
        key: "A minor",
        bpm: 114.0,
        first: 0.10,
        cover: 71_507,
        compose,
    }
}

const A: &str = "Am9 | % | Fmaj9 | % | Cmaj7/E | % | G6 | Em7";
const B: &str = "Dm9 | % | G9sus4 | G6 | Cmaj9 | Fmaj7 | Bm7b5 | E7";

fn compose(track: &Track) -> Result<Stereo> {
    let form = Form::new(
        4.0,
        &[
            ("intro", "Am9 | % | Fmaj9 | %"),
            ("lift", "Am9 | % | Fmaj9 | G6"),
            ("a", A),
            ("a1", A),
            ("b", B),
            ("a2", A),
            ("outro", "Am9 | % | Fmaj9 | Am9"),
        ],
    );
    let mut s = Studio::new(track, 0.53, 0.5, form);
    let beat_sections = ["lift", "a", "a1", "a2"];

    let mut kicks = s.grid(&beat_sections, "X--- x--- X--- x---", Some("X--- x--- X--- x-o-"));
    kicks.extend(s.grid(&["b"], "X--- ---- --x- ---- | X--- ---- --x- --o-", Some("X--- ---- X-x- X-xx")));
    let kicks = s.play(&kicks, TIGHT);
    let times: Vec<f64> = kicks.iter().filter(|k| k.vel > 0.6).map(|k| k.at).collect();
    s.add(place(-19.0, 0.02, 0.0), |part, _| drums::kick(part, &kicks, 0.6, 0.26))?;

    let pad =
        s.play(&held(&s.form.spans(&["intro", "lift", "a", "a1", "b", "a2", "outro"]), 4, 55, 0.7), LEGATO);
    let (a, b, a2, out) = (s.time("a"), s.time("b"), s.time("a2"), s.time("outro"));
    // The filter opens from the first bar to A, closes for B, and opens again for the last A.
    let sky = move |t: f64| match t {
        t if t < a => -1.0 + 1.4 * t / a,
        t if t < b => 0.4,
        t if t < a2 => -0.3 + 1.2 * (t - b) / (a2 - b),
        t if t < out => 0.9,
        t => 0.9 - 0.25 * (t - out),
    };
    s.add(place(-23.5, 0.45, 0.05), |part, chance| {
        SOFT.play(part, &pad, chance, sky);
        duck(part, &times, 0.62, 0.42);
    })?;

    let mut low = bass(
        &s.form,
        &["a", "a1", "a2"],
        33,
        &[
            (0.5, 0.4, Step::Bass, 0.8),
            (1.0, 0.2, Step::Bass, 0.5),
            (1.5, 0.4, Step::Bass, 0.8),
            (2.5, 0.4, Step::Bass, 0.8),
            (2.75, 0.2, Step::Octave, 0.6),
            (3.25, 0.2, Step::Octave, 0.55),
            (3.5, 0.4, Step::Fifth, 0.75),
        ],
    );
    low.extend(bass(
        &s.form,
        &["lift"],
        33,
        &[(0.0, 0.4, Step::Bass, 0.6), (1.5, 0.4, Step::Bass, 0.6), (2.5, 0.4, Step::Bass, 0.6)],
    ));
    low.extend(bass(
        &s.form,
        &["b"],
        33,
        &[
            (0.0, 1.4, Step::Bass, 0.8),
            (1.5, 0.4, Step::Bass, 0.5),
            (2.5, 0.9, Step::Octave, 0.6),
            (3.5, 0.4, Step::Lead, 0.6),
        ],
    ));
    low.extend(bass(&s.form, &["outro"], 33, &[(0.0, 3.6, Step::Bass, 0.7)]));
    let low = s.play(&low, TIGHT);
    s.add(place(-19.5, 0.0, 0.0), |part, _| {
        synth_bass(part, &low, 1.9, |t| sky(t) * 0.35);
        duck(part, &times, 0.45, 0.2);
    })?;

    let arp = figure(
        &s.form,
        &["intro", "lift", "a", "a1", "a2", "outro"],
        4,
        60,
        &[
            (0.0, 0.2, 0, 0.8),
            (0.25, 0.2, 2, 0.5),
            (0.5, 0.2, 3, 0.65),
            (0.75, 0.2, 5, 0.45),
            (1.0, 0.2, 4, 0.6),
            (1.25, 0.2, 3, 0.45),
            (1.5, 0.2, 2, 0.75),
            (1.75, 0.2, 6, 0.4),
            (2.0, 0.2, 5, 0.6),
            (2.25, 0.2, 3, 0.45),
            (2.5, 0.2, 2, 0.7),
            (2.75, 0.2, 4, 0.45),
            (3.0, 0.2, 3, 0.6),
            (3.25, 0.2, 5, 0.4),
            (3.5, 0.2, 2, 0.65),
            (3.75, 0.2, 1, 0.4),
        ],
    );
    let arp = s.play(&arp, TIGHT);
    s.add(place(-25.0, 0.22, 0.3), |part, chance| {
        ARP.play(part, &arp, chance, |t| sky(t) * 0.8);
        duck(part, &times, 0.35, 0.2);
    })?;

    let call = line(
        0.0,
        0.75,
        "-:.5 E5:.5 G5:.5 A5:1 G5:.5 E5:1 | D5:.5 E5:1.5 -:2 | -:.5 E5:.5 G5:.5 A5:1 C6:.5 B5:1 | G5:.5 A5:1.5 -:2 \
         | -:.5 G5:.5 A5:.5 B5:1 A5:.5 G5:1 | E5:.5 G5:1.5 -:2 | -:.5 D5:.5 E5:.5 G5:1 E5:.5 D5:1 | B4:.5 D5:.5 E5:2.8",
    );
    let answer = line(
        s.start("b"),
        0.72,
        "F5:2 E5:1 D5:1 | A5:3 -:1 | G5:2 F5:1 D5:1 | E5:1.5 D5:.5 B4:2 | E5:2 D5:1 C5:1 | G5:1.5 F5:.5 E5:1 C5:1 | D5:2 F5:1 A5:1 | G#5:2 B5:1.8",
    );
    let mut tune = moved(&call, s.start("a1"), 0.0, 1.0);
    tune.extend(answer);
    tune.extend(moved(&call, s.start("a2"), 0.0, 1.1));
    let tune = s.play(&tune, LEGATO);
    s.add(place(-20.5, 0.28, 0.3), |part, chance| sing(part, &tune, Colour::Saw, 0.08, chance))?;

    let mut stabs = Vec::new();
    for (bar, _) in s.form.bars(&["a", "a1", "a2"]) {
        let chord = crate::score::chord::voice(s.form.at(bar), 4, 57, &[]);
        for (offset, vel) in [(0.75, 0.6), (2.25, 0.5), (3.0, 0.35)] {
            stabs.extend(chord.iter().map(|&p| crate::score::Event {
                beat: bar + offset,
                len: 0.25,
                pitch: f64::from(p),
                vel,
            }));
        }
    }
    let stabs = s.play(&stabs, TIGHT);
    s.add(place(-27.0, 0.3, 0.2), |part, chance| STAB.play(part, &stabs, chance, |t| sky(t) * 0.6))?;

    let claps =
        s.play(&s.grid(&["a", "a1", "a2"], "---- X--- ---- X---", Some("---- X--- ---- X-.o")), TIGHT);
    s.add(place(-25.0, 0.25, 0.04), |part, chance| drums::clap(part, &claps, chance))?;
    let snare = s.play(&s.grid(&["b"], "---- ---- X--- ----", Some("---- ---- X--- x.ox")), TIGHT);
    s.add(place(-26.5, 0.4, 0.06), |part, chance| drums::snare(part, &snare, 0.3, chance))?;
    let open = s.play(&s.grid(&["a1", "a2"], "--x- --x- --x- --x-", None), TIGHT);
    s.add(place(-29.5, 0.1, 0.0), |part, chance| drums::cymbal(part, &open, 0.13, 0.5, 0.15, chance))?;
    let hats = s.play(&s.grid(&["lift", "a", "a1", "b", "a2"], "x.o. x.oo x.o. x.o.", None), TIGHT);
    s.add(place(-31.0, 0.06, 0.0), |part, chance| drums::cymbal(part, &hats, 0.045, 0.8, -0.25, chance))?;
    let shaker = s.play(&s.grid(&["a", "a1", "a2"], "o.x. o.x. o.x. o.xo", None), TIGHT);
    s.add(place(-33.0, 0.1, 0.0), |part, chance| drums::shaker(part, &shaker, 0.025, 7800.0, 0.45, chance))?;
    s.add(place(-40.0, 0.0, 0.0), |part, chance| drums::weather(part, 0.1, chance))?;

    let echo = s.tempo.beat() * 0.75;
    Ok(s.desk.sum(Space { size: 20.0, time: 2.2, damp: 5200.0, echo, feedback: 0.42 }))
}
