//! Judging a crowd that has left: by what the database kept, and by the copies of its rooms, where both can be asked.

use crate::checker::{self, Verdict};
use crate::crowd::Finished;
use crate::replicas::Compared;
use crate::report::Report;
use crate::{journal, replicas};

/// What knows how it really was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness<'a> {
    /// The park's database.
    pub database: &'a str,
    /// Gateways whose copies are compared.
    pub gateways: &'a [String],
    /// Where whoever listens to them logs in.
    pub web: &'a str,
}

/// What came of it.
#[derive(Debug)]
pub struct Judged {
    /// The figures, with what the checker found.
    pub report: Report,
    /// What it found.
    pub verdict: Verdict,
}

/// Judges what everybody sent and saw. What could not be asked is told in the report (`unchecked`): there are figures whether or not they can
/// be checked. Without a journal people are compared with each other.
pub async fn judge(finished: Finished, witness: Option<Witness<'_>>) -> Judged {
    let Finished { mut report, histories, rooms } = finished;
    let Some(Witness { database, gateways, web }) = witness else {
        let verdict = checker::check(&histories, None);
        return conclude(report, verdict, None);
    };
    let rooms: Vec<_> = rooms.iter().map(|room| room.id).collect();
    let (journal, compared) = tokio::join!(
        journal::read(database, &rooms, &histories),
        replicas::compare(gateways, web, database, &rooms)
    );
    let mut unchecked = |what: &str, error: &anyhow::Error| {
        report.unchecked.push(format!("{what}: {}.", format!("{error:#}").trim_end_matches('.')));
    };
    let journal =
        journal.inspect_err(|error| unchecked("What was seen was checked without the journal", error));
    let compared = compared.inspect_err(|error| unchecked("The copies of rooms were not compared", error));
    let verdict = checker::check(&histories, journal.as_ref().ok());
    conclude(report, verdict, compared.ok().as_ref())
}

/// Brings together what the crowd measured, what the checker found in it, and how copies compared where they were.
pub fn conclude(mut report: Report, mut verdict: Verdict, compared: Option<&Compared>) -> Judged {
    if let Some(compared) = compared {
        verdict.compared(compared);
        report.compared(compared);
    }
    verdict.made_no_sense(report.nonsense);
    report.judged(&verdict);
    Judged { report, verdict }
}
