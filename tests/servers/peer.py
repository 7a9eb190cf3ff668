"""One MCP peer on standard input and output, and what was checked. Knows nothing of any server."""

import json
import os
import subprocess
import threading


class Peer:
    """Starts a program and speaks the protocol of 2025-11-25 with it."""

    def __init__(self, command, folder, env=None):
        self.child = subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = []
        threading.Thread(target=self._listen, daemon=True).start()
        self.heard = []
        self.next = 0
        # Who hangs is ended: a call that is not answered then fails its check.
        self.limit = threading.Timer(120, self.child.kill)
        self.limit.start()
        self.ask(
            "initialize",
            {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "check", "version": "1"}},
        )
        self.tell("notifications/initialized")

    def _listen(self):
        for line in self.child.stderr:
            self.said.append(line)

    def _send(self, message):
        self.child.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.child.stdin.flush()

    def tell(self, method):
        self._send({"method": method})

    def ask(self, method, params):
        self.next += 1
        self._send({"id": self.next, "method": method, "params": params})
        while True:
            line = self.child.stdout.readline()
            if not line:
                raise SystemExit("no answer to %s: %s" % (method, "".join(self.said)[-2000:]))
            self.heard.append(line)
            message = json.loads(line)
            if message.get("id") == self.next and "method" not in message:
                return message

    def tools(self):
        return [tool["name"] for tool in self.ask("tools/list", {})["result"]["tools"]]

    def call(self, tool, **arguments):
        """The result, or the error of the protocol as one."""
        message = self.ask("tools/call", {"name": tool, "arguments": arguments})
        return message.get("result") or {"isError": True, "error": message["error"]}

    def end(self):
        self.child.stdin.close()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
        self.limit.cancel()


def text_of(result):
    return json.dumps(result, ensure_ascii=False)


def rule_of(result):
    """The rule by which a call was denied; nothing where it was not."""
    if not result.get("isError"):
        return None
    said = result.get("structuredContent") or {}
    return said.get("rule") if said.get("decision") == "deny" else None


class Checks:
    """Counts what holds, and prints a line for each."""

    def __init__(self):
        self.held = 0
        self.failed = 0

    def that(self, what, holds, shown=None):
        if holds:
            self.held += 1
            print("ok   " + what, flush=True)
        else:
            self.failed += 1
            print("FAIL " + what + (" — " + text_of(shown)[:600] if shown is not None else ""), flush=True)

    def allowed(self, what, result, *holding):
        """The call was answered, and the answer holds these texts."""
        text = text_of(result)
        self.that(what, not result.get("isError") and all(part in text for part in holding), result)

    def denied(self, what, result, *rules):
        """The call was denied by one of these rules."""
        self.that("%s: %s" % (what, " or ".join(rules)), rule_of(result) in rules, result)

    def masked(self, what, result, *values):
        """The call was answered, and none of the values is in the answer."""
        text = text_of(result)
        self.that(what, not result.get("isError") and not any(value in text for value in values), result)
