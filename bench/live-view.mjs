// What `npm run bench:live` runs: the processor time that the live view takes of kshot's own process (its workers not
// counted), as the difference to the same run with plain lines, in a terminal of 80 x 24. Needs tmux.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kshot-live-'));
const socket = `kshot-live-${process.pid}`;
const used = join(folder, 'used.json');

/** Runs kshot in a terminal; its processor time and the time that it took, in seconds, and its memory at most. */
async function measure(args, terminal) {
  for (const name of ['cache', 'artifacts']) rmSync(join(folder, name), { recursive: true, force: true });
  rmSync(used, { force: true });
  const node = `NODE_OPTIONS="--require ${join(folder, 'usage.cjs')}" ${process.execPath}`;
  const line = `TERM=${terminal} ${node} ${join(root, 'dist/cli/main.js')} run ${args}`;
  execFileSync('tmux', [
    '-L',
    socket,
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-x',
    '80',
    '-y',
    '24',
    '-c',
    folder,
    line,
  ]);
  while (!existsSync(used)) await setTimeout(200);
  await setTimeout(500);
  return JSON.parse(readFileSync(used, 'utf8'));
}

try {
  mkdirSync(join(folder, 'pipelines'));
  for (const name of ['maml_residual.yaml', 'quickstart.yaml'])
    cpSync(join(root, 'pipelines', name), join(folder, 'pipelines', name));
  const wide = Array.from({ length: 800 }, (_, index) => index).join(', ');
  const steps = Array.from(
    { length: 200 },
    (_, index) => `  step_${index}: { kind: value, with: { x: ${index} } }\n`,
  );
  writeFileSync(
    join(folder, 'pipelines/many.yaml'),
    `version: 1\nname: many\nsteps:\n  wide: { kind: value, matrix: { i: [${wide}] } }\n${steps.join('')}`,
  );
  writeFileSync(
    join(folder, 'usage.cjs'),
    `if (process.argv[1]?.endsWith('main.js')) process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpu: (userCPUTime + systemCPUTime) / 1e6, seconds: process.uptime(), megabytes: maxRSS / 1000 };
  require('node:fs').writeFileSync(${JSON.stringify(used)}, JSON.stringify(usage));
});\n`,
  );
  for (const [name, args] of [
    ['1,000 nodes', 'pipelines/many.yaml'],
    [
      'training',
      'pipelines/quickstart.yaml best --set params.iterations=6000 --set params.checkpoint_interval=1000',
    ],
  ]) {
    const live = await measure(args, 'screen-256color');
    const plain = await measure(args, 'dumb');
    const share = (100 * (live.cpu - plain.cpu)) / live.seconds;
    console.log(
      `${name.padEnd(14)} live ${live.cpu.toFixed(1)} s of processor in ${live.seconds.toFixed(0)} s, ${live.megabytes.toFixed(0)} MB; plain ${plain.cpu.toFixed(1)} s in ${plain.seconds.toFixed(0)} s, ${plain.megabytes.toFixed(0)} MB; the view: ${share.toFixed(1)} % of a core, target 5 %`,
    );
  }
} finally {
  spawnSync('tmux', ['-L', socket, 'kill-server']);
  rmSync(folder, { recursive: true, force: true });
}
