//! One rule, one smallest history that breaks just it.

use crate::faithful::{Park, Saw, Step};
use crowd::checker::breach::Range;
use crowd::checker::{Breach, Verdict, check};
use crowd::history::{Contradiction, Outcome, PIECE, StatePrint};
use crowd::replicas::{Compared, Copy, Difference};
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::refusal::RefusalCode;
use protocol::room::Snapshot;
use protocol::socket::Head;

const ROOM: RoomId = RoomId(1);

/// Ann (100) and Ben (101) in room 1: Ann asks, the room goes on, Ben asks.
fn park() -> Park {
    let mut park = Park::new(1, 2);
    park.step(Step::Ask, 0);
    park.step(Step::Tick, 0);
    park.step(Step::Ask, 1);
    assert!(verdict(&park).holds(), "{:?}", verdict(&park));
    park
}

fn verdict(park: &Park) -> Verdict {
    check(&park.histories(), Some(&park.journal()))
}

/// The one breach.
fn only(verdict: &Verdict) -> Breach {
    assert_eq!(verdict.breaches.len(), 1, "{verdict:?}");
    verdict.breaches[0].clone()
}

/// The place of event `seq` in what somebody saw.
fn place(park: &Park, who: usize, seq: i64) -> usize {
    let is_it = |saw: &Saw| matches!(saw, Saw::Event(_, event) if event.seq == seq);
    park.people[who].saw.iter().position(is_it).unwrap()
}

/// Nobody has seen anything, so that only the journal and the answers are judged.
fn blind(mut park: Park) -> Park {
    park.people.iter_mut().for_each(|person| person.saw.clear());
    park
}

#[test]
fn a_faithful_run_is_counted_and_holds() {
    let verdict = verdict(&park());
    assert!(verdict.holds());
    assert_eq!((verdict.deliveries, verdict.commands, verdict.kept), (6, 2, 3));
    assert_eq!((verdict.lost, verdict.duplicated, verdict.misordered, verdict.misrouted), (0, 0, 0, 0));
}

#[test]
fn a_journal_with_a_missing_number_is_found() {
    let mut park = blind(park());
    park.events.get_mut(&ROOM).unwrap().remove(1);
    assert_eq!(only(&verdict(&park)), Breach::Gap { room: ROOM, before: 1, seq: 3 });
}

#[test]
fn a_journal_that_has_lost_its_beginning_is_found() {
    let mut park = blind(park());
    park.people[0].commands.clear();
    park.events.get_mut(&ROOM).unwrap().remove(0);
    assert_eq!(only(&verdict(&park)), Breach::Gap { room: ROOM, before: 0, seq: 2 });
}

#[test]
fn a_command_that_is_answered_twice_and_not_the_same_is_found() {
    let park = park();
    let mut histories = park.histories();
    let issued = histories[0].commands[0];
    let (first, then) = (issued.outcome, Outcome::Refused(RefusalCode::Conflict));
    histories[0].contradictions.push(Contradiction { command: issued.id, first, then });
    let breach = only(&check(&histories, Some(&park.journal())));
    assert!(matches!(breach, Breach::AnsweredTwice { .. }));
    assert!(
        breach.to_string().ends_with("is event 1 of term 1, and then that it is refused (conflict)."),
        "{breach}"
    );
    assert_eq!(only(&check(&histories, None)), breach, "without a journal too");
}

#[test]
fn frames_that_make_no_sense_are_a_breach() {
    let mut verdict = Verdict::default();
    verdict.made_no_sense(0);
    assert!(verdict.holds());
    verdict.made_no_sense(3);
    assert_eq!(only(&verdict), Breach::NoSense { frames: 3 });
}

#[test]
fn without_a_journal_an_altered_event_is_found_although_somebody_lost_their_line_meanwhile() {
    let mut park = Park::new(1, 2);
    (0..2 * PIECE as usize + 9).for_each(|_| park.step(Step::Ask, 0));
    park.step(Step::Drop, 1);
    park.step(Step::Resume, 1);
    (0..2 * PIECE as usize).for_each(|_| park.step(Step::Ask, 0));
    assert!(check(&park.histories(), None).holds());
    let at = place(&park, 1, PIECE + 5);
    let Saw::Event(_, event) = &mut park.people[1].saw[at] else { unreachable!() };
    event.at += 1;
    assert!(matches!(only(&check(&park.histories(), None)), Breach::Disagree { .. }));
}

#[test]
fn a_writer_that_was_replaced_and_wrote_on_is_found() {
    let mut park = blind(park());
    park.events.get_mut(&ROOM).unwrap()[0].term = 2;
    park.events.get_mut(&ROOM).unwrap()[1].term = 2;
    park.people[0].commands[0].outcome = Outcome::Acknowledged(Head { term: 2, seq: 1 });
    assert_eq!(only(&verdict(&park)), Breach::TermFell { room: ROOM, seq: 3, term: 1, before: 2 });
}

#[test]
fn a_command_carried_out_twice_is_found() {
    let mut park = blind(park());
    let events = park.events.get_mut(&ROOM).unwrap();
    (events[1].command, events[1].account) = (events[0].command, events[0].account);
    let verdict = verdict(&park);
    assert_eq!(verdict.duplicated, 1);
    assert!(matches!(only(&verdict), Breach::CarriedOutAgain { first: 1, again: 2, .. }));
}

#[test]
fn an_acknowledged_command_that_is_not_there_is_found() {
    let mut park = blind(park());
    (park.events.get_mut(&ROOM).unwrap()[2].command, park.events.get_mut(&ROOM).unwrap()[2].account) =
        (None, None);
    let verdict = verdict(&park);
    assert_eq!(verdict.lost, 1);
    assert!(matches!(only(&verdict), Breach::AcknowledgedLost { said: Head { seq: 3, .. }, .. }));
}

#[test]
fn a_command_acknowledged_under_another_number_is_found() {
    let mut park = blind(park());
    park.people[1].commands[0].outcome = Outcome::Acknowledged(Head { term: 1, seq: 2 });
    assert!(matches!(only(&verdict(&park)), Breach::AcknowledgedElsewhere { kept: Head { seq: 3, .. }, .. }));
}

#[test]
fn a_refused_command_that_was_carried_out_is_found() {
    let mut park = park();
    park.people[1].commands[0].outcome = Outcome::Refused(RefusalCode::Forbidden);
    assert!(matches!(only(&verdict(&park)), Breach::RefusedKept { .. }));
}

#[test]
fn a_command_carried_out_in_another_room_is_found() {
    let mut park = blind(park());
    park.people[1].commands[0].room = RoomId(7);
    park.people[1].commands[0].outcome = Outcome::Unknown;
    assert!(matches!(only(&verdict(&park)), Breach::OtherRoom { .. }));
}

#[test]
fn an_event_said_to_be_somebody_elses_is_found() {
    let mut park = blind(park());
    park.events.get_mut(&ROOM).unwrap()[2].account = Some(AccountId(100));
    park.people[1].commands[0].outcome = Outcome::Unknown;
    assert!(matches!(only(&verdict(&park)), Breach::OtherAuthor { seq: 3, .. }));
}

#[test]
fn an_event_of_a_command_nobody_sent_is_found_unless_it_is_a_strangers() {
    let mut park = blind(park());
    let forged = Some(CommandId(uuid::Uuid::from_u128(77)));
    let event = &mut park.events.get_mut(&ROOM).unwrap()[1];
    (event.command, event.account) = (forged, Some(AccountId(100)));
    assert!(matches!(only(&verdict(&park)), Breach::NeverSent { seq: 2, .. }));
    park.events.get_mut(&ROOM).unwrap()[1].account = Some(AccountId(999));
    assert!(verdict(&park).holds(), "a stranger may be in the room");
}

#[test]
fn a_silent_hole_is_lost_and_an_open_one_is_not() {
    let mut park = park();
    let hole = place(&park, 1, 2);
    park.people[1].saw.remove(hole);
    let found = verdict(&park);
    assert_eq!(found.lost, 1);
    assert!(matches!(only(&found), Breach::Hole { .. }));
    let open = Saw::Snapshot(ROOM, park.snapshot(ROOM, 2));
    park.people[1].saw.insert(hole, open);
    let found = verdict(&park);
    assert!(found.holds() && found.resyncs == 1, "{found:?}");
}

#[test]
fn an_event_seen_twice_is_doubled() {
    let mut park = park();
    let at = place(&park, 0, 2);
    let again = park.people[0].saw[at].clone();
    park.people[0].saw.insert(at + 1, again);
    let verdict = verdict(&park);
    assert_eq!((verdict.duplicated, verdict.lost, verdict.misordered), (1, 0, 0));
    assert!(matches!(only(&verdict), Breach::SeenAgain { .. }));
}

#[test]
fn an_event_seen_after_a_later_one_is_misordered_and_neither_lost_nor_doubled() {
    let mut park = park();
    let at = place(&park, 0, 2);
    park.people[0].saw.swap(at, at + 1);
    let verdict = verdict(&park);
    assert_eq!((verdict.misordered, verdict.lost, verdict.duplicated), (1, 0, 0));
    assert!(matches!(only(&verdict), Breach::OutOfOrder { .. }));
}

#[test]
fn an_event_of_another_room_is_misrouted() {
    let mut park = Park::new(2, 2);
    park.step(Step::Ask, 1);
    let stray = park.people[1].saw.last().unwrap().clone();
    park.people[0].saw.push(stray);
    let verdict = verdict(&park);
    assert_eq!(verdict.misrouted, 1);
    assert!(matches!(only(&verdict), Breach::Misrouted { room: RoomId(2), .. }));
}

#[test]
fn the_last_words_of_the_former_room_may_come_until_the_first_of_the_new_one() {
    let mut park = Park::new(2, 1);
    park.step(Step::Tick, 0);
    park.step(Step::Move, 0);
    let saw = &mut park.people[0].saw;
    let (listens, event) = (saw.len() - 2, saw.len() - 3);
    assert!(matches!((&saw[event], &saw[listens]), (Saw::Event(..), Saw::Listens(_))));
    saw.swap(event, listens);
    assert!(verdict(&park).holds());
    let last = park.people[0].saw.len() - 1;
    park.people[0].saw.swap(last - 1, last);
    assert_eq!(verdict(&park).misrouted, 1);
}

#[test]
fn events_without_the_state_they_change_are_found() {
    let mut park = park();
    park.people[0].saw.remove(1);
    assert!(matches!(only(&verdict(&park)), Breach::Unfounded { .. }));
}

#[test]
fn other_content_than_was_kept_is_found() {
    let mut park = park();
    let at = place(&park, 0, 2);
    if let Saw::Event(_, event) = &mut park.people[0].saw[at] {
        event.at += 1;
    }
    assert!(matches!(only(&verdict(&park)), Breach::OtherContent { .. }));
}

#[test]
fn an_event_that_was_told_and_not_kept_is_found() {
    let mut park = park();
    park.step(Step::Tick, 0);
    park.events.get_mut(&ROOM).unwrap().pop();
    let verdict = verdict(&park);
    assert!(verdict.breaches.iter().all(|breach| matches!(breach, Breach::NotKept { end: 3, .. })));
    assert_eq!(verdict.breaches.len(), 2, "both saw it");
}

#[test]
fn a_state_the_journal_never_had_is_found() {
    let mut park = blind(park());
    let never = Snapshot { term: 2, ..park.snapshot(ROOM, 3) };
    park.people[0].saw = vec![Saw::Listens(ROOM), Saw::Snapshot(ROOM, never)];
    assert!(matches!(only(&verdict(&park)), Breach::StateNotKept { .. }));
}

#[test]
fn a_state_that_is_not_what_its_events_make_is_found() {
    let mut park = park();
    let mut wrong = park.snapshot(ROOM, 3);
    wrong.state.skip_votes.clear();
    park.people[0].saw.push(Saw::Snapshot(ROOM, wrong));
    assert!(matches!(only(&verdict(&park)), Breach::OtherState { head: Head { term: 1, seq: 3 }, .. }));
}

#[test]
fn without_a_journal_two_states_after_one_event_are_found() {
    let mut park = park();
    let right = park.snapshot(ROOM, 3);
    let mut wrong = right.clone();
    wrong.state.skip_votes.clear();
    park.people[0].saw.push(Saw::Snapshot(ROOM, right));
    park.people[1].saw.push(Saw::Snapshot(ROOM, wrong));
    assert!(matches!(only(&check(&park.histories(), None)), Breach::DisagreeOnState { .. }));
}

#[test]
fn an_older_state_on_the_same_connection_takes_somebody_back() {
    let mut park = park();
    let older = park.snapshot(ROOM, 1);
    park.people[0].saw.push(Saw::Snapshot(ROOM, older));
    let verdict = verdict(&park);
    assert_eq!((verdict.misordered, verdict.lost, verdict.duplicated), (2, 0, 0));
    let range = Range { first: 2, last: 3 };
    assert!(matches!(only(&verdict), Breach::TakenBack { range: told, .. } if told == range));
}

#[test]
fn a_gateway_that_lags_may_begin_further_back_and_has_to_catch_up() {
    let mut park = park();
    park.step(Step::ResumeBehind, 0);
    let retold = park.people[0].saw.iter().rev().take_while(|saw| matches!(saw, Saw::Event(..))).count();
    assert_eq!(retold, 2, "an older state, and the events since");
    let found = verdict(&park);
    assert!(found.holds() && found.duplicated == 0, "{:?}", found.breaches);
    park.people[0].saw.pop();
    let found = verdict(&park);
    assert_eq!(found.lost, 0, "they had it from the gateway before");
    assert!(matches!(only(&found), Breach::Behind { at: 2, end: 3, .. }));
}

#[test]
fn only_the_first_word_of_a_connection_may_begin_further_back() {
    let mut park = park();
    park.step(Step::ResumeBehind, 0);
    let older = park.snapshot(ROOM, 1);
    park.people[0].saw.push(Saw::Snapshot(ROOM, older));
    assert!(matches!(only(&verdict(&park)), Breach::TakenBack { .. }));
}

#[test]
fn a_later_state_under_an_earlier_term_is_found_whichever_came_first() {
    let mut park = blind(park());
    let older = Snapshot { term: 2, ..park.snapshot(ROOM, 1) };
    let newer = park.snapshot(ROOM, 3);
    let listens = || Saw::Listens(ROOM);
    let told = [vec![older.clone(), newer.clone()], vec![newer, older]];
    for [first, second] in told.map(|told| <[Snapshot; 2]>::try_from(told).unwrap()) {
        park.people[0].saw = vec![listens(), Saw::Snapshot(ROOM, first), Saw::Lost, listens()];
        park.people[0].saw.push(Saw::Snapshot(ROOM, second));
        let found = check(&park.histories(), None);
        let fell = |breach: &Breach| matches!(breach, Breach::SawTermFall { term: 1, before: 2, .. });
        assert!(found.breaches.iter().any(fell), "{:?}", found.breaches);
    }
}

#[test]
fn two_copies_of_a_room_that_differ_are_a_breach() {
    let park = park();
    let copy = |holder: &str, seq| Copy {
        holder: holder.to_owned(),
        head: Head { term: 1, seq },
        state: StatePrint::of(&park.snapshot(ROOM, seq).state),
    };
    let (copy, kept) = (copy("http://127.0.0.1:7", 2), copy("the journal", 3));
    let difference = Difference { room: ROOM, copy, kept };
    let mut verdict = verdict(&park);
    verdict.compared(&Compared { differences: vec![difference], ..Compared::default() });
    assert!(!verdict.holds());
    let said = only(&verdict).to_string();
    assert!(said.contains("Room 1 has two copies at rest: http://127.0.0.1:7 has event 2"), "{said}");
}

#[test]
fn whoever_is_behind_at_rest_has_lost_something_and_whoever_is_away_has_not() {
    let mut park = park();
    let last = place(&park, 0, 3);
    park.people[0].saw.remove(last);
    let found = verdict(&park);
    assert_eq!(found.lost, 1);
    assert!(matches!(only(&found), Breach::Behind { at: 2, end: 3, .. }));
    park.people[0].saw.push(Saw::Lost);
    assert!(verdict(&park).holds());
}

#[test]
fn what_a_room_does_by_itself_while_people_leave_need_not_be_seen() {
    let mut park = park();
    park.step(Step::Tick, 0);
    let last = place(&park, 0, 4);
    park.people[0].saw.remove(last);
    assert!(verdict(&park).holds());
}

#[test]
fn without_a_journal_people_who_saw_different_events_under_one_number_are_found() {
    let mut park = park();
    assert!(check(&park.histories(), None).holds());
    let at = place(&park, 0, 2);
    if let Saw::Event(_, event) = &mut park.people[0].saw[at] {
        event.at += 1;
    }
    assert!(matches!(only(&check(&park.histories(), None)), Breach::Disagree { .. }));
}

#[test]
fn without_a_journal_one_number_under_two_terms_is_found() {
    let mut park = park();
    let at = place(&park, 0, 3);
    if let Saw::Event(_, event) = &mut park.people[0].saw[at] {
        event.term = 2;
    }
    assert!(matches!(only(&check(&park.histories(), None)), Breach::TwoTerms { .. }));
}

#[test]
fn without_a_journal_two_commands_acknowledged_as_one_event_are_found() {
    let mut park = park();
    park.people[1].commands[0].outcome = park.people[0].commands[0].outcome;
    assert!(matches!(only(&check(&park.histories(), None)), Breach::OneNumberForTwo { seq: 1, .. }));
}

#[test]
fn a_breach_is_a_sentence_with_names_and_numbers() {
    let mut park = park();
    let hole = place(&park, 1, 2);
    park.people[1].saw.remove(hole);
    let said = only(&verdict(&park)).to_string();
    assert_eq!(said, "Person 101 never saw event 2 of room 1, and was not told so: a silent hole.");
}
