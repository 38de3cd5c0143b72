import { chooseEngine, chooseEngineOfJob, type EngineChoice } from './choose-engine.js';
import type { EngineProbe } from './engine.js';
import { gpuDevices } from './gpu-devices.js';
import { probeEngine } from './probe-engine.js';

/**
 * The engine that a name stands for on this machine. What probing a GPU came to is kept in the cache (`folder`,
 * absolute) and used again as long as the machine looks the same.
 *
 * @param python of an engine that computes in one, absolute; likewise below
 * @param job where a job computes with it
 */
export async function chooseHere(
  asked: string,
  folder: string,
  python?: string,
  job?: JobWishes,
): Promise<EngineChoice> {
  const probe = (name: string) => probeOnce(name, folder, python);
  if (job !== undefined) return await chooseEngineOfJob(asked, job.asksForGpu, probe);
  return await chooseEngine(asked, { gpus: gpuDevices(), probe });
}

/** What is known of a job before it runs. */
export interface JobWishes {
  readonly asksForGpu: boolean;
}

/** Whether an engine can compute on this machine, as it was when the machine last looked as it does now. */
export async function probeOnce(name: string, folder: string, python?: string): Promise<EngineProbe> {
  const { keptProbe, keepProbe } = await import('./kept-probes.js');
  const kept = keptProbe(folder, name, python);
  if (kept !== undefined) return kept;
  const probe: EngineProbe = await probeEngine(name, python);
  if (probe.available || probe.passing !== true) keepProbe(folder, name, probe, python);
  return probe;
}
