import { nameOfForm, wasmForm } from '../../src/engines/wasm/kernel-form.js';
import { nativeKernel } from '../../src/engines/wasm/native-kernel.js';
import type { KernelForm } from '../../src/engines/wasm/open-kernel.mjs';

/** Every form of the wasm engine's kernel that this machine has. */
export async function kernelForms(): Promise<
  readonly { readonly name: string; readonly form: KernelForm }[]
> {
  const native = await nativeKernel();
  const widths = 'missing' in native ? [] : [4, 8, 16].filter((width) => width <= native.width);
  const forms: readonly KernelForm[] = [
    await wasmForm(),
    ...('missing' in native ? [] : widths.map((width) => ({ ...native, width }))),
  ];
  return forms.map((form) => ({ name: nameOfForm(form), form }));
}
