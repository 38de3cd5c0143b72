// What the campaigns share: projects to spoil, the command line under test, and what is asked of every answer.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Data, a training of two segments, validation, choice, a test and a program: every way in which kshot writes. */
export const experiment = `version: 1
name: small
engine: reference
steps:
  interactions: { kind: data.synthetic, with: { users: 60, items: 20, seed: 7, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.6, val: 0.2, seed: 7 } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 3, q: 4 } }
  fingerprint: { kind: data.fingerprint, in: { data: episodes } }
  train:
    kind: maml.train
    in: { train: episodes.train }
    with: { inner_lr: 0.05, inner_steps: 1, meta_batch_size: 2, iterations: 2, checkpoint_interval: 1, embedding_size: 3, hidden_size: 4, seed: 7 }
  validate:
    kind: eval.few_shot
    over: { model: train.checkpoints }
    in: { episodes: episodes.val }
    with: { inner_lr: 0.05, steps: [1], max_episodes: 3 }
  best: { kind: select, in: { candidates: train.checkpoints, rows: validate }, with: { metric: mrr, mode: max } }
  few_shot: { kind: eval.few_shot, in: { model: best, episodes: episodes.test }, with: { inner_lr: 0.05, steps: [1], max_episodes: 3 } }
  copied: { kind: command, in: { model: best.chosen }, with: { argv: [cp, model, copy], outputs: { copy: copy }, deterministic: true } }
`;

/** A few values and a program: what needs neither DuckDB nor training. */
export const values = `version: 1
name: values
steps:
  one: { kind: value, with: { a: 1 } }
  two: { kind: command, in: { one: one }, with: { argv: [cp, one, two], outputs: { two: two }, deterministic: true } }
`;

/** Numbers that a seed fixes (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { next, below, pick: (list) => list[below(list.length)] };
}

const endings = [];
process.on('exit', () => {
  for (const end of endings.reverse()) end();
});

/** Has something done when all is over, the latest first. */
export function atTheEnd(action) {
  endings.push(action);
}

/** A folder that is gone afterwards. */
export function temporaryFolder() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kshot-faults-')));
  atTheEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A project in a folder (a new one where none is given), with its pipeline. */
export function makeProject(pipeline, root = temporaryFolder()) {
  mkdirSync(join(root, 'pipelines'), { recursive: true });
  writeFileSync(join(root, 'pipelines/small.yaml'), pipeline);
  return root;
}

/** Runs kshot to its end; `text` is all that it said. */
export function kshot(root, args, { environment = {}, command = [], timeout = 240_000 } = {}) {
  const [program, ...before] = [...command, process.execPath];
  const { status, signal, stdout, stderr } = spawnSync(program, [...before, main, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout,
    maxBuffer: 1 << 30,
    env: { ...process.env, KSHOT_GPUS: 'none', NO_COLOR: '1', ...environment },
  });
  return { exitCode: status ?? `${signal}`, stdout, stderr, text: `${stdout}${stderr}` };
}

/** What is wrong with an answer, whatever was asked: a bug told, a stack shown, an exit code that is none of kshot's. */
export function flawsOf(answer, allowed = [0, 1, 2, 3, 36]) {
  const flaws = [];
  if (!allowed.includes(answer.exitCode)) flaws.push(`exit code ${answer.exitCode}`);
  if (/bug in kshot/.test(answer.text)) flaws.push('told as a bug');
  if (/^\s+at .*[:(].*\d+:\d+\)?$/m.test(answer.text)) flaws.push('a stack');
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(answer.text)) flaws.push('control characters');
  return flaws;
}

/** What every key of a cache came to: key -> the digests of its outputs. */
export function resultsIn(root, cache = join(root, 'cache')) {
  const results = {};
  for (const file of filesBelow(join(cache, 'steps'))) {
    if (!file.endsWith('.json')) continue;
    try {
      const { key, outputs } = JSON.parse(readFileSync(file, 'utf8'));
      results[key] = JSON.stringify(outputs);
    } catch {
      // No entry; whoever reads it must see that too.
    }
  }
  return results;
}

/** Keys that came to something else than in the reference. */
export function wrongResults(root, reference) {
  return Object.entries(resultsIn(root)).filter(
    ([key, outputs]) => reference[key] !== undefined && reference[key] !== outputs,
  );
}

/** The flaws of a project that was spoilt: the next run must mend it, and nothing wrong may be left. */
export function flawsOfRecovery(root, reference, { allowed = [0], args = [] } = {}) {
  const flaws = wrongResults(root, reference).map(([key]) => `wrong result cached for ${key.slice(0, 12)}`);
  const next = kshot(root, ['run', '--quiet', ...args]);
  flaws.push(...flawsOf(next, allowed).map((flaw) => `the next run: ${flaw}: ${next.text.slice(0, 600)}`));
  const missing = Object.keys(reference).filter((key) => resultsIn(root)[key] !== reference[key]);
  if (missing.length > 0)
    flaws.push(`after the next run ${missing.length} results are not those of the reference`);
  const checked = kshot(root, ['cache', 'verify']);
  if (checked.exitCode !== 0) flaws.push(`then cache verify: ${checked.text.slice(0, 600)}`);
  const locks = existsSync(join(root, 'cache/locks')) ? readdirSync(join(root, 'cache/locks')) : [];
  if (locks.length > 0) flaws.push(`locks left: ${locks.join(' ')}`);
  return flaws;
}

export function* filesBelow(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

export function write(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Whether a program is there. */
export function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Counts what was tried under one name, and what fell; the first that fell are told. */
export class Tally {
  tried = 0;
  fell = 0;
  told = 0;
  skipped = '';
  notes = {};
  constructor(name) {
    this.name = name;
  }
  count(flaws, what) {
    this.countMany(1, flaws.length === 0 ? 0 : 1, `${what}: ${flaws.join('; ')}`);
  }
  countMany(tried, fell, what) {
    this.tried += tried;
    this.fell += fell;
    if (fell === 0 || ++this.told > 5) return;
    console.log(`  FELL ${this.name}: ${JSON.stringify(what)}`);
  }
  note(name) {
    this.notes[name] = (this.notes[name] ?? 0) + 1;
  }
}
