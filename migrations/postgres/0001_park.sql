-- The whole park. Times are microseconds since 1970. The SQLite twin of this file has the same tables and columns, so that
-- most queries have one text for both.

-- The database's clock: the only clock that leases and sessions know.
CREATE VIEW clock AS SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now_us;

CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    look bigint NOT NULL,
    made_us bigint NOT NULL
);

-- A table of its own, so that no query about people touches a password's hash.
CREATE TABLE credential (
    account bigint NOT NULL CONSTRAINT credential_account PRIMARY KEY REFERENCES account (id),
    login text NOT NULL CONSTRAINT credential_login UNIQUE,
    hash text NOT NULL
);

CREATE TABLE session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES account (id),
    token bytea NOT NULL UNIQUE, -- SHA-256 of the token
    made_us bigint NOT NULL,
    expires_us bigint NOT NULL,
    ended_us bigint
);
CREATE INDEX session_account ON session (account) WHERE ended_us IS NULL;

-- Counted up in the transaction that uses the number: the row's lock makes numbers contiguous in the order of commits,
-- which a sequence does not.
CREATE TABLE counter (
    name text PRIMARY KEY,
    last bigint NOT NULL
);
INSERT INTO counter (name, last) VALUES ('revocation', 0);

CREATE TABLE revocation (
    number bigint PRIMARY KEY,
    session bigint, -- none: all of the account
    account bigint NOT NULL REFERENCES account (id),
    made_us bigint NOT NULL
);

CREATE TABLE room (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,
    about text NOT NULL,
    hue text NOT NULL,
    mode text NOT NULL,
    mix boolean NOT NULL,
    place text NOT NULL,
    mood text,
    owner bigint REFERENCES account (id),
    own boolean NOT NULL, -- one of the park's own
    made_us bigint NOT NULL
);

CREATE TABLE track (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    artist text NOT NULL,
    samples bigint NOT NULL,
    bpm double precision,
    first_beat_ms double precision,
    key text,
    mood text,
    gain_db double precision NOT NULL,
    cover bigint NOT NULL,
    audio text COLLATE "C" NOT NULL UNIQUE,
    map text NOT NULL, -- JSON, opaque to the database
    search text COLLATE "C" NOT NULL, -- title and artist, folded by the program: one way on both databases
    demo boolean NOT NULL
);

CREATE TABLE worker (
    id uuid PRIMARY KEY,
    nid bigint NOT NULL,
    until_us bigint NOT NULL,
    ended boolean NOT NULL -- never becomes false again
);

-- The fence: whoever writes a room's journal locks its shard's row in the same statement and names the term.
CREATE TABLE shard (
    id integer PRIMARY KEY,
    owner uuid REFERENCES worker (id),
    term bigint NOT NULL
);
INSERT INTO shard (id, owner, term) SELECT n, NULL, 0 FROM generate_series(0, 255) AS n;
CREATE INDEX shard_owner ON shard (owner);

-- No foreign key to room: the worker that writes has loaded the room, and rooms are not removed.
CREATE TABLE journal (
    room bigint NOT NULL,
    seq bigint NOT NULL,
    term bigint NOT NULL,
    at_us bigint NOT NULL,
    command uuid,
    account bigint,
    event jsonb NOT NULL, -- what happened; the rest of the event is in the columns
    CONSTRAINT journal_seq PRIMARY KEY (room, seq)
);
CREATE UNIQUE INDEX journal_command ON journal (account, command) WHERE command IS NOT NULL;

CREATE TABLE snapshot (
    room bigint PRIMARY KEY,
    term bigint NOT NULL,
    seq bigint NOT NULL,
    state jsonb NOT NULL
);
