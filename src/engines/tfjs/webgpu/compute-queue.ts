import { type BufferPool, bufferUsage, createBufferPool, type Lease, mapModeRead } from './buffer-pool.js';
import { type Binding, type Call, callBytes, type Program, writeCall } from './program.js';
import { DeviceOutOfMemoryError, type WebgpuDevice } from './webgpu-device.js';

/** A piece of a buffer of float32 numbers, counted in numbers. */
export interface BufferSpan {
  readonly from: Lease;
  readonly offset: number;
  readonly length: number;
}

/** What ran since the counters were last reset. */
export interface ComputeCounters {
  readonly dispatches: number;
  readonly submits: number;
  readonly bytesAllocated: number;
  readonly buffers: number;
  /** By program: how often it ran and, where the device has timestamps and `profile` is on, for how long. */
  readonly programs: ReadonlyMap<string, { readonly dispatches: number; readonly nanoseconds: number }>;
}

/** Calls whose arguments fit the buffer for them; the commands recorded so far are submitted when it is full. */
const callsPerSubmit = 512;

/**
 * Records programs into as few submissions as can be: one for each upload or read, and at most `callsPerSubmit` calls.
 * Programs run in the order in which they were recorded, each after all before it.
 */
export class ComputeQueue {
  readonly pool: BufferPool;
  /** Apart, because what is being read back is still on loan when the next series of calls begins. */
  readonly #staging: BufferPool;
  readonly #opened: WebgpuDevice;
  readonly #device: GPUDevice;
  readonly #pipelines: Map<Program, Pipeline>;
  readonly #calls: ArrayBuffer;
  readonly #callBuffer: GPUBuffer;
  readonly #profile: boolean;
  #recorded = 0;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #timed: string[] = [];
  #querySet: GPUQuerySet | undefined;
  #dispatches = 0;
  #submits = 0;
  readonly #programs = new Map<string, { dispatches: number; nanoseconds: number }>();

  constructor(opened: WebgpuDevice, options: { readonly profile?: boolean } = {}) {
    this.#opened = opened;
    this.#device = opened.device;
    this.pool = createBufferPool(opened.device);
    this.#staging = createBufferPool(opened.device);
    this.#pipelines = pipelinesOf(this.#device);
    this.#calls = new ArrayBuffer(callsPerSubmit * callBytes);
    this.#callBuffer = this.#device.createBuffer({
      label: 'calls',
      size: this.#calls.byteLength,
      usage: bufferUsage.uniform | bufferUsage.copyDestination,
    });
    this.#profile = options.profile === true && this.#device.features.has('timestamp-query');
  }

  get counters(): ComputeCounters {
    return {
      dispatches: this.#dispatches,
      submits: this.#submits,
      bytesAllocated: this.pool.bytesAllocated + this.#staging.bytesAllocated,
      buffers: this.pool.buffers + this.#staging.buffers,
      programs: this.#programs,
    };
  }

  resetCounters(): void {
    this.#dispatches = 0;
    this.#submits = 0;
    this.#programs.clear();
  }

  /** Writes `data` to the start of a buffer, after all that was recorded. */
  upload({ buffer }: Lease, data: Int32Array | Float32Array): void {
    // A write happens at once, so whatever still reads the buffer's former content has to be on its way.
    this.#submit();
    this.#device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
  }

  /** Records `program` over `x * y` workgroups. `buffers` are in the order of the program's bindings. */
  dispatch(program: Program, buffers: readonly Lease[], call: Call, x: number, y = 1): void {
    if (x === 0 || y === 0) return;
    const most = this.#device.limits.maxComputeWorkgroupsPerDimension;
    if (x > most || y > most) {
      throw new DeviceOutOfMemoryError(`${program.name} needs ${x} x ${y} workgroups; ${most} is the most`);
    }
    if (this.#recorded === callsPerSubmit) this.#submit();
    const { pipeline, layout } = this.#pipelineOf(program);
    const offset = this.#recorded * callBytes;
    writeCall(this.#calls, offset, call);
    const entries = [
      { binding: 0, resource: { buffer: this.#callBuffer, size: callBytes } },
      ...buffers.map(({ buffer }, index) => ({ binding: index + 1, resource: { buffer } })),
    ];
    const group = this.#device.createBindGroup({ layout, entries });
    const pass = this.#openPass(program.name);
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group, [offset]);
    pass.dispatchWorkgroups(x, y);
    if (this.#profile) this.#endPass();
    this.#recorded++;
    this.#dispatches++;
    const counted = this.#programs.get(program.name) ?? { dispatches: 0, nanoseconds: 0 };
    this.#programs.set(program.name, { ...counted, dispatches: counted.dispatches + 1 });
  }

  /**
   * Runs all that was recorded, reads `spans` in one transfer, and takes back every buffer on loan, all before the
   * first wait, so that the next series of calls may begin at once. Throws what went wrong on the device.
   */
  async read(spans: readonly BufferSpan[]): Promise<readonly Float32Array[]> {
    const bytes = 4 * spans.reduce((sum, { length }) => sum + length, 0);
    const size = Math.max(bytes, 4);
    const staging = this.#staging.lease(size, bufferUsage.mapRead | bufferUsage.copyDestination);
    const encoder = this.#openEncoder();
    let at = 0;
    for (const { from, offset, length } of spans) {
      if (length > 0) encoder.copyBufferToBuffer(from.buffer, 4 * offset, staging.buffer, at, 4 * length);
      at += 4 * length;
    }
    const times = this.#resolveTimes(encoder);
    this.#submit();
    this.pool.releaseAll();
    this.pool.trim();
    try {
      await Promise.all([this.pool.settle(), this.#staging.settle()]);
    } catch (error) {
      staging.release();
      throw error;
    }
    try {
      await staging.buffer.mapAsync(mapModeRead, 0, size);
    } catch (error) {
      staging.release();
      // The device's own account says more than that a buffer could not be mapped.
      this.#opened.check();
      throw error;
    }
    this.#opened.check();
    const all = new Float32Array(staging.buffer.getMappedRange(0, size).slice(0));
    staging.buffer.unmap();
    staging.release();
    this.#staging.trim();
    await times?.();
    at = 0;
    return spans.map(({ length }) => {
      at += length;
      return all.subarray(at - length, at);
    });
  }

  close(): void {
    this.#pass?.end();
    this.#pass = undefined;
    this.#encoder = undefined;
    this.#querySet?.destroy();
    this.#callBuffer.destroy();
    this.pool.close();
    this.#staging.close();
  }

  #pipelineOf(program: Program): Pipeline {
    let found = this.#pipelines.get(program);
    if (found === undefined) {
      found = createPipeline(this.#device, program);
      this.#pipelines.set(program, found);
    }
    return found;
  }

  #openEncoder(): GPUCommandEncoder {
    this.#endPass();
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  #openPass(name: string): GPUComputePassEncoder {
    if (this.#pass !== undefined) return this.#pass;
    this.#encoder ??= this.#device.createCommandEncoder();
    if (!this.#profile) {
      this.#pass = this.#encoder.beginComputePass();
      return this.#pass;
    }
    this.#querySet ??= this.#device.createQuerySet({ type: 'timestamp', count: 2 * callsPerSubmit });
    const index = 2 * this.#timed.length;
    const full = index >= 2 * callsPerSubmit;
    this.#pass = this.#encoder.beginComputePass(
      full
        ? {}
        : {
            timestampWrites: {
              querySet: this.#querySet,
              beginningOfPassWriteIndex: index,
              endOfPassWriteIndex: index + 1,
            },
          },
    );
    if (!full) this.#timed.push(name);
    return this.#pass;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  #submit(): void {
    this.#endPass();
    if (this.#encoder === undefined) return;
    this.#device.queue.writeBuffer(this.#callBuffer, 0, this.#calls, 0, this.#recorded * callBytes);
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    this.#recorded = 0;
    this.#submits++;
  }

  /** Copies the timestamps taken since the last read; what it gives adds them up once the commands have run. */
  #resolveTimes(encoder: GPUCommandEncoder): (() => Promise<void>) | undefined {
    if (this.#querySet === undefined || this.#timed.length === 0) return undefined;
    const names = this.#timed;
    this.#timed = [];
    const size = 16 * names.length;
    const usage = bufferUsage.queryResolve | bufferUsage.copySource;
    const resolved = this.#device.createBuffer({ size, usage });
    const staging = this.#device.createBuffer({
      size,
      usage: bufferUsage.mapRead | bufferUsage.copyDestination,
    });
    encoder.resolveQuerySet(this.#querySet, 0, 2 * names.length, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    return async () => {
      await staging.mapAsync(mapModeRead);
      const stamps = new BigUint64Array(staging.getMappedRange());
      for (const [index, name] of names.entries()) {
        const counted = this.#programs.get(name);
        const time = Number((stamps[2 * index + 1] ?? 0n) - (stamps[2 * index] ?? 0n));
        if (counted !== undefined) counted.nanoseconds += time;
      }
      staging.unmap();
      staging.destroy();
      resolved.destroy();
    };
  }
}

interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Compiled once for a device, however many queues it has. */
const compiled = new WeakMap<GPUDevice, Map<Program, Pipeline>>();

function pipelinesOf(device: GPUDevice): Map<Program, Pipeline> {
  const found = compiled.get(device) ?? new Map<Program, Pipeline>();
  compiled.set(device, found);
  return found;
}

function createPipeline(device: GPUDevice, program: Program): Pipeline {
  const compute = 4;
  const layout = device.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: compute, buffer: { type: 'uniform', hasDynamicOffset: true } },
      ...program.bindings.map(({ access }: Binding, index) => ({
        binding: index + 1,
        visibility: compute,
        buffer: { type: access === 'read' ? ('read-only-storage' as const) : ('storage' as const) },
      })),
    ],
  });
  const module = device.createShaderModule({ label: program.name, code: program.source });
  const pipeline = device.createComputePipeline({
    label: program.name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'main' },
  });
  return { pipeline, layout };
}
