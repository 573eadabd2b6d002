//! The vocabulary of Music Park: ids, commands, events, snapshots, frames and HTTP bodies, with TypeScript generated from them
