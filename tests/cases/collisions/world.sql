-- Tables whose own rules look at labelled columns, and some whose do not.
CREATE TABLE regions (code TEXT PRIMARY KEY, title TEXT);
CREATE TABLE people (
  id INTEGER PRIMARY KEY, email TEXT UNIQUE, phone TEXT, region TEXT REFERENCES regions (code), salary INTEGER, bound INTEGER,
  city TEXT NOT NULL DEFAULT 'Bern', UNIQUE (region, phone),
  CONSTRAINT within CHECK (bound IS NULL /* ) */ OR "salary" <= bound), CHECK (city <> ')'));
CREATE TABLE logins (id INTEGER PRIMARY KEY, who TEXT REFERENCES people (email), at TEXT);
CREATE TABLE clinics (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE patients (id INTEGER PRIMARY KEY, clinic INTEGER REFERENCES clinics, note TEXT);
CREATE TABLE teams (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE members (id INTEGER PRIMARY KEY, team INTEGER REFERENCES teams (id) ON DELETE CASCADE, card TEXT UNIQUE);
CREATE TABLE passes (id INTEGER PRIMARY KEY, card TEXT REFERENCES members (card));
CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT, kind TEXT);
CREATE UNIQUE INDEX by_letter ON words (substr(word, 1, 1));
CREATE TABLE moods (id INTEGER PRIMARY KEY, kind TEXT, mood TEXT);
CREATE UNIQUE INDEX by_kind ON moods (kind) WHERE mood LIKE 'a%';
CREATE TABLE computed (id INTEGER PRIMARY KEY, raw TEXT, initial TEXT AS (substr(raw, 1, 1)) UNIQUE, kind TEXT);
CREATE TABLE keyed (mail TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE badges (id INTEGER PRIMARY KEY, serial TEXT UNIQUE);
CREATE TABLE swaps (id INTEGER PRIMARY KEY, tag TEXT UNIQUE ON CONFLICT REPLACE, note TEXT);
CREATE TABLE plain (id INTEGER PRIMARY KEY, code TEXT UNIQUE, note TEXT, person INTEGER REFERENCES people (id));
