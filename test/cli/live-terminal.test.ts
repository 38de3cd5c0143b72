import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { kshot, mainFile } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';
import { noTmux, openTerminalSession, type TerminalOptions, type TerminalSession } from '../support/tmux.js';

const gates = mkdtempSync(join(tmpdir(), 'kshot-gates-'));
afterAll(() => rmSync(gates, { recursive: true, force: true }));
let count = 0;

/** Ten nodes, one of which goes on until its gate is opened. */
function gatedProject() {
  const gate = join(gates, String(count++));
  // Not named as it stands: a file that a word names must be declared.
  const wait = `echo first line; echo second line; at=${gate.slice(1)}; while [ ! -e /$at ]; do sleep 0.1; done; echo opened > out.txt`;
  const project = temporaryProject({
    files: {
      'pipelines/gated.yaml': `version: 1
name: gated
steps:
  one: { kind: value, with: { a: 1 } }
  many: { kind: value, matrix: { a: [2, 3, 4, 5, 6] } }
  slow: { kind: command, in: { one: one }, with: { argv: [sh, -c, "${wait}"], outputs: { out: out.txt } } }
  after: { kind: command, in: { made: slow.out }, with: { argv: [cat, made] } }
  broken: { kind: command, in: { one: one }, with: { argv: [sh, -c, "echo before the end; exit 3"], outputs: { out: out.txt } } }
  spoilt: { kind: command, in: { made: broken.out }, with: { argv: [cat, made] } }
`,
    },
  });
  return { project, open: () => writeFileSync(gate, '') };
}

const sound = 'one many slow after';
const kshotLine = (args: string) => `node ${mainFile} ${args}; echo "exit code $?"`;

async function terminalIn(
  folder: string,
  options: Omit<TerminalOptions, 'folder'> = {},
): Promise<TerminalSession> {
  const terminal = openTerminalSession({ folder, ...options });
  await terminal.until(/^\$/m);
  return terminal;
}

/** A screen may be caught half drawn. */
const polling = { timeout: 20_000, interval: 100 };
const occurrences = (text: string, pattern: RegExp) => text.match(new RegExp(pattern, 'gm'))?.length ?? 0;

describe.skipIf(noTmux !== undefined)(
  `a run on a terminal${noTmux === undefined ? '' : ` (skipped: ${noTmux})`}`,
  () => {
    it('lists the steps live, takes keys, and leaves each finished line once, with the terminal as it was', async () => {
      const { project, open } = gatedProject();
      const terminal = await terminalIn(project.root);
      terminal.type(kshotLine(`run ${sound}`));
      await terminal.until(/● slow/);
      // Told as soon as they are over; the list folds them.
      await terminal.until(/✓ 2 steps done/);
      expect(terminal.screen()).toMatch(/^ran {7}many {2}5 nodes/m);
      expect(terminal.screen()).toMatch(/○ after/);
      expect(terminal.screen()).toMatch(/6\/8 nodes/);
      expect(terminal.screen()).toMatch(/slots 1\/\d+ .*q stop {2}\? help$/m);
      expect(terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('0 0');

      terminal.press('Down');
      await terminal.until(/^❯ ✓ 2 steps done/m);
      terminal.press('Right');
      await terminal.until(/✓ {3}many +5\/5 {2}ran/);
      terminal.press('Down', 'Down', 'Down');
      await terminal.until(/^❯ ● slow/m);
      terminal.press('Enter');
      await terminal.until(
        /^slow {2}running\nartifacts\/gated\/.*slow\.log\n(│ .*\n)+│ first line\n│ second line/m,
      );
      terminal.press('Escape');
      await terminal.until(/^❯ ● slow/m);
      terminal.press('?');
      await terminal.until(/enter +open the log/);
      terminal.press('?');
      await terminal.until(/^(?![\s\S]*open the log)/);

      open();
      await terminal.until(/exit code 0/);
      const history = terminal.history();
      for (const line of ['one', 'many', 'slow', 'after']) {
        expect(occurrences(history, new RegExp(`^ran +${line} `)), history).toBe(1);
      }
      expect(history).toMatch(/^done {6}8 nodes: 8 ran \+ 0 hit, in /m);
      // Nothing of the live list is left.
      expect(history).not.toMatch(/[●○❯]|q stop/);
      expect(terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('0 1');
      terminal.type('echo typed');
      await terminal.until(/^\$ echo typed\ntyped$/m);
    });

    it('holds 60 columns and a change of size, and tells a failure when it happens', async () => {
      const { project, open } = gatedProject();
      const terminal = await terminalIn(project.root, { rows: 40 });
      terminal.type('echo what was there before');
      terminal.type(kshotLine('run --keep-going'));
      await terminal.until(
        /^failed {4}broken .*\n( {10}\| .*\n)* {10}\| before the end\n {10}log: artifacts\/gated\/.*broken\.log$/m,
      );
      await terminal.until(/● slow/);
      expect(terminal.screen()).toMatch(/✗ broken/);
      expect(terminal.screen()).toMatch(/1 failed/);
      terminal.resize(60, 24);
      await terminal.until(/^━+─+ {2}\d+\/10 nodes/m);
      await terminal.until(/^slots .{0,52}q stop {2}\? help$/m);
      for (const line of terminal.screen().split('\n')) expect([...line].length).toBeLessThanOrEqual(60);
      await expect.poll(() => occurrences(terminal.history(), /● slow/), polling).toBe(1);
      terminal.resize(100, 30);
      await terminal.until(/^slots .{60,}q stop {2}\? help$/m);
      await expect.poll(() => occurrences(terminal.history(), /● slow/), polling).toBe(1);
      open();
      await terminal.until(/exit code 1/);
      const history = terminal.history();
      expect(history).toMatch(/^what was there before$/m);
      expect(occurrences(history, /^failed {4}broken /)).toBe(1);
      expect(occurrences(history, /^skipped {3}spoilt /)).toBe(1);
      expect(history).toMatch(/^failed {4}10 nodes: 8 ran \+ 0 hit \+ 1 failed \+ 1 skipped, in /m);
    });

    it('stops in order with q: exit code 130, a sound cache, and what was done is kept', async () => {
      const { project, open } = gatedProject();
      const terminal = await terminalIn(project.root);
      terminal.type(kshotLine(`run ${sound}`));
      await terminal.until(/● slow/);
      await terminal.until(/✓ 2 steps done/);
      terminal.press('q');
      await terminal.until(/exit code 130/);
      expect(terminal.history()).toMatch(/^stopping: ending what runs; Ctrl-C to end at once$/m);
      expect(terminal.history()).toMatch(/^cancelled 8 nodes: 6 ran \+ 0 hit \+ 2 cancelled, in /m);
      expect((await kshot(project, ['cache', 'verify'])).exitCode).toBe(0);
      open();
      const again = await kshot(project, ['run', ...sound.split(' ')]);
      expect(again.stderr).toMatch(/^done {6}8 nodes: 2 ran \+ 6 hit, in /m);
    });

    it('takes Ctrl-C as before, and Ctrl-Z with fg', async () => {
      const { project } = gatedProject();
      const terminal = await terminalIn(project.root);
      terminal.type(`node ${mainFile} run ${sound}`);
      await terminal.until(/● slow/);
      terminal.press('C-z');
      await terminal.until(/Stopped/);
      await terminal.until(/\$$/);
      expect(terminal.screen()).not.toMatch(/● slow/);
      expect(terminal.ask('#{cursor_flag}')).toBe('1');
      terminal.type('fg');
      await terminal.until(/● slow/);
      terminal.press('C-c');
      await terminal.until(/^SIGINT: ending what runs; again to end at once$/m, 'history');
      await terminal.until(/^cancelled 8 nodes: /m, 'history');
      terminal.type('echo "exit code $?"');
      await terminal.until(/exit code 130/);
    });

    it('prints plain lines to a dumb terminal, in CI, in the background and where stderr is no terminal', async () => {
      const { project, open } = gatedProject();
      open();
      const marks = /[●○❯]|q stop/;
      for (const [name, prefix, suffix] of [
        ['dumb', 'TERM=dumb ', ''],
        ['ci', 'CI=true ', ''],
        ['pipe', '', ' 2>&1 | cat'],
        ['background', '', ' & wait'],
      ] as const) {
        const terminal = await terminalIn(project.root, { columns: 120 });
        terminal.type(`clear; ${prefix}node ${mainFile} run ${sound} --force${suffix}; echo over`);
        await terminal.until(/^over$/m, 'history');
        const history = terminal.history();
        expect(history, name).toMatch(/^start {5}slow {2}forced$/m);
        expect(history, name).toMatch(/^done {6}8 nodes: 8 ran \+ 0 hit, in /m);
        expect(history, name).not.toMatch(marks);
      }
      const quiet = await terminalIn(project.root);
      quiet.type(`clear; node ${mainFile} run ${sound} --force --quiet; echo over`);
      await quiet.until(/^over$/m);
      expect(quiet.screen()).not.toMatch(/slow|done/);
      expect(existsSync(project.path('artifacts'))).toBe(true);
      expect(readdirSync(project.path('artifacts/gated')).length).toBe(5);
    });
  },
);
