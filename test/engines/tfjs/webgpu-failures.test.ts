import { expect, it } from 'vitest';
import { FailureError } from '../../../src/base/failure.js';
import type { Engine } from '../../../src/engines/engine.js';
import { withDeviceFailures } from '../../../src/engines/tfjs/device/device-failures.js';
import type { WebgpuDevice } from '../../../src/engines/tfjs/webgpu/webgpu-device.js';
import { openSoftwareWebgpu } from './software-webgpu.js';

const reachable = await openSoftwareWebgpu();
if (typeof reachable === 'string') console.warn(`skipping failures of WebGPU: ${reachable}`);
else await reachable.close();

const storage = 0x80;

/** The failure of an engine that does `work` on a device of SwiftShader in place of computing. */
async function failureOf(work: (opened: WebgpuDevice) => void): Promise<FailureError['failure'] | undefined> {
  const opened = await openSoftwareWebgpu();
  if (typeof opened === 'string') throw new Error(opened);
  const engine: Engine = withDeviceFailures(
    {
      name: 'tfjs:webgpu',
      precision: 'float32',
      device: opened.name,
      metaGradient: () => Promise.reject(new Error('not called')),
      adaptAndRank: () => Promise.reject(new Error('not called')),
      async lossGradient() {
        work(opened);
        await opened.device.queue.onSubmittedWorkDone();
        // Dawn tells of what went wrong in a later turn of the event loop, as it does while results are read.
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { loss: 0, gradient: new Float32Array(0) };
      },
      close: () => opened.close(),
    },
    opened.check,
  );
  const none = { items: new Int32Array(0), offsets: Int32Array.of(0), labels: new Int32Array(0) };
  try {
    const thrown = await engine.lossGradient(new Float32Array(0), none).catch((error: unknown) => error);
    return thrown instanceof FailureError ? thrown.failure : undefined;
  } finally {
    await engine.close();
  }
}

it.skipIf(typeof reachable === 'string')(
  'Dawn throws nothing where a buffer cannot be had, and kshot fails all the same',
  async () => {
    const failure = await failureOf(({ device }) => {
      device.createBuffer({ size: device.limits.maxBufferSize + 4, usage: storage });
    });
    expect(failure).toMatchObject({ reason: 'device-out-of-memory' });
  },
);

it.skipIf(typeof reachable === 'string')(
  'a device that goes away under an engine is a lost device',
  async () => {
    const failure = await failureOf(({ device }) => device.destroy());
    expect(failure).toMatchObject({ reason: 'device-lost' });
  },
);

it.skipIf(typeof reachable === 'string')(
  'an engine on a device that does what it is asked to gives its numbers',
  async () => {
    expect(await failureOf(() => {})).toBeUndefined();
  },
);
