//! Persistence: accounts, sessions, rooms, tracks, the fenced journal and leases, on Postgres and SQLite
