import { type Failure, FailureError } from '../../../base/failure.js';
import type { Engine } from '../../engine.js';

/**
 * An engine whose calls end with the failures `device-out-of-memory` and `device-lost` where its backend throws, or
 * `check` finds, what stands for them. `check` is called after every computation: a device may fail without a throw.
 */
export function withDeviceFailures(engine: Engine, check: () => void = () => {}): Engine {
  const guarded = async <Value>(compute: () => Promise<Value>): Promise<Value> => {
    try {
      const value = await compute();
      check();
      return value;
    } catch (error) {
      throw deviceError(error, check, engine.device ?? engine.name);
    }
  };
  return {
    ...engine,
    metaGradient: (...given) => guarded(() => engine.metaGradient(...given)),
    adaptAndRank: (...given) => guarded(() => engine.adaptAndRank(...given)),
    lossGradient: (...given) => guarded(() => engine.lossGradient(...given)),
  };
}

/**
 * What was thrown, and what the device itself has to say, are often two accounts of one failure, and one of them only
 * of what followed: a buffer that could not be had is told as that, and then as calls that were given a bad buffer.
 */
function deviceError(thrown: unknown, check: () => void, device: string): unknown {
  const reported = thrownBy(check);
  const failure = deviceFailure(thrown, device) ?? deviceFailure(reported, device);
  return failure === undefined ? (reported ?? thrown) : new FailureError(failure);
}

function thrownBy(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * What an error of TensorFlow or Dawn says of the device, where it is about the device: by the status of TensorFlow
 * (8 is `RESOURCE_EXHAUSTED`), and by the words of Dawn, of Vulkan and of CUDA.
 */
export function deviceFailure(error: unknown, device: string): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const text = `${error.name}: ${error.message}`;
  const shown = error.message.split('\n').slice(0, 2).join(' ');
  if (outOfMemory.some((pattern) => pattern.test(text))) {
    return {
      reason: 'device-out-of-memory',
      message: `${device} has no memory left: ${shown}`,
    };
  }
  if (lost.some((pattern) => pattern.test(text))) {
    return {
      reason: 'device-lost',
      message: `${device} was lost: ${shown}`,
      hint: 'the driver has reset it, or it was taken away; run again, what is done is kept',
    };
  }
  return undefined;
}

const outOfMemory = [
  /^DeviceOutOfMemoryError|GPUOutOfMemoryError/,
  /Invalid TF_Status: 8\b/,
  /OOM when allocating tensor/,
  /VK_ERROR_OUT_OF_(?:DEVICE|HOST|POOL)_MEMORY|E_OUTOFMEMORY|CUDA_ERROR_OUT_OF_MEMORY/,
  // Of Dawn, and so of the library's own programs: a single buffer that the device does not do.
  /exceeds the max buffer size limit/,
  /Binding size \(\d+\) .*larger than the maximum .*binding size/,
];

const lost = [
  /^DeviceLostError/,
  /VK_ERROR_DEVICE_LOST|DXGI_ERROR_DEVICE_(?:REMOVED|RESET|HUNG)/,
  /CUDA_ERROR_(?!OUT_OF_MEMORY)|GPU sync failed/,
  /[Dd]evice\]? (?:is|was) lost/,
];
