-- The world of measures.sql as PostgreSQL has it; one table is in parts there, so that rows of two parts are told apart.
CREATE TABLE staff (
  id integer PRIMARY KEY,
  name text NOT NULL,
  dept text NOT NULL,
  salary integer,
  bonus double precision
);
INSERT INTO staff (id, name, dept, salary, bonus) VALUES
  (1, 'Ann', 'a', 4001, 0.5), (2, 'Ben', 'a', 4002, 1.5), (3, 'Cleo', 'a', 4004, 2.5), (4, 'Dan', 'a', 4008, 0.25),
  (5, 'Eve', 'a', 4016, 0.75), (6, 'Fay', 'a', 4032, 1.25),
  (7, 'Gus', 'b', 4064, 2.0), (8, 'Hal', 'b', 4128, 3.0),
  (9, 'Ida', 'c', 4256, 1.0), (10, 'Jon', 'c', 4512, 1.0), (11, 'Kim', 'c', 5024, 1.0), (12, 'Lea', 'c', 6048, 1.0),
  (13, 'Max', 'c', 8096, 1.0);
CREATE TABLE board (id integer PRIMARY KEY, dept text, salary integer);
INSERT INTO board VALUES (1, 'x', 10), (2, 'x', 10), (3, 'x', 10), (4, 'x', 10), (5, 'x', 10), (6, 'x', 990001);
CREATE TABLE keyed (code text PRIMARY KEY, team text, pay numeric(10, 2)) PARTITION BY LIST (code);
CREATE TABLE keyed_one PARTITION OF keyed FOR VALUES IN ('k1', 'k2', 'k3');
CREATE TABLE keyed_rest PARTITION OF keyed DEFAULT;
INSERT INTO keyed SELECT 'k' || id, dept, salary FROM staff;
CREATE TABLE nameless (rowid text, _rowid_ text, oid text, pay smallint);
INSERT INTO nameless SELECT 'x', 'y', 'z', salary FROM staff;
CREATE TABLE big (id integer PRIMARY KEY, pay bigint);
INSERT INTO big SELECT id, 9223372036854775807 - id FROM staff;
CREATE TABLE odd (id integer PRIMARY KEY, pay double precision);
INSERT INTO odd SELECT id, salary FROM staff;
UPDATE odd SET pay = 'NaN' WHERE id = 3;
CREATE TABLE pairs (staff integer, note text);
INSERT INTO pairs SELECT id, 'n' FROM staff;
INSERT INTO pairs VALUES (7, 'again');
CREATE VIEW payroll AS SELECT dept, salary AS pay FROM staff;
CREATE TABLE sales (id integer PRIMARY KEY, amount double precision, label text);
INSERT INTO sales VALUES (1, 1.5, '12x'), (2, 2.25, ''), (3, NULL, '3.5'), (4, 1e16, NULL), (5, 1.0, '-1');
CREATE TABLE heavy (id integer PRIMARY KEY, pay integer);
INSERT INTO heavy SELECT id, 100 FROM staff WHERE id < 12;
INSERT INTO heavy VALUES (12, 90000);
CREATE TABLE zeros (id integer PRIMARY KEY, kind text, pay integer);
INSERT INTO zeros SELECT id, 'all', 0 FROM staff WHERE id < 7 UNION ALL SELECT id + 20, 'most', 70 * (id = 3)::integer FROM staff WHERE id < 7
  UNION ALL SELECT id + 40, 'some', 30 * (id < 4)::integer FROM staff WHERE id < 7;
CREATE TABLE many (id integer PRIMARY KEY, pay integer);
INSERT INTO many SELECT i, 10 + i % 7 FROM generate_series(0, 599) AS i;
