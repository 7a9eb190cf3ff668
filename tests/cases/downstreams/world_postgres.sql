-- The world of world.sql as PostgreSQL has it.
CREATE TABLE customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  phone text,
  ssn text,
  country text,
  email_folded text GENERATED ALWAYS AS (lower(email)) STORED
);
INSERT INTO customers (id, name, email, phone, ssn, country) VALUES
  (1, 'Ann', 'ann@Example.org', '+49 30 1234567', '078-05-1120', 'DE'),
  (2, 'Ben', 'ben@example.org', NULL, '219-09-9999', 'US'),
  (3, 'Cleo', 'cleo@example.org', '+1 202 5550143', NULL, 'US');
CREATE TABLE orders (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
  amount double precision NOT NULL,
  status text
);
INSERT INTO orders VALUES (10, 1, 5.0, 'paid'), (11, 1, 7.5, 'open'), (12, 3, 2.25, 'paid');
CREATE TABLE secrets (id integer PRIMARY KEY, value text);
INSERT INTO secrets VALUES (1, 'rosebud-raw');
CREATE TABLE staging_tmp (id integer PRIMARY KEY, x text);
INSERT INTO staging_tmp VALUES (1, 'a'), (2, 'b'), (3, 'c');
CREATE TABLE noted (id integer PRIMARY KEY, x text);
CREATE TABLE audit (x text);
CREATE FUNCTION note_hidden() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (new.x); RETURN NULL; END $$;
CREATE TRIGGER noted_hidden AFTER INSERT ON noted FOR EACH ROW EXECUTE FUNCTION note_hidden();
CREATE FUNCTION note_customer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (old.email); RETURN NULL; END $$;
CREATE TRIGGER customers_hidden AFTER UPDATE OF name ON customers FOR EACH ROW EXECUTE FUNCTION note_customer();
CREATE TABLE exact (id integer PRIMARY KEY, big bigint, real_value double precision, raw bytea);
INSERT INTO exact VALUES (1, 9223372036854775807, 0.1, '\x00ff'), (2, -9223372036854775808, 1e300, NULL);
CREATE TABLE pairs (a integer, b text, PRIMARY KEY (a, b));
CREATE TABLE codes (code text NOT NULL UNIQUE, note text);
INSERT INTO codes VALUES ('rosebud-code', 'x');
CREATE TABLE uses (id integer PRIMARY KEY, code text REFERENCES codes(code));
CREATE VIEW contacts AS SELECT id, upper(email) AS shout FROM customers;
CREATE VIEW paid (number, total) AS SELECT id, amount FROM orders WHERE status = 'paid';
CREATE VIEW joined AS SELECT a.id FROM customers a JOIN customers b USING (email);
CREATE TABLE silver (id integer PRIMARY KEY, v text NOT NULL, w double precision);
INSERT INTO silver VALUES (2, 'two', 2.5), (1, 'one', NULL), (3, 'drei ö', 1e21);
CREATE TABLE gold (id integer PRIMARY KEY, v text NOT NULL, w double precision);
INSERT INTO gold VALUES (9, 'old', 0.0);
-- Definitions are for what the login role owns.
ALTER TABLE staging_tmp OWNER TO aegis;
ALTER TABLE orders OWNER TO aegis;
