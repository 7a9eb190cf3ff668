"""A downstream that tells of its progress and asks back: MCP on stdio, in the older era and the newer one, with no library.

Knows nothing of the kernel.
"""

import json
import sys
import time

TOOLS = [
    {"name": "count", "description": "Counts to three", "inputSchema": {"type": "object"}},
    {"name": "greet", "description": "Asks whom to greet", "inputSchema": {"type": "object"}},
]
FORM = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
ABOUT = {"capabilities": {"tools": {}}, "serverInfo": {"name": "teller", "version": "1"}}


def say(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def greet(params):
    if "requestState" not in params:
        asked = {"method": "elicitation/create", "params": {"mode": "form", "message": "Whom?", "requestedSchema": FORM}}
        return {"resultType": "input_required", "inputRequests": {"whom": asked}, "requestState": "asked once"}
    whom = params["inputResponses"]["whom"]
    greeted = {"action": whom["action"], "name": whom.get("content", {}).get("name"), "state": params["requestState"]}
    return {"content": [], "structuredContent": greeted, "isError": False}


def answer(method, params):
    if method == "initialize":
        return {"protocolVersion": "2025-11-25", **ABOUT}
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call" and params["name"] == "greet":
        return greet(params)
    if method == "tools/call":
        token = params.get("_meta", {}).get("progressToken")
        for at in (1, 2, 3) if token is not None else ():
            told = {"progressToken": token, "progress": at, "total": 3, "message": f"Counting: {at}, for ann@example.com"}
            say(method="notifications/progress", params=told)
            # The TypeScript SDKs forget whom to tell when they read an answer, before they tell what came in the same read.
            time.sleep(0.1)
        return {"content": [], "structuredContent": {"counted": 3}, "isError": False}
    return None


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    result = answer(message["method"], message.get("params", {}))
    if result is None:
        say(id=message["id"], error={"code": -32601, "message": "not here"})
    else:
        say(id=message["id"], result=result)
