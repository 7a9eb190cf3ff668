// The steps that both TypeScript clients go through; one line a check, exit code 1 if one failed.
// Knows nothing of the SDK: `session` gives list(), call(tool, arguments, options), the negotiated version,
// what it was asked back, and the list that it was told of when tools changed.

import { readFileSync, writeFileSync } from 'node:fs';

// What an HTTP transport needs to speak as the agent of this world.
export function bearer(world) {
  const token = readFileSync(`${world}/agent.token`, 'utf8').trim();
  return { requestInit: { headers: { Authorization: `Bearer ${token}` } } };
}

// What an SDK has to be told so that it listens for changed tools; `list` is kept when there are any.
export function listening() {
  const heard = {};
  heard.list = new Promise((resolve) => {
    heard.option = { tools: { onChanged: (error, tools) => resolve(error ?? tools) } };
  });
  return heard;
}

export async function drive(name, expected, connect) {
  let failed = 0;
  const check = (what, holds, seen) => {
    if (!holds) failed += 1;
    console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}: ${what}${holds ? '' : ` — ${JSON.stringify(seen ?? null).slice(0, 400)}`}`);
  };
  const session = await connect();
  const query = (sql, options) => session.call('postgres__query', { sql }, options);
  const rows = (answer) => JSON.stringify(answer?.structuredContent?.rows);

  check(`speaks ${expected}`, session.version() === expected, session.version());

  const names = (await session.list()).tools.map((tool) => tool.name);
  check('lists the tools', ['postgres__query', 's3__get_object', 'medallion__promote'].every((tool) => names.includes(tool)), names);
  check('hides internal tools', !names.some((tool) => /export|catalog|publish/.test(tool)), names);

  const one = await query('SELECT 1 AS one');
  check('answers a call', !one.isError && rows(one) === '[{"one":1}]', one);

  const denial = await session.call('postgres__execute', { sql: 'DROP TABLE staging_tmp' });
  const said = denial.structuredContent ?? {};
  check('denies with rule, phase, reason and fix', denial.isError && said.rule === 'no-destructive-ops' && said.phase && said.reason && said.fix, denial);
  check('says the denial as text too', denial.content?.[0]?.text?.includes('no-destructive-ops'), denial);

  const masked = await query('SELECT id, email FROM customers WHERE id <= 5');
  check('masks what leaves', !JSON.stringify(masked).includes('@') && masked.structuredContent?.rows?.length === 5, masked);

  const early = await session.call('medallion__promote', { dataset: 'orders' });
  check('promotes nothing unvalidated', early.structuredContent?.rule === 'gold-needs-validation', early);
  const valid = await session.call('medallion__validate', { dataset: 'orders' });
  check('validates', valid.structuredContent?.passed === true, valid);
  const promoted = await session.call('medallion__promote', { dataset: 'orders' });
  check('promotes once validated', !promoted.isError, promoted);

  const body = 'large but harmless\n'.repeat(10_000); // 190 kB: within the bound of one call's arguments
  await session.call('s3__put_object', { key: 'work/large.txt', body });
  const large = await session.call('s3__get_object', { key: 'work/large.txt' });
  check('carries a large answer', !large.isError && JSON.stringify(large).length > body.length, large);

  const told = [];
  const counted = await session.call('teller__count', {}, { onprogress: (progress) => told.push(progress) });
  const heard = told.map(({ progress, total }) => `${progress}/${total}`).join(' ');
  const maskedToo = told.every(({ message }) => message?.includes('Counting') && !message.includes('@'));
  check('hears of progress, in order and masked, before the answer', !counted.isError && heard === '1/3 2/3 3/3' && maskedToo, { told, counted });

  const greeted = await session.call('teller__greet', {});
  const whom = greeted.structuredContent ?? {};
  if (expected === '2026-07-28') {
    const whole = whom.action === 'accept' && whom.name === 'Ada' && whom.state === 'asked once';
    check('is asked back, and the downstream gets its own state and the answer', whole && session.asked.length === 1 && session.asked[0].includes('`teller` asks'), { greeted, asked: session.asked });
  } else {
    check('is asked nothing', whom.rule === 'kernel.input-refused' && session.asked.length === 0, { greeted, asked: session.asked });
  }

  const numbers = [...Array(20).keys()];
  const answers = await Promise.all(numbers.map((at) => query(`SELECT ${at} AS n`)));
  check('answers parallel calls each with its own', answers.every((answer, at) => rows(answer) === `[{"n":${at}}]`), answers.map(rows));

  const slow = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) SELECT count(*) AS n FROM c';
  const stop = new AbortController();
  setTimeout(() => stop.abort('no longer wanted'), 50);
  const cut = await query(slow, { signal: stop.signal }).then(() => false, () => true);
  check('lives on after a cancelled call', cut && rows(await query('SELECT 2 AS two')) === '[{"two":2}]', cut);

  const late = await query(slow, { timeout: 50 }).then(() => false, () => true);
  check('lives on after a timed-out call', late && rows(await query('SELECT 3 AS three')) === '[{"three":3}]', late);

  const unknown = await session.call('nothing__here', {});
  check('answers an unknown tool with a denial', unknown.isError && unknown.structuredContent?.rule === 'kernel.unknown-tool', unknown);

  // A rule about somebody else: the kernel exchanges its policy, and says so to everybody.
  writeFileSync(
    `${session.world}/policies/more.toml`,
    '[[grant]]\nid = "more"\nprincipal = "somebody-else"\ncapabilities = ["db:read"]\n',
  );
  const patience = new Promise((resolve) => setTimeout(resolve, 20_000, 'nothing').unref());
  const changed = await Promise.race([session.changed, patience]);
  check('hears that tools may have changed', Array.isArray(changed) && changed.length === names.length, String(changed));

  await session.close();
  return failed === 0 ? 0 : 1;
}
