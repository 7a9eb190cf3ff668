// Holds what the suite found against what is expected: compare.mjs RESULTS EXPECTED. One line a scenario, exit code 1 if one
// is not as expected. Knows nothing of why a difference is right: the reasons stand beside the differences.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [results, expectedFile] = process.argv.slice(2);
const { scenarios_at_least: atLeast, differences } = JSON.parse(readFileSync(expectedFile, 'utf8'));

// Of each scenario that ran, the checks that failed, sorted.
function found(revision, side) {
  const seen = new Map();
  for (const folder of readdirSync(join(results, revision, side))) {
    const name = /^server-(.*)-\d{4}-\d\d-\d\dT/.exec(folder)?.[1];
    if (name === undefined) continue;
    const checks = JSON.parse(readFileSync(join(results, revision, side, folder, 'checks.json'), 'utf8'));
    const failed = checks.filter(({ status }) => status === 'FAILURE').map(({ id }) => id);
    seen.set(name, [...new Set(failed)].sort());
  }
  return seen;
}

let failed = 0;
const used = new Set();
for (const [revision, least] of Object.entries(atLeast)) {
  const [direct, through] = ['direct', 'through'].map((side) => found(revision, side));
  if (direct.size < least || through.size < direct.size) {
    failed = 1;
    console.log(`FAIL ${revision}: ${direct.size} scenarios ran directly and ${through.size} through the kernel, ${least} were expected`);
  }
  let [alike, differ] = [0, 0];
  for (const [scenario, broken] of direct) {
    const at = differences.findIndex((one) => one.scenario === scenario && one.revisions.includes(revision));
    const expected = { direct: [], through: [], ...differences[at] };
    used.add(`${at} ${revision}`);
    for (const [side, is] of [['direct', broken], ['through', through.get(scenario) ?? ['did not run']]]) {
      const should = [...expected[side]].sort();
      if (JSON.stringify(is) === JSON.stringify(should)) continue;
      failed = 1;
      console.log(`FAIL ${revision} ${scenario}, ${side}: fails ${JSON.stringify(is)}, expected ${JSON.stringify(should)}`);
    }
    if (JSON.stringify(broken) === JSON.stringify(through.get(scenario))) alike += 1;
    else differ += 1;
  }
  console.log(`with ${revision}: ${direct.size} scenarios, ${alike} give the same through the kernel, ${differ} do not`);
}
differences.forEach((one, at) => {
  for (const revision of one.revisions) {
    if (used.has(`${at} ${revision}`) && one.why) continue;
    failed = 1;
    console.log(`FAIL ${revision} ${one.scenario}: expected, but it did not run or has no reason`);
  }
});
process.exit(failed);
