//! Frames as they once went over the wire, kept in `crates/crowd/corpus/<version>`: what later versions are tried with.
//!
//! One frame a line: text frames as they are, binary ones in hexadecimal digits. Between services: an object of route and payload.

use crate::stack::repository;
use anyhow::Context;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What was recorded of one version: the first frame of each kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Corpus {
    /// What clients sent.
    pub from_clients: Vec<String>,
    /// What gateways sent to clients.
    pub from_gateways: Vec<String>,
    /// What services sent to one another.
    pub between_services: Vec<String>,
}

const FILES: [&str; 3] = ["from-clients.jsonl", "from-gateways.jsonl", "between-services.jsonl"];

fn folder() -> PathBuf {
    repository().join("crates/crowd/corpus")
}

impl Corpus {
    /// All that were recorded, by version.
    ///
    /// # Errors
    /// When a file is missing.
    pub fn all() -> anyhow::Result<BTreeMap<String, Corpus>> {
        let entries = std::fs::read_dir(folder()).context("The recorded frames are not there")?;
        let mut all = BTreeMap::new();
        for entry in entries {
            let path = entry?.path();
            let version = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let read = |file: &str| -> anyhow::Result<Vec<String>> {
                let path = path.join(file);
                let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                Ok(text.lines().map(str::to_owned).collect())
            };
            let [from_clients, from_gateways, between_services] = FILES;
            let corpus = Corpus {
                from_clients: read(from_clients)?,
                from_gateways: read(from_gateways)?,
                between_services: read(between_services)?,
            };
            all.insert(version, corpus);
        }
        Ok(all)
    }

    /// Keeps it as a version's.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn write(&self, version: &str) -> anyhow::Result<()> {
        let folder = folder().join(version);
        std::fs::create_dir_all(&folder)?;
        for (file, frames) in
            FILES.iter().zip([&self.from_clients, &self.from_gateways, &self.between_services])
        {
            std::fs::write(folder.join(file), frames.join("\n") + "\n")?;
        }
        Ok(())
    }
}

/// Adds a frame unless there is one of its kind.
pub fn keep(frames: &mut Vec<String>, frame: String) {
    if !frames.iter().any(|kept| kind(kept) == kind(&frame)) {
        frames.push(frame);
    }
}

/// What kind of frame it is: its name, and of commands and events what they are about; the first byte of a binary one.
pub fn kind(frame: &str) -> String {
    let Ok(Value::Object(object)) = serde_json::from_str(frame) else {
        return frame.chars().take(2).collect();
    };
    if let Some(route) = object.get("route") {
        return route.to_string();
    }
    let Some((name, body)) = object.into_iter().next() else { return String::new() };
    let named = |of: &Value| of.as_object().and_then(|of| of.keys().next().cloned()).unwrap_or_default();
    let about: Vec<String> = match name.as_str() {
        "command" => vec![named(&body["do"])],
        "events" => {
            body["events"].as_array().into_iter().flatten().map(|event| named(&event["is"])).collect()
        }
        _ => Vec::new(),
    };
    format!("{name} {}", about.join(" "))
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of hexadecimal digits; none when these are others.
pub fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::binary::{FromClient, POSITIONS, Positions};
    use protocol::link;
    use protocol::socket::{ToClient, ToServer};
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    /// Reads what was recorded with today's types, and finds every field of it in what they write.
    fn is_understood<T: DeserializeOwned + Serialize>(recorded: &Value) {
        let read: T =
            serde_json::from_value(recorded.clone()).unwrap_or_else(|error| panic!("{error}: {recorded}"));
        let today = serde_json::to_value(&read).unwrap();
        assert!(covers(&today, recorded), "recorded {recorded}\ntoday    {today}");
    }

    fn covers(today: &Value, recorded: &Value) -> bool {
        match (today, recorded) {
            (Value::Object(today), Value::Object(recorded)) => recorded.iter().all(|(key, value)| {
                value.is_null() || today.get(key).is_some_and(|today| covers(today, value))
            }),
            (Value::Array(today), Value::Array(recorded)) => {
                today.len() == recorded.len() && today.iter().zip(recorded).all(|(a, b)| covers(a, b))
            }
            (Value::Number(today), Value::Number(recorded)) => today.as_f64() == recorded.as_f64(),
            (today, recorded) => today == recorded,
        }
    }

    #[test]
    fn this_version_understands_every_frame_that_was_recorded_of_clients_and_gateways() {
        for (version, corpus) in Corpus::all().unwrap() {
            assert!(corpus.from_clients.len() > 15 && corpus.from_gateways.len() > 15, "{version} is thin");
            for frame in &corpus.from_clients {
                match unhex(frame) {
                    Some(bytes) => assert!(FromClient::decode(&bytes).is_ok(), "{version}: {frame}"),
                    None => is_understood::<ToServer>(&serde_json::from_str(frame).unwrap()),
                }
            }
            for frame in &corpus.from_gateways {
                match unhex(frame) {
                    Some(bytes) if bytes[0] == POSITIONS => {
                        assert!(Positions::decode(&bytes).is_ok(), "{version}: {frame}");
                    }
                    Some(bytes) => assert_eq!(bytes.len(), 25, "{version}: a clock's answer"),
                    None => is_understood::<ToClient>(&serde_json::from_str(frame).unwrap()),
                }
            }
        }
    }

    #[test]
    fn this_version_understands_every_message_that_was_recorded_between_services() {
        for (version, corpus) in Corpus::all().unwrap() {
            assert!(corpus.between_services.len() > 6, "{version} is thin");
            for message in &corpus.between_services {
                let message: Value = serde_json::from_str(message).unwrap();
                let payload = &message["payload"];
                match message["route"].as_str().unwrap() {
                    "worker.command" => is_understood::<link::CommandSent>(payload),
                    "worker.presence" => is_understood::<link::PresenceTold>(payload),
                    "worker.snapshot" => is_understood::<link::SnapshotAsked>(payload),
                    "worker.people" => is_understood::<link::PeopleAsked>(payload),
                    "worker.floor" => is_understood::<link::FloorAsked>(payload),
                    "worker.time" | "worker.owners" | "worker.directory" => is_understood::<()>(payload),
                    "gateway.owners" => is_understood::<link::Owners>(payload),
                    "gateway.answer" => is_understood::<link::CommandAnswered>(payload),
                    "gateway.person" => is_understood::<link::PersonChanged>(payload),
                    "gateway.revoked" => is_understood::<link::Revoked>(payload),
                    "web.redeem" => is_understood::<link::TicketRedeemed>(payload),
                    "web.revoked.since" => is_understood::<link::RevokedAsked>(payload),
                    route => panic!("{version}: nobody takes {route} any more"),
                }
            }
        }
    }
}
