import type { JsonObject } from '../../base/json.js';
import type { EngineDescriptor } from '../../engines/engine.js';
import { gpuDevices } from '../../engines/gpu-devices.js';
import type { StepSpec } from '../spec/step-spec.js';
import type { Demand } from './graph.js';

/** What the nodes of a step want of whatever executes them. */
export function demandOf(step: StepSpec, full: JsonObject, engine: EngineDescriptor | undefined): Demand {
  const { kind, resources, retries } = step;
  const { cpus, memoryBytes, timeSeconds } = resources;
  const environment = kind.passedEnvironment?.(full) ?? [];
  return {
    gpus: gpusOf(step, engine),
    slots: cpus ?? (kind.slots === 'free' && usesThreads(engine) ? 'free' : 1),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(timeSeconds === undefined ? {} : { timeoutSeconds: timeSeconds }),
    ...(retries === 0 ? {} : { retries }),
    ...(environment.length === 0 ? {} : { environment }),
  };
}

/** A step on a GPU engine has a GPU to itself unless it says otherwise; one on another engine needs none. */
function gpusOf({ resources: { gpus } }: StepSpec, engine: EngineDescriptor | undefined): number {
  if (engine === undefined) return gpus ?? 0;
  return runsOnGpu(engine) ? (gpus ?? 1) : 0;
}

function usesThreads(engine: EngineDescriptor | undefined): boolean {
  return engine === undefined || (engine.parallel && !runsOnGpu(engine));
}

function runsOnGpu({ gpu, cpuToo = false }: EngineDescriptor): boolean {
  return gpu && (!cpuToo || gpuDevices().length > 0);
}
