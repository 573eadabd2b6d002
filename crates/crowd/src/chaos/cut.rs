//! The network between two services is cut, one way or both, and healed (promises 3, 4, 5 and 6).

use super::ground::Ground;
use super::scene::{Ended, Links, Scene};
use super::{Figure, Promise};
use crate::proxy::{Flow, Proxy};
use std::time::Duration;
use tokio::time::Instant;

/// Longer than a lease: who is cut off from the database has lost its rooms.
const CUT: Duration = Duration::from_secs(8);

/// Which bytes do not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// None of them.
    Both,
    /// Questions.
    There,
    /// Answers: what was asked is done, and nobody hears of it.
    Back,
}

impl Way {
    /// Cuts a link this way, until it is healed.
    pub fn cut(self, link: &Proxy) {
        let (there, back) = match self {
            Way::Both => (Flow::Cut, Flow::Cut),
            Way::There => (Flow::Cut, Flow::Open),
            Way::Back => (Flow::Open, Flow::Cut),
        };
        link.fare(there, back);
    }
}

/// Cuts a gateway off for a while. Afterwards rooms accept commands again.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn gateway(
    ground: &Ground,
    name: &'static str,
    link: fn(&Links) -> &Proxy,
    way: Way,
) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open(name, ground).await?;
    scene.crowd.mark("cut");
    way.cut(link(&scene.links));
    scene.act(CUT).await;
    let (ended, again) = heal(scene, link).await?;
    let mut figures = vec![ended.waited("cut")];
    figures.extend(again);
    Ok(ended.with(figures))
}

/// Cuts one of two workers off for a while. Meanwhile the other takes its rooms; afterwards they share them again.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn worker(
    ground: &Ground,
    name: &'static str,
    link: fn(&Links) -> &Proxy,
    way: Way,
) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open(name, ground).await?;
    scene.crowd.mark("cut");
    way.cut(link(&scene.links));
    let began = Instant::now();
    scene.recover("cut").await;
    let untaken = scene.waiting("cut");
    scene.act(CUT.saturating_sub(began.elapsed())).await;
    let untaken = Figure::none_of(&scene.name("cut.not-taken-over"), untaken, "rooms");
    let (ended, again) = heal(scene, link).await?;
    let mut figures = vec![untaken];
    figures.extend(ended.accepts_again("cut", 5.0, 10.0));
    figures.extend(again);
    Ok(ended.with(figures))
}

async fn heal(scene: Scene, link: fn(&Links) -> &Proxy) -> anyhow::Result<(Ended, Vec<Figure>)> {
    link(&scene.links).heal();
    scene.crowd.mark("healed");
    scene.recover("healed").await;
    let ended = scene.close().await?;
    let mut again = ended.accepts_again("healed", 5.0, 10.0);
    again.extend(ended.heard("healed", Promise::None, Promise::None));
    Ok((ended, again))
}
