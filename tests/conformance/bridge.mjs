// Stands before `aegis serve --http` for the conformance suite, which has no bearer token and calls tools by the names of
// its fixture: bridge.mjs URL TOKEN-FILE. Adds the token and the prefix `fixture__`, changes nothing else.

import { readFileSync } from 'node:fs';
import http from 'node:http';

const PREFIX = 'fixture__';
const [url, tokenFile] = process.argv.slice(2);
const kernel = new URL(url);
const token = readFileSync(tokenFile, 'utf8').trim();

function named(text) {
  try {
    const message = JSON.parse(text);
    if (message?.method !== 'tools/call' || typeof message.params?.name !== 'string') return text;
    message.params.name = PREFIX + message.params.name;
    return JSON.stringify(message);
  } catch {
    return text;
  }
}

function unnamed(text) {
  try {
    const message = JSON.parse(text);
    if (!Array.isArray(message?.result?.tools)) return text;
    for (const tool of message.result.tools) tool.name = tool.name.replace(PREFIX, '');
    return JSON.stringify(message);
  } catch {
    return text;
  }
}

async function whole(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const listener = http.createServer(async (request, response) => {
  const said = await whole(request);
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  // Ours as the kernel's; any other host as it came, since the kernel must refuse it.
  headers.host = headers.host?.replace(`:${listener.address().port}`, `:${kernel.port}`);
  let body = said;
  if (request.method === 'POST') {
    body = named(said);
    if (headers['mcp-method'] === 'tools/call' && headers['mcp-name'] !== undefined) headers['mcp-name'] = PREFIX + headers['mcp-name'];
    delete headers['transfer-encoding'];
    headers['content-length'] = Buffer.byteLength(body);
  }
  const passed = http.request(new URL(request.url, kernel), { method: request.method, headers, setHost: false }, async (answer) => {
    if (answer.headers['content-type'] === 'text/event-stream') {
      // As they come: some streams stay open. No list of tools travels as events.
      response.writeHead(answer.statusCode, answer.headers);
      response.flushHeaders();
      response.on('close', () => answer.destroy());
      answer.on('error', () => response.destroy());
      answer.pipe(response);
      return;
    }
    const heard = unnamed(await whole(answer));
    const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers;
    response.writeHead(answer.statusCode, { ...kept, ...(heard && { 'content-length': Buffer.byteLength(heard) }) }).end(heard);
  });
  passed.on('error', () => response.writeHead(502).end());
  passed.end(body);
});
listener.listen(0, '127.0.0.1', () => console.error(`listening on http://127.0.0.1:${listener.address().port}/mcp`));
