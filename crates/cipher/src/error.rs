//! What can go wrong, each said as a sentence.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A name that cannot be used on the wire.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    /// The namespace is empty or holds a reserved character.
    #[error(
        "the namespace {0:?} cannot be used: choose one without blanks and without any of . * ? [ ] {{ }}"
    )]
    Namespace(String),
    /// The route is empty or holds a reserved character.
    #[error("the route {0:?} cannot be used: choose one without blanks and without any of * ? [ ]")]
    Route(String),
}

/// Why a node could not join. All of these are mistakes of configuration: a server that is merely away is waited for.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The address of the Redis server cannot be read.
    #[error(
        "the Redis URL cannot be used ({0}): write it as redis://[user:password@]host:port[/database], with redis-cluster or redis-sentinel for those, and rediss for TLS"
    )]
    Url(String),
    /// The file of certificates cannot be used.
    #[error(
        "the certificates in {file} cannot be used ({why}): name a file with at least one certificate in PEM"
    )]
    Certificates {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// The server answered and did not let us in, or cannot do what is needed, or its certificate is not trusted.
    #[error(
        "Redis refused the connection ({0}): check user, password and database in its URL, its version (7 or newer), and over TLS the certificates trusted"
    )]
    Refused(String),
    /// The namespace cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Id 0 means "any node" on the wire.
    #[error("node id 0 means any node on the wire: choose an id from 1")]
    NidZero,
}

/// Why an operation of a node failed.
#[derive(Debug, thiserror::Error)]
pub enum CipherError {
    /// The server cannot be reached or did not answer in time. The connection heals by itself; try again.
    #[error("the message server is away ({0}): the connection is being restored, try again")]
    Away(String),
    /// The payload could not be written as JSON.
    #[error("the payload cannot be written as JSON: {0}")]
    Payload(#[source] serde_json::Error),
    /// The node has left, or [another took its id](crate::Ending::Displaced).
    #[error("this node has left, or another one took its id: join again to use it")]
    Closed,
    /// A guest has no queue to receive from.
    #[error("a guest only sends: join to receive")]
    Guest,
    /// A name cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
}

/// Why a transmit was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum TransmitError {
    /// The receiver's queue is at its bound.
    #[error(
        "the queue {queue} already holds {length} messages: its node is down or too slow, try again later"
    )]
    Full {
        /// The queue's name, such as `worker.1`.
        queue: String,
        /// How many messages wait in it.
        length: u64,
    },
    /// The addressed incarnation is no longer running.
    #[error("{0} is gone, and the message was for that very incarnation of it")]
    Gone(String),
    /// The server did not confirm: the message may or may not be in the queue. Handlers that matter are idempotent.
    #[error("the message server did not confirm the transmit ({0}): it may or may not arrive, send it again")]
    Unconfirmed(String),
    /// The payload could not be written as JSON.
    #[error("the payload cannot be written as JSON: {0}")]
    Payload(#[source] serde_json::Error),
    /// The node has left, or [another took its id](crate::Ending::Displaced).
    #[error("this node has left, or another one took its id: join again to use it")]
    Closed,
    /// A name cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
}

/// Why a request has no reply.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The deadline passed. The other side may have done what was asked.
    #[error("{to} did not answer within {after:?}: it may or may not have done what was asked")]
    Timeout {
        /// Who was asked.
        to: String,
        /// The deadline that was given.
        after: Duration,
    },
    /// Nobody is there to answer.
    #[error("{0} is gone: nobody is there to answer")]
    Gone(String),
    /// The other side answered that it will not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The payload could not be written, or the reply could not be read.
    #[error("the payload or its reply does not have the expected shape: {0}")]
    Payload(#[source] serde_json::Error),
    /// The server cannot be reached. What was under way when the connection broke is not sent again: the other side may have done what was
    /// asked.
    #[error(
        "the message server is away ({0}): what was asked may or may not have been done, and the connection is being restored"
    )]
    Away(String),
    /// The node has left, or [another took its id](crate::Ending::Displaced).
    #[error("this node has left, or another one took its id: join again to use it")]
    Closed,
    /// A name cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
}

/// A "no" to a request, as the one who was asked says it.
///
/// cipher itself refuses with the codes `busy` (too many requests at once), `no_handler` (nobody registered for the
/// route), `malformed` (the payload does not have the handler's type) and `failed` (the handler panicked).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("refused ({code}): {text}")]
pub struct Refusal {
    /// For programs, such as `not_owner`.
    pub code: String,
    /// For people.
    pub text: String,
}

impl Refusal {
    /// A refusal with a code for programs and a text for people.
    pub fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self { code: code.into(), text: text.into() }
    }
}

/// Why a handler failed; any error converts into it with `?`.
#[derive(Debug, Clone)]
pub struct HandlerError {
    text: String,
}

impl HandlerError {
    /// A failure with a sentence that says what happened.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl std::fmt::Display for HandlerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl<E: std::error::Error> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self { text: error.to_string() }
    }
}
