import { expect, it } from 'vitest';
import { projectPathsIn } from '../../../src/kinds/program/project-paths.js';

const shown = projectPathsIn(['/p/cache/partial/ab/01/scratch', '/private/p/cache/partial/ab/01/scratch']);

it.each([
  [
    '  File "/p/cache/partial/ab/01/scratch/lib/train.py", line 3, in <module>',
    '  File "lib/train.py", line 3, in <module>',
  ],
  ['at file:///private/p/cache/partial/ab/01/scratch/a.mjs:1:2', 'at a.mjs:1:2'],
  ['in /p/cache/partial/ab/01/scratch and /p/cache/partial/ab/01/scratch/.', 'in . and .'],
  ["cd '/p/cache/partial/ab/01/scratch/'", "cd './'"],
  [
    '/p/cache/partial/ab/01/scratch2/x /p/cache/partial/ab/01/scratch.bak',
    '/p/cache/partial/ab/01/scratch2/x /p/cache/partial/ab/01/scratch.bak',
  ],
  ['/p/cache/partial/ab/01/outputs/x', '/p/cache/partial/ab/01/outputs/x'],
])('shows the fresh folder as the project: %s', (line, expected) => {
  expect(shown(line)).toBe(expected);
});
