//! Who a message is from and for: namespaces, node ids, incarnations and addresses.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::error::NameError;

/// One life of one node: a random 64-bit number drawn at [`Node::join`](crate::Node::join). A restarted node has the
/// address of its former self and another incarnation. Written as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Incarnation(u64);

impl Incarnation {
    pub(crate) fn draw() -> Self {
        // A v4 uuid has six fixed bits; folding its halves covers them with random ones.
        let (high, low) = Uuid::new_v4().as_u64_pair();
        Self(high ^ low)
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incarnation({self})")
    }
}

impl FromStr for Incarnation {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl Serialize for Incarnation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Incarnation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IncarnationVisitor)
    }
}

struct IncarnationVisitor;

impl Visitor<'_> for IncarnationVisitor {
    type Value = Incarnation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an incarnation, in hexadecimal digits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Incarnation, E> {
        text.parse().map_err(E::custom)
    }
}

/// One node: its namespace, its id within it (from 1; a peer that never had one says 0), and which life of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The kind of service, such as `worker`.
    pub ns: String,
    /// The instance of it.
    pub nid: u32,
    /// Which life of that instance, when it is known: peers that speak plain rapt-cipher have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incarnation: Option<Incarnation>,
}

impl Address {
    /// A node by its id, whichever life of it.
    pub fn new(ns: impl Into<String>, nid: u32) -> Self {
        Self { ns: ns.into(), nid, incarnation: None }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.ns, self.nid)
    }
}

/// Where a transmit or a request goes, and for whom behind the two nodes it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct To {
    pub(crate) ns: String,
    /// `None` is any one node of the namespace.
    pub(crate) nid: Option<u32>,
    pub(crate) incarnation: Option<Incarnation>,
    pub(crate) tenant: Option<String>,
    pub(crate) from_tenant: Option<String>,
}

impl To {
    /// The node with this id, whichever life of it is running when the message is handled.
    ///
    /// An id of 0 means any node, as it does to rapt-cipher.
    pub fn node(ns: impl Into<String>, nid: u32) -> Self {
        let nid = (nid != 0).then_some(nid);
        Self { ns: ns.into(), nid, incarnation: None, tenant: None, from_tenant: None }
    }

    /// This very life of a node: once it is gone the message is refused, not given to its successor. An address
    /// without an incarnation is the same as [`To::node`].
    pub fn incarnation(address: Address) -> Self {
        Self { incarnation: address.incarnation, ..Self::node(address.ns, address.nid) }
    }

    /// Exactly one node of the namespace, whichever is free first.
    pub fn any(ns: impl Into<String>) -> Self {
        Self { ns: ns.into(), nid: None, incarnation: None, tenant: None, from_tenant: None }
    }

    /// For whom behind the receiving node the message is.
    #[must_use]
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// From whom behind the sending node the message is.
    #[must_use]
    pub fn from_tenant(mut self, tenant: impl Into<String>) -> Self {
        self.from_tenant = Some(tenant.into());
        self
    }
}

impl fmt::Display for To {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nid {
            Some(nid) => write!(f, "{}.{nid}", self.ns),
            None => write!(f, "{}.*", self.ns),
        }
    }
}

/// Refuses a namespace that would be mistaken for a pattern, a queue or a cluster slot.
pub(crate) fn check_namespace(ns: &str) -> Result<(), NameError> {
    let forbidden = ['.', '*', '?', '[', ']', '{', '}'];
    if ns.is_empty()
        || ns.contains(forbidden)
        || ns.chars().any(char::is_whitespace)
        || ns.starts_with("cipher:")
    {
        return Err(NameError::Namespace(ns.to_owned()));
    }
    Ok(())
}

/// Refuses an empty route and one with blanks or wildcards in it.
pub(crate) fn check_route(route: &str) -> Result<(), NameError> {
    if route.is_empty() || route.contains(['*', '?', '[', ']']) || route.chars().any(char::is_whitespace) {
        return Err(NameError::Route(route.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incarnation_survives_its_written_form() {
        let drawn = Incarnation::draw();
        assert_eq!(drawn.to_string().parse::<Incarnation>().unwrap(), drawn);
        let json = serde_json::to_string(&drawn).unwrap();
        assert_eq!(serde_json::from_str::<Incarnation>(&json).unwrap(), drawn);
    }

    #[test]
    fn names_that_would_be_patterns_are_refused() {
        for bad in ["", "a.b", "a*", "{a}", "a b", "[a]"] {
            assert!(check_namespace(bad).is_err(), "{bad:?}");
        }
        assert!(check_namespace("web").is_ok());
        assert!(check_route("room.enter").is_ok());
        assert!(check_route("room.*").is_err());
    }
}
