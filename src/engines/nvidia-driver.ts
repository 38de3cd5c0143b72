import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of NVIDIA's kernel driver, such as `535.104.05`; undefined where there is none. */
export function nvidiaDriverVersion(root = '/'): string | undefined {
  // `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 …`, or `… Open Kernel Module for x86_64  550.54.14  …`.
  return textAt(join(root, 'proc/driver/nvidia/version'))?.match(
    /Kernel Module\D*?(?:for \S+)?\s+(\d[\d.]+)/,
  )?.[1];
}

/** The models of NVIDIA's GPUs, in the order of their places on the bus, as CUDA counts them by `PCI_BUS_ID`. */
export function nvidiaModels(root = '/'): readonly string[] {
  const folder = join(root, 'proc/driver/nvidia/gpus');
  return namesIn(folder)
    .toSorted()
    .flatMap((name) => textAt(join(folder, name, 'information'))?.match(/^Model:\s*(.+?)\s*$/m)?.[1] ?? []);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
