// Two hosts (namespaces of Linux) run one pipeline on one cache at once, again and again; in most rounds the kshot of one
// is killed with all its processes, or stopped until it counts as dead, at a random moment. Each step notes its start, so
// that it is seen what was computed twice, and why. Ends with 1 where a result differs or a step was computed twice
// without a kill or a stop.
//
//   node bench/faults/hosts.mjs [--rounds 20] [--seed 1]        (needs the right to make namespaces)
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { main, makeProject, randomNumbers, resultsIn } from './rig.mjs';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
});
const random = randomNumbers(Number(options.seed));
/** Death after six of them. */
const beatSeconds = 0.5;
const steps = 5;

const step = (index) => `  s${index}:
    kind: command
    ${index < 2 ? '' : `in: { before: s${index - 2} }`}
    with:
      argv: [sh, -c, 'echo s${index} >> "$STARTS"; sleep 0.7; echo ${index} > out']
      outputs: { out: out }
      deterministic: true
      pass_env: [STARTS]
`;
const pipeline = `version: 1\nname: small\nsteps:\n${Array.from({ length: steps }, (_, index) => step(index)).join('')}`;
const unshare = ['unshare', '--uts', '--pid', '--net', '--mount-proc', '--fork', '--kill-child'];

function beginOn(host, root) {
  const words = [...unshare.slice(1), 'sh', '-c', `hostname ${host} && exec "$@"`, 'sh'];
  const child = spawn(unshare[0], [...words, process.execPath, main, 'run', '--jobs', '2', '--tag', host], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      KSHOT_GPUS: 'none',
      NO_COLOR: '1',
      KSHOT_BEAT_SECONDS: String(beatSeconds),
      STARTS: join(root, 'starts', host),
    },
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
  const ended = new Promise((resolve) => child.on('close', (code) => resolve({ code, text: said.join('') })));
  return { child, ended };
}

/** The processes of a host, its kshot first. */
function processesOf(parent) {
  const found = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).stdout.trim().split('\n');
  const pairs = found.map((line) => line.trim().split(/\s+/).map(Number));
  const below = (id) => pairs.filter(([, of]) => of === id).flatMap(([pid]) => [pid, ...below(pid)]);
  return below(parent);
}

function signal(ids, name) {
  for (const id of ids) {
    try {
      process.kill(id, name);
    } catch {
      // It has ended.
    }
  }
}

function startsIn(root) {
  const folder = join(root, 'starts');
  return readdirSync(folder).flatMap((host) => readFileSync(join(folder, host), 'utf8').trim().split('\n'));
}

let reference;
let flaws = 0;
const counts = {};
for (let round = 1; round <= Number(options.rounds); round++) {
  const root = makeProject(pipeline);
  mkdirSync(join(root, 'starts'));
  const what = ['nothing', 'kill', 'kill', 'stop'][round % 4];
  const began = performance.now();
  const [alpha, beta] = [beginOn('alpha', root), beginOn('beta', root)];
  if (what !== 'nothing') {
    const after = 1200 + random.below(2500);
    await pause(after);
    const victims = processesOf(alpha.child.pid);
    if (what === 'kill') signal(victims.slice(0, 1), 'SIGKILL');
    else {
      signal(victims, 'SIGSTOP');
      await pause(beatSeconds * 6000 + 3000);
      signal(victims, 'SIGCONT');
    }
  }
  const [first, second] = [await alpha.ended, await beta.ended];
  const seconds = (performance.now() - began) / 1000;
  const starts = startsIn(root);
  const twice = starts.length - new Set(starts).size;
  const results = JSON.stringify(Object.entries(resultsIn(root)).sort());
  reference ??= results;
  const wrong = [
    ...(second.code === 0 ? [] : [`beta ended with ${second.code}: ${second.text.slice(-600)}`]),
    ...(what === 'kill' || first.code === 0
      ? []
      : [`alpha ended with ${first.code}: ${first.text.slice(-600)}`]),
    ...(results === reference && Object.keys(resultsIn(root)).length === steps ? [] : ['other results']),
    ...(twice > 0 && what === 'nothing' ? [`${twice} computed twice`] : []),
    ...(readdirSync(join(root, 'cache/locks')).length > (what === 'kill' ? 3 : 0)
      ? [`locks: ${readdirSync(join(root, 'cache/locks'))}`]
      : []),
  ];
  flaws += wrong.length;
  const notes =
    `${first.text}${second.text}`.match(/takes the step over|taken over by|computed by host/g) ?? [];
  counts[what] = (counts[what] ?? 0) + 1;
  console.log(
    `round ${round}: ${what}, ${seconds.toFixed(1)} s, ${starts.length} starts of ${steps} steps, ${twice} twice; ` +
      `${notes.length === 0 ? 'no word of the other' : [...new Set(notes)].join(', ')}${wrong.map((one) => `\n  WRONG ${one}`).join('')}`,
  );
}
console.log(`${JSON.stringify(counts)}: ${flaws} wrong`);
process.exitCode = flaws > 0 ? 1 : 0;
