-- The whole park. Times are microseconds since 1970. The Postgres twin of this file has the same tables and columns, so that
-- most queries have one text for both, and says what the tables are about.

-- SQLite's clock has milliseconds.
CREATE VIEW clock AS SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AS now_us;

CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    look INTEGER NOT NULL,
    made_us INTEGER NOT NULL
) STRICT;

CREATE TABLE credential (
    account INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    login TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account (id),
    token BLOB NOT NULL UNIQUE,
    made_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    ended_us INTEGER
) STRICT;
CREATE INDEX session_account ON session (account) WHERE ended_us IS NULL;

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
INSERT INTO counter (name, last) VALUES ('revocation', 0);

CREATE TABLE revocation (
    number INTEGER PRIMARY KEY,
    session INTEGER,
    account INTEGER NOT NULL REFERENCES account (id),
    made_us INTEGER NOT NULL
) STRICT;

CREATE TABLE room (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    about TEXT NOT NULL,
    hue TEXT NOT NULL,
    mode TEXT NOT NULL,
    mix INTEGER NOT NULL,
    place TEXT NOT NULL,
    mood TEXT,
    owner INTEGER REFERENCES account (id),
    own INTEGER NOT NULL,
    made_us INTEGER NOT NULL
) STRICT;

CREATE TABLE track (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    artist TEXT NOT NULL,
    samples INTEGER NOT NULL,
    bpm REAL,
    first_beat_ms REAL,
    key TEXT,
    mood TEXT,
    gain_db REAL NOT NULL,
    cover INTEGER NOT NULL,
    audio TEXT NOT NULL UNIQUE,
    map TEXT NOT NULL,
    search TEXT NOT NULL,
    demo INTEGER NOT NULL
) STRICT;

CREATE TABLE worker (
    id BLOB NOT NULL PRIMARY KEY,
    nid INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    ended INTEGER NOT NULL
) STRICT;

CREATE TABLE shard (
    id INTEGER PRIMARY KEY,
    owner BLOB REFERENCES worker (id),
    term INTEGER NOT NULL
) STRICT;
INSERT INTO shard (id, owner, term)
WITH RECURSIVE n (id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < 255)
SELECT id, NULL, 0 FROM n;
CREATE INDEX shard_owner ON shard (owner);

CREATE TABLE journal (
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    term INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    command BLOB,
    account INTEGER,
    event TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX journal_command ON journal (account, command) WHERE command IS NOT NULL;

CREATE TABLE snapshot (
    room INTEGER PRIMARY KEY,
    term INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;
