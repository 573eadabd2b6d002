//! Saying something.

use crate::stage::{ANNA, BEN, SECOND, Stage};
use protocol::command::Action;
use protocol::event::Happened;
use protocol::refusal::RefusalCode;
use protocol::room::{CHAT_KEPT, QueueMode};

fn say(text: &str) -> Action {
    Action::ChatSay { text: text.to_owned() }
}

#[test]
fn a_line_is_there_for_everybody_with_its_number_and_time() {
    let mut stage = Stage::new(QueueMode::Open);
    let events = stage.does(ANNA, say("  hello\n there "));
    let Happened::ChatSaid { line } = &events[0].happened else { panic!("{events:?}") };
    assert_eq!((line.id, line.at, line.text.as_str()), (events[0].seq, stage.now, "hello there"));
    assert_eq!(stage.state().chat.last(), Some(line));
}

#[test]
fn nothing_to_read_is_not_said() {
    let mut stage = Stage::new(QueueMode::Open);
    assert_eq!(stage.may_not(ANNA, say(" \u{200B}")).0, RefusalCode::BadInput);
    assert_eq!(stage.may_not(ANNA, say(&"x".repeat(501))).0, RefusalCode::BadInput);
}

#[test]
fn five_lines_in_five_seconds_are_enough_and_the_answer_says_when_to_go_on() {
    let mut stage = Stage::new(QueueMode::Open);
    for n in 0..5 {
        stage.does(ANNA, say(&format!("line {n}")));
        stage.wait(SECOND / 10);
    }
    let refusal = stage.tries(ANNA, say("and on")).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::TooMany);
    let wait_ms = refusal.retry_after_ms.unwrap();
    assert_eq!(wait_ms, 4501);
    stage.does(BEN, say("others may"));
    stage.wait(i64::from(wait_ms - 2) * 1000);
    assert_eq!(stage.may_not(ANNA, say("and on")).0, RefusalCode::TooMany, "not a moment sooner");
    stage.wait(2000);
    stage.does(ANNA, say("and on"));
}

#[test]
fn somebody_who_arrives_finds_the_latest_hundred_lines() {
    let mut stage = Stage::new(QueueMode::Open);
    for n in 0..CHAT_KEPT + 20 {
        stage.does(ANNA, say(&n.to_string()));
        stage.wait(2 * SECOND);
    }
    let chat = &stage.state().chat;
    assert_eq!((chat.len(), chat[0].text.as_str()), (CHAT_KEPT, "20"));
}
