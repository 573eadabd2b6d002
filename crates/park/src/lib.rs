//! The rules of Music Park, pure: rooms, queue, votes, playback, roles and the floor; no I/O and no clock
