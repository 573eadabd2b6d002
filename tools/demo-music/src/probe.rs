//! What browser-check.mjs compares with: raw decoded sound, and a test library whose every sample's place can be told.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::chance::Chance;
use crate::library::{file_name, read};
use crate::segments::{self, SEGMENT, Tags};
use crate::stereo::{SR, Stereo};

/// Copies a library to `out` with `SLUG.f32` beside each file: what it decodes to here.
pub fn decoded(folder: &Path, out: &Path) -> Result<()> {
    fs::create_dir_all(out)?;
    fs::copy(folder.join("library.json"), out.join("library.json"))?;
    for entry in read(folder)? {
        let file = fs::read(folder.join(file_name(&entry.slug)))?;
        raw(&out.join(format!("{}.f32", entry.slug)), &segments::decode(&file, &entry.segments)?)?;
        fs::write(out.join(file_name(&entry.slug)), file)?;
    }
    Ok(())
}

/// Writes a library of one track: noise, sweeps and clicks, two whole segments and a crooked rest, with its source.
pub fn synthetic(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut sound = Stereo::silence(2 * SEGMENT + 123_457);
    let mut chance = Chance::new(1);
    let mut soft = 0.0;
    for at in 0..sound.frames() {
        let t = at as f64 / SR;
        soft += 0.2 * (chance.swing() - soft);
        let sweep = (std::f64::consts::TAU * (200.0 + 10.0 * t) * t).sin();
        let tone = (std::f64::consts::TAU * 330.0 * t).sin();
        sound.add(at, (0.2 * soft + 0.2 * sweep) as f32, (0.2 * soft + 0.15 * tone) as f32);
        if at % 4801 == 0 {
            sound.add(at, 0.6, -0.5);
        }
    }
    let (file, table) = segments::encode(&sound, 96_000, 1, &Tags { title: "Probe", artist: "Music Park" })?;
    raw(&folder.join("probe.source.f32"), &sound)?;
    raw(&folder.join("probe.f32"), &segments::decode(&file, &table)?)?;
    fs::write(folder.join(file_name("probe")), file)?;
    fs::write(
        folder.join("library.json"),
        serde_json::to_vec(&json!([{ "slug": "probe", "segments": table }]))?,
    )?;
    Ok(())
}

fn raw(path: &Path, sound: &Stereo) -> Result<()> {
    let bytes: Vec<u8> = sound.interleaved(0, sound.frames()).iter().flat_map(|s| s.to_le_bytes()).collect();
    Ok(fs::write(path, bytes)?)
}
