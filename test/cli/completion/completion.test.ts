import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { completionsFor } from '../../../src/cli/completion/complete.js';
import { createCompletionSources } from '../../../src/cli/completion/completion-sources.js';
import { createProgram } from '../../../src/cli/program.js';
import { kshot, mainFile } from '../../support/kshot.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';
import { noTmux, openTerminalSession, type TerminalSession } from '../../support/tmux.js';

const pipeline = `version: 1
params: { outer_lr: 0.5, rounds: 3 }
steps:
  tune: { kind: value, with: { rate: "\${params.outer_lr}" }, matrix: { inner_lr: [0.01, 0.2] } }
  turn: { kind: value, with: { a: 1 } }
`;

let project: Project;
beforeAll(async () => {
  project = temporaryProject({
    files: {
      'pipelines/a.yaml': `default: true\n${pipeline}`,
      'pipelines/b.yaml': 'version: 1\nsteps:\n  only_in_b: { kind: value }\n',
      'bin/kshot': `#!/bin/sh\nexec "${process.execPath}" "${mainFile}" "$@"\n`,
      'pipelines/c.yaml':
        'version: 1\nsteps:\n  train: { kind: maml.train, with: { iterations: 4, second_order: true } }\n  fit: { kind: command, with: { argv: [x], params: { optim: { lr: 1 }, seed: 2 } } }\n',
      'elsewhere/other.yaml': 'version: 1\nsteps: {}\n',
    },
  });
  chmodSync(project.path('bin/kshot'), 0o755);
  expect((await kshot(project, ['run', 'pipelines/b.yaml', '--tag', 'first'])).exitCode).toBe(0);
});

/** What could follow the words, without descriptions. */
async function follows(...words: readonly string[]): Promise<readonly string[]> {
  const sources = createCompletionSources(project.root);
  const found = await completionsFor(
    createProgram(() => undefined),
    words,
    sources,
  );
  return found.map(({ value }) => value);
}

describe('the words that could follow', () => {
  it.each([
    [['pl'], ['plan']],
    [['cache', ''], ['verify']],
    [['help', 'expl'], ['explain']],
    [['dag', '--format', 'm'], ['mermaid']],
    [['dag', '--format=m'], ['--format=mermaid']],
    [['sql', '--timeout', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['run', '--keep'], ['--keep-going']],
    [['run', '--keep-going', '--keep'], []],
    [['run', '--set', 'params.rounds=1', '--se'], ['--set']],
    [
      ['run', 't'],
      ['tune', 'turn'],
    ],
    [['run', 'pipelines/b.yaml', ''], ['only_in_b']],
    [
      ['run', 'turn', 'tu'],
      ['tune', 'turn'],
    ],
    [
      ['run', 'turn', 'tune'],
      ['tune', 'tune[inner_lr=0.01]', 'tune[inner_lr=0.2]'],
    ],
    [['explain', 'tune[inner_lr=0.2'], ['tune[inner_lr=0.2]']],
    [
      ['explain', 'turn', 'pipelines/'],
      ['pipelines/a.yaml', 'pipelines/b.yaml', 'pipelines/c.yaml'],
    ],
    [['plan', 'elsewhere/'], ['elsewhere/other.yaml']],
    [['run', '--force=tur'], ['--force=turn']],
    [['run', '--engine', 'w'], ['wasm']],
    [['run', '--root', 'else'], ['elsewhere/']],
    [['plan', '--python', 'else'], ['elsewhere/']],
    [
      ['results', 'b'],
      ['b', 'b/first'],
    ],
    [['diff', 'latest', 'fi'], ['first']],
    [['logs', 'only', '--run', 'la'], ['latest']],
    [['logs', 'on'], ['only_in_b']],
    [['get', 'only'], ['only_in_b.value']],
    [['kinds', 'data.sy'], ['data.synthetic']],
    [
      ['run', '--set', 'params.'],
      ['params.outer_lr=', 'params.rounds='],
    ],
    [['run', '--set=params.r'], ['--set=params.rounds=']],
    [['run', '--set', 'params.rounds='], ['params.rounds=3']],
    [['run', 'pipelines/c.yaml', '--set', 'steps.tr'], ['steps.train.with.']],
    [['run', 'pipelines/c.yaml', '--set', 'steps.train.with.second'], ['steps.train.with.second_order=']],
    [['run', 'pipelines/c.yaml', '--set', 'steps.train.matrix.second'], ['steps.train.matrix.second_order=']],
    [['run', 'pipelines/c.yaml', '--set', 'steps.fit.with.params.o'], ['steps.fit.with.params.optim.lr=']],
    [
      ['run', 'pipelines/c.yaml', '--set', 'steps.fit.matrix.'],
      ['steps.fit.matrix.optim=', 'steps.fit.matrix.optim.lr=', 'steps.fit.matrix.seed='],
    ],
    [
      ['run', 'pipelines/c.yaml', '--set', 'steps.train.with.second_order='],
      ['steps.train.with.second_order=true', 'steps.train.with.second_order=false'],
    ],
    [['nosuch', ''], []],
  ])('after %j are %j', async (words, expected) => {
    expect(await follows(...words)).toEqual(expected);
  });

  it('are flags where nothing else could follow, each with what it does', async () => {
    expect(await follows('gc', '')).toEqual(expect.arrayContaining(['--dry-run', '--keep', '--root']));
    const { stdout } = await kshot(project, ['__complete', 'words', 'gc', '--dry']);
    expect(stdout).toBe('finished\t--dry-run\tsay what would be removed\n');
  });

  it('are none, in silence, outside of a project and in a pipeline that cannot be read', async () => {
    const other = temporaryProject({ files: { 'pipelines/a.yaml': 'steps: [' } });
    for (const root of [other.root, '/']) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [mainFile, '__complete', 'words', 'run', 't'],
        { cwd: root, encoding: 'utf8' },
      );
      expect([status, stdout, stderr]).toEqual([0, '', '']);
    }
  });
});

/** Where bash cuts words by default. */
const breaks = ' \t\n"\'><=;|&(:';

it.each([
  ['kshot pl', ['plan ']],
  ['true | kshot pl', ['plan ']],
  ['kshot explain tur', ['turn ']],
  ['kshot explain tun', ['tune']],
  ['kshot run --set params.rou', ['params.rounds=']],
  ['kshot run --set=params.rou', ['params.rounds=']],
  ['kshot explain tune\\[inner_lr=0.0', ['0.01\\] ']],
  ['kshot explain "tune[inner_lr=0.0', ['tune[inner_lr=0.01]" ']],
  ['kshot explain tune[inner_lr=0.0', ['0.01\\] ']],
])('bash is answered, after %s, with what it inserts: %j', async (line, expected) => {
  const { stdout } = await kshot(project, ['__complete', 'bash', line, breaks]);
  expect(stdout.split('\n').slice(0, -1)).toEqual(expected);
});

const shells = [
  { shell: 'bash', start: 'exec bash --norc --noprofile', connect: 'eval "$(kshot completion bash)"' },
  {
    shell: 'zsh',
    start: 'exec zsh -f',
    connect: 'autoload -Uz compinit && compinit -u; eval "$(kshot completion zsh)"',
  },
  { shell: 'fish', start: 'exec fish --no-config', connect: 'kshot completion fish | source' },
] as const;

describe.each(shells)('$shell', ({ shell, start, connect }) => {
  const missing =
    noTmux ?? (spawnSync(shell, ['--version']).status === 0 ? undefined : `${shell} is not installed`);

  it.skipIf(missing !== undefined)(
    `completes commands, nodes and parameters, in a real terminal${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    { timeout: 180_000 },
    async () => {
      mkdirSync(project.path('home'), { recursive: true });
      const home = project.path('home');
      const session: TerminalSession = openTerminalSession({
        folder: project.root,
        columns: 100,
        environment: {
          HOME: home,
          ZDOTDIR: home,
          XDG_CONFIG_HOME: home,
          XDG_DATA_HOME: home,
        },
      });
      session.type(`export PATH=${project.path('bin')}:$PATH`);
      session.type(start);
      session.type(`${connect}; echo conn''ected`);
      await session.until(/^connected/m);
      session.press('kshot expl', 'Tab');
      // The screen is told without the space at the end of its lines; what follows shows that it is there.
      await session.until(/kshot explain$/m);
      session.press('tune\\[inner_lr=0.0', 'Tab');
      await session.until(/kshot explain tune\\?\[inner_lr=0\.01\\?\]/);
      session.press('Enter');
      // The shell hands the name on as it is.
      await session.until(/^tune\[inner_lr=0\.01\]: run/m);
      session.press('kshot plan turn --set params.out', 'Tab');
      await session.until(/--set params\.outer_lr=/);
      session.press('0.7 --qui', 'Tab');
      await session.until(/params\.outer_lr=0\.7 --quiet/);
      session.press('Enter');
      await session.until(/^run +turn/m);
    },
  );
});
