INSERT INTO regions VALUES ('n', 'north'), ('s', 'south');
INSERT INTO people (id, email, phone, region, salary, bound, city) VALUES
  (1, 'eve@x.example', '555-0109', 'n', 90, NULL, 'Bern'), (2, 'dan@x.example', '555-0101', 's', 10, NULL, 'Chur');
INSERT INTO logins VALUES (1, NULL, 'monday');
INSERT INTO clinics VALUES (1, 'left'), (2, 'right');
INSERT INTO patients VALUES (1, 2, 'a');
INSERT INTO teams VALUES (1, 'red'), (2, 'blue');
INSERT INTO members VALUES (1, 1, 'c-8'), (2, 2, 'c-9');
INSERT INTO passes VALUES (1, NULL);
INSERT INTO words VALUES (1, 'berry', 'x');
INSERT INTO moods VALUES (1, 'k', 'calm'), (2, 'l', 'angry');
INSERT INTO computed (id, raw, kind) VALUES (1, 'berry', 'x');
INSERT INTO keyed VALUES ('eve@x.example', 1);
INSERT INTO badges VALUES (1, 's-8'), (2, 's-9');
INSERT INTO swaps VALUES (1, 't-8', 'x'), (2, 't-9', 'y');
INSERT INTO plain VALUES (1, 'p', 'note', NULL);
