// What `npm run bench:run` runs: the main pipeline from nothing, from which it tells how long it took, what of the
// machine's processors it kept busy (by /proc/stat, so that nothing else may run), where they stood idle, and how long
// was waited for the report after the last step.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const main = join(checkout, 'dist/cli/main.js');
const [pipeline = 'pipelines/maml_residual.yaml'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'kshot-whole-run-'));

/** What all processors together have done since the machine was started, in ticks. */
function ticks() {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const all = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { at: performance.now(), idle: all[3] + all[4], total: all.reduce((sum, one) => sum + one, 0) };
}

const busy = (from, to) => 1 - (to.idle - from.idle) / (to.total - from.total);
const percent = (share) => `${(100 * share).toFixed(0)} %`;

async function measure() {
  const start = performance.now();
  const events = [];
  const samples = [ticks()];
  const timer = setInterval(() => samples.push(ticks()), 500);
  const child = spawn(process.execPath, [main, 'run', pipeline, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const at = performance.now();
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.push({ at, ...JSON.parse(line) });
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (exitCode !== 0) throw new Error(`kshot run ended with ${exitCode}`);
  return { start, end: performance.now(), events, samples };
}

/** The nodes that execute at some time between two. */
function nodesBetween(events, from, to) {
  const ends = new Map(
    events.filter(({ event }) => event === 'step.finish').map((one) => [one.node, one.at]),
  );
  return events
    .filter((one) => one.event === 'step.start' && one.at < to && (ends.get(one.node) ?? 0) > from)
    .map(({ node, threads }) => `${node}:${threads}`);
}

try {
  cpSync(join(checkout, 'pipelines'), join(folder, 'pipelines'), { recursive: true });
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  const { start, end, events, samples } = await measure();
  const computed = events.find(({ event }) => event === 'run.computed');
  const first = events.find(({ event }) => event === 'step.start');
  const during = samples.filter(({ at }) => at >= first.at && at <= computed.at);
  const { counts } = computed;
  const nodes = Object.values(counts).reduce((sum, one) => sum + one, 0);
  console.log(`${pipeline}: ${nodes} nodes in ${((end - start) / 1000).toFixed(1)} s`);
  console.log(`  processors busy while steps executed: ${percent(busy(during[0], during.at(-1)))}`);
  console.log(`  from the last step to the end of the process: ${((end - computed.at) / 1000).toFixed(2)} s`);
  console.log('  half seconds in which less than 85 % of them were busy, and what executed:');
  for (const [index, from] of during.entries()) {
    const to = during[index + 1];
    if (to === undefined || busy(from, to) >= 0.85) continue;
    const nodesThen = nodesBetween(events, from.at, to.at).slice(0, 6).join(' ');
    console.log(
      `    ${((from.at - start) / 1000).toFixed(1).padStart(6)} s  ${percent(busy(from, to))}  ${nodesThen}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
