import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** What a process prints that has what Node 23 and later have of `util`, after it has loaded this and `program`. */
function printedBy(program: string): string {
  const removed = `
    import util from 'node:util';
    import { createRequire } from 'node:module';
    delete util.isNullOrUndefined;
    delete util.isArray;
    const require = createRequire(import.meta.url);
  `;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', removed + program], {
    encoding: 'utf8',
    cwd: new URL('../../../..', import.meta.url),
  });
}

// As the package itself is compiled: the module object is kept, its functions are looked up at each call.
const asThePackageDoes = `
  const util_1 = require('util');
  const kinds = [null, undefined, 0, [], [1], 'a', {}];
  console.log(JSON.stringify([
    kinds.map((one) => (0, util_1.isNullOrUndefined)(one)),
    kinds.map((one) => (0, util_1.isArray)(one)),
  ]));
`;

it('what Node 23 took from util is there again for tfjs-node-gpu, and means what it meant', () => {
  const restored = `
    const { restoreRemovedTests } = await import('./dist/engines/tfjs/device/load-tensorflow.js');
    restoreRemovedTests();
  `;
  expect(JSON.parse(printedBy(restored + asThePackageDoes))).toEqual([
    [true, true, false, false, false, false, false],
    [false, false, false, true, true, false, false],
  ]);
});

it('without it the package could not do a single operation', () => {
  const failing = `try { ${asThePackageDoes} } catch (error) { console.log(error.message); }`;
  expect(printedBy(failing)).toContain('isNullOrUndefined) is not a function');
});
