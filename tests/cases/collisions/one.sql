INSERT INTO regions VALUES ('n', 'north'), ('s', 'south');
INSERT INTO people (id, email, phone, region, salary, bound, city) VALUES
  (1, 'ann@x.example', '555-0101', 'n', 40, NULL, 'Bern'), (2, 'ben@x.example', '555-0102', 's', 60, NULL, 'Chur');
INSERT INTO logins VALUES (1, NULL, 'monday');
INSERT INTO clinics VALUES (1, 'left'), (2, 'right');
INSERT INTO patients VALUES (1, 1, 'a');
INSERT INTO teams VALUES (1, 'red'), (2, 'blue');
INSERT INTO members VALUES (1, 1, 'c-1'), (2, 2, 'c-2');
INSERT INTO passes VALUES (1, NULL);
INSERT INTO words VALUES (1, 'apple', 'x');
INSERT INTO moods VALUES (1, 'k', 'angry'), (2, 'l', 'calm');
INSERT INTO computed (id, raw, kind) VALUES (1, 'apple', 'x');
INSERT INTO keyed VALUES ('ann@x.example', 1);
INSERT INTO badges VALUES (1, 's-1'), (2, 's-2');
INSERT INTO swaps VALUES (1, 't-1', 'x'), (2, 't-2', 'y');
INSERT INTO plain VALUES (1, 'p', 'note', NULL);
