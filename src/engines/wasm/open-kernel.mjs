// The kernel as a thread has it, in WebAssembly or natively. Plain JavaScript that imports nothing of kshot, so that a
// thread starts from the sources as it does from the build.

/**
 * Every thread, and the host, has a control area of its own: the kernel's record and, in WebAssembly, the stack above
 * it, which would else be one for all.
 */
export const controlBytes = 16_384;

/** The kernel over `memory`, for who has the control area at `control`. */
export function openKernel(form, memory, control, shape) {
  const kernel = kernelCalls(form, memory, control);
  kernel.configure(control, 0, ...shape);
  return {
    arenaBytes: (plan) => kernel.arenaBytes(control, plan),
    workOff: (queue, arena) => kernel.workOff(control, queue, arena),
    addUp: (queue) => kernel.addUp(control, queue),
  };
}

/** Those by name. */
export function kernelCalls(form, memory, control) {
  return form.library === undefined ? openWasm(form, memory, control) : openNative(form, memory);
}

function openWasm({ module }, memory, control) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.__stack_pointer.value = control + controlBytes;
  return exports;
}

/** What kernel.c has for its host, in the order of its `kernelAtWIDTH`. */
export const kernelFunctions = [
  'configure',
  'arenaBytes',
  'workOff',
  'addUp',
  'applyFunction',
  'productNN',
  'productNT',
  'productTN',
  'adam',
];

function openNative({ library, width }, memory) {
  const { call } = openLibrary(library);
  // Memory grows where it stands: this view says where it begins.
  const bytes = new Uint8Array(memory.buffer);
  return Object.fromEntries(
    kernelFunctions.map((name, which) => {
      // Of `configure` memory's beginning is known there.
      const given = (numbers) => (name === 'configure' ? [numbers[0], ...numbers.slice(2)] : numbers);
      return [name, (...numbers) => call(bytes, width, which, Float64Array.from(given(numbers)))];
    }),
  );
}

/**
 * A step of Adam on vectors that may stand anywhere, as `AdamStep` has it; undefined in WebAssembly, which reaches no
 * memory but its own.
 */
export function openAdam({ library, width }) {
  if (library === undefined) return undefined;
  const { adamStep } = openLibrary(library);
  const which = kernelFunctions.indexOf('adam');
  return (vectors, numbers) => {
    const [{ length }] = vectors;
    // It would read and write beyond their ends.
    if (vectors.length !== 4 || vectors.some((vector) => vector.length !== length)) {
      throw new Error(
        `a step of Adam on vectors of ${vectors.map((vector) => vector.length).join(', ')} numbers`,
      );
    }
    adamStep(width, which, ...vectors, Float64Array.from(numbers));
  };
}

/** What addon.c exports. */
export function openLibrary(library) {
  const addon = { exports: {} };
  process.dlopen(addon, library);
  return addon.exports;
}
