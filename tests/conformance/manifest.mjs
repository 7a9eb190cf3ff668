// Writes the kernel's world before the fixture: manifest.mjs FOLDER COMMAND…. Every tool that the fixture lists is declared,
// with its arguments as plain strings; those of the multi-round scenarios may ask back. Knows nothing of what the tools do.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [folder, ...command] = process.argv.slice(2);
const meta = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}';
const asked = spawnSync(command[0], command.slice(1), { input: `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{${meta}}}\n`, encoding: 'utf8' });
const { tools } = JSON.parse(asked.stdout.split('\n')[0]).result;
const quoted = JSON.stringify;

const parts = ['server = "fixture"'];
for (const { name, description, inputSchema } of tools) {
  parts.push(`[tool.${name}]`, `description = ${quoted(description)}`, 'capabilities = ["fixture:act"]');
  if (name.startsWith('test_input_required')) parts.push('input = ["elicitation"]');
  for (const [argument, { type }] of Object.entries(inputSchema.properties ?? {})) {
    if (type !== 'string') continue; // the manifest has no objects
    parts.push(`[tool.${name}.argument.${argument}]`, 'kind = "string"', 'description = "a text"', `required = ${(inputSchema.required ?? []).includes(argument)}`);
  }
}
writeFileSync(`${folder}/manifest.toml`, `${parts.join('\n')}\n`);
writeFileSync(`${folder}/policy.toml`, '[[grant]]\nid = "all"\nprincipal = "suite"\ncapabilities = ["fixture:act"]\n');
writeFileSync(`${folder}/aegis.toml`, `[kernel]
principal = "suite"
policies = ["policy.toml"]
state = ".aegis/state.db"
[audit]
dir = ".aegis/audit"
[south.fixture]
manifest = "manifest.toml"
command = ${quoted(command)}
[north.http]
listen = "127.0.0.1:0"
[north.http.principal.suite]
tokens = ["file:agent.token"]
`);
