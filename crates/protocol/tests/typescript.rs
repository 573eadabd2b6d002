//! The TypeScript types of the web client are generated from the Rust ones: `UPDATE_TYPES=1 cargo test -p musicpark-protocol` writes
//! them, without it the test fails when the committed file is stale.

use protocol::{command, event, http, id, people, refusal, room, socket, track};
use std::fmt::Write as _;
use ts_rs::{Config, TS};

fn declared<T: TS>(out: &mut String, config: &Config) {
    if let Some(docs) = T::docs() {
        out.push_str(docs.trim_end());
        out.push('\n');
    }
    writeln!(out, "export {}\n", T::decl(config)).expect("a string takes whatever is written");
}

macro_rules! declare {
    ($out:ident, $config:ident, $($type:ty),* $(,)?) => { $( declared::<$type>(&mut $out, &$config); )* };
}

#[test]
fn the_web_client_has_the_types_of_this_version() {
    let config = Config::default();
    let mut out = String::from(
        "// Generated from crates/protocol by its test `typescript`; do not edit.\n// UPDATE_TYPES=1 cargo test -p musicpark-protocol --test typescript writes it anew.\n\n",
    );
    declare!(
        out,
        config,
        id::AccountId,
        id::RoomId,
        id::TrackId,
        id::EntryId,
        id::FloorId,
        id::CommandId,
        people::Person,
        people::Role,
        people::Reaction,
        track::Track,
        track::Segment,
        track::AudioMap,
        room::QueueMode,
        room::Hue,
        room::Place,
        room::RoomSettings,
        room::RoomState,
        room::Snapshot,
        room::RoomSummary,
        command::Command,
        command::Action,
        event::Event,
        event::Happened,
        event::StartReason,
        event::ChatLine,
        event::Entry,
        event::Playback,
        event::Play,
        refusal::RefusalCode,
        refusal::Refusal,
        socket::Head,
        socket::ToServer,
        socket::ToClient,
        socket::Standing,
        http::Me,
        http::GuestBody,
        http::ProfileBody,
        http::PasswordBody,
        http::Ticket,
        http::Rooms,
        http::MakeRoomBody,
        http::RoomMade,
        http::Tracks,
        http::FloorSeen,
        http::PersonSeen,
        http::Boot,
        http::Newcomer,
        http::Problem,
    );
    writeln!(out, "export const VERSION = {};", protocol::VERSION).unwrap();
    writeln!(out, "export const SAMPLE_RATE = {};", protocol::time::SAMPLE_RATE).unwrap();
    use protocol::binary as b;
    for (name, value) in [
        ("LAWN_WIDTH", b::LAWN_WIDTH),
        ("LAWN_HEIGHT", b::LAWN_HEIGHT),
        ("FLOOR_WIDTH", b::FLOOR_WIDTH),
        ("FLOOR_HEIGHT", b::FLOOR_HEIGHT),
    ] {
        writeln!(out, "export const {name} = {value};").unwrap();
    }
    writeln!(out, "export const WALK_SPEED = {};", b::WALK_SPEED).unwrap();
    for (name, value) in [("CHAT_KEPT", room::CHAT_KEPT), ("HISTORY_KEPT", room::HISTORY_KEPT)] {
        writeln!(out, "export const {name} = {value};").unwrap();
    }
    for (name, value) in [("CAPACITY_LEAST", room::CAPACITY.start()), ("CAPACITY_MOST", room::CAPACITY.end())]
    {
        writeln!(out, "export const {name} = {value};").unwrap();
    }
    use socket::CloseCode as C;
    writeln!(out, "export const CloseCode = {{").unwrap();
    for (name, code) in [
        ("GoingAway", C::GoingAway),
        ("TooLarge", C::TooLarge),
        ("StaleTicket", C::StaleTicket),
        ("NoHello", C::NoHello),
        ("BadHello", C::BadHello),
        ("Version", C::Version),
        ("TooSlow", C::TooSlow),
        ("Revoked", C::Revoked),
        ("Flood", C::Flood),
    ] {
        writeln!(out, "  {name}: {},", code as u16).unwrap();
    }
    writeln!(out, "}} as const;").unwrap();

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web-client/src/protocol/generated.ts");
    if std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, &out).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == out,
        "web-client/src/protocol/generated.ts is stale: run UPDATE_TYPES=1 cargo test -p musicpark-protocol --test typescript"
    );
}
