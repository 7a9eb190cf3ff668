// Drives `aegis serve` with the TypeScript SDK v1 (@modelcontextprotocol/sdk): client_v1.mjs AEGIS WORLD [URL]; with a URL over HTTP.
// Knows nothing of the kernel's insides; what is checked is in steps.mjs.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { bearer, drive, listening } from './steps.mjs';

const [aegis, world, url] = process.argv.slice(2);

async function connect() {
  const heard = listening();
  const client = new Client(
    { name: 'typescript-v1', version: '1' },
    { capabilities: { elicitation: { form: {} } }, listChanged: heard.option },
  );
  const asked = [];
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked.push(params.message);
    return { action: 'accept', content: { name: 'Ada' } };
  });
  const transport = url
    ? new StreamableHTTPClientTransport(new URL(url), bearer(world))
    : new StdioClientTransport({ command: aegis, args: ['serve', '--config', `${world}/aegis.toml`], stderr: 'ignore' });
  let version;
  const told = transport.setProtocolVersion?.bind(transport);
  transport.setProtocolVersion = (negotiated) => { version = negotiated; told?.(negotiated); };
  await client.connect(transport);
  return {
    version: () => version,
    list: () => client.listTools(),
    call: (name, args, options) => client.callTool({ name, arguments: args }, undefined, options),
    asked,
    world,
    changed: heard.list,
    close: () => client.close(),
  };
}

process.exit(await drive(`typescript-v1${url ? '-http' : ''}`, '2025-11-25', connect));
