CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  phone TEXT,
  ssn TEXT,
  country TEXT,
  email_folded TEXT GENERATED ALWAYS AS (lower(email)) STORED
);
INSERT INTO customers (id, name, email, phone, ssn, country) VALUES
  (1, 'Ann', 'ann@Example.org', '+49 30 1234567', '078-05-1120', 'DE'),
  (2, 'Ben', 'ben@example.org', NULL, '219-09-9999', 'US'),
  (3, 'Cleo', 'cleo@example.org', '+1 202 5550143', NULL, 'US');
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
  amount REAL NOT NULL,
  status TEXT
);
INSERT INTO orders VALUES (10, 1, 5.0, 'paid'), (11, 1, 7.5, 'open'), (12, 3, 2.25, 'paid');
CREATE TABLE secrets (id INTEGER PRIMARY KEY, value TEXT);
INSERT INTO secrets VALUES (1, 'rosebud-raw');
CREATE TABLE staging_tmp (id INTEGER PRIMARY KEY, x TEXT);
INSERT INTO staging_tmp VALUES (1, 'a'), (2, 'b'), (3, 'c');
CREATE TABLE noted (id INTEGER PRIMARY KEY, x TEXT);
CREATE TABLE audit (x TEXT);
CREATE TRIGGER noted_hidden AFTER INSERT ON noted BEGIN INSERT INTO audit VALUES (new.x); END;
CREATE TRIGGER customers_hidden AFTER UPDATE OF name ON customers
  BEGIN INSERT INTO audit VALUES (old.email); END;
CREATE TABLE exact (id INTEGER PRIMARY KEY, big INTEGER, real_value REAL, raw BLOB);
INSERT INTO exact VALUES (1, 9223372036854775807, 0.1, x'00ff'), (2, -9223372036854775808, 1e300, NULL);
CREATE TABLE pairs (a INTEGER, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE codes (code TEXT NOT NULL UNIQUE, note TEXT);
INSERT INTO codes VALUES ('rosebud-code', 'x');
CREATE TABLE uses (id INTEGER PRIMARY KEY, code TEXT REFERENCES codes(code));
CREATE VIEW contacts AS SELECT id, upper(email) AS shout FROM customers;
CREATE VIEW paid (number, total) AS SELECT id, amount FROM orders WHERE status = 'paid';
CREATE VIEW joined AS SELECT a.id FROM customers a JOIN customers b USING (email);
CREATE TABLE silver (id INTEGER PRIMARY KEY, v TEXT NOT NULL, w REAL);
INSERT INTO silver VALUES (2, 'two', 2.5), (1, 'one', NULL), (3, 'drei ö', 1e21);
CREATE TABLE gold (id INTEGER PRIMARY KEY, v TEXT NOT NULL, w REAL);
INSERT INTO gold VALUES (9, 'old', 0.0);
