import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command } from '../../../../src/kinds/program/command.js';
import { packFolder } from '../../../../src/kinds/program/folder/pack-folder.js';
import { projectOf, runProject } from '../../../run/support/run-pipeline.js';
import { kindContext } from '../../../support/kind-context.js';
import { rowsOf } from '../../../support/run-kind.js';
import { temporaryProject } from '../../../support/temporary-project.js';

/** Counts its starts in its state, tells of each, and ends well from the third on. */
const counting = `
n=$(cat $KSHOT_STATE/n 2>/dev/null || echo 0)
n=$((n + 1))
echo $n > $KSHOT_STATE/n
printf '{"step": %d, "loss": %d}\\n{"step": 99' $n $n >> $KSHOT_EVENTS
touch $KSHOT_STATE/.later.kshot-part
[ $n -ge 3 ] && cp $KSHOT_STATE/n n
`;

const step = (more = '') =>
  `  a: { kind: command, with: { argv: [sh, count.sh], files: [count.sh], outputs: { n: n, curve: { as: history } } }${more} }\n`;

describe('the state of a program', () => {
  const project = projectOf(step(', retries: 1'), { 'count.sh': counting });
  const partial = () => readdirSync(project.path('cache/partial')).filter((name) => !name.startsWith('.'));

  it('is there again for the next attempt and the next run of the same key, with the events of its way', async () => {
    const first = await runProject(project);
    expect(first.outcomeOf('a')).toMatchObject({ outcome: 'failed', keepsState: true });
    expect(first.outcomeOf('a').failure?.hint).toContain('kshot run --force=STEP');
    expect(partial()).toEqual([first.outcomeOf('a').key]);
    const second = await runProject(project);
    expect([second.outcomeOf('a').outcome, await second.textOf('a', 'n')]).toEqual(['ran', '3\n']);
    const curve = second.outcomeOf('a/curve').entry?.outputs['curve'];
    if (curve?.type !== 'file') throw new Error('no curve');
    const rows = await rowsOf(second.store.objectPath(curve.leaf.digest));
    expect(rows.map(({ iteration }) => Number(iteration))).toEqual([1, 2, 3]);
    expect(project.read('logs/a.log')).toContain('goes on from what an attempt before left in KSHOT_STATE');
  });

  it('is gone when the step is done', () => {
    expect(partial()).toEqual([]);
  });

  it('is not gone on from where the step is forced, but by the attempts of that run', async () => {
    const forced = await runProject(project, { force: 'all' });
    expect(forced.outcomeOf('a').outcome).toBe('failed');
    expect((await runProject(project, { force: 'all' })).outcomeOf('a').outcome).toBe('failed');
  });

  it('leaves nothing behind where a program keeps none, and its events begin anew', async () => {
    const stateless = counting.replaceAll('$KSHOT_STATE', project.path('mine')).replace('99', '98');
    project.write('mine/n', '1\n');
    project.write('count.sh', stateless);
    const ran = await runProject(project);
    expect(ran.outcomeOf('a').outcome).toBe('ran');
    const curve = ran.outcomeOf('a/curve').entry?.outputs['curve'];
    if (curve?.type !== 'file') throw new Error('no curve');
    const rows = await rowsOf(ran.store.objectPath(curve.leaf.digest));
    expect(rows.map(({ iteration }) => Number(iteration))).toEqual([3]);
    project.write('mine/n', '0\n');
    const failing = projectOf(step(), { 'count.sh': stateless });
    const { key, keepsState } = (await runProject(failing)).outcomeOf('a');
    expect(keepsState).toBeUndefined();
    expect(existsSync(failing.path(`cache/partial/${key}/state`))).toBe(false);
  });
});

it('is what a segment is handed, where the folder of the node is that of the workspace, too', async () => {
  const { root, path, read, write } = temporaryProject({ files: { 'before/at': '4\n' } });
  await packFolder(path('before'), 'before/', path('before.tar'));
  const parameters = {
    argv: 'cat $KSHOT_STATE/at > at; echo 5 > $KSHOT_STATE/at',
    env: {},
    outputs: { at: 'at' },
    segment: true,
  };
  const context = {
    ...kindContext({ folder: root, parameters, inputs: { state: path('before.tar') } }),
    output: (port: string) => path(`${port}.output`),
  };
  await (await command.load()).run(context);
  expect(read('at.output')).toBe('4\n');
  expect(read('state/files/at')).toBe('5\n');
  // Its own attempt before comes first.
  write('state/files/at', '7\n');
  mkdirSync(path('again'));
  await (await command.load()).run({ ...context, scratch: path('again') });
  expect(read('at.output')).toBe('7\n');
});
