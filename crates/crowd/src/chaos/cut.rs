//! The network between two services is cut, one way or both, and healed (promises 3, 4, 5 and 6).

use super::Figure;
use super::ground::Ground;
use super::scene::{Links, Scene};
use crate::proxy::{Flow, Proxy};
use std::time::Duration;

/// Longer than a lease: who is cut off from the database has lost its rooms.
const CUT: Duration = Duration::from_secs(8);
/// Twice as long as it may take until all is well.
const AFTERMATH: Duration = Duration::from_secs(12);

/// Which bytes do not arrive.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// None of them.
    Both,
    /// Questions.
    There,
    /// Answers: what was asked is done, and nobody hears of it.
    Back,
}

/// Cuts a link for a while. Afterwards, or meanwhile where another worker can take over, rooms accept commands again.
///
/// # Errors
/// When the scenario cannot be run.
pub async fn cut(
    ground: &Ground,
    name: &'static str,
    link: fn(&Links) -> &Proxy,
    way: Way,
) -> anyhow::Result<Vec<Figure>> {
    let scene = Scene::open(name, ground).await?;
    scene.crowd.mark("cut");
    let (there, back) = match way {
        Way::Both => (Flow::Cut, Flow::Cut),
        Way::There => (Flow::Cut, Flow::Open),
        Way::Back => (Flow::Open, Flow::Cut),
    };
    link(&scene.links).fare(there, back);
    scene.act(CUT).await;
    link(&scene.links).heal();
    scene.crowd.mark("healed");
    scene.act(AFTERMATH).await;
    let ended = scene.close().await?;
    let figures = ended.accepts_again("healed", 5.0, 10.0);
    Ok(ended.with(figures))
}
