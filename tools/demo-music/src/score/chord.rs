//! Chords by name, and voicings that move as little as they can.

/// A chord of the harmony.
#[derive(Clone, Debug)]
pub struct Chord {
    /// Pitch class of the root.
    pub root: i32,
    /// Pitch class of the bass, other than the root in `C/E`.
    pub bass: i32,
    /// Semitones above the root, the most telling first: third, seventh, ninth, fifth, root.
    pub tones: Vec<i32>,
}

/// Reads `Dm9`, `Bbmaj7`, `C/E`.
///
/// # Panics
/// On an unknown name: harmonies are part of the source.
pub fn chord(name: &str) -> Chord {
    let (upper, bass) = match name.split_once('/') {
        Some((upper, bass)) => (upper, Some(pitch_class(bass))),
        None => (name, None),
    };
    let letter_len = if upper[1..].starts_with(['#', 'b']) { 2 } else { 1 };
    let root = pitch_class(&upper[..letter_len]);
    let tones: &[i32] = match &upper[letter_len..] {
        "" => &[4, 7, 0],
        "m" => &[3, 7, 0],
        "add9" => &[4, 2, 7, 0],
        "madd9" => &[3, 2, 7, 0],
        "5" => &[7, 0],
        "6" => &[4, 9, 7, 0],
        "69" => &[4, 9, 2, 7, 0],
        "m6" => &[3, 9, 7, 0],
        "7" => &[4, 10, 7, 0],
        "9" => &[4, 10, 2, 7, 0],
        "13" => &[4, 10, 9, 2, 0],
        "7b9" => &[4, 10, 1, 7, 0],
        "maj7" => &[4, 11, 7, 0],
        "maj9" => &[4, 11, 2, 7, 0],
        "m7" => &[3, 10, 7, 0],
        "m9" => &[3, 10, 2, 7, 0],
        "m11" => &[3, 10, 5, 2, 0],
        "m7b5" => &[3, 10, 6, 0],
        "dim7" => &[3, 9, 6, 0],
        "sus2" => &[2, 7, 0],
        "sus4" => &[5, 7, 0],
        "7sus4" => &[5, 10, 7, 0],
        "9sus4" => &[5, 10, 2, 7, 0],
        other => panic!("no such chord: {other} in {name}"),
    };
    Chord { root, bass: bass.unwrap_or(root), tones: tones.to_vec() }
}

/// Pitch class of `F#`, `Bb`, `C`.
pub fn pitch_class(name: &str) -> i32 {
    let natural = match name.as_bytes().first() {
        Some(b'C') => 0,
        Some(b'D') => 2,
        Some(b'E') => 4,
        Some(b'F') => 5,
        Some(b'G') => 7,
        Some(b'A') => 9,
        Some(b'B') => 11,
        _ => panic!("no such note: {name}"),
    };
    let shift = match &name[1..] {
        "" => 0,
        "#" => 1,
        "b" => -1,
        other => panic!("no such accidental: {other}"),
    };
    (natural + shift + 12) % 12
}

/// The lowest pitch of class `class` that is at least `low`.
pub fn at_least(class: i32, low: i32) -> i32 {
    low + (class - low).rem_euclid(12)
}

/// Voices of a chord as near as possible to the previous ones, within `low` to `low + 16`, no two closer than a whole
/// tone at the bottom.
pub fn voice(chord: &Chord, count: usize, low: i32, previous: &[i32]) -> Vec<i32> {
    let classes: Vec<i32> = chord.tones.iter().take(count).map(|t| (chord.root + t).rem_euclid(12)).collect();
    let mut best: Option<(f64, Vec<i32>)> = None;
    let mut pick = vec![0usize; classes.len()];
    loop {
        let mut voicing: Vec<i32> = classes
            .iter()
            .zip(&pick)
            .map(|(&class, &octave)| at_least(class, low) + 12 * octave as i32)
            .collect();
        voicing.sort_unstable();
        let cost = voicing_cost(&voicing, low, previous);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, voicing));
        }
        let Some(digit) = pick.iter().position(|&o| o == 0) else { break };
        pick[digit] = 1;
        pick[..digit].fill(0);
    }
    best.map(|(_, voicing)| voicing).unwrap_or_default()
}

fn voicing_cost(voicing: &[i32], low: i32, previous: &[i32]) -> f64 {
    let span: f64 = voicing.iter().map(|&p| f64::from((p - low - 16).max(0)) * 2.0).sum();
    let clusters: f64 = voicing
        .windows(2)
        .map(|w| match w[1] - w[0] {
            0 | 1 => 6.0,
            2 if w[0] < 58 => 2.0,
            _ => 0.0,
        })
        .sum();
    let centre = voicing.iter().sum::<i32>() as f64 / voicing.len() as f64;
    let drift = (centre - f64::from(low) - 8.0).abs() * 0.35;
    let motion: f64 =
        voicing.iter().map(|p| previous.iter().map(|q| (p - q).abs()).min().map_or(0.0, f64::from)).sum();
    span + clusters + drift + motion
}
