import type { JsonObject } from '../../base/json.js';
import { formatBytes, formatCount, formatSeconds } from '../../base/quantities.js';
import type { EngineDescriptor } from '../../engines/engine.js';
import { gpuDevices } from '../../engines/gpu-devices.js';
import { batchOptionsOf, type ChosenExecutor } from '../choose-executor.js';
import type { StepSpec } from '../spec/step-spec.js';
import type { Demand } from './graph.js';

/** What the nodes of a step want of whatever executes them. */
export function demandOf(
  step: StepSpec,
  full: JsonObject,
  engine: EngineDescriptor | undefined,
  executor: ChosenExecutor,
): Demand {
  const { kind, resources, retries } = step;
  const { cpus, memoryBytes, timeSeconds } = resources;
  const batch = batchOptionsOf(step, executor);
  const environment = kind.passedEnvironment?.(full) ?? [];
  return {
    gpus: gpusOf(step, engine, batch !== undefined),
    // A job has as many as it asks for, and nobody knows how many are free.
    slots: cpus ?? (batch === undefined && kind.slots === 'free' && usesThreads(engine) ? 'free' : 1),
    ...(batch === undefined ? {} : { batch }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(timeSeconds === undefined ? {} : { timeoutSeconds: timeSeconds }),
    ...(retries === 0 ? {} : { retries }),
    ...(environment.length === 0 ? {} : { environment }),
  };
}

/** A step on a GPU engine has a GPU to itself unless it says otherwise; one on another engine needs none. */
function gpusOf(
  { resources: { gpus } }: StepSpec,
  engine: EngineDescriptor | undefined,
  isJob: boolean,
): number {
  if (engine === undefined) return gpus ?? 0;
  // Whether this machine has a GPU says nothing of that of a job.
  if (isJob && engine.cpuToo === true) return gpus ?? 0;
  return runsOnGpu(engine) ? (gpus ?? 1) : 0;
}

function usesThreads(engine: EngineDescriptor | undefined): boolean {
  return engine === undefined || (engine.parallel && !runsOnGpu(engine));
}

function runsOnGpu({ gpu, cpuToo = false }: EngineDescriptor): boolean {
  return gpu && (!cpuToo || gpuDevices().length > 0);
}

/** What the jobs of a step ask for, for people; undefined where they are none. */
export function jobText({ batch, slots, gpus, memoryBytes, timeoutSeconds }: Demand): string | undefined {
  if (batch === undefined) return undefined;
  const { partition, timeSeconds = timeoutSeconds } = batch;
  const wanted = [
    formatCount(Number(slots), 'CPU'),
    ...(gpus === 0 ? [] : [formatCount(gpus, 'GPU')]),
    ...(memoryBytes === undefined ? [] : [formatBytes(memoryBytes)]),
    ...(timeSeconds === undefined ? [] : [formatSeconds(timeSeconds)]),
    ...(partition === undefined ? [] : [`partition ${partition}`]),
  ];
  return `runs on Slurm: ${wanted.join(', ')}`;
}
