// Files of the cache and of runs that a disk, an editor or a careless copy has spoilt: the next run must see it, mend it
// and come to the results of the reference.
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { partialStateIn } from '../../dist/run/local/partial-state.js';
import {
  experiment,
  filesBelow,
  flawsOf,
  flawsOfRecovery,
  kshot,
  makeProject,
  resultsIn,
  Tally,
  temporaryFolder,
} from './rig.mjs';

/** Ways to spoil the bytes of a file. */
export const mutations = {
  flip: (bytes, { below }) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[below(copy.length)] ^= 1 << below(8);
    return copy;
  },
  digit: (bytes, { below }) => {
    const text = bytes.toString('latin1');
    const at = [...text.matchAll(/\d/g)];
    if (at.length === 0) return Buffer.alloc(0);
    const { index } = at[below(at.length)];
    return Buffer.from(
      `${text.slice(0, index)}${(Number(text[index]) + 1 + below(9)) % 10}${text.slice(index + 1)}`,
      'latin1',
    );
  },
  cut: (bytes, { below }) => bytes.subarray(0, below(bytes.length + 1)),
  empty: () => Buffer.alloc(0),
  zeros: (bytes) => Buffer.alloc(bytes.length),
  garbage: (bytes, { below }) => Buffer.from(Array.from({ length: bytes.length || 9 }, () => below(256))),
  longer: (bytes, { below }) => Buffer.concat([bytes, Buffer.from([below(256)])]),
  twice: (bytes) => Buffer.concat([bytes, bytes]),
  overwrite: (bytes, { below }) => {
    const copy = Buffer.from(bytes);
    const start = below(copy.length + 1);
    for (let i = start; i < Math.min(copy.length, start + 1 + below(64)); i++) copy[i] = below(256);
    return copy;
  },
  json: (_, { pick }) =>
    Buffer.from(
      pick([
        'null',
        '[]',
        '{}',
        '0',
        '""',
        '{"format":1}',
        '{"version":1,"runs":[null]}',
        '[[[[',
        '{"a":1e999}',
      ]),
    ),
};

/** Other things in a file's place. */
const places = {
  gone: () => undefined,
  folder: (path) => mkdirSync(path),
  dangling: (path) => symlinkSync('/nowhere/at/all', path),
  loop: (path) => symlinkSync(path, path),
  filled: (path) => {
    mkdirSync(path);
    writeFileSync(join(path, 'x'), 'x');
  },
};

export function spoil(path, random) {
  const name = random.pick([...Object.keys(mutations), ...Object.keys(mutations), ...Object.keys(places)]);
  if (mutations[name] !== undefined && lstatSync(path).isFile()) {
    const bytes = mutations[name](readFileSync(path), random);
    chmodSync(path, 0o644);
    writeFileSync(path, bytes);
  } else {
    rmSync(path, { recursive: true, force: true });
    (places[name] ?? places.dangling)(path);
  }
  return name;
}

const groups = {
  entries: (file) => /\/cache\/steps\/.*\.json$/.test(file),
  'stored objects (parquet, safetensors, JSON)': (file) => /\/cache\/objects\//.test(file),
  'stat index and probes': (file) => /\/cache\/(stat-index|engine-probes)\.json$/.test(file),
  'documents and tables of runs': (file) => /\/artifacts\//.test(file) && !/\.log$/.test(file),
};

export function* spoiltCaches({ random }) {
  const tallies = Object.fromEntries(Object.keys(groups).map((name) => [name, new Tally(`spoilt: ${name}`)]));
  const partial = new Tally('spoilt: partial state of a training, then resumed');
  yield [...Object.values(tallies), partial];
  const sound = makeProject(
    experiment
      .replace('[cp, model, copy]', '[cp, data.txt, copy]')
      .replace('in: { model: best.chosen }, with: {', 'with: { files: [data.txt],'),
  );
  writeFileSync(join(sound, 'data.txt'), 'data\n');
  const first = kshot(sound, ['run', '--quiet', '--tag', 'first']);
  if (first.exitCode !== 0) throw new Error(first.text);
  const reference = resultsIn(sound);
  writeFileSync(join(sound, 'cache/engine-probes.json'), '{}');
  const files = [...filesBelow(sound)];
  for (;;) {
    const name = random.pick(Object.keys(groups));
    const file = random.pick(files.filter(groups[name]));
    yield () => {
      const root = temporaryFolder();
      cpSync(sound, root, { recursive: true, preserveTimestamps: true });
      const path = file.replace(sound, root);
      const how = spoil(path, random);
      const what = `${how} ${path.replace(`${root}/`, '')}`;
      const flaws = [];
      for (const args of [
        random.pick([
          ['plan'],
          ['results'],
          ['status'],
          ['sql', 'FROM latest_metrics'],
          ['gc', '--dry-run'],
          ['doctor'],
          ['cache', 'verify'],
          ['explain', 'train@2'],
          ['report'],
        ]),
        ['run', '--quiet'],
      ]) {
        const answer = kshot(root, args);
        tallies[name].note(`exit ${answer.exitCode}`);
        const own = flawsOf(answer, [0, 1, 36]);
        if (own.length > 0) flaws.push(`${args.join(' ')}: ${own.join(', ')}: ${answer.text.slice(-900)}`);
      }
      // Of a spoilt run, every look tells; what the cache holds must be right again.
      if (name === 'documents and tables of runs') rmSync(join(root, 'artifacts'), { recursive: true });
      // A hit is not read: what only changed its bytes is found by whoever reads it, or by this.
      const verified = kshot(root, ['cache', 'verify']);
      flaws.push(
        ...flawsOf(verified, [0, 1]).map((flaw) => `cache verify: ${flaw}: ${verified.text.slice(-900)}`),
      );
      flaws.push(...flawsOfRecovery(root, reference));
      tallies[name].count(flaws, what);
      rmSync(root, { recursive: true, force: true });
    };
    if (random.below(6) === 0) yield () => spoiltPartial(partial, random);
  }
}

const training = experiment.replace(
  'iterations: 2, checkpoint_interval: 1',
  'iterations: 6, checkpoint_interval: 6',
);

let trained;

/** A training that is stopped keeps its state; spoilt, it must be gone on from rightly or not at all. */
async function spoiltPartial(tally, random) {
  if (trained === undefined) {
    const root = makeProject(training);
    kshot(root, ['run', '--quiet', 'train']);
    const reference = resultsIn(root);
    trained = { root, reference };
  }
  const root = temporaryFolder();
  cpSync(trained.root, root, { recursive: true });
  const key = Object.keys(trained.reference).find((one) =>
    readFileSync(join(root, 'cache/steps', one.slice(0, 2), `${one}.json`), 'utf8').includes(
      '"kind":"maml.train"',
    ),
  );
  const { outputs } = JSON.parse(
    readFileSync(join(root, 'cache/steps', key.slice(0, 2), `${key}.json`), 'utf8'),
  );
  const { digest } = outputs.state.leaf;
  rmSync(join(root, 'cache/steps', key.slice(0, 2), `${key}.json`));
  const state = join(root, 'cache/partial', key, 'state');
  mkdirSync(join(root, 'cache/partial', key), { recursive: true });
  // A state as a stopped training leaves it.
  const bytes = readFileSync(join(root, 'cache/objects', digest.slice(0, 2), digest.slice(2)));
  await partialStateIn(state).save(bytes);
  const how = spoil(state, random);
  const flaws = flawsOfRecovery(root, trained.reference, { args: ['train'] });
  tally.count(flaws, how);
  rmSync(root, { recursive: true, force: true });
}
