//! The JSON envelope of rapt-cipher 0.1.1, byte for byte, with our own fields under one extra key it ignores.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::address::{Address, Incarnation, To};

/// Our own fields; all of them may be missing, and unknown ones are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extras {
    /// The sender's id for the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// The sender's incarnation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inc: Option<Incarnation>,
    /// The only incarnation of the recipient that is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<Incarnation>,
    /// Until when a transmit is of use, in milliseconds since 1970 by the sender's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until_ms: Option<u64>,
    /// The trace context it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trace: Option<String>,
    /// The channel that waits for the reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<String>,
    /// How long the sender waits for the reply, from when it sent. A span, not a moment: clocks differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) within_ms: Option<u64>,
}

#[derive(Serialize)]
struct Written<'a, T: ?Sized> {
    origin: WrittenOrigin<'a>,
    recipient: WrittenRecipient<'a>,
    payload: &'a T,
    cipher: &'a Extras,
}

#[derive(Serialize)]
struct WrittenOrigin<'a> {
    ns: &'a str,
    nid: u32,
    tid: Option<&'a str>,
}

#[derive(Serialize)]
struct WrittenRecipient<'a> {
    ns: &'a str,
    nid: WrittenNid,
    tid: &'a str,
    r: &'a str,
}

struct WrittenNid(Option<u32>);

impl Serialize for WrittenNid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(nid) => serializer.serialize_u32(nid),
            None => serializer.serialize_str("*"),
        }
    }
}

/// Room for a message of usual size, in bytes: it is written without moving.
const USUAL: usize = 512;

/// Writes a message.
pub(crate) fn write<T: Serialize + ?Sized>(
    origin: &Address,
    to: &To,
    route: &str,
    payload: &T,
    extras: &Extras,
) -> Result<Bytes, serde_json::Error> {
    let r = format!("{}.{route}", to.ns);
    let written = Written {
        origin: WrittenOrigin { ns: &origin.ns, nid: origin.nid, tid: to.from_tenant.as_deref() },
        recipient: WrittenRecipient {
            ns: &to.ns,
            nid: WrittenNid(to.nid),
            tid: to.tenant.as_deref().unwrap_or("*"),
            r: &r,
        },
        payload,
        cipher: extras,
    };
    let mut body = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut body, &written)?;
    Ok(body.into())
}

/// A message as it was read; the payload is the very bytes that were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) origin: Address,
    pub(crate) tenant: Option<String>,
    pub(crate) recipient_nid: Option<u32>,
    pub(crate) recipient_tenant: Option<String>,
    /// Namespace and route, joined by a dot.
    pub(crate) full_route: String,
    pub(crate) payload: Bytes,
    pub(crate) extras: Extras,
}

impl Envelope {
    /// The route without the namespace it was for.
    pub(crate) fn route(&self, ns: &str) -> Option<&str> {
        self.full_route.strip_prefix(ns)?.strip_prefix('.')
    }
}

#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    origin: ReadOrigin<'a>,
    #[serde(borrow)]
    recipient: ReadRecipient<'a>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(default)]
    cipher: Option<Extras>,
}

#[derive(Deserialize)]
struct ReadOrigin<'a> {
    #[serde(borrow)]
    ns: Cow<'a, str>,
    #[serde(default)]
    nid: ReadNid,
    #[serde(default)]
    tid: ReadTenant,
}

#[derive(Deserialize)]
struct ReadRecipient<'a> {
    #[serde(default)]
    nid: ReadNid,
    #[serde(default)]
    tid: ReadTenant,
    #[serde(borrow)]
    r: Cow<'a, str>,
}

/// A number, or one in a string; `*` is 0.
#[derive(Default)]
struct ReadNid(u32);

/// Text, or a number as text; nothing, null and `*` are nobody in particular.
#[derive(Default)]
struct ReadTenant(Option<String>);

impl<'de> Deserialize<'de> for ReadNid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NidVisitor).map(Self)
    }
}

impl<'de> Deserialize<'de> for ReadTenant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TenantVisitor).map(Self)
    }
}

// Visitors, as an untagged enum would copy each value and make an error of each kind it is not, four times a message.

struct NidVisitor;

impl Visitor<'_> for NidVisitor {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a node id")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u32, E> {
        u32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u32, E> {
        match text {
            "*" => Ok(0),
            _ => text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<u32, E> {
        Ok(0)
    }
}

struct TenantVisitor;

impl Visitor<'_> for TenantVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tenant")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok((text != "*").then(|| text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Reads a message from one of ours or from a rapt-cipher peer.
pub(crate) fn read(body: &Bytes) -> Result<Envelope, serde_json::Error> {
    let read: Read<'_> = serde_json::from_slice(body)?;
    let payload = match read.payload {
        Some(raw) => body.slice_ref(raw.get().as_bytes()),
        None => Bytes::from_static(b"null"),
    };
    let extras = read.cipher.unwrap_or_default();
    Ok(Envelope {
        origin: Address { ns: read.origin.ns.into_owned(), nid: read.origin.nid.0, incarnation: extras.inc },
        tenant: read.origin.tid.0,
        recipient_nid: Some(read.recipient.nid.0).filter(|nid| *nid != 0),
        recipient_tenant: read.recipient.tid.0,
        full_route: read.recipient.r.into_owned(),
        payload,
        extras,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn worker() -> Address {
        Address { ns: "worker".into(), nid: 0, incarnation: None }
    }

    /// What `Cipher.prototype.transmit` and `.broadcast` of rapt-cipher 0.1.1 write, up to our extra key.
    #[test]
    fn the_envelope_is_the_one_of_rapt_cipher_byte_for_byte() {
        let extras = Extras { id: Some("7".into()), ..Extras::default() };
        let to = To::node("ws", 1).tenant("42");
        let written = write(&worker(), &to, "room.enter", &json!({"room": "jazz"}), &extras).unwrap();
        assert_eq!(
            std::str::from_utf8(&written).unwrap(),
            r#"{"origin":{"ns":"worker","nid":0,"tid":null},"recipient":{"ns":"ws","nid":1,"tid":"42","r":"ws.room.enter"},"payload":{"room":"jazz"},"cipher":{"id":"7"}}"#
        );
        let anyone =
            write(&worker(), &To::any("ws").from_tenant("9"), "hello", &[1, 2], &Extras::default()).unwrap();
        assert_eq!(
            std::str::from_utf8(&anyone).unwrap(),
            r#"{"origin":{"ns":"worker","nid":0,"tid":"9"},"recipient":{"ns":"ws","nid":"*","tid":"*","r":"ws.hello"},"payload":[1,2],"cipher":{}}"#
        );
    }

    #[test]
    fn a_message_of_a_node_service_is_understood() {
        let body = Bytes::from_static(
            br#"{"origin":{"ns":"web","nid":"3","tid":77},"recipient":{"nid":"1","tid":"*","ns":"ws","r":"ws.room.enter"},"payload":{"big":12345678901234567890,"list":[]}}"#,
        );
        let envelope = read(&body).unwrap();
        assert_eq!(envelope.origin, Address { ns: "web".into(), nid: 3, incarnation: None });
        assert_eq!((envelope.tenant.as_deref(), envelope.recipient_tenant.as_deref()), (Some("77"), None));
        assert_eq!(envelope.route("ws"), Some("room.enter"));
        assert_eq!(envelope.payload, r#"{"big":12345678901234567890,"list":[]}"#);
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        for body in ["", "null", "{}", "[1]", r#"{"origin":{"ns":"a","nid":-1},"recipient":{"r":"x.y"}}"#] {
            assert!(read(&Bytes::from(body)).is_err(), "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(body: Vec<u8>) {
            let _ = read(&Bytes::from(body));
        }

        #[test]
        fn what_is_written_is_read(tenant: Option<String>, text: String, nid in 1u32..) {
            let mut to = To::node("ws", nid);
            to.from_tenant = tenant.filter(|tenant| tenant != "*");
            let extras = Extras { to: Some(Incarnation::draw()), ..Extras::default() };
            let envelope = read(&write(&worker(), &to, "say", &text, &extras).unwrap()).unwrap();
            proptest::prop_assert_eq!(envelope.tenant, to.from_tenant);
            proptest::prop_assert_eq!(serde_json::from_slice::<String>(&envelope.payload).unwrap(), text);
            proptest::prop_assert_eq!(envelope.extras, extras);
        }
    }
}
