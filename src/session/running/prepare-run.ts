import { originOfProcess } from '../../artifacts/provenance/provenance.js';
import { secretsOf } from '../../artifacts/provenance/secrets.js';
import { createRunFolder, type RunFolder } from '../../artifacts/run-folder.js';
import type { RunBeginning } from '../../artifacts/runs/started-run.js';
import { isSynthetic } from '../../artifacts/tables/result-rows.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { hasSlurm } from '../../run/slurm/slurm.js';
import { type PlannedPipeline, planPipeline, type RequestPlace } from '../planning/plan-pipeline.js';
import { isBatch, openNodes } from './nodes-to-run.js';
import type { RunRequest } from './run-request.js';
import { withSoundResults } from './sound-results.js';
import { unavailableEngines } from './unavailable-engines.js';

/** All that has to be there before anything runs. */
export interface PreparedRun {
  readonly planned: PlannedPipeline;
  /** Nodes whose stored results were found to be damaged. */
  readonly badNodes: readonly string[];
  readonly folder: RunFolder;
}

/**
 * Plans a run and makes its folder; fails where it cannot begin, and has then left no trace of one.
 *
 * @param opening is given the store as soon as there is one
 */
export async function prepareRun(
  place: RequestPlace,
  request: RunRequest,
  opening: (store: PlannedPipeline['store']) => Promise<void>,
): Promise<Result<PreparedRun, Failure[]>> {
  const opened = await planPipeline(place, request, opening);
  if (!opened.ok) return opened;
  const sound = await withSoundResults(opened.value);
  if (!sound.ok) return sound;
  const { planned } = sound.value;
  const unavailable = [...batchObstacles(planned, request), ...(await unavailableEngines(planned))];
  if (unavailable.length > 0) return failed([...unavailable]);
  // First, so that a cache that cannot be written leaves no trace of a run.
  await keepCodeManifests(planned);
  const folder = createRunFolder(
    planned.root,
    planned.graph.name,
    new Date(),
    request.tag,
    beginningOf(planned),
  );
  return folder.ok ? success({ ...sound.value, folder: folder.value }) : failed([folder.failure]);
}

/** Why jobs could not be submitted, where nodes to be executed are some. */
function batchObstacles({ plan }: PlannedPipeline, { inProcess }: RunRequest): readonly Failure[] {
  if (!isBatch(openNodes(plan))) return [];
  if (inProcess === true) {
    const message = 'what runs in this process is no job';
    return [{ reason: 'usage', message, hint: 'add --executor local' }];
  }
  if (hasSlurm()) return [];
  const message = 'steps are to run on Slurm, and there is no sbatch in PATH';
  return [
    {
      reason: 'job-refused',
      message,
      hint: 'start kshot where jobs are submitted, or with --executor local',
    },
  ];
}

function beginningOf({ graph }: PlannedPipeline): RunBeginning {
  const { file, engine, nodes } = graph;
  return {
    file,
    engine,
    nodes: nodes.length,
    origin: originOfProcess(secretsOf(nodes)),
    synthetic: isSynthetic({ nodes: nodes.map((node) => ({ node })) }),
  };
}

/** Keeps what the code of the kinds and engines to run was made of, and what their programs import, for a later `explain`. */
async function keepCodeManifests({ plan: planned, store, codes }: PlannedPipeline): Promise<void> {
  const open = openNodes(planned);
  const manifests = new Set([
    ...open.map(({ kind }) => codes.kinds[kind]?.manifest),
    ...open.map(({ imports }) => imports?.manifest),
    ...open.map(({ engine }) => (engine === undefined ? undefined : codes.engines[engine]?.manifest)),
  ]);
  for (const manifest of manifests) if (manifest !== undefined) await store.putText(manifest);
}
