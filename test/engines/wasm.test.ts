import { describe } from 'vitest';
import { createEngineOn } from '../../src/engines/wasm/wasm-engine.js';
import { describeEngine } from './conformance.js';
import { kernelForms } from './kernel-forms.js';

// The WebAssembly and the widest native code; those between have the same bits (native-kernel.test.ts).
const forms = await kernelForms();
describe.each(forms.filter((_, index) => index === 0 || index === forms.length - 1))(
  'on $name',
  ({ form }) => {
    describeEngine({
      name: 'wasm',
      createEngine: async (options) => createEngineOn(form, options),
      tolerance: 1e-5,
    });
  },
);
