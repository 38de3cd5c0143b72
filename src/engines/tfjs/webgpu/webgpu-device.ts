/** The device has no room for what was asked of it: fewer tasks at once need less. */
export class DeviceOutOfMemoryError extends Error {
  override readonly name = 'DeviceOutOfMemoryError';
}

/** The device went away (driver reset, unplugged, destroyed from outside); nothing on it can be used any more. */
export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError';
}

/** No device as asked for; the message says why, for a user to read. */
export class WebgpuUnavailableError extends Error {
  override readonly name = 'WebgpuUnavailableError';
}

export interface WebgpuOptions {
  /** Whether an adapter that computes on the CPU (SwiftShader, lavapipe, WARP) will do. */
  readonly allowSoftware: boolean;
  /** Place in `availableAdapters`; without it, the one that Dawn takes for the fastest. */
  readonly deviceIndex?: number;
  /** Whether timestamps are to be exact; a browser's, and so Dawn's, are rounded to a tenth of a millisecond. */
  readonly exactTimestamps?: boolean;
}

/** An open device. What it was asked to do and could not is thrown by `check`. */
export interface WebgpuDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  readonly software: boolean;
  /** For people: the adapter and its driver. */
  readonly name: string;
  /** Throws what went wrong on the device since it was opened, as one of the errors above where it is one. */
  check(): void;
  /** Destroys the device. Nothing keeps the process alive after it. */
  close(): Promise<void>;
}

/**
 * Opens a device by Dawn, with as much memory as the adapter has to give.
 *
 * @throws WebgpuUnavailableError where the package, an adapter or a device is missing
 */
export async function openWebgpu({
  allowSoftware,
  deviceIndex,
  exactTimestamps = false,
}: WebgpuOptions): Promise<WebgpuDevice> {
  const { create, globals } = await loadDawn();
  const options = exactTimestamps ? ['disable-dawn-features=timestamp_quantization'] : [];
  if (deviceIndex !== undefined && deviceIndex > 0) {
    options.push(`adapter=${await nameOfAdapter(deviceIndex)}`);
  }
  const gpu = create(options);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new WebgpuUnavailableError('Dawn found no graphics adapter');
  const { info } = adapter;
  const software = isSoftware(info);
  const name = `${info.device || info.architecture || info.vendor} (${info.description})`;
  if (software && !allowSoftware) {
    throw new WebgpuUnavailableError(`the only graphics adapter is software: ${name}`);
  }
  const device = await adapter
    .requestDevice({
      requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
      requiredLimits: {
        maxBufferSize: adapter.limits.maxBufferSize,
        maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
        maxComputeWorkgroupStorageSize: adapter.limits.maxComputeWorkgroupStorageSize,
        maxComputeWorkgroupsPerDimension: adapter.limits.maxComputeWorkgroupsPerDimension,
        // What the library's own programs ask for.
        maxComputeInvocationsPerWorkgroup: adapter.limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: adapter.limits.maxComputeWorkgroupSizeX,
      },
    })
    .catch((error: unknown) => {
      throw new WebgpuUnavailableError(`${name} gives no device: ${messageOf(error)}`, { cause: error });
    });

  openGpus.add(gpu);
  let closed = false;
  let trouble: Error | undefined;
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    const found =
      error instanceof globals.GPUOutOfMemoryError
        ? new DeviceOutOfMemoryError(`${name} is out of memory: ${error.message}`)
        : new Error(`${name}: ${error.message}`);
    // What follows a buffer that could not be had is not worth telling.
    if (trouble === undefined || found instanceof DeviceOutOfMemoryError) trouble = found;
  });
  const lost = device.lost.then(({ message }) => {
    if (!closed) trouble = new DeviceLostError(`${name} was lost: ${message}`);
  });
  return {
    device,
    info,
    software,
    name,
    check(): void {
      if (trouble !== undefined) throw trouble;
    },
    async close(): Promise<void> {
      closed = true;
      device.destroy();
      await lost;
      // Dawn goes when this object is collected, and what it gave must not outlive it.
      openGpus.delete(gpu);
    },
  };
}

/** Names of the adapters that Dawn sees, software among them; empty where it sees none. */
export async function availableAdapters(): Promise<readonly string[]> {
  const { create } = await loadDawn();
  // Asked for one that is not there, Dawn lists those that are: its only list.
  const message = await create(['adapter=\u0001'])
    .requestAdapter()
    .then(() => '', messageOf);
  return [...message.matchAll(/backend: '[^']*', name: '([^']*)'/g)].map((match) => match[1] ?? '');
}

/** The instances whose devices are open. */
const openGpus = new Set<GPU>();

/** What WebGPU adds to a browser's globals. */
export async function webgpuGlobals(): Promise<typeof globalThis> {
  return (await loadDawn()).globals;
}

interface Dawn {
  create(options: string[]): GPU;
  /** What a browser has as global classes and constants. */
  readonly globals: typeof globalThis;
}

/** The `webgpu` package, which is optional. */
async function loadDawn(): Promise<Dawn> {
  try {
    const { create, globals } = await import('webgpu');
    return { create, globals: globals as typeof globalThis };
  } catch (error) {
    throw new WebgpuUnavailableError(`the package webgpu cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function nameOfAdapter(index: number): Promise<string> {
  const names = await availableAdapters();
  const name = names[index];
  if (name === undefined) {
    throw new WebgpuUnavailableError(`there is no graphics adapter ${index}: Dawn lists ${names.length}`);
  }
  // Dawn picks by name, and takes the first of that name.
  if (names.indexOf(name) !== index) {
    throw new WebgpuUnavailableError(`graphics adapter ${index} cannot be told from another ${name}`);
  }
  return name;
}

function isSoftware({
  isFallbackAdapter,
  vendor,
  architecture,
  device,
  description,
}: GPUAdapterInfo): boolean {
  const text = `${vendor} ${architecture} ${device} ${description}`;
  return isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i.test(text);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
