"""Drives `aegis serve` before a downstream over HTTP: far.py AEGIS FOLDER NAME COMMAND…, whose first line is its URL.

Knows nothing of either's insides; prints one line a check and exits 1 if one failed.
"""

import json
import os
import subprocess
import sys

AEGIS, FOLDER, NAME, *COMMAND = sys.argv[1:]
failed = 0


def check(what, holds, seen=""):
    global failed
    failed += not holds
    print(f"{'ok  ' if holds else 'FAIL'} {NAME}: {what}" + ("" if holds else f" — {str(seen)[:400]}"), flush=True)


def put(name, text):
    with open(os.open(f"{FOLDER}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


os.makedirs(FOLDER)
far = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)
url = far.stdout.readline().strip()
put("token", "far-token-0123456789")
put("policy.toml", '[[grant]]\nid = "all"\nprincipal = "agent"\ncapabilities = ["far:count"]\n')
put(
    "far.toml",
    'server = "far"\n[tool.count]\ndescription = "Counts"\ncapabilities = ["far:count"]\n[tool.count.argument.to]\nkind = "integer"\n'
    'description = "how far"\n[tool.fail]\ndescription = "Fails"\ncapabilities = ["far:count"]\n',
)
put(
    "aegis.toml",
    f'[kernel]\nprincipal = "agent"\npolicies = ["policy.toml"]\n[audit]\ndir = ".aegis/audit"\n[south.far]\nmanifest = "far.toml"\nurl = "{url}"\nbearer = "file:token"\n',
)
errors = open(f"{FOLDER}/stderr.log", "w+")
kernel = subprocess.Popen(
    [AEGIS, "serve", "--config", f"{FOLDER}/aegis.toml"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
)
heard = []


def say(**message):
    kernel.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    kernel.stdin.flush()


def ask(id, method, **params):
    say(id=id, method=method, params=params)
    told = []
    for line in kernel.stdout:
        heard.append(line)
        message = json.loads(line)
        if message.get("id") == id:
            return message, told
        told.append(message)
    return {}, told


ask(1, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "far.py", "version": "1"})
say(method="notifications/initialized")
answer, told = ask(2, "tools/call", name="far__count", arguments={"to": 3}, _meta={"progressToken": "mine"})
check("counts", answer.get("result", {}).get("structuredContent", {}).get("counted") == 3, answer)
# An answer that is one JSON text has no room for progress.
steps = [] if "json" in NAME else [1, 2, 3]
check("tells of its progress in order", [one["params"]["progress"] for one in told] == steps, told)
for at in range(20):
    say(id=100 + at, method="tools/call", params={"name": "far__count", "arguments": {"to": at}})
counted = {}
while len(counted) < 20:
    message = json.loads(kernel.stdout.readline())
    if "id" in message:
        counted[message["id"] - 100] = message.get("result", {}).get("structuredContent", {}).get("counted")
check("gives each of twenty calls its own answer", counted == {at: at for at in range(20)}, counted)
answer, _ = ask(3, "tools/call", name="far__fail", arguments={})
result = answer.get("result", {})
check("fails, and no address leaves with it", result.get("isError") and "ann@" not in json.dumps(result), answer)
kernel.stdin.close()
check("ends in order", kernel.wait(timeout=30) == 0)
far.terminate()
far.wait()
errors.seek(0)
said = errors.read()
check("is told of nothing amiss", "did not introduce itself" not in said and "far-token" not in said + "".join(heard), said)
verified = subprocess.run([AEGIS, "audit", "verify", "--config", f"{FOLDER}/aegis.toml"], stdout=subprocess.DEVNULL)
check("leaves a log that verifies", verified.returncode == 0)
sys.exit(1 if failed else 0)
