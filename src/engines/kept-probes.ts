import { readFileSync, rmSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { digestOf } from '../base/canonical.js';
import { writeFileAtomic } from '../base/files/atomic-file.js';
import { builtFile } from '../base/files/built-file.js';
import { checkedJson, checkedText } from '../base/files/checked-json.js';
import { makeFolders } from '../base/files/make-folders.js';
import { isJsonObject, type Json } from '../base/json.js';
import { layoutOf } from '../store/local/layout.js';
import type { EngineProbe } from './engine.js';
import { gpuDevices } from './gpu-devices.js';
import { installedVersions } from './installed-version.js';
import { nvidiaDriverVersion } from './nvidia-driver.js';
import { engines } from './registry.js';

const packages = [
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node-gpu',
  'webgpu',
];
/** What decides which devices and drivers are found. */
const variables = [
  'CUDA_VISIBLE_DEVICES',
  'CUDA_DEVICE_ORDER',
  'KSHOT_GPUS',
  'LD_LIBRARY_PATH',
  'VK_ADD_DRIVER_FILES',
  'VK_DRIVER_FILES',
  'VK_ICD_FILENAMES',
  'XDG_RUNTIME_DIR',
];
/** Files that change when a driver or a library is installed, updated or removed. */
const witnesses = [
  '/etc/ld.so.cache',
  '/etc/vulkan/icd.d',
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
];

/** What a probe of the engine came to on a machine that looked as this one does now. */
export function keptProbe(folder: string, name: string, python?: string): EngineProbe | undefined {
  return probesIn(folder)[keptName(name, python)];
}

/** Keeps what a probe came to; not where the cache cannot be written: then the next one looks again. */
export function keepProbe(folder: string, name: string, probe: EngineProbe, python?: string): void {
  try {
    const probes = { ...probesIn(folder), [keptName(name, python)]: probe };
    makeFolders(folder);
    writeFileAtomic(layoutOf(folder).engineProbes, checkedJson({ machine: machineNow(), probes }));
  } catch {
    // It is no result.
  }
}

/** Forgets all probes: what they promised did not hold. */
export function forgetProbes(folder: string): void {
  rmSync(layoutOf(folder).engineProbes, { force: true });
}

/** With what the probe depends on beside the machine. */
function keptName(name: string, python?: string): string {
  const surroundings = engines[name]?.surroundings?.(python);
  return surroundings === undefined ? name : `${name} ${digestOf(surroundings)}`;
}

function probesIn(folder: string): { readonly [name: string]: EngineProbe } {
  try {
    const text = checkedText(readFileSync(layoutOf(folder).engineProbes, 'utf8'));
    const kept = text === undefined ? undefined : (JSON.parse(text) as Json);
    if (!isJsonObject(kept) || kept['machine'] !== machineNow() || !isJsonObject(kept['probes'])) return {};
    return kept['probes'] as unknown as { readonly [name: string]: EngineProbe };
  } catch {
    return {};
  }
}

/**
 * Other whenever a probe might come to something else: another start of the system, device, driver or package, other
 * code that probes.
 */
function machineNow(): string {
  return digestOf({
    boot: textAt('/proc/sys/kernel/random/boot_id') ?? release(),
    node: process.version,
    code: textAt(builtFile('code-digests.json')) ?? null,
    gpus: gpuDevices().map(({ id }) => id),
    driver: nvidiaDriverVersion() ?? null,
    packages: { ...installedVersions(packages) },
    environment: Object.fromEntries(variables.map((name) => [name, process.env[name] ?? null])),
    witnesses: witnesses.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null),
  });
}

function textAt(path: string | URL): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
