//! A simulated crowd over real websockets, by the public protocol only: load, what each client saw, and whether that may be.
//!
//! | module | what |
//! |---|---|
//! | [`args`] | the command line; [`scenario`] rates as a file; [`settings`] what kind of crowd |
//! | [`crowd`] | a crowd from its first guest to its report; [`rest`] when it has come to rest; [`plan`] who does what when, drawn before |
//! | [`person`] | one person: a task that keeps a socket; [`commands`] what they asked for; [`walk`] where they are |
//! | [`arrive`] | walking in over HTTP; [`mod@line`] a websocket; [`addresses`] how one process can be thousands |
//! | [`frames`] | reading what the park sends, once for all who get the same bytes; [`steps`] how old a position is |
//! | [`tally`] | what is counted; [`marks`] moments such as faults, and what came after them; [`latency`] times and percentiles; [`processes`] what servers cost; [`report`] all of it |
//! | [`mod@bench`] | `scripts/bench rooms`: the park's figures beside those of the hub |
//! | [`hub`] | a bare hub that plays no game: the floor that the park's figures are told against |
//! | [`chaos`] | what may go wrong, done on purpose: scenarios with figures beside their promises |
//! | [`stack`] | the park split into its services, and what a test does to them; over [`child`], a child process |
//! | [`proxy`] | a network between two services that cuts, delays, closes and heals |
//! | [`waiting`] | waiting for a condition, for so long and no longer |
//! | [`history`] | what each simulated person sent and saw: what the checker judges |
//! | [`checker`] | whether all that can have come from one durable, ordered journal; [`journal`] what the database has of it |
//! | [`replicas`] | whether all copies of a room are the same at rest |
//! | [`judge`] | both of them, at the end of a run |

pub mod addresses;
pub mod args;
pub mod arrive;
pub mod bench;
pub mod chaos;
pub mod checker;
pub mod child;
pub mod commands;
pub mod crowd;
pub mod frames;
pub mod history;
pub mod hub;
pub mod journal;
pub mod judge;
pub mod latency;
pub mod line;
pub mod marks;
pub mod person;
pub mod plan;
pub mod processes;
pub mod proxy;
pub mod replicas;
pub mod report;
pub mod rest;
pub mod scenario;
pub mod settings;
pub mod stack;
pub mod steps;
pub mod tally;
pub mod waiting;
pub mod walk;
