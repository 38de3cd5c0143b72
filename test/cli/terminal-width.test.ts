import { describe, expect, it } from 'vitest';
import { mainFile } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';
import { noTmux, openTerminalSession } from '../support/tmux.js';

describe.skipIf(noTmux)('lines on a narrow terminal', () => {
  it('are broken between words, below what they belong to', async () => {
    const project = temporaryProject({
      files: {
        'pipelines/p.yaml':
          'version: 1\nsteps:\n  a: { kind: value, with: { v: 1 } }\n  wrong: { kind: command, with: { argv: [absent-program, one, two], outputs: { o: o } } }\n',
      },
    });
    const terminal = openTerminalSession({ folder: project.root, columns: 60 });
    terminal.type(`node ${mainFile} doctor; echo told $?`);
    await terminal.until(/^told 0$/m, 'history');
    expect(terminal.history()).toMatch(
      /^ {2}✓ reference {2,}float64, plain, one thread; what\n {20,}every engine is held to$/m,
    );
    terminal.type(`clear; node ${mainFile} run; echo told $?`);
    await terminal.until(/^told 1$/m, 'history');
    expect(terminal.history()).toMatch(/^ {10}hint: .*\n {12}\S/m);
    expect(terminal.history()).toMatch(/^ {2}hint: .*\n {4}\S/m);
    // The line of the file is cut where it would go on, so that what is under it stays below its place.
    expect(terminal.history()).toMatch(/^ {2}4 \| {3}wrong: .*\.\.\.\n {4}\| {3}\^{5}$/m);
  });
});
