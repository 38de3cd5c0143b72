import { describe } from 'vitest';
import { createEngineOn } from '../../src/engines/wasm/wasm-engine.js';
import { describeEngine } from './conformance.js';
import { kernelForms } from './kernel-forms.js';

describe.each(await kernelForms())('on $name', ({ form }) => {
  describeEngine({
    name: 'wasm',
    createEngine: async (options) => createEngineOn(form, options),
    tolerance: 1e-5,
  });
});
