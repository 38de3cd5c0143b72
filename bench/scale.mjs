// What `npm run bench:scale` runs: how long the command line takes where nothing, or next to nothing, has to be
// computed. Whole processes, medians; each figure stands beside a bare start of Node in the same run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kshot-scale-'));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function seconds(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

const values = (count) => `version: 1
name: values_${count}
steps:
  value: { kind: value, with: { x: 1 }, matrix: { i: [${Array.from({ length: count }, (_, i) => i).join(', ')}] } }
`;

function report(name, target, measure, { runs = 5, before = () => undefined } = {}) {
  const times = Array.from({ length: runs }, () => {
    before();
    return measure();
  });
  console.log(
    `${name.padEnd(46)} ${median(times).toFixed(2)} s (${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)}), target ${target}`,
  );
}

try {
  mkdirSync(join(folder, 'pipelines'));
  for (const count of [1000, 10_000])
    writeFileSync(join(folder, `pipelines/values-${count}.yaml`), values(count));
  const run = (count) => [main, 'run', `pipelines/values-${count}.yaml`, '--quiet'];
  const clean = () => rmSync(join(folder, 'cache'), { recursive: true, force: true });
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  report('bare start of Node', 'none', () => seconds(['-e', '0']));
  report('kshot --version', '0.30 s', () => seconds([main, '--version']));
  report('1,000 values, cold', '10 s', () => seconds(run(1000)), { runs: 3, before: clean });
  report('1,000 values, nothing to do', '0.50 s', () => seconds(run(1000)));
  report('1,000 values, plan, nothing to do', '0.50 s', () =>
    seconds([main, 'plan', 'pipelines/values-1000.yaml', '--quiet']),
  );
  report('10,000 values, plan', '3 s', () =>
    seconds([main, 'plan', 'pipelines/values-10000.yaml', '--quiet']),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
