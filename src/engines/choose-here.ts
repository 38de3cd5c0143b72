import { chooseEngine, type EngineChoice } from './choose-engine.js';
import type { EngineProbe } from './engine.js';
import { gpuDevices } from './gpu-devices.js';
import { probeEngine } from './probe-engine.js';

/**
 * The engine that a name stands for on this machine. What probing a GPU came to is kept in the cache (`folder`,
 * absolute) and used again as long as the machine looks the same.
 */
export async function chooseHere(asked: string, folder: string): Promise<EngineChoice> {
  return await chooseEngine(asked, { gpus: gpuDevices(), probe: (name) => probeOnce(name, folder) });
}

/** Whether an engine can compute on this machine, as it was when the machine last looked as it does now. */
export async function probeOnce(name: string, folder: string): Promise<EngineProbe> {
  const { keptProbe, keepProbe } = await import('./kept-probes.js');
  const kept = keptProbe(folder, name);
  if (kept !== undefined) return kept;
  const probe: EngineProbe = await probeEngine(name);
  if (probe.available || probe.passing !== true) keepProbe(folder, name, probe);
  return probe;
}
