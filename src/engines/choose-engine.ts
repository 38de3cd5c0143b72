import type { EngineProbe } from './engine.js';
import type { GpuDevice } from './gpu-devices.js';
import { engineGroups, engines } from './registry.js';

/** An engine, and why it was chosen: one clause. */
export interface EngineChoice {
  readonly engine: string;
  readonly why: string;
}

/** What a choice may look at. */
export interface EngineSurroundings {
  /** The GPUs by their device files. */
  readonly gpus: readonly GpuDevice[];
  /** Looks whether an engine can compute here. */
  probe(name: string): Promise<EngineProbe>;
}

/** The engine of each group where no GPU engine can compute. */
const withoutGpu: { readonly [group in (typeof engineGroups)[number]]: string } = {
  auto: 'wasm',
  tfjs: 'tfjs:cpu',
};

/** Whether a name stands for the best of several engines. */
export function isEngineGroup(name: string): name is keyof typeof withoutGpu {
  return (engineGroups as readonly string[]).includes(name);
}

/**
 * The engine that a name stands for in a job, of whose machine nothing is known here but whether the job asks for a GPU.
 * If it does, that is an engine for GPUs that computes on CPUs too, which can be tried here.
 */
export async function chooseEngineOfJob(
  asked: string,
  asksForGpu: boolean,
  probe: EngineSurroundings['probe'],
): Promise<EngineChoice> {
  if (!isEngineGroup(asked)) return { engine: asked, why: 'it was asked for by name' };
  const fallback = withoutGpu[asked];
  if (!asksForGpu) return { engine: fallback, why: 'the job asks for no GPU' };
  const refusals: string[] = [];
  for (const { name } of asked === 'auto' ? Object.values(engines).filter(({ cpuToo }) => cpuToo) : []) {
    const found = await probe(name);
    if (found.available) return { engine: name, why: 'the job asks for a GPU' };
    refusals.push(`${name}: ${found.why}`);
  }
  const reasons = refusals.length === 0 ? '' : ` (${refusals.join('; ')})`;
  return { engine: fallback, why: `no engine for GPUs can be tried here${reasons}` };
}

/** What a group stands for where nothing computes with it. */
export function unusedChoice(group: keyof typeof withoutGpu): EngineChoice {
  return { engine: withoutGpu[group], why: 'no step computes with an engine' };
}

/**
 * The engine that a name stands for: itself, or for a group the first GPU engine that has hardware to compute on, else
 * the group's engine for the CPU. Without a device file nothing is probed, and nothing loaded.
 */
export async function chooseEngine(
  asked: string,
  { gpus, probe }: EngineSurroundings,
): Promise<EngineChoice> {
  if (!isEngineGroup(asked)) return { engine: asked, why: 'it was asked for by name' };
  const fallback = withoutGpu[asked];
  if (gpus.length === 0) return { engine: fallback, why: 'there is no GPU' };
  const refusals: string[] = [];
  for (const { name } of Object.values(engines).filter(({ gpu }) => gpu)) {
    const found = await probe(name);
    if (found.available && found.software !== true) {
      return { engine: name, why: `there is a GPU: ${found.device ?? name}` };
    }
    refusals.push(`${name}: ${found.available ? `its only device is ${found.device}` : found.why}`);
  }
  return { engine: fallback, why: `no engine can use the GPU (${refusals.join('; ')})` };
}
