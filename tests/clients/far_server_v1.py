"""A downstream over Streamable HTTP, by FastMCP of the MCP Python SDK v1, with sessions: prints its URL.

Knows nothing of the kernel.
"""

import socket

import uvicorn
from mcp.server.fastmcp import Context, FastMCP

server = FastMCP("far")


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


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
uvicorn.Server(uvicorn.Config(server.streamable_http_app(), log_level="error")).run([listener])
