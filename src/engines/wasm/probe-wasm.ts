import type { EngineProbe } from '../engine.js';
import { askedKernel, kernelForm, nameOfForm, wasmForm } from './kernel-form.js';
import { keptNativeKernel, nativeKernel } from './native-kernel.js';

/** Compiles the kernel, which fails where the processor has no 128-bit SIMD, and looks in which form it would be used. */
export async function probeWasm(): Promise<EngineProbe> {
  try {
    await wasmForm();
    const native = askedKernel() === '' ? await nativeKernel() : undefined;
    const name = nameOfForm(await kernelForm());
    const why = native !== undefined && 'missing' in native ? withoutNative(native.missing) : '';
    return { available: true, device: `${name}${why}`, versions: {} };
  } catch (error) {
    return {
      available: false,
      why: `its kernel does not compile here: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'it needs a processor with 128-bit SIMD (SSE4.1 or NEON); --engine reference computes on any',
      versions: {},
    };
  }
}

/** The form that it will be used in, as far as that is known without building one; for people. */
export function formToBeUsed(): string {
  const asked = askedKernel();
  if (asked === 'wasm') return nameOfForm(undefined);
  const native = keptNativeKernel();
  if ('unbuilt' in native) return 'native code, to be built first';
  if ('missing' in native) return `${nameOfForm(undefined)}${withoutNative(native.missing)}`;
  return nameOfForm({ ...native, width: asked === '' ? native.width : Number(asked) });
}

function withoutNative(missing: string): string {
  return ` (no native code: ${missing})`;
}
