//! Walking in over HTTP: a guest's session, tickets, rooms.

use crate::addresses::OutOfPorts;
use anyhow::Context;
use protocol::http::{GuestBody, MakeRoomBody, Me, Problem, RoomMade, Ticket, Tracks};
use protocol::id::{AccountId, TrackId};
use protocol::refusal::{Refusal, RefusalCode};
use protocol::room::{Hue, QueueMode};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, Method, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

/// A request that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);
/// Idle connections that are kept from one source to the web server.
const IDLE_KEPT: usize = 4;
/// Requests that are refused for the moment are made again this often.
const TRIES: u32 = 60;
/// Looks are drawn below this.
const LOOKS: i64 = protocol::people::LOOKS;

/// The way to the web server from one source address.
#[derive(Debug, Clone)]
pub struct Entrance {
    http: Client,
    web: String,
    source: Option<IpAddr>,
}

/// Who somebody is to the web server.
#[derive(Clone)]
pub struct Session {
    /// Their account.
    pub account: AccountId,
    cookie: String,
}

impl std::fmt::Debug for Session {
    /// Without the cookie: it must not reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The park said no.
    #[error("{0}")]
    Refused(Refusal),
    /// Nobody answered.
    #[error("{0:#}")]
    Unreachable(anyhow::Error),
    /// This machine has no port left for the connection.
    #[error("{0}")]
    OutOfPorts(OutOfPorts),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        match error.downcast_ref::<OutOfPorts>() {
            Some(why) => Failure::OutOfPorts(why.clone()),
            None => Failure::Unreachable(error),
        }
    }
}

impl Failure {
    /// When trying again makes sense; none: never.
    pub fn again_after(&self) -> Option<Duration> {
        match self {
            Failure::Refused(Refusal { code, retry_after_ms, .. }) => {
                let passing =
                    matches!(code, RefusalCode::TooMany | RefusalCode::Retry | RefusalCode::Unavailable);
                passing.then(|| Duration::from_millis(retry_after_ms.unwrap_or(500).into()))
            }
            Failure::Unreachable(_) | Failure::OutOfPorts(_) => Some(Duration::from_millis(250)),
        }
    }

    /// Its reason, as a report counts it.
    pub fn reason(&self) -> String {
        match self {
            Failure::Refused(refusal) => refusal.code.to_string(),
            Failure::Unreachable(_) => "unreachable".to_owned(),
            Failure::OutOfPorts(_) => "no port left".to_owned(),
        }
    }
}

impl Entrance {
    /// From this source address; none: whichever the system takes.
    ///
    /// # Errors
    /// When there can be no HTTP client at all.
    pub fn new(web: &str, source: Option<IpAddr>) -> anyhow::Result<Entrance> {
        let http = Client::builder()
            .local_address(source)
            .timeout(PATIENCE)
            .pool_max_idle_per_host(IDLE_KEPT)
            // A park on this machine is not behind anybody's proxy.
            .no_proxy()
            .build()
            .context("No HTTP client can be made")?;
        Ok(Entrance { http, web: web.to_owned(), source })
    }

    /// Whether anybody is there.
    ///
    /// # Errors
    /// When nobody listens at the address.
    pub async fn knock(&self) -> anyhow::Result<()> {
        let url = format!("{}/health/live", self.web);
        self.http.get(&url).send().await.map(|_| ()).map_err(|error| self.sentence(&error))
    }

    /// Walks in as a guest.
    pub async fn guest(&self, person: u32) -> Result<Session, Failure> {
        let look = i64::from(person).wrapping_mul(0x9E37_79B9) & (LOOKS - 1);
        let body = GuestBody { name: format!("Crowd {person}"), look };
        let answer = self.send(Method::POST, "/api/guest", None, &body).await?;
        let cookies = answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let cookie = cookies.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ");
        let me: Me = read(answer).await?;
        Ok(Session { account: me.person.account, cookie })
    }

    /// A ticket for one socket.
    pub async fn ticket(&self, session: &Session) -> Result<String, Failure> {
        let answer = self.send(Method::POST, "/api/ticket", Some(session), &()).await?;
        Ok(read::<Ticket>(answer).await?.ticket)
    }

    /// Makes a room with an open queue.
    pub async fn make_room(&self, session: &Session, name: String) -> Result<RoomMade, Failure> {
        let body = MakeRoomBody { name, mode: QueueMode::Open, hue: Hue::Sky };
        read(self.send(Method::POST, "/api/rooms", Some(session), &body).await?).await
    }

    /// The library.
    pub async fn tracks(&self, session: &Session) -> Result<Vec<TrackId>, Failure> {
        let answer = self.send(Method::GET, "/api/tracks", Some(session), &()).await?;
        Ok(read::<Tracks>(answer).await?.tracks.into_iter().map(|track| track.id).collect())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        session: Option<&Session>,
        body: &impl Serialize,
    ) -> Result<Response, Failure> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.web));
        if method != Method::GET {
            request = request.json(body);
        }
        if let Some(session) = session {
            request = request.header(COOKIE, &session.cookie);
        }
        let answer = request.send().await.map_err(|error| Failure::from(self.sentence(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        match answer.json::<Problem>().await {
            Ok(problem) => Err(Failure::Refused(problem.refusal)),
            // A proxy whose servers are away answers pages of its own.
            Err(_) => Err(Failure::Unreachable(anyhow::anyhow!("{path} at {} answered {status}", self.web))),
        }
    }

    /// What happened, where, and what to do.
    fn sentence(&self, error: &reqwest::Error) -> anyhow::Error {
        let web = &self.web;
        let cause = cause(error);
        if let Some(why) = cause.downcast_ref().and_then(|why| OutOfPorts::is_why(why, self.source, web)) {
            why.into()
        } else if error.is_connect() {
            anyhow::anyhow!("Nobody listens at {web}: is the park running there (scripts/play)? ({cause})")
        } else if error.is_timeout() {
            anyhow::anyhow!("{web} did not answer within {} s.", PATIENCE.as_secs())
        } else {
            anyhow::anyhow!("{web} could not be asked: {cause}")
        }
    }
}

/// Tries again while the park says that it makes sense.
///
/// # Errors
/// When the park says no for good, or too often.
pub async fn patiently<T, F>(mut attempt: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut tries = 0;
    loop {
        match attempt().await {
            Ok(done) => return Ok(done),
            Err(failure) => match failure.again_after().filter(|_| tries < TRIES) {
                Some(after) => tokio::time::sleep(after).await,
                None => return Err(failure.into()),
            },
        }
        tries += 1;
    }
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    let path = answer.url().path().to_owned();
    answer.json().await.map_err(|error| {
        Failure::Unreachable(anyhow::anyhow!("{path} answered something else than expected: {error}"))
    })
}

/// The innermost reason, which is the one that says something.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut inner = error;
    while let Some(deeper) = inner.source() {
        inner = deeper;
    }
    inner
}
