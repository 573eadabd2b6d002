//! Composes the demo library of Music Park, encodes it in segments that decode by themselves, and checks it.
//!
//! `make FOLDER [SLUG..]` composes and writes; `verify FOLDER` checks and prints a table; `decode FOLDER OUT` writes what
//! every track decodes to, and `probe FOLDER` a test library of clicks and sweeps, both for browser-check.mjs.

mod chance;
mod desk;
mod library;
mod master;
mod measure;
mod opus;
mod probe;
mod score;
mod segments;
mod stereo;
mod tracks;
mod verify;
mod voice;

use std::path::Path;
use std::sync::Mutex;
use std::{env, fs, process, thread};

use anyhow::{Context, Result, bail};

const USAGE: &str =
    "usage: demo-music make FOLDER [SLUG..] | verify FOLDER | decode FOLDER OUT | probe FOLDER";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["make", folder, slugs @ ..] => make(Path::new(folder), slugs),
        ["verify", folder] => {
            let broken = verify::verify(Path::new(folder))?;
            if broken > 0 {
                println!("{broken} broken promises");
                process::exit(1);
            }
            Ok(())
        }
        ["decode", folder, out] => probe::decoded(Path::new(folder), Path::new(out)),
        ["probe", folder] => probe::synthetic(Path::new(folder)),
        _ => bail!(USAGE),
    }
}

/// Composes all tracks, or those named, on as many threads as there are cores; the others keep their entries.
fn make(folder: &Path, slugs: &[&str]) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let all = tracks::tracks();
    for slug in slugs {
        if !all.iter().any(|t| t.slug == *slug) {
            bail!(
                "there is no track {slug}; there are: {}",
                all.iter().map(|t| t.slug).collect::<Vec<_>>().join(", ")
            );
        }
    }
    let wanted: Vec<&tracks::Track> =
        all.iter().filter(|t| slugs.is_empty() || slugs.contains(&t.slug)).collect();
    let queue = Mutex::new(wanted.iter());
    let mut made = thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| -> Result<Vec<library::Entry>> {
                    let mut entries = Vec::new();
                    loop {
                        let next = queue.lock().expect("no thread panics while it takes a track").next();
                        let Some(track) = next else { return Ok(entries) };
                        let entry = library::write(folder, track, &track.render()?)
                            .with_context(|| format!("making {}", track.slug))?;
                        println!(
                            "made {} ({:.1} s, {:.2} LUFS, {:.2} dBTP)",
                            entry.slug,
                            entry.samples as f64 / stereo::SR,
                            entry.loudness_lufs,
                            entry.true_peak_dbtp
                        );
                        entries.push(entry);
                    }
                })
            })
            .collect();
        let mut made = Vec::new();
        for worker in workers {
            made.extend(worker.join().expect("a composing thread panicked; its message is above")?);
        }
        anyhow::Ok(made)
    })?;
    if !slugs.is_empty() && folder.join("library.json").exists() {
        made.extend(library::read(folder)?.into_iter().filter(|old| !slugs.contains(&old.slug.as_str())));
    }
    made.retain(|entry| all.iter().any(|t| t.slug == entry.slug));
    made.sort_by_key(|entry| all.iter().position(|t| t.slug == entry.slug));
    library::save(folder, &made)
}
