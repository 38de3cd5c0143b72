import { readFile } from 'node:fs/promises';
import { FailureError } from '../../base/failure.js';
import { nativeKernel } from './native-kernel.js';
import type { KernelForm } from './open-kernel.mjs';

/** The WebAssembly, on any processor with vectors of 128 bits. */
export async function wasmForm(): Promise<KernelForm> {
  return { module: await WebAssembly.compile(await readFile(new URL('./kernel.wasm', import.meta.url))) };
}

/** The form that KSHOT_KERNEL asks for, as it stands there; empty for the fastest. */
export function askedKernel(): string {
  return process.env['KSHOT_KERNEL'] ?? '';
}

/**
 * The fastest form of the kernel that there is on this machine; all give the same bits. KSHOT_KERNEL asks for another:
 * `wasm`, or the number of lanes of native code.
 *
 * @throws FailureError `engine-unavailable` where that asks for what there is not
 */
export async function kernelForm(): Promise<KernelForm> {
  const asked = askedKernel();
  if (asked === 'wasm') return await wasmForm();
  const native = await nativeKernel();
  if ('missing' in native) {
    if (asked === '') return await wasmForm();
    throw unavailable(asked, native.missing);
  }
  if (asked === '') return native;
  const width = [4, 8, 16].find((lanes) => String(lanes) === asked);
  if (width === undefined) throw unavailable(asked, 'it is none of wasm, 4, 8 and 16');
  if (width > native.width) throw unavailable(asked, `this processor has ${native.width} lanes`);
  return { ...native, width };
}

/** For people; undefined for the WebAssembly. */
export function nameOfForm(form: KernelForm | undefined): string {
  return form?.library === undefined ? 'WebAssembly, 4 lanes' : `native code, ${form.width} lanes`;
}

function unavailable(asked: string, why: string): FailureError {
  return new FailureError({
    reason: 'engine-unavailable',
    message: `the wasm engine has no kernel ${asked}, which KSHOT_KERNEL asks for: ${why}`,
    hint: 'unset KSHOT_KERNEL, which changes how fast it computes and no result',
  });
}
