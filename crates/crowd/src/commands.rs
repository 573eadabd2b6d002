//! What somebody asked for, kept until its outcome is known, and sent again with the same id until then: as a browser does.

use crate::history::{Contradiction, History, Issued, Outcome};
use protocol::command::{Action, Command};
use protocol::id::{CommandId, RoomId};
use protocol::refusal::{Refusal, RefusalCode};
use std::time::Duration;
use tokio::time::Instant;

/// Without a word about it for so long, a command is sent again.
const SILENCE: Duration = Duration::from_secs(6);
/// After the park said that it cannot be done at the moment, unless it names another time.
const AGAIN: Duration = Duration::from_millis(300);

/// Commands of one person.
#[derive(Debug, Default)]
pub struct Commands {
    all: Vec<Issued>,
    pending: Vec<Pending>,
    /// Final answers, which are few: mostly a command's event says that it was carried out.
    answers: Vec<(CommandId, Outcome)>,
    contradictions: Vec<Contradiction>,
}

#[derive(Debug)]
struct Pending {
    /// Its place among all.
    place: usize,
    command: Command,
    due: Instant,
    again: Instant,
}

impl Commands {
    /// A new command.
    pub fn begin(&mut self, room: RoomId, action: Action, due: Instant) -> Command {
        let id = CommandId(uuid::Uuid::now_v7());
        let command = Command { id, room, resent: false, action };
        self.pending.push(Pending {
            place: self.all.len(),
            command: command.clone(),
            due,
            again: Instant::now() + SILENCE,
        });
        self.all.push(Issued { id, room, sent: 1, outcome: Outcome::Unknown });
        command
    }

    /// Whether anything was ever asked for.
    pub fn any(&self) -> bool {
        !self.all.is_empty()
    }

    /// Its outcome is known. The room it was for and when it was due; none when that was known before.
    pub fn end(&mut self, id: CommandId, outcome: Outcome) -> Option<(RoomId, Instant)> {
        let at = self.pending.iter().position(|pending| pending.command.id == id)?;
        let pending = self.pending.swap_remove(at);
        self.all[pending.place].outcome = outcome;
        Some((pending.command.room, pending.due))
    }

    /// It was answered: as [`Commands::end`], and what contradicts an earlier word is kept.
    pub fn answered(&mut self, id: CommandId, answer: Outcome) -> Option<(RoomId, Instant)> {
        let earlier = self.answers.iter().rev().find(|(of, _)| *of == id).map(|(_, said)| *said);
        // By its event, unless it was answered.
        let first = earlier.or_else(|| self.all.iter().rev().find(|of| of.id == id).map(|of| of.outcome));
        if let Some(first) = first
            && contradict(first, answer, earlier.is_some())
        {
            self.contradictions.push(Contradiction { command: id, first, then: answer });
        }
        self.answers.push((id, answer));
        self.end(id, answer)
    }

    /// It was refused: for good (true), or it is sent again.
    pub fn refused(&mut self, id: CommandId, why: &Refusal) -> bool {
        if why.code != RefusalCode::Retry {
            return self.answered(id, Outcome::Refused(why.code)).is_some();
        }
        let after = why.retry_after_ms.map_or(AGAIN, |ms| Duration::from_millis(ms.into()));
        self.later(id, after);
        false
    }

    /// The gateway knows nothing of it: it is sent again.
    pub fn unknown(&mut self, id: CommandId) {
        self.later(id, AGAIN);
    }

    fn later(&mut self, id: CommandId, after: Duration) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.command.id == id) {
            pending.again = Instant::now() + after;
        }
    }

    /// When the next one is to be sent again.
    pub fn next_again(&self) -> Option<Instant> {
        self.pending.iter().map(|pending| pending.again).min()
    }

    /// Those that are to be sent again now.
    pub fn again(&mut self, now: Instant) -> Vec<Command> {
        self.send_again(|pending| pending.again <= now)
    }

    /// All that are pending, for a new socket.
    pub fn all_again(&mut self) -> Vec<Command> {
        self.send_again(|_| true)
    }

    /// The newest, once more.
    pub fn last_again(&mut self) -> Option<Command> {
        let newest = self.pending.iter().map(|pending| pending.place).max()?;
        self.send_again(|pending| pending.place == newest).pop()
    }

    fn send_again(&mut self, which: impl Fn(&Pending) -> bool) -> Vec<Command> {
        let now = Instant::now();
        let mut commands = Vec::new();
        for pending in self.pending.iter_mut().filter(|pending| which(pending)) {
            pending.command.resent = true;
            pending.again = now + SILENCE;
            self.all[pending.place].sent += 1;
            commands.push(pending.command.clone());
        }
        commands
    }

    /// Writes all of them into the history.
    pub fn note(&mut self, history: &mut History) {
        history.commands = std::mem::take(&mut self.all);
        history.contradictions = std::mem::take(&mut self.contradictions);
        self.pending.clear();
    }
}

/// Whether two words about one command cannot both be true. `are_answers`: else the first is by an event, which may be the command's
/// second, and then has another number than the answer names.
fn contradict(first: Outcome, then: Outcome, are_answers: bool) -> bool {
    // A gateway tells whoever sends too much so of each copy: it knows nothing of what became of another.
    let is_final = |code: RefusalCode| code != RefusalCode::TooMany;
    match (first, then) {
        (Outcome::Acknowledged(first), Outcome::Acknowledged(then)) => are_answers && first != then,
        (Outcome::Acknowledged(_), Outcome::Refused(code))
        | (Outcome::Refused(code), Outcome::Acknowledged(_)) => is_final(code),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::socket::Head;

    fn say(commands: &mut Commands) -> CommandId {
        commands.begin(RoomId(1), Action::ChatSay { text: "hi".into() }, Instant::now()).id
    }

    fn refusal(code: RefusalCode) -> Refusal {
        Refusal::new(code, "no")
    }

    #[test]
    fn a_command_is_sent_again_until_its_outcome_is_known_and_says_so() {
        let mut commands = Commands::default();
        let id = say(&mut commands);
        assert!(!commands.refused(id, &refusal(RefusalCode::Retry)));
        let later = Instant::now() + Duration::from_secs(1);
        let again = commands.again(later);
        assert!(again.len() == 1 && again[0].id == id && again[0].resent);
        let head = Head { term: 1, seq: 2 };
        assert!(commands.end(id, Outcome::Acknowledged(head)).is_some());
        assert!(
            commands.end(id, Outcome::Acknowledged(head)).is_none(),
            "its event and an answer may both come"
        );
        assert!(commands.all_again().is_empty());
        let mut history = History::default();
        commands.note(&mut history);
        assert_eq!((history.commands[0].sent, history.commands[0].outcome), (2, Outcome::Acknowledged(head)));
    }

    #[test]
    fn what_is_refused_for_good_is_not_sent_again() {
        let mut commands = Commands::default();
        let id = say(&mut commands);
        assert!(commands.refused(id, &refusal(RefusalCode::TooMany)));
        assert_eq!(commands.next_again(), None);
    }

    #[test]
    fn a_second_answer_that_says_something_else_is_kept() {
        let (at, elsewhere) = (Head { term: 1, seq: 2 }, Head { term: 1, seq: 3 });
        let contradictions = |answers: &[Outcome]| {
            let mut commands = Commands::default();
            let id = say(&mut commands);
            for answer in answers {
                commands.answered(id, *answer);
            }
            let mut history = History::default();
            commands.note(&mut history);
            history.contradictions.len()
        };
        let (done, conflict) = (Outcome::Acknowledged(at), Outcome::Refused(RefusalCode::Conflict));
        assert_eq!(contradictions(&[done, done, done]), 0);
        assert_eq!(contradictions(&[done, Outcome::Acknowledged(elsewhere)]), 1);
        assert_eq!(contradictions(&[done, conflict]), 1);
        assert_eq!(contradictions(&[conflict, done]), 1);
        assert_eq!(contradictions(&[done, Outcome::Refused(RefusalCode::TooMany)]), 0);
    }

    #[test]
    fn the_event_of_a_command_may_have_another_number_than_its_answer_but_excludes_a_refusal() {
        let mut commands = Commands::default();
        let id = say(&mut commands);
        commands.end(id, Outcome::Acknowledged(Head { term: 1, seq: 3 }));
        assert_eq!(commands.answered(id, Outcome::Acknowledged(Head { term: 1, seq: 2 })), None);
        assert!(commands.contradictions.is_empty());
        assert!(!commands.refused(id, &refusal(RefusalCode::Forbidden)));
        assert_eq!(commands.contradictions.len(), 1);
    }

    #[test]
    fn what_nobody_knows_of_is_sent_again() {
        let mut commands = Commands::default();
        let (one, two) = (say(&mut commands), say(&mut commands));
        commands.unknown(one);
        assert_eq!(
            commands.again(Instant::now() + AGAIN).iter().map(|command| command.id).collect::<Vec<_>>(),
            [one]
        );
        assert_eq!(commands.last_again().map(|command| command.id), Some(two));
    }
}
