//! The network between two services is cut, one way or both, and healed (promises 3, 4, 5 and 6).

use super::ground::Ground;
use super::scene::{Links, Scene};
use super::{Figure, Promise};
use crate::proxy::{Flow, Proxy};
use std::time::Duration;

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
    way.cut(link(&scene.links));
    scene.act(CUT).await;
    link(&scene.links).heal();
    scene.crowd.mark("healed");
    scene.recover("healed").await;
    let ended = scene.close().await?;
    let mut figures = vec![ended.waited("cut")];
    figures.extend(ended.accepts_again("healed", 5.0, 10.0));
    figures.extend(ended.heard("healed", Promise::None, Promise::None));
    Ok(ended.with(figures))
}
