//! Version skew: frames of earlier versions, and of a later one that says more, played at today's park (promise 15).

use super::Figure;
use super::corpus::{Corpus, unhex};
use super::ground::Ground;
use super::guest::{Guest, Heard, Line};
use protocol::binary::{FromClient, PROBE_ANSWER};
use protocol::id::RoomId;
use protocol::refusal::RefusalCode;
use protocol::socket::ToClient;
use serde_json::{Value, json};
use std::time::Duration;

/// What an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// Plays each version's recorded frames of clients at the park, as they were and with fields of tomorrow in them.
///
/// # Errors
/// When the park cannot be started or entered.
pub async fn skew(ground: &Ground) -> anyhow::Result<Vec<Figure>> {
    let stack = ground.stack(ground.options()).await?;
    let (mut played, mut understood) = (0, 0);
    for (version, corpus) in Corpus::all()? {
        let guest = Guest::arrive(stack.url(), &format!("Guest of {version}")).await?;
        let room = guest.make_room(&format!("Room of {version}")).await?.id;
        let mut line = guest.connect(stack.url()).await?;
        for frame in &corpus.from_clients {
            for frame in variants(frame, room) {
                played += 1;
                match play(&mut line, &frame).await? {
                    None => understood += 1,
                    Some(why) => ground.say(&format!("{version}: {why}: {frame}")),
                }
            }
        }
    }
    Ok(vec![
        Figure::count("skew.played", played, "frames"),
        Figure::none_of("skew.not-understood", played - understood, "frames"),
    ])
}

/// A recorded frame, with room and command id of today, as it was and as a later version might send it; none for a hello, which
/// has been said.
fn variants(frame: &str, room: RoomId) -> Vec<String> {
    let Ok(mut frame) = serde_json::from_str::<Value>(frame) else { return vec![frame.to_owned()] };
    let Some((name, body)) = frame.as_object_mut().and_then(|frame| frame.iter_mut().next()) else {
        return Vec::new();
    };
    match name.as_str() {
        "hello" => return Vec::new(),
        "listen" => *body = json!({ "room": room, "have": null }),
        "stand" => *body = json!({ "floor": room }),
        "command" => body["room"] = json!(room),
        _ => {}
    }
    let mut today = frame.clone();
    let mut tomorrow = frame;
    for (frame, name) in [(&mut today, "today"), (&mut tomorrow, "tomorrow")] {
        let body = frame.as_object_mut().and_then(|frame| frame.values_mut().next());
        let Some(body) = body.and_then(Value::as_object_mut) else { continue };
        if body.contains_key("id") {
            body.insert("id".into(), json!(uuid::Uuid::now_v7()));
        }
        if name == "tomorrow" {
            body.insert("tomorrow".into(), json!({ "more": true }));
        }
    }
    vec![today.to_string(), tomorrow.to_string()]
}

/// Sends a frame and says why it was not understood; none when it was.
async fn play(line: &mut Line, frame: &str) -> anyhow::Result<Option<String>> {
    match unhex(frame) {
        Some(bytes) => line.say_bytes(bytes).await?,
        None => line.say_text(frame.to_owned()).await?,
    }
    let sent: Value = serde_json::from_str(frame).unwrap_or_default();
    if sent.get("command").is_none() {
        return answered(line).await;
    }
    let id = serde_json::from_value(sent["command"]["id"].clone())?;
    Ok(match line.result(id, ANSWER).await? {
        None => Some("the park knew nothing of it".to_owned()),
        Some(Err(why)) if why.code == RefusalCode::BadInput => Some(why.text),
        // A recorded entry or play is not there today: that is understood.
        Some(_) => None,
    })
}

/// Waits until whatever would be said against the frames before has been said: the answer to a clock probe may overtake a frame
/// that was written with it, but not one that was written before.
async fn answered(line: &mut Line) -> anyhow::Result<Option<String>> {
    for _ in 0..2 {
        line.say_bytes(FromClient::Probe { c0: 0.0, rtt_ms: 0 }.encode()).await?;
        loop {
            match line.next(ANSWER).await {
                None => return Ok(Some("no answer came".to_owned())),
                Some(Heard::Closed(code)) => anyhow::bail!("The park closed the socket with {code}."),
                Some(Heard::Binary(bytes)) if bytes.first() == Some(&PROBE_ANSWER) => break,
                Some(Heard::Binary(_)) => {}
                Some(Heard::Text(text)) => {
                    if let ToClient::Sorry { why } = serde_json::from_str(&text)? {
                        return Ok(Some(why.text));
                    }
                }
            }
        }
    }
    Ok(None)
}
