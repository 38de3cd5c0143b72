// The episodes that the GPU is measured on, written by kshot's own data kinds in a project that is thrown away.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEpisodes } from '../../dist/data/read-episodes.js';
import { createTaskSampler } from '../../dist/learning/sample-tasks.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const seed = 20260107;

/**
 * What is measured: tasks of a meta-iteration, the learners that the pipeline makes, and how many iterations' draws the
 * measurement goes through. 1,200 learners are what the pipeline ships with; their 797 in train are too few for 1,024
 * tasks, so that the larger ones come from 3,000 learners, made with the same settings.
 */
export const workloads = [
  { tasks: 32, users: 1200, draws: 40 },
  { tasks: 256, users: 3000, draws: 10 },
  { tasks: 1024, users: 3000, draws: 4 },
];

/**
 * Writes `episodes-TASKS.json` for each workload: `{items, users, draws: [[task, ...], ...]}`, a draw being what
 * `maml.train` draws for one iteration, and a task `{support: [[prefix, label], ...], query: [...]}`.
 */
export async function writeEpisodes(folder) {
  const project = mkdtempSync(join(tmpdir(), 'kshot-gpu-episodes-'));
  try {
    mkdirSync(join(project, 'pipelines'));
    cpSync(join(root, 'pipelines/maml_residual.yaml'), join(project, 'pipelines/maml_residual.yaml'));
    const episodesOf = new Map();
    for (const { tasks, users, draws } of workloads) {
      if (!episodesOf.has(users)) episodesOf.set(users, await trainEpisodes(project, users));
      const episodes = episodesOf.get(users);
      const draw = createTaskSampler(episodes, tasks, seed);
      const drawn = Array.from({ length: draws }, (_, iteration) =>
        draw(iteration).map(({ task }) => ({ support: listed(task.support), query: listed(task.query) })),
      );
      writeFileSync(
        join(folder, `episodes-${tasks}.json`),
        JSON.stringify({ items: episodes.itemCount, users, draws: drawn }),
      );
    }
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** The training episodes of the shipped pipeline with this many learners. */
async function trainEpisodes(project, users) {
  const main = join(root, 'dist/cli/main.js');
  const cache = join(project, 'cache');
  rmSync(cache, { recursive: true, force: true });
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      main,
      'run',
      'episodes',
      '--root',
      project,
      '--quiet',
      '--set',
      `steps.interactions.with.users=${users}`,
      '--set',
      'steps.interactions.with.repeats=true',
    ],
    { encoding: 'utf8', cwd: project },
  );
  if (status !== 0) throw new Error(`kshot run ended with ${status}: ${stderr}`);
  const entries = readdirSync(join(cache, 'steps'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => JSON.parse(readFileSync(join(entry.parentPath, entry.name), 'utf8')));
  const { ports } = entries.find(({ facts }) => facts.kind === 'data.episodes').outputs.train;
  const path = (port) => {
    const { digest } = ports[port].leaf;
    return join(cache, 'objects', digest.slice(0, 2), digest.slice(2));
  };
  return await readEpisodes(
    { pairs: path('pairs'), episodes: path('episodes'), items: path('items') },
    { threads: 1, maxPrefixLength: 50 },
  );
}

function listed({ items, offsets, labels }) {
  return Array.from(labels, (label, pair) => [[...items.subarray(offsets[pair], offsets[pair + 1])], label]);
}
