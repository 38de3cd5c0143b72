import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const at = temporaryProject({ files: {} });
const kinds = (...args: string[]) => kshot(at, ['kinds', ...args]);

it('kshot kinds says of every kind what it does, and of one its ports and parameters, as the reference does', async () => {
  const reference = readFileSync(new URL('../../docs/kinds.md', import.meta.url), 'utf8');
  const listed = [...reference.matchAll(/^\| \[`([\w.]+)`\]\(#\w+\) \| (.*) \|$/gm)];
  const all = (await kinds()).stdout.split('\n').slice(0, -1);
  expect(all.map((line) => line.split(/ {2,}/))).toEqual(listed.map(([, name, summary]) => [name, summary]));

  const { exitCode, stdout } = await kinds('select');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ {2}rows +list of metrics; chooses: no test data\. /m);
  expect(stdout).toMatch(/^ {2}mode +`"max"`, `"min"`; default "max"\. /m);
  expect(stdout).toMatch(/^ {2}settings +settings; splits: /m);
  const named = JSON.parse((await kinds('select', '--json')).stdout) as { parameters: { name: string }[] };
  const section = reference.split('\n## ').find((one) => one.startsWith('`select`')) ?? '';
  const rows = section.slice(section.indexOf('| parameter |')).matchAll(/^\| `(\w+)` \|/gm);
  expect(named.parameters.map(({ name }) => name)).toEqual([...rows].map(([, name]) => name));
  expect(named.parameters.length).toBeGreaterThan(3);
});

it('kshot kinds refuses a name that no kind has, with the nearest', async () => {
  const { exitCode, stderr } = await kinds('data.plit');
  expect([exitCode, stderr]).toEqual([
    2,
    'kshot: there is no kind data.plit\n  hint: did you mean data.split?\n',
  ]);
  expect((await kinds('')).stderr).toBe(
    'kshot: the name of the kind is empty\n  hint: kshot kinds lists all\n',
  );
  expect((await kinds('baseline')).stderr).toMatch(
    /no kind baseline\n {2}hint: these begin so: baseline\.\w+, baseline\./,
  );
});
