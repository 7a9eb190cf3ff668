"""A downstream over Streamable HTTP, by the MCP Python SDK: far_server.py [events|json|alone]; prints its URL.

Knows nothing of the kernel.
"""

import socket
import sys

import uvicorn
from mcp.server.mcpserver import Context, MCPServer

FORM = sys.argv[1]
server = MCPServer("far")


@server.tool()
async def count(to: int, ctx: Context) -> dict[str, int]:
    """Counts"""
    for at in range(1, to + 1):
        await ctx.report_progress(at, to, f"Counting: {at}")
    return {"counted": to}


@server.tool()
async def fail() -> dict[str, int]:
    """Fails"""
    raise ValueError("it went wrong at ann@example.com")


class Guarded:
    """Lets nobody in without the token."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        headers = dict(scope.get("headers", ()))
        if scope["type"] == "http" and headers.get(b"authorization") != b"Bearer far-token-0123456789":
            await send({"type": "http.response.start", "status": 401, "headers": [(b"www-authenticate", b"Bearer")]})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
app = server.streamable_http_app(json_response=FORM == "json", stateless_http=FORM == "alone")
uvicorn.Server(uvicorn.Config(Guarded(app), log_level="error")).run([listener])
