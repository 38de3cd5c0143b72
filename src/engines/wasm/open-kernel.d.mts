import type { AdamStep } from '../engine.js';

/** The kernel compiled for WebAssembly, or a library that holds it for this processor and at which width to use it. */
export type KernelForm =
  | { readonly module: WebAssembly.Module; readonly library?: undefined }
  | { readonly library: string; readonly width: number };

/** The kernel as one thread has it; addresses are in bytes. */
export interface Kernel {
  /** Bytes of arena that a plan needs. */
  arenaBytes(plan: number): number;
  workOff(queue: number, arena: number): void;
  addUp(queue: number): void;
}

export const controlBytes: number;
/** What kernel.c has for its host. */
export const kernelFunctions: readonly string[];
export function openKernel(
  form: KernelForm,
  memory: WebAssembly.Memory,
  control: number,
  shape: readonly number[],
): Kernel;
export function kernelCalls(
  form: KernelForm,
  memory: WebAssembly.Memory,
  control: number,
): { readonly [name: string]: (...numbers: readonly (number | boolean)[]) => number };
export function openAdam(form: KernelForm): AdamStep | undefined;
/** @param library absolute path */
export function openLibrary(library: string): {
  /** The most lanes that this processor has instructions for; 0 if not even those that are always built. */
  readonly widest: number;
};
