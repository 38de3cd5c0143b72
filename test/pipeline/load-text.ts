import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Failure } from '../../src/base/failure.js';
import type { Result } from '../../src/base/result.js';
import { chooseEngine } from '../../src/engines/choose-engine.js';
import type { Graph, GraphNode } from '../../src/pipeline/graph/graph.js';
import { type LoadOptions, loadPipeline } from '../../src/pipeline/load-pipeline.js';
import { formatFailures } from '../../src/ui/views/print-failures.js';

export type Files = { readonly [path: string]: string };

/** Loads `pipelines/a.yaml` (or the file named) of a project that holds these files. */
export async function load(
  files: string | Files,
  options: Omit<LoadOptions, 'root' | 'file'> & { readonly file?: string } = {},
): Promise<Result<Graph, Failure[]>> {
  const root = mkdtempSync(join(tmpdir(), 'kshot-pipeline-'));
  try {
    const all = typeof files === 'string' ? { 'pipelines/a.yaml': files } : files;
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return await loadPipeline({
      file: 'pipelines/a.yaml',
      chooseEngine: chooseWithoutGpu,
      ...options,
      root,
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** As on a machine without a GPU, whatever this one has. */
const chooseWithoutGpu = (asked: string) =>
  chooseEngine(asked, {
    gpus: [],
    probe: () => Promise.reject(new Error('nothing is probed where there is no GPU')),
  });

/** The graph of a pipeline that must be right. */
export async function graphOf(...args: Parameters<typeof load>): Promise<Graph> {
  const loaded = await load(...args);
  if (!loaded.ok) throw new Error(formatFailures(loaded.failure));
  return loaded.value;
}

/** The failures of a pipeline that must be wrong, as they are printed. */
export async function diagnosticsOf(...args: Parameters<typeof load>): Promise<string> {
  const loaded = await load(...args);
  if (loaded.ok) throw new Error('the pipeline is right');
  return formatFailures(loaded.failure);
}

/** The reasons of the failures, in order; empty for a pipeline that is right. */
export async function reasonsOf(...args: Parameters<typeof load>): Promise<readonly string[]> {
  const loaded = await load(...args);
  return loaded.ok ? [] : loaded.failure.map(({ reason }) => reason);
}

export function nodeOf(graph: Graph, id: string): GraphNode {
  const node = graph.nodes.find((one) => one.id === id);
  if (node === undefined)
    throw new Error(`no node ${id} among ${graph.nodes.map((one) => one.id).join(', ')}`);
  return node;
}

/** The design's experiment, from a file of interactions. */
export const experiment = `version: 1
name: maml_residual
engine: auto
params: { seed: 20260107, k: 5, q: 10, iterations: 300 }
steps:
  interactions: { kind: data.import, with: { path: data/events.csv } }
  pairs:        { kind: data.pairs,    in: { interactions: interactions }, with: { session_gap_seconds: 1800 } }
  split:        { kind: data.split,    in: { pairs: pairs }, with: { train: 0.7, val: 0.15, seed: "\${params.seed}" } }
  episodes:     { kind: data.episodes, in: { pairs: split }, with: { k: "\${params.k}", q: "\${params.q}" } }
  meta_train:
    kind: maml.train
    in: { train: episodes.train }
    with: { inner_lr: 0.05, outer_lr: 0.001, iterations: "\${params.iterations}", checkpoint_interval: 100 }
    resources: { gpus: 1 }
  validate:
    kind: eval.few_shot
    over: { model: meta_train.checkpoints }        # one node per checkpoint
    in: { episodes: episodes.val }
    with: { inner_lr: 0.05, steps: [5], max_episodes: 50 }
  best: { kind: select, in: { candidates: meta_train.checkpoints, rows: validate }, with: { metric: accuracy@1, mode: max } }
  tune:
    kind: eval.few_shot
    in: { model: best, episodes: episodes.val }
    with: { steps: [1, 3, 5, 10] }
    matrix: { inner_lr: [0.005, 0.01, 0.02, 0.05, 0.1] }
  chosen:   { kind: select, in: { rows: tune }, with: { metric: accuracy@1, mode: max, settings: [inner_lr, steps] } }
  few_shot: { kind: eval.few_shot, in: { model: best, episodes: episodes.test, settings: chosen.settings } }
`;
