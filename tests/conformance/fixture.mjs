// The server that the official conformance suite expects, on the TypeScript SDK v2 in both eras:
// fixture.mjs stdio | fixture.mjs http PORT. Knows nothing of the kernel.

import { createHmac, randomUUID } from 'node:crypto';
import http from 'node:http';
import { createMcpHandler, fromJsonSchema, inputRequired, isLegacyRequest, McpServer, ResourceTemplate, completable } from '@modelcontextprotocol/server';
import { localhostHostValidation, localhostOriginValidation, NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';
const text = (said) => ({ type: 'text', text: said });
const says = (said) => ({ content: [text(said)] });
const image = { type: 'image', data: PNG, mimeType: 'image/png' };
const embedded = (uri, mimeType, said) => ({ type: 'resource', resource: { uri, mimeType, text: said } });
const pause = () => new Promise((done) => setTimeout(done, 50));
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) });
const string = { type: 'string' };

const DEFAULTS = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
};
const titled = (word, value) => ['First', 'Second', 'Third'].map((nth, at) => ({ const: `value${at + 1}`, title: `${nth} ${word}` }));
const ENUMS = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: { type: 'string', oneOf: titled('Option') },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
  },
};

// State that goes through the client comes back only as it was made here.
const KEY = randomUUID();
const tag = (said) => createHmac('sha256', KEY).update(said).digest('hex');
const sealed = (said) => `${said}.${tag(said)}`;
function verify(state) {
  const [said, mark] = state.split('.');
  if (mark !== tag(said)) throw new Error('the request state is not ours');
  return said;
}

const ask = (message, properties) => inputRequired.elicit({ message, requestedSchema: object(properties) });
const sample = (said, maxTokens = 100) => inputRequired.createMessage({ messages: [{ role: 'user', content: text(said) }], maxTokens });
const heard = (ctx, key) => ctx.mcpReq.inputResponses?.[key];
const accepted = (ctx, key, field) => (heard(ctx, key)?.action === 'accept' ? heard(ctx, key).content?.[field] : undefined);

function plainTools(server) {
  const tool = (name, description, act, inputSchema) => server.registerTool(name, { description, inputSchema: inputSchema ?? z.object({}) }, act);
  tool('test_simple_text', 'says a simple text', () => says('This is a simple text response for testing.'));
  tool('test_image_content', 'shows an image', () => ({ content: [image] }));
  tool('test_audio_content', 'plays a sound', () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }));
  tool('test_embedded_resource', 'embeds a resource', () => ({ content: [embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')] }));
  tool('test_multiple_content_types', 'says, shows and embeds', () => ({
    content: [text('Multiple content types test:'), image, embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}')],
  }));
  tool('test_error_handling', 'fails', () => ({ ...says('This tool intentionally returns an error for testing'), isError: true }));
  tool('test_tool_with_logging', 'logs while it works', async (_, ctx) => {
    for (const said of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await ctx.mcpReq.log('info', said);
      await pause();
    }
    return says('Tool with logging executed successfully');
  });
  tool('test_tool_with_progress', 'tells how far it is', async (_, ctx) => {
    const progressToken = ctx.mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
      await pause();
    }
    return says('Tool with progress executed successfully');
  });
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: { address: { $anchor: 'addressDef', type: 'object', properties: { street: string, city: string } } },
    properties: {
      name: string,
      address: { $ref: '#/$defs/address' },
      contactMethod: { type: 'string', enum: ['phone', 'email'] },
      phone: string,
      email: string,
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    then: { required: ['phone'] },
    else: { required: ['email'] },
    additionalProperties: false,
  };
  tool('json_schema_2020_12_tool', 'takes what a schema of 2020-12 allows', () => says('taken'), fromJsonSchema(schema));
}

// What asks the client while the call runs: by requests in the older era only.
function askingTools(server) {
  const tool = (name, description, act, inputSchema) => server.registerTool(name, { description, inputSchema: inputSchema ?? z.object({}) }, act);
  tool('test_sampling', 'asks the model of the client', async ({ prompt }, ctx) => {
    const said = await ctx.mcpReq.requestSampling({ messages: [{ role: 'user', content: text(prompt) }], maxTokens: 100 });
    return says(`LLM response: ${said.content?.text}`);
  }, z.object({ prompt: z.string() }));
  const told = (word, { action, content }) => says(`${word}: action=${action}, content=${JSON.stringify(content ?? {})}`);
  tool('test_elicitation', 'asks the user', async ({ message }, ctx) => told('User response', await ctx.mcpReq.elicitInput({ message, requestedSchema: object({ username: string, email: string }) })),
    z.object({ message: z.string() }));
  for (const [name, requestedSchema] of [['test_elicitation_sep1034_defaults', DEFAULTS], ['test_elicitation_sep1330_enums', ENUMS]]) {
    tool(name, 'asks the user by a form', async (_, ctx) => told('Elicitation completed', await ctx.mcpReq.elicitInput({ message: 'Please fill in the form', requestedSchema })));
  }
}

// What answers with questions, and is called again with what was answered: the newer era.
function roundTools(server) {
  const tool = (name, act) => server.registerTool(`test_${name}`, { description: 'asks before it answers', inputSchema: z.object({}) }, (_, ctx) => act(ctx));
  const named = { user_name: ask('What is your name?', { name: string }) };
  tool('input_required_result_elicitation', (ctx) => {
    const name = accepted(ctx, 'user_name', 'name');
    return typeof name === 'string' ? says(`Hello, ${name}!`) : inputRequired({ inputRequests: named });
  });
  tool('input_required_result_sampling', (ctx) => {
    const said = heard(ctx, 'capital_question')?.content?.text;
    return said ? says(said) : inputRequired({ inputRequests: { capital_question: sample('What is the capital of France?') } });
  });
  tool('input_required_result_list_roots', (ctx) => {
    const roots = heard(ctx, 'client_roots')?.roots;
    return roots ? says(roots.map((root) => root.uri).join(' ')) : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  const confirming = (said) => inputRequired({ inputRequests: { confirm: ask('Please confirm', { ok: { type: 'boolean' } }) }, requestState: sealed(said) });
  for (const name of ['request_state', 'tampered_state']) {
    tool(`input_required_result_${name}`, (ctx) => (ctx.mcpReq.requestState() === 'round-1' ? says('state-ok') : confirming('round-1')));
  }
  tool('input_required_result_multiple_inputs', (ctx) => {
    const keys = ['user_name', 'greeting', 'client_roots'];
    if (keys.every((key) => heard(ctx, key)) && ctx.mcpReq.requestState() === 'round-1') return says(`${accepted(ctx, 'user_name', 'name')} was greeted`);
    return inputRequired({ inputRequests: { ...named, greeting: sample('Generate a greeting', 50), client_roots: inputRequired.listRoots() }, requestState: sealed('round-1') });
  });
  tool('input_required_result_multi_round', (ctx) => {
    const step = ctx.mcpReq.requestState();
    const next = (key, message, field, said) => inputRequired({ inputRequests: { [key]: ask(message, { [field]: string }) }, requestState: sealed(said) });
    if (step === undefined) return next('step1', 'Step 1: What is your name?', 'name', 'round-1');
    if (step === 'round-1') return next('step2', 'Step 2: What is your favorite color?', 'color', 'round-2');
    return says(`the color is ${accepted(ctx, 'step2', 'color')}`);
  });
  const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
  const declared = (ctx) => ctx.mcpReq.envelope?.[CAPABILITIES] ?? ctx.mcpReq._meta?.[CAPABILITIES] ?? {};
  tool('input_required_result_capabilities', (ctx) => {
    const may = declared(ctx);
    const inputRequests = { ...(may.sampling && { greeting: sample('Generate a greeting') }), ...(may.elicitation && named) };
    return Object.keys(inputRequests).length ? inputRequired({ inputRequests }) : says('nothing may be asked');
  });
  tool('streaming_elicitation', (ctx) => (heard(ctx, 'user_name') ? says('done') : inputRequired({ inputRequests: named })));
  tool('logging_tool', async (ctx) => {
    await ctx.mcpReq.log('info', 'at work');
    return says('done');
  });
}

function promptsAndResources(server) {
  const user = (...contents) => ({ messages: contents.map((content) => ({ role: 'user', content })) });
  const prompt = (name, argsSchema, act) => server.registerPrompt(name, { description: 'a prompt of the suite', ...(argsSchema && { argsSchema }) }, act);
  prompt('test_simple_prompt', undefined, () => user(text('This is a simple prompt for testing.')));
  const place = completable(z.string(), (begun) => ['paris', 'park', 'party'].filter((word) => word.startsWith(begun)));
  prompt('test_prompt_with_arguments', z.object({ arg1: place, arg2: z.string() }), ({ arg1, arg2 }) => user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)));
  prompt('test_prompt_with_embedded_resource', z.object({ resourceUri: z.string() }), ({ resourceUri }) =>
    user(embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'), text('Please process the embedded resource above.')));
  prompt('test_prompt_with_image', undefined, () => user(image, text('Please analyze the image above.')));
  prompt('test_input_required_result_prompt', undefined, (ctx) => {
    const context = accepted(ctx, 'user_context', 'context');
    return context ? user(text(`Use this: ${context}`)) : inputRequired({ inputRequests: { user_context: ask('What context should the prompt use?', { context: string }) } });
  });

  const resource = (name, uri, mimeType, holds) => server.registerResource(name, uri, { description: 'a resource of the suite', mimeType }, () => ({ contents: [{ uri, mimeType, ...holds }] }));
  resource('static-text', 'test://static-text', 'text/plain', { text: 'This is the content of the static text resource.' });
  resource('static-binary', 'test://static-binary', 'image/png', { blob: PNG });
  resource('watched', 'test://watched-resource', 'text/plain', { text: 'Watched resource content' });
  server.registerResource('template', new ResourceTemplate('test://template/{id}/data', { list: undefined }), { description: 'a template of the suite', mimeType: 'application/json' },
    (uri, { id }) => ({ contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) }] }));
  for (const method of ['resources/subscribe', 'resources/unsubscribe']) server.server.setRequestHandler(method, () => ({}));
}

function make() {
  const server = new McpServer({ name: 'conformance-fixture', version: '1.0.0' }, {
    capabilities: { tools: {}, prompts: {}, resources: { subscribe: true }, logging: {}, completions: {} },
    requestState: { verify },
  });
  plainTools(server);
  askingTools(server);
  roundTools(server);
  promptsAndResources(server);
  return server;
}

// Sessions for the older era, none for the newer.
function serveHttp(port) {
  const sessions = new Map();
  const modern = toNodeHandler(createMcpHandler(make, { legacy: 'reject' }));
  const legacy = async (request, response, body) => {
    const id = request.headers['mcp-session-id'];
    if (sessions.has(id)) return sessions.get(id).handleRequest(request, response, body);
    if (id) return response.writeHead(404).end();
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => sessions.set(session, transport),
      onsessionclosed: (session) => sessions.delete(session),
    });
    await make().connect(transport);
    return transport.handleRequest(request, response, body);
  };
  const hosts = localhostHostValidation();
  const origins = localhostOriginValidation();
  const listener = http.createServer(async (request, response) => {
    if (!hosts(request, response) || !origins(request, response)) return;
    let body;
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      if (chunks.length) body = JSON.parse(Buffer.concat(chunks).toString());
    } catch {
      response.writeHead(400).end();
      return;
    }
    const old = await isLegacyRequest(await toWebRequest(request, body));
    await (old ? legacy : modern)(request, response, body);
  });
  listener.listen(port, '127.0.0.1', () => console.error(`listening on http://127.0.0.1:${listener.address().port}/mcp`));
}

const [how, port] = process.argv.slice(2);
if (how === 'stdio') serveStdio(make);
else serveHttp(Number(port ?? 0));
