"""The two PostgreSQL servers: what they execute when asked directly, and what dies in the kernel. Knows nothing of other servers."""

from cluster import OWNER_PASSWORD
from peer import Peer
from world import World, reader_script

SERVERS = ["postgres-reference", "dbhub"]
STATEMENT = {"postgres-reference": "query", "dbhub": "execute_sql"}
ADDRESS, PHONE = "mary.jackson@example.org", "+44 20 7946 0958"

TABLES = """
DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE customers (id integer PRIMARY KEY, name text, email text, phone text, country text, notes text);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer, amount numeric, status text);
CREATE TABLE hidden (id integer);
CREATE VIEW contacts AS SELECT id, email AS contact FROM customers;
CREATE SEQUENCE tickets;
CREATE FUNCTION empty_orders() RETURNS integer LANGUAGE sql AS 'DELETE FROM orders; SELECT 1';
INSERT INTO customers VALUES (1, 'Mary Jackson', '%s', '%s', 'UK', 'call %s');
INSERT INTO orders VALUES (1, 1, 9.5, 'paid'), (2, 1, 20, 'open');
""" % (ADDRESS, PHONE, PHONE)

# What the servers execute when they are asked directly, by server; each leaves a trace.
EXECUTED = {
    "postgres-reference": [
        ("COMMIT; INSERT INTO orders VALUES (99, 1, 1, 'x')", "SELECT count(*) FROM orders WHERE id = 99", "1"),
        ("COMMIT; DROP TABLE hidden", "SELECT to_regclass('public.hidden') IS NULL", "t"),
        ("COMMIT; SELECT empty_orders()", "SELECT count(*) FROM orders", "0"),
    ],
    "dbhub": [
        ("INSERT INTO orders VALUES (99, 1, 1, 'x')", "SELECT count(*) FROM orders WHERE id = 99", "1"),
        ("SELECT 1; DROP TABLE hidden", "SELECT to_regclass('public.hidden') IS NULL", "t"),
        ("EXPLAIN ANALYZE DELETE FROM orders WHERE id = 99", "SELECT count(*) FROM orders WHERE id = 99", "0"),
        ("SELECT empty_orders()", "SELECT count(*) FROM orders", "0"),
    ],
}

MANY = "sql.more-than-one-statement"
ACTS = "sql.function-not-allowed"
# What dies in the kernel, whoever the server logs in as.
DENIED = [
    ("COMMIT; INSERT INTO orders VALUES (99, 1, 1, 'x')", MANY),
    ("COMMIT; INSERT INTO orders VALUES (99, 1, 1, 'x'); SELECT 1", MANY),
    ("commit/**/;insert into orders values (99, 1, 1, 'x')", MANY),
    ("SELECT 1; DROP TABLE hidden", MANY),
    ("SELECT 1;\nDROP TABLE hidden -- ", MANY),
    ("COMMIT", "sql.transaction-control"),
    ("SET default_transaction_read_only = off", "sql.session-state"),
    ("INSERT INTO orders VALUES (99, 1, 1, 'x')", "kernel.not-granted"),
    ("UPDATE orders SET amount = 0 WHERE id = 1", "kernel.not-granted"),
    ("DELETE FROM orders", "kernel.not-granted"),
    ("DROP TABLE orders", "kernel.not-granted"),
    ("EXPLAIN ANALYZE DELETE FROM orders", "kernel.not-granted"),
    ("EXPLAIN (ANALYZE) INSERT INTO orders VALUES (99, 1, 1, 'x')", "kernel.not-granted"),
    ("WITH x AS (DELETE FROM orders RETURNING id) SELECT id FROM x", "kernel.not-granted"),
    ("SELECT empty_orders()", ACTS),
    ("SELECT * FROM empty_orders()", ACTS),
    ("SELECT nextval('tickets')", ACTS),
    ("SELECT pg_read_file('PG_VERSION')", ACTS),
    ("SELECT * FROM pg_read_file('PG_VERSION')", ACTS),
    ("SELECT set_config('search_path', 'pg_catalog', false)", ACTS),
    ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity", ACTS),
    ("SELECT query_to_xml('SELECT email FROM customers', true, true, '')", ACTS),
    ("SELECT lo_import('/etc/passwd')", ACTS),
    ("COPY customers TO PROGRAM 'cat'", "sql.file-access"),
    ("DO $$ BEGIN DELETE FROM orders; END $$", "sql.dynamic-sql"),
]
STATE = "SELECT (SELECT count(*) FROM orders), (SELECT sum(amount) FROM orders), to_regclass('public.hidden') IS NOT NULL, (SELECT is_called FROM tickets)"


def drive(checks, aegis, kit, at, cluster, server):
    tool = STATEMENT[server]
    cluster.psql(TABLES)
    owner = World(at(server + "-owner"), kit, [server], cluster.port, "owner")

    env = {"PGPASSWORD": OWNER_PASSWORD} if server == "postgres-reference" else {"DSN": owner.read("secrets/dbhub-dsn")}
    direct = Peer(owner.command(server), owner.place, env)
    checks.allowed("without the kernel the address leaves", direct.call(tool, sql="SELECT email FROM customers"), ADDRESS)
    for sql, trace, seen in EXECUTED[server]:
        said = direct.call(tool, sql=sql)
        checks.that("without the kernel it is executed: " + sql, cluster.psql(trace) == seen, said)
    direct.end()

    # The worst login: nothing but the kernel is in the way.
    cluster.psql(TABLES)
    before = cluster.psql(STATE)
    agent = owner.agent(aegis)
    for sql, rule in DENIED:
        rules = [rule, "sql.system-table"] if "pg_stat" in sql else [rule]
        checks.denied(sql.replace("\n", " "), agent.call("%s__%s" % (server, tool), sql=sql), *rules)
    checks.that("the database is as it was", cluster.psql(STATE) == before, cluster.psql(STATE))
    agent.end()

    # The login that the page tells to make.
    if "agent_reader" not in cluster.psql("SELECT rolname FROM pg_roles"):
        cluster.psql(reader_script())
    else:
        cluster.psql("GRANT SELECT ON customers, orders, contacts TO agent_reader")
    world = World(at(server), kit, [server], cluster.port)
    reader = world.agent(aegis)
    call = lambda sql: reader.call("%s__%s" % (server, tool), sql=sql)
    names = ["dbhub__execute_sql", "dbhub__search_objects"] if server == "dbhub" else ["postgres-reference__query"]
    checks.that("the declared tools are listed", sorted(reader.tools()) == names, reader.tools())
    checks.allowed("orders are read", call("SELECT id, amount, status FROM orders WHERE id = 1"), "9.5", "paid")
    checks.allowed("none are", call("SELECT id FROM orders WHERE id = 404"), '"isError": false')
    checks.allowed("counted", call("SELECT country, count(*) AS n FROM customers JOIN orders ON customer_id = customers.id GROUP BY country"), "UK")
    for sql in [
        "SELECT id, name, email, phone, notes FROM customers",
        "SELECT * FROM customers",
        "SELECT contact FROM contacts",
        "SELECT replace(email, '@', ' at ') AS c FROM customers",
        "SELECT c FROM customers c",
        'SELECT email AS "__proto__", id FROM customers',
        "SELECT upper(x.e) AS shout FROM (SELECT email AS e FROM customers) x",
    ]:
        checks.masked("masked: " + sql, call(sql), ADDRESS, ADDRESS.upper(), " at example", "7946 0958", "Mary Jackson")
    for sql in [
        'SELECT id AS "2", email AS "1" FROM customers',
        "SELECT email AS a, id AS a FROM customers",
    ]:
        left = call(sql)
        checks.that("withheld: " + sql, left.get("isError") is True and ADDRESS not in str(left), left)
    checks.denied("a condition on people", call("SELECT id FROM customers WHERE email LIKE 'm%'"), rule_id(server))
    checks.denied("a table that is not declared", call("SELECT * FROM hidden"), "sql.unknown-table")
    cluster.psql("ALTER TABLE orders ADD COLUMN card text DEFAULT 'secret-of-orders'")
    left = call("SELECT * FROM orders")
    checks.that("a star over more than was declared is withheld", left.get("isError") is True and "secret-of-orders" not in str(left), left)
    if server == "dbhub":
        shown = reader.call("dbhub__search_objects", object_type="column", schema="public", table="customers", detail_level="full")
        checks.allowed("columns are described", shown, "email", "text")
        refused = reader.call("dbhub__search_objects", object_type="function", schema="public")
        checks.denied("functions are not", refused, "kernel.bad-argument")
        refused = reader.call("dbhub__search_objects", object_type="table", schema="pg_catalog")
        checks.denied("nor other schemas", refused, "kernel.bad-argument")
    checks.that("no answer held the address", not any(ADDRESS in line for line in reader.heard + agent.heard))
    reader.end()
    return world, [reader, agent]


def rule_id(server):
    return {"postgres-reference": "reference-no-oracle", "dbhub": "dbhub-no-oracle"}[server]
