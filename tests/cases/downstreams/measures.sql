-- Salaries are powers of two with a base, so that every subset has a sum of its own: what a sum tells can be read off.
CREATE TABLE staff (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  dept TEXT NOT NULL,
  salary INTEGER,
  bonus REAL
);
INSERT INTO staff (id, name, dept, salary, bonus) VALUES
  (1, 'Ann', 'a', 4001, 0.5), (2, 'Ben', 'a', 4002, 1.5), (3, 'Cleo', 'a', 4004, 2.5), (4, 'Dan', 'a', 4008, 0.25),
  (5, 'Eve', 'a', 4016, 0.75), (6, 'Fay', 'a', 4032, 1.25),
  (7, 'Gus', 'b', 4064, 2.0), (8, 'Hal', 'b', 4128, 3.0),
  (9, 'Ida', 'c', 4256, 1.0), (10, 'Jon', 'c', 4512, 1.0), (11, 'Kim', 'c', 5024, 1.0), (12, 'Lea', 'c', 6048, 1.0),
  (13, 'Max', 'c', 8096, 1.0);
-- One earns more than all others together.
CREATE TABLE board (id INTEGER PRIMARY KEY, dept TEXT, salary INTEGER);
INSERT INTO board VALUES (1, 'x', 10), (2, 'x', 10), (3, 'x', 10), (4, 'x', 10), (5, 'x', 10), (6, 'x', 990001);
CREATE TABLE keyed (code TEXT PRIMARY KEY, team TEXT, pay INTEGER) WITHOUT ROWID;
INSERT INTO keyed SELECT 'k' || id, dept, salary FROM staff;
-- Every name of the row's number is taken: its rows cannot be told apart.
CREATE TABLE nameless (rowid TEXT, _rowid_ TEXT, oid TEXT, pay INTEGER);
INSERT INTO nameless SELECT 'x', 'y', 'z', salary FROM staff;
CREATE TABLE big (id INTEGER PRIMARY KEY, pay INTEGER);
INSERT INTO big SELECT id, 9223372036854775807 - id FROM staff;
CREATE TABLE odd (id INTEGER PRIMARY KEY, pay);
INSERT INTO odd SELECT id, salary FROM staff;
UPDATE odd SET pay = 'twelve' WHERE id = 3;
CREATE TABLE pairs (staff INTEGER, note TEXT);
INSERT INTO pairs SELECT id, 'n' FROM staff;
INSERT INTO pairs VALUES (7, 'again');
CREATE VIEW payroll AS SELECT dept, salary AS pay FROM staff;
CREATE TABLE sales (id INTEGER PRIMARY KEY, amount REAL, label TEXT);
INSERT INTO sales VALUES (1, 1.5, '12x'), (2, 2.25, ''), (3, NULL, '3.5'), (4, 1e16, NULL), (5, 1.0, '-1');
-- Twelve earn alike but one of the last six.
CREATE TABLE heavy (id INTEGER PRIMARY KEY, pay INTEGER);
INSERT INTO heavy SELECT id, 100 FROM staff WHERE id < 12;
INSERT INTO heavy VALUES (12, 90000);
CREATE TABLE zeros (id INTEGER PRIMARY KEY, kind TEXT, pay INTEGER);
INSERT INTO zeros SELECT id, 'all', 0 FROM staff WHERE id < 7 UNION ALL SELECT id + 20, 'most', 70 * (id = 3) FROM staff WHERE id < 7
  UNION ALL SELECT id + 40, 'some', 30 * (id < 4) FROM staff WHERE id < 7;
CREATE TABLE many (id INTEGER PRIMARY KEY, pay INTEGER);
WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 599) INSERT INTO many SELECT i, 10 + i % 7 FROM n;
