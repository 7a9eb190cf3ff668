"""Drives `aegis serve` with the MCP Python SDK: client.py AEGIS WORLD MODE [legacy|auto] [URL]; with a URL over HTTP.

Knows nothing of the kernel's insides; prints one line a check and exits 1 if one failed.
"""

import sys
from importlib.metadata import version

import anyio
from mcp import Client, StdioServerParameters
from mcp.types import ElicitResult

AEGIS, WORLD, MODE = sys.argv[1:4]
URL = sys.argv[4] if len(sys.argv) > 4 else None
NAME = f"python-{version('mcp')}-{MODE}" + ("-http" if URL else "")
failed = 0


def check(what, holds, seen=""):
    global failed
    failed += not holds
    print(f"{'ok  ' if holds else 'FAIL'} {NAME}: {what}" + ("" if holds else f" — {str(seen)[:400]}"), flush=True)


async def main():
    if URL:
        from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

        with open(f"{WORLD}/agent.token") as file:
            headers = {"Authorization": f"Bearer {file.read().strip()}"}
        async with create_mcp_http_client(headers=headers) as http:
            await drive(streamable_http_client(URL, http_client=http))
        return
    from mcp.client.stdio import stdio_client

    with open(f"{WORLD}/stderr.log", "a") as errors:
        server = StdioServerParameters(command=AEGIS, args=["serve", "--config", f"{WORLD}/aegis.toml"])
        await drive(stdio_client(server, errlog=errors))


def change_policy():
    """A rule about somebody else: the kernel exchanges its policy, and says so to everybody."""
    with open(f"{WORLD}/policies/more.toml", "w") as file:
        file.write('[[grant]]\nid = "more"\nprincipal = "somebody-else"\ncapabilities = ["db:read"]\n')


async def drive(transport):
    asked = []
    changed = anyio.Event()

    async def noted(message):
        if getattr(message, "method", None) == "notifications/tools/list_changed":
            changed.set()

    async def ask(context, params):
        asked.append(params.message)
        return ElicitResult(action="accept", content={"name": "Ada"})

    async with Client(transport, mode=MODE, elicitation_callback=ask, message_handler=noted) as client:
        expected = "2025-11-25" if MODE == "legacy" else "2026-07-28"
        check(f"speaks {expected}", client.protocol_version == expected, client.protocol_version)

        async def query(sql, **more):
            return await client.call_tool("postgres__query", {"sql": sql}, **more)

        tools = (await client.list_tools()).tools
        names = {tool.name for tool in tools}
        check("lists the tools", {"postgres__query", "s3__get_object", "medallion__promote"} <= names, names)
        check("hides internal tools", not any("export" in name or "catalog" in name for name in names), names)

        one = await query("SELECT 1 AS one")
        check("answers a call", one.structured_content["rows"] == [{"one": 1}] and not one.is_error, one)

        denial = await client.call_tool("postgres__execute", {"sql": "DROP TABLE staging_tmp"})
        said = denial.structured_content or {}
        check(
            "denies with rule, phase, reason and fix",
            denial.is_error
            and said.get("rule") == "no-destructive-ops"
            and all(said.get(key) for key in ("phase", "reason", "fix")),
            denial,
        )
        check("says the denial as text too", bool(denial.content and "no-destructive-ops" in denial.content[0].text), denial)

        masked = await query("SELECT id, email FROM customers WHERE id <= 5")
        check("masks what leaves", "@" not in masked.model_dump_json() and len(masked.structured_content["rows"]) == 5, masked)

        early = await client.call_tool("medallion__promote", {"dataset": "orders"})
        check("promotes nothing unvalidated", (early.structured_content or {}).get("rule") == "gold-needs-validation", early)
        valid = await client.call_tool("medallion__validate", {"dataset": "orders"})
        check("validates", valid.structured_content.get("passed") is True, valid)
        promoted = await client.call_tool("medallion__promote", {"dataset": "orders"})
        check("promotes once validated", not promoted.is_error, promoted)

        body = "large but harmless\n" * 10_000  # 190 kB: within the bound of one call's arguments
        await client.call_tool("s3__put_object", {"key": "work/large.txt", "body": body})
        large = await client.call_tool("s3__get_object", {"key": "work/large.txt"})
        check("carries a large answer", not large.is_error and len(large.model_dump_json()) > len(body), str(large)[:200])

        told = []

        async def hear(progress, total, message):
            told.append((progress, total, message or ""))

        counted = await client.call_tool("teller__count", {}, progress_callback=hear)
        check(
            "hears of progress, in order and masked, before the answer",
            not counted.is_error
            and [(progress, total) for progress, total, _ in told] == [(1, 3), (2, 3), (3, 3)]
            and all("Counting" in message and "@" not in message for _, _, message in told),
            (told, counted),
        )

        greeted = await client.call_tool("teller__greet", {})
        said = greeted.structured_content or {}
        if MODE == "legacy":
            check("is asked nothing", said.get("rule") == "kernel.input-refused" and not asked, greeted)
        else:
            check(
                "is asked back, and the downstream gets its own state and the answer",
                said == {"action": "accept", "name": "Ada", "state": "asked once"} and len(asked) == 1 and "`teller` asks" in asked[0],
                (asked, greeted),
            )

        answers = {}

        async def numbered(at):
            answers[at] = (await query(f"SELECT {at} AS n")).structured_content["rows"][0]["n"]

        async with anyio.create_task_group() as group:
            for at in range(20):
                group.start_soon(numbered, at)
        check("answers parallel calls each with its own", all(answers.get(at) == at for at in range(20)), answers)

        with anyio.move_on_after(0.05) as gone:
            await query(
                "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) SELECT count(*) AS n FROM c"
            )
        after = await query("SELECT 2 AS two")
        check("lives on after a cancelled call", gone.cancelled_caught and after.structured_content["rows"] == [{"two": 2}], after)

        unknown = await client.call_tool("nothing__here", {})
        check("answers an unknown tool with a denial", unknown.is_error and unknown.structured_content["rule"] == "kernel.unknown-tool", unknown)

        with anyio.move_on_after(20):
            if MODE == "legacy":
                change_policy()
                await changed.wait()
            else:
                async with client.listen(tools_list_changed=True) as events:
                    change_policy()
                    async for _ in events:
                        changed.set()
                        break
        check("hears that tools may have changed", changed.is_set())


anyio.run(main)
sys.exit(1 if failed else 0)
