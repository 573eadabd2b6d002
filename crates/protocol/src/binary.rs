//! Hot frames of the websocket, packed by hand, little-endian. The first byte says which.
//!
//! | byte 0 | from | layout after it |
//! |---|---|---|
//! | `0x01` clock probe | browser | `c0: f64` the browser's clock in ms, echoed; `rtt: u16` its median round trip in ms, 0 unknown |
//! | `0x81` clock answer | gateway | `c0: f64`, `s1: f64`, `s2: f64`: park time in ms at reading and at writing |
//! | `0x02` step | browser | `x: u16`, `y: u16`, `pose: u8` |
//! | `0x82` positions | gateway | `floor: u32`, `tick: u32`, `key: u8`, `more: u16`, then for each person `account: u32`, `x: u16`, `y: u16`, `pose: u8` |
//!
//! `key` is 1 when the frame names everybody on the floor (then whoever is missing is gone), else 0; `more` says how many people
//! the frame had no room for. `pose`: bits 0 to 2 the heading in eighths of a turn, clockwise from east; bit 3 walking; bit 4 dancing.
//! The vectors in this module's tests are also those of the web client's tests (`web-client/src/protocol/binary.test.ts`).

use crate::id::{AccountId, FloorId};

/// Width of the lawn in units; a figure is 46 high.
pub const LAWN_WIDTH: u16 = 4000;
/// Height (depth) of the lawn in units.
pub const LAWN_HEIGHT: u16 = 3000;
/// Width of a room's floor in units.
pub const FLOOR_WIDTH: u16 = 1600;
/// Height (depth) of a room's floor in units.
pub const FLOOR_HEIGHT: u16 = 1200;
/// Fastest walk, in units a second.
pub const WALK_SPEED: f64 = 220.0;
/// People one frame of positions carries at the most.
pub const POSITIONS_MAX: usize = 400;

/// Kind byte of a clock probe.
pub const PROBE: u8 = 0x01;
/// Kind byte of a step.
pub const STEP: u8 = 0x02;
/// Kind byte of a clock answer.
pub const PROBE_ANSWER: u8 = 0x81;
/// Kind byte of positions.
pub const POSITIONS: u8 = 0x82;

/// Width and height of a floor in units.
pub fn floor_size(floor: FloorId) -> (u16, u16) {
    if floor == FloorId::LAWN { (LAWN_WIDTH, LAWN_HEIGHT) } else { (FLOOR_WIDTH, FLOOR_HEIGHT) }
}

/// A binary frame from a browser.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FromClient {
    /// A clock probe.
    Probe {
        /// The browser's clock, ms; echoed untouched.
        c0: f64,
        /// The browser's median round trip, ms; 0 while unknown.
        rtt_ms: u16,
    },
    /// Where one stands now.
    Step(Spot),
}

/// Where somebody is and what they do there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Spot {
    /// Units east of the floor's western edge.
    pub x: u16,
    /// Units south of the floor's northern edge.
    pub y: u16,
    /// Heading and what one does, see the module's table.
    pub pose: u8,
}

/// Why a binary frame was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The first byte names no frame.
    #[error("no binary frame begins with byte {0:#04x}")]
    Kind(u8),
    /// It is too short or too long for its kind.
    #[error("a binary frame of {0} bytes does not fit its kind")]
    Length(usize),
}

impl FromClient {
    /// Reads a frame from a browser.
    pub fn decode(frame: &[u8]) -> Result<FromClient, Malformed> {
        let length = Malformed::Length(frame.len());
        match frame.first().copied() {
            Some(PROBE) => {
                let body: &[u8; 10] = frame[1..].try_into().map_err(|_| length)?;
                let (c0, rtt) = body.split_at(8);
                Ok(FromClient::Probe {
                    c0: f64::from_le_bytes(c0.try_into().map_err(|_| length)?),
                    rtt_ms: u16::from_le_bytes(rtt.try_into().map_err(|_| length)?),
                })
            }
            Some(STEP) => match frame[1..] {
                [x0, x1, y0, y1, pose] => Ok(FromClient::Step(Spot {
                    x: u16::from_le_bytes([x0, x1]),
                    y: u16::from_le_bytes([y0, y1]),
                    pose,
                })),
                _ => Err(length),
            },
            Some(kind) => Err(Malformed::Kind(kind)),
            None => Err(length),
        }
    }

    /// Writes the frame, as a browser would.
    pub fn encode(self) -> Vec<u8> {
        match self {
            FromClient::Probe { c0, rtt_ms } => {
                let mut frame = vec![PROBE];
                frame.extend(c0.to_le_bytes());
                frame.extend(rtt_ms.to_le_bytes());
                frame
            }
            FromClient::Step(spot) => {
                let mut frame = vec![STEP];
                frame.extend(spot.x.to_le_bytes());
                frame.extend(spot.y.to_le_bytes());
                frame.push(spot.pose);
                frame
            }
        }
    }
}

/// The answer to a clock probe; times in ms, `s1` and `s2` park time.
pub fn encode_probe_answer(c0: f64, s1: f64, s2: f64) -> [u8; 25] {
    let mut frame = [0; 25];
    frame[0] = PROBE_ANSWER;
    frame[1..9].copy_from_slice(&c0.to_le_bytes());
    frame[9..17].copy_from_slice(&s1.to_le_bytes());
    frame[17..25].copy_from_slice(&s2.to_le_bytes());
    frame
}

/// A frame of positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    /// The floor.
    pub floor: FloorId,
    /// Counts up with each frame of a floor.
    pub tick: u32,
    /// Whether everybody on the floor is in it.
    pub key: bool,
    /// How many had no room in it.
    pub more: u16,
    /// Who is where.
    pub people: Vec<(AccountId, Spot)>,
}

const POSITIONS_HEAD: usize = 12;
const POSITION: usize = 9;

impl Positions {
    /// Writes the frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut frame = Vec::with_capacity(POSITIONS_HEAD + POSITION * self.people.len());
        frame.push(POSITIONS);
        frame.extend((self.floor.0 as u32).to_le_bytes());
        frame.extend(self.tick.to_le_bytes());
        frame.push(u8::from(self.key));
        frame.extend(self.more.to_le_bytes());
        for (account, spot) in &self.people {
            frame.extend((account.0 as u32).to_le_bytes());
            frame.extend(spot.x.to_le_bytes());
            frame.extend(spot.y.to_le_bytes());
            frame.push(spot.pose);
        }
        frame
    }

    /// Reads the frame.
    pub fn decode(frame: &[u8]) -> Result<Positions, Malformed> {
        let length = Malformed::Length(frame.len());
        let (head, rest) = frame.split_at_checked(POSITIONS_HEAD).ok_or(length)?;
        if head[0] != POSITIONS {
            return Err(Malformed::Kind(head[0]));
        }
        if rest.len() % POSITION != 0 {
            return Err(length);
        }
        let u32_at =
            |bytes: &[u8], i: usize| u32::from_le_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]);
        let u16_at = |bytes: &[u8], i: usize| u16::from_le_bytes([bytes[i], bytes[i + 1]]);
        Ok(Positions {
            floor: FloorId(i64::from(u32_at(head, 1))),
            tick: u32_at(head, 5),
            key: head[9] == 1,
            more: u16_at(head, 10),
            people: rest
                .chunks_exact(POSITION)
                .map(|p| {
                    let spot = Spot { x: u16_at(p, 4), y: u16_at(p, 6), pose: p[8] };
                    (AccountId(i64::from(u32_at(p, 0))), spot)
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vectors_shared_with_the_web_client() {
        let probe = FromClient::Probe { c0: 1234.5, rtt_ms: 42 };
        assert_eq!(hex(&probe.encode()), "0100000000004a93402a00");
        let step = FromClient::Step(Spot { x: 800, y: 600, pose: 0b1010 });
        assert_eq!(hex(&step.encode()), "02200358020a");
        assert_eq!(
            hex(&encode_probe_answer(1234.5, 1.0, 2.0)),
            "8100000000004a9340000000000000f03f0000000000000040"
        );
        let positions = Positions {
            floor: FloorId(7),
            tick: 9,
            key: true,
            more: 3,
            people: vec![(AccountId(70_000), Spot { x: 1, y: 2, pose: 3 })],
        };
        assert_eq!(
            hex(&positions.encode()),
            "8207000000090000000103007011010001000200\
03"
        );
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_read_or_refused_but_never_a_panic(frame in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(read) = FromClient::decode(&frame) {
                prop_assert_eq!(read.encode(), frame.clone());
            }
            let _ = Positions::decode(&frame);
        }
    }
}
