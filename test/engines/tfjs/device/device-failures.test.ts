import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../../src/base/failure.js';
import type { Engine } from '../../../../src/engines/engine.js';
import { deviceFailure, withDeviceFailures } from '../../../../src/engines/tfjs/device/device-failures.js';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('what a library says of a device', () => {
  it.each([
    // tfjs-node-gpu: the status and the message of libtensorflow.
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1,3688,3688,3] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
    'Invalid TF_Status: 8\nMessage: failed to allocate memory',
    // Dawn on Vulkan, and where a single buffer is larger than the device does.
    'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n - While calling [Device].CreateBuffer([BufferDescriptor ""]).',
    'Buffer size (2147483640) exceeds the max buffer size limit (1073741824).\n - While calling [Device].CreateBuffer([BufferDescriptor ""]).',
    'Binding size (536870912) of [Buffer] is larger than the maximum storage buffer binding size (134217728).',
  ])('is that its memory is used up: %s', (message) => {
    const failure = deviceFailure(new Error(message), 'NVIDIA H100');
    expect(failure).toMatchObject({ reason: 'device-out-of-memory' });
    expect(failure?.message).toContain('NVIDIA H100 has no memory left: ');
    expect(failure?.message.split('\n')).toHaveLength(1);
  });

  it.each([
    'vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
    '[Device] is lost.',
    'Invalid TF_Status: 13\nMessage: GPU sync failed',
    'Invalid TF_Status: 13\nMessage: Failed to memcpy: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered',
  ])('is that it is gone: %s', (message) => {
    expect(deviceFailure(new Error(message), 'NVIDIA H100')).toMatchObject({
      reason: 'device-lost',
      hint: expect.stringContaining('run again'),
    });
  });

  it('is told by the name of the error, too', () => {
    expect(deviceFailure(named('DeviceOutOfMemoryError', 'too much'), 'x')?.reason).toBe(
      'device-out-of-memory',
    );
    expect(deviceFailure(named('DeviceLostError', 'gone'), 'x')?.reason).toBe('device-lost');
  });

  it('is nothing where an error is of something else', () => {
    const others = [
      new Error('Invalid TF_Status: 3\nMessage: Incompatible shapes'),
      new RangeError('Array buffer allocation failed'),
      new Error('Shader module compile failed'),
      'VK_ERROR_DEVICE_LOST',
    ];
    for (const other of others) expect(deviceFailure(other, 'x')).toBeUndefined();
  });
});

describe('an engine on a device that fails', () => {
  const value = { loss: 1, gradient: new Float32Array(1) };
  const engineOf = (lossGradient: Engine['lossGradient']): Engine => ({
    name: 'tfjs:test',
    precision: 'float32',
    device: 'a GPU',
    metaGradient: () => Promise.reject(new Error('not called')),
    adaptAndRank: () => Promise.reject(new Error('not called')),
    lossGradient,
    close: async () => {},
  });
  const call = (engine: Engine) =>
    engine.lossGradient(new Float32Array(1), {
      items: new Int32Array(0),
      offsets: Int32Array.of(0),
      labels: new Int32Array(0),
    });

  it('is out of memory where it threw that, whatever the device then says of calls without their buffers', async () => {
    const engine = withDeviceFailures(
      engineOf(() => Promise.reject(named('DeviceOutOfMemoryError', 'the device has no more memory'))),
      () => {
        throw new Error('a GPU: [Invalid Buffer] is invalid due to a previous error.');
      },
    );
    await expect(call(engine)).rejects.toMatchObject({ failure: { reason: 'device-out-of-memory' } });
  });

  it('gives no number that was computed after the device failed without a throw', async () => {
    let calls = 0;
    const engine = withDeviceFailures(
      engineOf(async () => value),
      () => {
        if (++calls > 1) throw named('DeviceOutOfMemoryError', 'vkAllocateMemory failed');
      },
    );
    expect(await call(engine)).toBe(value);
    await expect(call(engine)).rejects.toMatchObject({ failure: { reason: 'device-out-of-memory' } });
  });

  it('is told of by what the device says rather than by what followed from it', async () => {
    const engine = withDeviceFailures(
      engineOf(() => Promise.reject(new Error('mapAsync was rejected'))),
      () => {
        throw named('DeviceLostError', 'the driver was reset');
      },
    );
    const error = await call(engine).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FailureError);
    expect((error as FailureError).failure).toMatchObject({
      reason: 'device-lost',
      message: 'a GPU was lost: the driver was reset',
    });
  });

  it('throws what is no failure of the device as it is', async () => {
    const thrown = new Error('a bug');
    await expect(call(withDeviceFailures(engineOf(() => Promise.reject(thrown))))).rejects.toBe(thrown);
  });
});
