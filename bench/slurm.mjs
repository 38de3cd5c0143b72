// What a node costs on Slurm, beside the bare sbatch: so many small steps in one run, on a Slurm of one node that is
// started here (Debian's slurmctld, slurmd, slurm-client, munge). Usage: node bench/slurm.mjs [STEPS]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const steps = Number(process.argv[2] ?? 200);
const script = (name) => fileURLToPath(new URL(`../test/support/${name}`, import.meta.url));
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const slurm = mkdtempSync(join(tmpdir(), 'ks-'));
const root = mkdtempSync(join(tmpdir(), 'kshot-bench-'));
execFileSync(script('slurm-up.sh'), [slurm, '4'], { stdio: 'inherit' });
const env = { ...process.env, SLURM_CONF: join(slurm, 'slurm.conf') };
const run = (program, words, options = {}) =>
  execFileSync(program, words, {
    encoding: 'utf8',
    env,
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
    ...options,
  });
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function measure(name, work) {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${name.padEnd(46)} ${seconds.toFixed(1).padStart(6)} s  ${((1000 * seconds) / steps).toFixed(0).padStart(5)} ms a step`,
  );
}

/** Until nothing is in the queue. */
async function queueEmpty() {
  while (run('squeue', ['-h', '-o', '%i']).trim() !== '') await pause(0.2);
}

try {
  mkdirSync(join(root, 'pipelines'));
  const values = Array.from({ length: steps }, (_, index) => index);
  writeFileSync(
    join(root, 'pipelines/p.yaml'),
    `version: 1
name: p
steps:
  small:
    kind: command
    with: { argv: 'echo {x} > out.txt', shell: true, params: { x: 0 }, outputs: { out: out.txt } }
    matrix: { x: [${values.join(', ')}] }
`,
  );
  const job = '#!/bin/sh\ntrue\n';
  await measure('sbatch, one job a step', async () => {
    for (const _ of values) run('sbatch', ['-n1', '-o', '/dev/null'], { input: job });
    await queueEmpty();
  });
  await measure('sbatch, one array', async () => {
    run('sbatch', ['-n1', '-o', '/dev/null', `--array=0-${steps - 1}`], { input: job });
    await queueEmpty();
  });
  await measure('sbatch, one array that starts Node and ends', async () => {
    const node = `#!/bin/sh\n'${process.execPath}' -e 0\n`;
    run('sbatch', ['-n1', '-o', '/dev/null', `--array=0-${steps - 1}`], { input: node });
    await queueEmpty();
  });
  await measure('kshot run --executor slurm', () =>
    run(process.execPath, [main, 'run', '--executor', 'slurm', '--force', '--quiet']),
  );
  await measure('kshot run --executor local -j 4', () =>
    run(process.execPath, [main, 'run', '--executor', 'local', '-j', '4', '--force', '--quiet']),
  );
} finally {
  execFileSync(script('slurm-down.sh'), [slurm], { stdio: 'ignore' });
  for (const folder of [slurm, root]) rmSync(folder, { recursive: true, force: true });
}
