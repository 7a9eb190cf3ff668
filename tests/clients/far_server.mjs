// A downstream over Streamable HTTP, by the MCP TypeScript SDK v1, with sessions: prints its URL.
// Knows nothing of the kernel.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

const sessions = new Map();

function made() {
  const server = new McpServer({ name: 'far', version: '1' });
  server.registerTool('count', { description: 'Counts', inputSchema: { to: z.number() } }, async ({ to }, extra) => {
    for (let at = 1; at <= to && extra._meta?.progressToken !== undefined; at++) {
      const params = { progressToken: extra._meta.progressToken, progress: at, total: to };
      await extra.sendNotification({ method: 'notifications/progress', params });
    }
    return { content: [], structuredContent: { counted: to } };
  });
  server.registerTool('fail', { description: 'Fails' }, async () => {
    throw new Error('it went wrong at ann@example.com');
  });
  return server;
}

const listener = createServer(async (request, response) => {
  if (request.headers.authorization !== 'Bearer far-token-0123456789') {
    response.writeHead(401).end();
    return;
  }
  let text = '';
  for await (const piece of request) text += piece;
  const body = text ? JSON.parse(text) : undefined;
  const id = request.headers['mcp-session-id'];
  let transport = sessions.get(id);
  if (!transport && id) {
    response.writeHead(404).end();
    return;
  }
  if (!transport) {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => sessions.set(id, transport),
    });
    await made().connect(transport);
  }
  await transport.handleRequest(request, response, body);
  if (request.method === 'DELETE') sessions.delete(id);
});
listener.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${listener.address().port}/mcp`));
