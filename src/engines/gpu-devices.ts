import { readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A GPU that steps may be given. */
export interface GpuDevice {
  /** As CUDA names it: an index from 0, or a UUID (`GPU-…`, `MIG-…`); `software` for what stands in for one. */
  readonly id: string;
  /** Its place among the machine's GPUs, from 0. */
  readonly index: number;
}

/** What a GPU engine that was asked for by name is given where there is no GPU: an adapter that is a program. */
export const softwareGpu: GpuDevice = { id: 'software', index: 0 };

/** Where to look: this machine, unless a test makes up another. */
export interface GpuSystem {
  readonly platform: NodeJS.Platform;
  /** The folder that holds `dev` and `sys`. */
  readonly root: string;
}

const thisSystem: GpuSystem = { platform: process.platform, root: '/' };

/** Drivers of render nodes with no hardware behind them. */
const pretended = ['vgem', 'vkms', 'faux_driver'];

/**
 * The GPUs that kshot may use, found by looking at device files alone: no driver is loaded and no process started.
 * `KSHOT_GPUS` lists them instead (`0,2`; `none`); of those found, `CUDA_VISIBLE_DEVICES` leaves what it names, as it
 * does for CUDA itself.
 */
export function gpuDevices(
  environment: NodeJS.ProcessEnv = process.env,
  system: GpuSystem = thisSystem,
): readonly GpuDevice[] {
  const declared = environment['KSHOT_GPUS'];
  if (declared !== undefined) return devicesNamed(declared);
  const count = countDevices(system);
  const visible = environment['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined && count > 0 && system.platform === 'linux') return devicesNamed(visible);
  return Array.from({ length: count }, (_, index) => ({ id: String(index), index }));
}

/** Names that cannot be taken as CUDA's end the list, as in CUDA: `-1`, `none`, `NoDevFiles`. */
function devicesNamed(list: string): readonly GpuDevice[] {
  const names = list.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => !/^(?:\d+|(?:GPU|MIG)-.+)$/.test(name));
  const ids = [...new Set(end < 0 ? names : names.slice(0, end))];
  return ids.map((id, position) => ({ id, index: /^\d+$/.test(id) ? Number(id) : position }));
}

function countDevices({ platform, root }: GpuSystem): number {
  // Every Mac that Node runs on has one, by Metal.
  if (platform === 'darwin') return 1;
  if (platform !== 'linux') return 0;
  // CUDA counts what a container was given from 0, whatever the number in the file's name.
  const nvidia = namesIn(join(root, 'dev')).filter((name) => /^nvidia\d+$/.test(name)).length;
  if (nvidia > 0) return nvidia;
  const rendering = namesIn(join(root, 'dev/dri'))
    .filter((name) => /^renderD\d+$/.test(name))
    .filter((name) => isHardware(join(root, 'sys/class/drm', name, 'device/driver')));
  if (rendering.length > 0) return rendering.length;
  // Windows' GPU inside WSL.
  return namesIn(join(root, 'dev')).includes('dxg') ? 1 : 0;
}

function isHardware(driverLink: string): boolean {
  try {
    return !pretended.includes(basename(readlinkSync(driverLink)));
  } catch {
    return false;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * The environment of a process that was given these devices: CUDA then shows it no others, `KSHOT_GPU` tells any other
 * program. Nothing where none was given: what the process sees is then the user's own affair.
 */
export function gpuEnvironment(
  gpus: readonly GpuDevice[],
  environment: NodeJS.ProcessEnv = process.env,
): { readonly [name: string]: string } {
  if (gpus.length === 0) return {};
  const ids = gpus.map(({ id }) => id).join(',');
  // The stand-in is none of CUDA's: GPUs that the user has hidden from kshot stay hidden.
  const visible = gpus.filter(({ id }) => id !== softwareGpu.id).map(({ id }) => id);
  // The order that the indices refer to.
  const order = environment['CUDA_DEVICE_ORDER'];
  return {
    CUDA_VISIBLE_DEVICES: visible.join(','),
    KSHOT_GPU: ids,
    ...(order === undefined ? {} : { CUDA_DEVICE_ORDER: order }),
  };
}
