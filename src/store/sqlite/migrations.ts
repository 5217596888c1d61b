/** "dynd", at octets 68–71 of the file: by this SQLite's own tools and we know a database of ours. */
export const applicationId = 0x64796e64;

/**
 * The oldest version whose zones, journals and remembered requests are where they are now, so that a reader finds them also before the
 * database is brought up to date: a backup that an older dyndns has made, or the database on the day of an upgrade.
 */
export const oldestReadable = 1;

/**
 * The schema, step by step. Step n leads from version n to n + 1, which the database keeps as its user_version. A step that
 * was released is never changed; what has to change becomes a new one.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE zone (
    id               INTEGER PRIMARY KEY,
    name             BLOB    NOT NULL,
    serial           INTEGER NOT NULL CHECK (serial BETWEEN 0 AND 4294967295),
    state            TEXT    NOT NULL CHECK (state IN ('incomplete', 'active', 'dormant', 'discarded')),
    journal_sequence INTEGER NOT NULL DEFAULT 0,
    journal_octets   INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX zone_name ON zone (name) WHERE state IN ('active', 'dormant');

  CREATE TABLE record_set (
    zone        INTEGER NOT NULL REFERENCES zone (id),
    owner       BLOB    NOT NULL,
    type        INTEGER NOT NULL CHECK (type BETWEEN 0 AND 65535),
    ttl_seconds INTEGER NOT NULL CHECK (ttl_seconds BETWEEN 0 AND 4294967295),
    is_static   INTEGER NOT NULL CHECK (is_static IN (0, 1)),
    rdatas      BLOB    NOT NULL,
    PRIMARY KEY (zone, owner, type)
  ) STRICT, WITHOUT ROWID;

  -- octets_before counts what the journal of the zone has ever held before this entry, so that its tail is cut off without
  -- adding up.
  CREATE TABLE journal (
    zone          INTEGER NOT NULL REFERENCES zone (id),
    sequence      INTEGER NOT NULL,
    serial_before INTEGER NOT NULL,
    serial_after  INTEGER NOT NULL,
    octets_before INTEGER NOT NULL,
    removed       BLOB    NOT NULL,
    added         BLOB    NOT NULL,
    PRIMARY KEY (zone, sequence)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE remembered_request (
    key_name    BLOB    NOT NULL,
    mac         BLOB    NOT NULL,
    time_signed INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    answer      BLOB    NOT NULL,
    PRIMARY KEY (key_name, mac, time_signed)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX remembered_request_expires_at ON remembered_request (expires_at);

  CREATE TABLE marker (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    octets BLOB NOT NULL
  ) STRICT;
  INSERT INTO marker (id, octets) VALUES (1, randomblob(16));
  `,
  `
  CREATE TABLE document (
    kind TEXT NOT NULL CHECK (kind IN ('token', 'host', 'sighting')),
    key  BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;

  -- What has come with the commits, one row each, until it is sorted by names.
  CREATE TABLE history_log (
    sequence INTEGER PRIMARY KEY,
    count    INTEGER NOT NULL,
    rows     BLOB    NOT NULL
  ) STRICT;

  CREATE TABLE history (
    name       BLOB    NOT NULL,
    sequence   INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    is_attempt INTEGER NOT NULL CHECK (is_attempt IN (0, 1)),
    body       BLOB    NOT NULL,
    PRIMARY KEY (name, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX history_by_sequence ON history (sequence, at_ms);

  CREATE TABLE history_sequence (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    next INTEGER NOT NULL
  ) STRICT;
  INSERT INTO history_sequence (id, next) VALUES (1, 1);
  `,
];
