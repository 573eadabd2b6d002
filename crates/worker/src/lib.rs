//! The worker: the authoritative state of every room, journaled before it is told
