//! What this node knows of the nodes of one namespace, kept fresh by their announcements.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::address::{Address, Incarnation};
use crate::node::core::Core;
use crate::node::requests::same_life;
use crate::registry::{Change, NodeInfo};
use crate::ring::Next;
use crate::wire::{Announced, registry_channel};

pub(crate) type Nodes = Arc<BTreeMap<u32, NodeInfo>>;

/// A cheap look at the registry; `None` inside until it was read for the first time.
#[derive(Clone, Debug)]
pub(crate) struct View {
    seen: watch::Receiver<Option<Nodes>>,
}

impl View {
    /// Begins to keep a view for as long as the node runs.
    pub(crate) fn open(core: &Arc<Core>, ns: &str) -> Self {
        let (show, seen) = watch::channel(None);
        core.spawn(run(core.clone(), ns.to_owned(), show));
        Self { seen }
    }

    /// Everyone who is there; waits until the registry could be read once. Nobody when the node has left.
    pub(crate) async fn nodes(&self) -> Nodes {
        let mut seen = self.seen.clone();
        match seen.wait_for(Option::is_some).await {
            Ok(nodes) => nodes.clone().unwrap_or_default(),
            Err(_) => Nodes::default(),
        }
    }

    /// Waits until a node that was there is not; one that was not `listed` yet is waited for first.
    pub(crate) async fn gone(&self, asked: &Address, listed: bool) {
        let mut seen = self.seen.clone();
        let is_there = |nodes: &Option<Nodes>| {
            nodes.as_ref().is_some_and(|nodes| {
                nodes.get(&asked.nid).is_some_and(|info| same_life(asked, info.address.incarnation))
            })
        };
        if !listed && seen.wait_for(is_there).await.is_err() {
            return; // this node left
        }
        let _ = seen.wait_for(|nodes| !is_there(nodes)).await;
    }
}

/// A stream of the changes of one namespace. It begins with everyone who is there, never lags behind by more than the
/// present state (changes that undid each other meanwhile are not told), and ends when the node leaves.
#[derive(Debug)]
pub struct Watch {
    seen: watch::Receiver<Option<Nodes>>,
    known: Nodes,
    changes: VecDeque<Change>,
}

impl Watch {
    pub(crate) fn new(view: &View) -> Self {
        let mut seen = view.seen.clone();
        seen.mark_changed();
        Self { seen, known: Nodes::default(), changes: VecDeque::new() }
    }

    /// The next change. Safe to cancel.
    pub async fn next(&mut self) -> Option<Change> {
        loop {
            if let Some(change) = self.changes.pop_front() {
                return Some(change);
            }
            self.seen.changed().await.ok()?;
            let Some(nodes) = self.seen.borrow_and_update().clone() else { continue };
            self.changes = changes(&self.known, &nodes);
            self.known = nodes;
        }
    }
}

/// Departures first: a restarted node leaves before it joins.
fn changes(before: &BTreeMap<u32, NodeInfo>, after: &BTreeMap<u32, NodeInfo>) -> VecDeque<Change> {
    let mut changes = VecDeque::new();
    for (nid, old) in before {
        if after.get(nid).is_none_or(|new| new.address != old.address) {
            changes.push_back(Change::Left(old.clone()));
        }
    }
    for (nid, new) in after {
        match before.get(nid) {
            Some(old) if old.says_the_same(new) => {}
            Some(old) if old.address == new.address => changes.push_back(Change::Changed(new.clone())),
            _ => changes.push_back(Change::Joined(new.clone())),
        }
    }
    changes
}

/// A node and until when it is believed to be there.
struct Believed {
    info: NodeInfo,
    until: Instant,
}

async fn run(core: Arc<Core>, ns: String, show: watch::Sender<Option<Nodes>>) {
    let Some(tap) = core.listen(registry_channel(&ns)).await else { return };
    let mut believed = BTreeMap::new();
    let mut blind = false;
    let mut lease = core.config.lease;
    loop {
        let asked = Instant::now();
        match core.wire.census(&ns).await {
            Ok(announced) => {
                // A server that was slow to answer was as slow to take announcements: it may have been frozen.
                blind |= asked.elapsed() > lease / 3;
                lease = announced.iter().map(|node| node.lease).max().unwrap_or(lease);
                let now = Instant::now();
                if std::mem::take(&mut blind) {
                    // Nobody could announce anything while the server was away, and it may have forgotten everyone:
                    // each gets the time to come back.
                    believed.values_mut().for_each(|node: &mut Believed| node.until = now + lease);
                }
                believe(&mut believed, announced, now);
                show_if_new(&show, &believed);
            }
            Err(error) => {
                blind = true;
                tracing::debug!(cipher.ns = %ns, %error, "the registry cannot be read, trying again");
            }
        }
        let tick = Instant::now() + core.config.lease / 3;
        let expiry = believed.values().map(|node| node.until).min().filter(|_| !blind);
        tokio::select! {
            () = tokio::time::sleep_until(expiry.map_or(tick, |expiry| expiry.min(tick))) => {}
            next = tap.next() => {
                if next.is_none() {
                    return;
                }
                let mut next = next;
                // Whatever else was said meanwhile is answered by the same reading of the registry.
                loop {
                    match next {
                        Some(Next::Item(note)) => {
                            if let Some((nid, incarnation)) = departure(&note) {
                                believed.retain(|id, node| *id != nid || node.info.address.incarnation != Some(incarnation));
                            }
                        }
                        Some(Next::Lossy) => blind = true,
                        None => break,
                    }
                    next = tap.try_next();
                }
                if show.borrow().is_some() {
                    show_if_new(&show, &believed);
                }
            }
        }
    }
}

fn believe(believed: &mut BTreeMap<u32, Believed>, announced: Vec<Announced>, now: Instant) {
    for Announced { info, lease, age } in announced {
        let until = now + lease.saturating_sub(age);
        if until > now {
            believed.insert(info.address.nid, Believed { info, until });
        }
    }
    believed.retain(|_, node| node.until > now);
}

fn show_if_new(show: &watch::Sender<Option<Nodes>>, believed: &BTreeMap<u32, Believed>) {
    show.send_if_modified(|shown| {
        let same = shown.as_ref().is_some_and(|shown| {
            shown.len() == believed.len() && shown.values().zip(believed.values()).all(|(a, b)| *a == b.info)
        });
        if !same {
            let nodes = believed.iter().map(|(nid, node)| (*nid, node.info.clone())).collect();
            *shown = Some(Arc::new(nodes));
        }
        !same
    });
}

/// What a node says on the registry's channel when it left; anything else said there only means "look".
pub(crate) fn departure_note(me: &Address) -> String {
    let incarnation = me.incarnation.map(|incarnation| incarnation.to_string()).unwrap_or_default();
    format!("left {} {incarnation}", me.nid)
}

fn departure(note: &[u8]) -> Option<(u32, Incarnation)> {
    let mut words = std::str::from_utf8(note).ok()?.strip_prefix("left ")?.split(' ');
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// How long [`Node::nodes`](crate::Node::nodes) waits for a first reading while the server is away.
pub(crate) const FIRST_READING: Duration = Duration::from_secs(3);
