import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kshot, mainFile } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';
import { noTmux, openTerminalSession } from '../support/tmux.js';

const train = `echo "n $1, $GREETING, $SECRET, $(cat given) at $(cat $KSHOT_STATE/at)"
cat $KSHOT_PARAMS
echo later >> $KSHOT_STATE/at
exit 7
`;

const pipeline = `version: 1
name: p
steps:
  one: { kind: value, with: { a: 1 } }
  begin: { kind: command, with: { shell: true, argv: "echo early > $KSHOT_STATE/at", params: { n: 1 } }, segments: { of: n, every: 1 } }
  train:
    kind: command
    in: { given: one, state: begin.state }
    with:
      argv: [sh, train.sh, "{n}"]
      files: [train.sh]
      params: { n: 3, text: "it's" }
      env: { GREETING: good day }
      pass_env: [SECRET]
    segments: { of: n, every: 3 }
  both: { kind: command, with: { argv: [sh, both.sh], files: [both.sh], params: { m: 1 } }, matrix: { m: [1, 2] } }
  bare: { kind: command, with: { argv: ["false"] } }
`;

describe('kshot shell', () => {
  const project = temporaryProject({
    files: { 'pipelines/p.yaml': pipeline, 'train.sh': train, 'both.sh': 'exit 1\n' },
  });
  const secret = { environment: { SECRET: 'hush-hush' } };
  const shell = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await kshot(project, ['shell', ...args], secret);
    return { exitCode, stdout, stderr: stderr.trim() };
  };

  it('prints the commands that start a failed program again as it was, secrets from one’s own environment', async () => {
    expect((await kshot(project, ['run', '-k', '--tag', 'first'], secret)).exitCode).toBe(1);
    const { exitCode, stdout } = await shell('train');
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/^cd .*\/kept\n(export .*\n)+sh train\.sh 3\n$/),
    ]);
    expect(stdout).not.toContain('hush-hush');
    const kept = realpathSync(project.path('artifacts/p/first/nodes/train@3'));
    expect(readFileSync(`${kept}/.kshot-launch.json`, 'utf8')).not.toContain('hush-hush');
    // Twice, so that the second begins as the first did: with the state that the failed attempt left.
    for (let time = 0; time < 2; time++) {
      const again = spawnSync('sh', ['-c', `${(await shell('train')).stdout}`], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], SECRET: 'hush-hush' },
      });
      expect(again.status, again.stderr).toBe(7);
      expect(again.stdout).toBe(`n 3, good day, hush-hush, {"a":1} at early\nlater\n{"n":3,"text":"it's"}\n`);
    }
    const [key] = realpathSync(kept).split('/').slice(-2);
    expect(project.read(`cache/partial/${key}/state/files/at`)).toBe('early\nlater\n');
  });

  it('says what there is none of', async () => {
    expect((await shell('tran')).stderr).toContain('no run has a step tran');
    expect((await shell('one')).stderr).toContain('one did not fail in p/first');
    const bare = await shell('bare');
    expect([bare.exitCode, bare.stderr]).toEqual([2, expect.stringContaining('nothing is kept of bare')]);
    const both = await shell('both');
    expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining('both[m=1], both[m=2]')]);
    expect((await shell('both[m=2]')).stdout).toMatch(/\nsh both\.sh\n$/);
    const empty = temporaryProject({ files: { 'pipelines/p.yaml': pipeline } });
    expect((await kshot(empty, ['shell', 'train'])).exitCode).not.toBe(0);
  });

  it.skipIf(noTmux !== undefined)('is a shell there, on a terminal, which Ctrl-C does not end', async () => {
    const terminal = openTerminalSession({
      folder: project.root,
      columns: 200,
      environment: { SHELL: '/bin/sh', SECRET: 'hush-hush' },
    });
    await terminal.until(/^\$/m);
    terminal.type(`node ${mainFile} shell train; echo left with $?`);
    await terminal.until(/^run it again: {2}sh train\.sh 3$/m);
    terminal.type('sh train.sh 3; echo ended with $?');
    await terminal.until(/^n 3, good day, hush-hush, \{"a":1\} at early$/m);
    await terminal.until(/^ended with 7\n.*[#$] *$/m);
    terminal.press('C-c');
    // What is typed before the shell asks again may be thrown away.
    await terminal.until(/^ended with 7\n.*[#$].*\n.*[#$] *$/m);
    terminal.type('echo still in $(basename $PWD)');
    await terminal.until(/^still in kept$/m);
    terminal.type('exit');
    await terminal.until(/^left with 0$/m);
  });

  it('has nothing when the step is done since', async () => {
    project.write('train.sh', 'echo done > $KSHOT_STATE/at\n');
    expect((await kshot(project, ['run', 'train', '--tag', 'second'], secret)).exitCode).toBe(0);
    expect((await shell('train')).stderr).toContain('train did not fail in p/second');
    expect(existsSync(project.path('artifacts/p/first/nodes/train@3'))).toBe(true);
    expect((await shell('train', '--run', 'first')).exitCode).toBe(0);
  });
});
