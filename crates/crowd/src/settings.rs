//! What kind of crowd: how many, where, and how busy.

use serde::Deserialize;

/// A crowd to let loose.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Gateways, as `http://host:port`. People are spread over them, and come back to another one than they lost.
    pub targets: Vec<String>,
    /// Where people log in; none: at the first gateway's address, as the one-process park and the proxy serve both.
    pub web: Option<String>,
    /// How many people.
    pub people: u32,
    /// How many rooms they make and enter.
    pub rooms: u32,
    /// How long they act, in seconds, from when all are in.
    pub seconds: u32,
    /// Who does what when follows from it.
    pub seed: u64,
    /// How busy they are.
    pub rates: Rates,
    /// How many walk in at the same time, at the most.
    pub joins_at_once: u32,
    /// Server processes to watch: a name and a process id each.
    pub pids: Vec<(String, u32)>,
}

/// How busy a crowd is. Rates are those of the whole crowd, unless they say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// Chat lines a second.
    pub chats: f64,
    /// Bytes of a chat line.
    pub chat_bytes: usize,
    /// Steps a second of each person; 0: they stand.
    pub walk: f64,
    /// Reactions a second.
    pub reacts: f64,
    /// Tracks put on queues, a second.
    pub adds: f64,
    /// Votes for entries of queues, a second.
    pub votes: f64,
    /// Commands sent twice with one id, a second.
    pub doubles: f64,
    /// Connections lost a second; their people come back.
    pub drops: f64,
    /// How unevenly people choose rooms: the exponent of a Zipf law; 0: all rooms have as many.
    pub zipf: f64,
}

impl Default for Rates {
    /// 200 chat lines of 64 bytes a second, and nothing else.
    fn default() -> Rates {
        Rates {
            chats: 200.0,
            chat_bytes: 64,
            walk: 0.0,
            reacts: 0.0,
            adds: 0.0,
            votes: 0.0,
            doubles: 0.0,
            drops: 0.0,
            zipf: 0.0,
        }
    }
}

impl Rates {
    /// Nobody does anything.
    pub fn quiet() -> Rates {
        Rates { chats: 0.0, ..Rates::default() }
    }
}

impl Settings {
    /// So many people in so many rooms of a park, for so long, with nothing unusual about them.
    pub fn new(targets: Vec<String>, people: u32, rooms: u32, seconds: u32) -> Settings {
        Settings {
            targets,
            web: None,
            people,
            rooms,
            seconds,
            seed: 1,
            rates: Rates::default(),
            joins_at_once: 32,
            pids: Vec::new(),
        }
    }

    /// Where people log in.
    pub fn web(&self) -> &str {
        self.web.as_deref().or_else(|| self.targets.first().map(String::as_str)).unwrap_or_default()
    }
}
