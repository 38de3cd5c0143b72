import { afterAll, describe, it } from 'vitest';
import { createWebgpuEngine } from '../../../src/engines/tfjs/tfjs-webgpu-engine.js';
import { createPlainWebgpuEngine } from '../../../src/engines/tfjs/tfjs-webgpu-plain-engine.js';
import { describeEngine } from '../conformance.js';
import { openSoftwareWebgpu } from './software-webgpu.js';

const opened = await openSoftwareWebgpu();

if (typeof opened === 'string') {
  console.warn(`skipping the engine tfjs:webgpu: ${opened}`);
  describe.skip(`engine tfjs:webgpu: ${opened}`, () => {
    it('is not tested here', () => {});
  });
} else {
  afterAll(async () => await opened.close());
  // Programs compute in float32 throughout. On these small models that costs 3e-7 of a gradient; the inner loop carries
  // an error of the weights into every later step.
  describeEngine({
    name: 'tfjs:webgpu',
    createEngine: (options) => createWebgpuEngine(opened, options),
    tolerance: 1e-5,
  });
  // Minutes on SwiftShader, which compiles hundreds of programs for it; webgpu-passes.test.ts has the short form.
  if (process.env['KSHOT_TEST_PLAIN_WEBGPU'] === '1') {
    describeEngine({
      name: 'tfjs:webgpu-plain',
      createEngine: (options) => createPlainWebgpuEngine(opened, options),
      tolerance: 1e-5,
    });
  }
}
