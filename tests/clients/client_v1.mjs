// Drives `aegis serve` with the TypeScript SDK v1 (@modelcontextprotocol/sdk): client_v1.mjs AEGIS WORLD.
// Knows nothing of the kernel's insides; what is checked is in steps.mjs.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { drive } from './steps.mjs';

const [aegis, world] = process.argv.slice(2);

async function connect() {
  const client = new Client({ name: 'typescript-v1', version: '1' });
  const transport = new StdioClientTransport({ command: aegis, args: ['serve', '--config', `${world}/aegis.toml`], stderr: 'ignore' });
  let version;
  transport.setProtocolVersion = (negotiated) => { version = negotiated; };
  await client.connect(transport);
  return {
    version: () => version,
    list: () => client.listTools(),
    call: (name, args, options) => client.callTool({ name, arguments: args }, undefined, options),
    close: () => client.close(),
  };
}

process.exit(await drive('typescript-v1', '2025-11-25', connect));
