// Drives `aegis serve` with the TypeScript SDK v2 (@modelcontextprotocol/client): client_v2.mjs AEGIS WORLD MODE [legacy|auto] [URL]; with a URL over HTTP.
// Knows nothing of the kernel's insides; what is checked is in steps.mjs.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { bearer, drive, listening } from './steps.mjs';

const [aegis, world, mode, url] = process.argv.slice(2);

async function connect() {
  const heard = listening();
  const client = new Client(
    { name: 'typescript-v2', version: '1' },
    { versionNegotiation: { mode }, capabilities: { elicitation: { form: {} } }, listChanged: heard.option },
  );
  const asked = [];
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params.message);
    return { action: 'accept', content: { name: 'Ada' } };
  });
  const transport = url
    ? new StreamableHTTPClientTransport(new URL(url), bearer(world))
    : new StdioClientTransport({ command: aegis, args: ['serve', '--config', `${world}/aegis.toml`], stderr: 'ignore' });
  await client.connect(transport);
  return {
    version: () => client.getNegotiatedProtocolVersion(),
    list: () => client.listTools(),
    call: (name, args, options) => client.callTool({ name, arguments: args }, options),
    asked,
    world,
    changed: heard.list,
    close: () => client.close(),
  };
}

process.exit(await drive(`typescript-v2-${mode}${url ? '-http' : ''}`, mode === 'legacy' ? '2025-11-25' : '2026-07-28', connect));
