// Runs a pipeline in a process of its own, so that tests can kill it: node driver.mjs ROOT FILE SLOTS [keep-going].
// Events as NDJSON on stdout, the outcome's counts as the last line.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gpuDevices } from '../../../dist/engines/gpu-devices.js';
import { kinds } from '../../../dist/kinds/registry.js';
import { loadValidators } from '../../../dist/pipeline/graph/parameter-errors.js';
import { loadPipeline } from '../../../dist/pipeline/load-pipeline.js';
import { readCodeDigests } from '../../../dist/pipeline/plan/code-digests.js';
import { makePlan } from '../../../dist/pipeline/plan/make-plan.js';
import { LocalExecutor } from '../../../dist/run/local/local-executor.js';
import { executePlan } from '../../../dist/run/scheduler.js';
import { openStore } from '../../../dist/store/local/open-store.js';
import { testKinds } from './test-kinds.mjs';

const [root, file, slots, keepGoing] = process.argv.slice(2);
const names = Object.keys(testKinds);
const codes = readCodeDigests();
const allCodes = {
  ...codes,
  kinds: {
    ...codes.kinds,
    ...Object.fromEntries(names.map((name) => [name, { digest: name, manifest: '' }])),
  },
};
const graph = await loadPipeline({
  root,
  file,
  kinds: { ...kinds, ...testKinds },
  validators: { ...(await loadValidators()), ...Object.fromEntries(names.map((name) => [name, () => true])) },
});
if (!graph.ok) throw new Error(JSON.stringify(graph.failure));
const store = await openStore(join(root, 'cache'));
const plan = await makePlan(graph.value, store, allCodes);
if (!plan.ok) throw new Error(JSON.stringify(plan.failure));
const abort = new AbortController();
process.on('SIGINT', () => abort.abort());
mkdirSync(join(root, 'logs'), { recursive: true });
const executor = new LocalExecutor(store, {
  slots: Number(slots),
  gpus: gpuDevices(),
  workerModule: new URL('./test-worker.mjs', import.meta.url),
});
const outcome = await executePlan({
  plan: plan.value,
  store,
  executor,
  codes: allCodes,
  root,
  options: { keepGoing: keepGoing === 'keep-going', force: 'none' },
  logFolder: join(root, 'logs'),
  emit: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  signal: abort.signal,
  reasonFor: () => 'new',
});
process.stdout.write(
  `${JSON.stringify({ event: 'counts', ...outcome.counts, workers: executor.startedCount })}\n`,
);
