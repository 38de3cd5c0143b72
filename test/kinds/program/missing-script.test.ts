import { expect, it } from 'vitest';
import { missingScript } from '../../../src/kinds/program/missing-script.js';
import { temporaryProject } from '../../support/temporary-project.js';

const { root } = temporaryProject({ files: { 'there.py': '', 'on-path/there.sh': '' } });
const missing = (...argv: readonly string[]) =>
  missingScript(argv, { root, searched: () => `${root}/on-path`, known: () => ['input', 'made.py'] });

it.each([
  ['python3', 'trian.py'],
  ['python3', '-u', '-W', 'ignore', 'trian.py', '--out', 'there.py'],
  ['/opt/venv/bin/python3.12', 'scripts/trian'],
  ['node', '--max-old-space-size', '4096', 'trian.mjs'],
  ['bash', '-o', 'pipefail', 'trian.sh'],
  ['Rscript', '--vanilla', 'trian.R'],
  ['env', 'python3', './trian.py'],
])('finds the script that an interpreter is to run and that is nowhere: %s %s', (...argv) => {
  expect(missing(...argv)).toMatch(/trian/);
});

it.each([
  ['python3', 'there.py', 'trian.py'],
  ['python3', '-c', 'print("a/b.py")'],
  ['python3', '-m', 'package', 'trian.py'],
  ['python3', 'input/trian.py'],
  ['python3', 'made.py'],
  ['python3', '-', 'trian.py'],
  ['python3', '-W', 'ignore'],
  ['python3', 'https://example.org/x.py'],
  ['node', '-e', 'require("./x.js")'],
  ['bash', '-ec', './x.sh'],
  ['bash', 'there.sh'],
  ['sh', 'word'],
  ['./trian.py'],
  ['mytool', 'trian.py'],
])('takes for none what may be right: %s %s', (...argv) => {
  expect(missing(...argv)).toBeUndefined();
});
