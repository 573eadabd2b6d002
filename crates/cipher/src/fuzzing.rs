//! What must hold for whatever bytes come as a message. Every test run tries it with proptest, below; libFuzzer does for as
//! long as one likes (`fuzz/`).

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::address::To;
use crate::envelope::{self, Envelope};

/// Reads bytes as the envelope of a message. What is accepted holds no more than came, and is the same message when it is
/// written and read again.
///
/// # Panics
/// When that does not hold: a mistake in cipher was found.
pub fn envelope(bytes: &[u8]) {
    let body = Bytes::copy_from_slice(bytes);
    let Ok(envelope) = envelope::read(&body) else { return };
    assert!(size_of_texts(&envelope) <= body.len(), "it holds more text than came");
    assert!(envelope.payload == "null" || envelope.payload.len() < body.len(), "its payload is a part of it");
    // Nobody finds a route of theirs in what has no dot: it is put aside as it came, and never written anew.
    let Some((ns, route)) = envelope.full_route.split_once('.') else { return };
    assert_eq!(envelope.route(ns), Some(route));
    let payload: &RawValue = serde_json::from_slice(&envelope.payload).expect("its payload is JSON");
    let to = To {
        ns: ns.to_owned(),
        nid: envelope.recipient_nid,
        incarnation: envelope.extras.to,
        tenant: envelope.recipient_tenant.clone(),
        from_tenant: envelope.tenant.clone(),
    };
    let written = envelope::write(&envelope.origin, &to, route, payload, &envelope.extras)
        .expect("what was read can be written");
    assert_eq!(envelope::read(&written).expect("what was written can be read"), envelope);
}

fn size_of_texts(envelope: &Envelope) -> usize {
    let extras = &envelope.extras;
    let optional =
        [&envelope.tenant, &envelope.recipient_tenant, &extras.id, &extras.trace, &extras.reply_to];
    let optional: usize = optional.into_iter().flatten().map(String::len).sum();
    envelope.origin.ns.len() + envelope.full_route.len() + optional
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;

    /// Where a field is, its name, and what is in it when nothing odd is.
    const FIELDS: [(&str, &str, &str); 14] = [
        ("origin", "ns", r#""web""#),
        ("origin", "nid", "1"),
        ("origin", "tid", "null"),
        ("recipient", "ns", r#""ws""#),
        ("recipient", "nid", r#""*""#),
        ("recipient", "tid", r#""42""#),
        ("recipient", "r", r#""ws.room.enter""#),
        ("cipher", "id", r#""5fe3-0""#),
        ("cipher", "inc", r#""00000000000000aa""#),
        ("cipher", "to", "null"),
        ("cipher", "until_ms", "1795000000000"),
        ("cipher", "trace", "null"),
        ("cipher", "reply_to", "null"),
        ("", "payload", r#"{"room":[1.50,9007199254740993]}"#),
    ];

    /// A message with some fields exchanged for, or followed by, what nobody expects there.
    #[derive(Clone, Debug)]
    struct Odd {
        at: Index,
        value: String,
        twice: bool,
    }

    fn nested(open: &str, within: &str, close: &str, depth: usize) -> String {
        format!("{}{within}{}", open.repeat(depth), close.repeat(depth))
    }

    fn value() -> impl Strategy<Value = String> {
        const ODD: &[&str] = &[
            "null",
            "true",
            "0",
            "-0",
            "-1",
            "7",
            "1e3",
            "1e999",
            "-1e-999",
            "0.5",
            "4294967295",
            "4294967296",
            "18446744073709551615",
            "18446744073709551616",
            r#""*""#,
            r#""""#,
            r#""7""#,
            r#""+7""#,
            r#""007""#,
            r#""-1""#,
            r#"" 7""#,
            r#""1e3""#,
            r#""4294967296""#,
            r#""٣""#,
            r#""\u0000""#,
            r#""\ud800""#,
            r#""\ud83d\ude00""#,
            r#""ws""#,
            r#""ws.""#,
            r#""."#,
            r#"".""#,
            "\"\u{202e}\\u202e\\ufeff\"",
            r#""ffffffffffffffff""#,
            "[]",
            "{}",
            r#"{"ns":1,"ns":2}"#,
            r#"{"$serde_json::private::RawValue":"1"}"#,
            r#"{"$serde_json::private::Number":"1"}"#,
            "",
            "nul",
            "01",
            "\"\n\"",
        ];
        prop_oneof![
            4 => select(ODD).prop_map(str::to_owned),
            1 => any::<String>().prop_map(|text| serde_json::to_string(&text).expect("text can be written")),
            1 => (1..3_000usize).prop_map(|depth| nested("[", "1", "]", depth)),
            1 => (1..3_000usize).prop_map(|depth| nested(r#"{"a":"#, "1", "}", depth)),
            1 => (1..400usize).prop_map(|digits| "9".repeat(digits)),
        ]
    }

    type Fields = Vec<(&'static str, &'static str, String)>;

    fn usual() -> Fields {
        FIELDS.iter().map(|(place, name, usual)| (*place, *name, (*usual).to_owned())).collect()
    }

    fn written(fields: &Fields) -> String {
        let object = |place: &str| {
            let here = fields.iter().filter(|field| field.0 == place);
            here.map(|(_, name, value)| format!("{name:?}:{value}")).collect::<Vec<_>>().join(",")
        };
        let part = |place: &str| format!("{place:?}:{{{}}}", object(place));
        format!("{{{},{},{},{}}}", part("origin"), part("recipient"), object(""), part("cipher"))
    }

    fn odd_message() -> impl Strategy<Value = String> {
        let odd =
            (any::<Index>(), value(), any::<bool>()).prop_map(|(at, value, twice)| Odd { at, value, twice });
        prop::collection::vec(odd, 0..4).prop_map(|odds| {
            let mut fields = usual();
            for Odd { at, value, twice } in odds {
                let at = at.index(FIELDS.len());
                if twice {
                    fields.push((FIELDS[at].0, FIELDS[at].1, value));
                } else {
                    fields[at].2 = value;
                }
            }
            written(&fields)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn no_bytes_are_too_odd(bytes: Vec<u8>) {
            envelope(&bytes);
        }

        #[test]
        fn no_fields_are_too_odd(message in odd_message()) {
            envelope(message.as_bytes());
        }

        #[test]
        fn no_damage_is_too_odd(
            message in odd_message(),
            damage in prop::collection::vec((any::<Index>(), any::<u8>(), 0..3), 1..8),
        ) {
            let mut bytes = message.into_bytes();
            for (at, byte, how) in damage {
                let at = at.index(bytes.len() + 1);
                match how {
                    0 => bytes.insert(at, byte),
                    1 if at < bytes.len() => bytes[at] = byte,
                    _ => bytes.truncate(at),
                }
            }
            envelope(&bytes);
        }
    }

    /// The properties above would hold for a reader that accepts nothing, too.
    #[test]
    fn what_is_merely_odd_is_told_from_what_is_no_message() {
        let is_read = |place: &str, name: &str, value: &str| {
            let mut fields = usual();
            let field = fields.iter_mut().find(|field| (field.0, field.1) == (place, name));
            field.expect("there is such a field").2 = value.to_owned();
            let message = written(&fields);
            envelope(message.as_bytes());
            envelope::read(&Bytes::from(message)).is_ok()
        };
        let deep = nested("[", "", "]", 100_000);
        for (place, name, value) in [
            ("origin", "nid", r#""007""#),
            ("origin", "tid", "77"),
            ("origin", "tid", "18446744073709551615"),
            ("recipient", "nid", "4294967295"),
            ("recipient", "tid", r#""""#),
            ("recipient", "r", "\"\\ud83d\\ude00.\u{202e}\""),
            ("cipher", "until_ms", "null"),
            ("", "payload", "1e999"),
            ("", "payload", r#"{"a":1,"a":2}"#),
            ("", "payload", &deep), // its handler's affair
        ] {
            assert!(is_read(place, name, value), "{place}.{name} {value}");
        }
        for (place, name, value) in [
            ("origin", "nid", "4294967296"),
            ("origin", "nid", "1e999"),
            ("origin", "nid", r#"1,"nid":1"#),
            ("origin", "tid", "0.5"),
            ("recipient", "nid", "-1"),
            ("recipient", "r", r#""\ud800""#),
            ("recipient", "r", "null"),
            ("recipient", "tid", &deep),
            ("cipher", "inc", r#""g""#),
            ("cipher", "id", "7"),
            ("", "payload", "nul"),
        ] {
            assert!(!is_read(place, name, value), "{place}.{name} {value}");
        }
    }
}
