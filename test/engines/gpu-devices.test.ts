import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gpuDevices, gpuEnvironment, softwareGpu } from '../../src/engines/gpu-devices.js';

const roots: string[] = [];

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

/** A machine of which only the device files are there; `drivers` are those of its render nodes. */
function machine(files: readonly string[], drivers: { readonly [renderNode: string]: string } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'kshot-test-'));
  roots.push(root);
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  for (const [node, driver] of Object.entries(drivers)) {
    mkdirSync(join(root, 'sys/class/drm', node, 'device'), { recursive: true });
    symlinkSync(`../../../bus/pci/drivers/${driver}`, join(root, 'sys/class/drm', node, 'device/driver'));
  }
  return { platform: 'linux' as const, root };
}

const idsOn = (system: ReturnType<typeof machine>, environment: NodeJS.ProcessEnv = {}) =>
  gpuDevices(environment, system).map(({ id }) => id);

describe('the GPUs of a machine', () => {
  it('are the NVIDIA devices, counted from 0 as CUDA does in a container that was given the fourth', () => {
    expect(idsOn(machine(['dev/nvidia0', 'dev/nvidia1', 'dev/nvidiactl', 'dev/nvidia-uvm']))).toEqual([
      '0',
      '1',
    ]);
    expect(idsOn(machine(['dev/nvidia3', 'dev/nvidiactl']))).toEqual(['0']);
  });

  it('are else the render nodes that a driver of hardware has', () => {
    const files = ['dev/dri/card0', 'dev/dri/renderD128', 'dev/dri/renderD129', 'dev/dri/renderD130'];
    expect(idsOn(machine(files, { renderD128: 'vgem', renderD129: 'amdgpu' }))).toEqual(['0']);
    expect(idsOn(machine([...files, 'dev/nvidia0'], { renderD128: 'i915', renderD129: 'amdgpu' }))).toEqual([
      '0',
    ]);
  });

  it('are one inside WSL and on a Mac, and none where there is no device file', () => {
    expect(idsOn(machine(['dev/dxg']))).toEqual(['0']);
    expect(gpuDevices({}, { platform: 'darwin', root: '/nowhere' })).toHaveLength(1);
    expect(idsOn(machine(['dev/null']))).toEqual([]);
    expect(gpuDevices({}, { platform: 'linux', root: '/nowhere' })).toEqual([]);
  });

  it('are those that CUDA_VISIBLE_DEVICES leaves, read as CUDA reads it', () => {
    const two = machine(['dev/nvidia0', 'dev/nvidia1']);
    const visible = (list: string) => gpuDevices({ CUDA_VISIBLE_DEVICES: list }, two);
    expect(visible('1')).toEqual([{ id: '1', index: 1 }]);
    expect(visible('1,0,1').map(({ id }) => id)).toEqual(['1', '0']);
    expect(visible('GPU-8932f937, MIG-5c2')).toEqual([
      { id: 'GPU-8932f937', index: 0 },
      { id: 'MIG-5c2', index: 1 },
    ]);
    expect(visible('0,-1,1').map(({ id }) => id)).toEqual(['0']);
    for (const none of ['', '-1', 'NoDevFiles']) expect(visible(none)).toEqual([]);
    expect(idsOn(machine([]), { CUDA_VISIBLE_DEVICES: '0' })).toEqual([]);
  });

  it('are those that KSHOT_GPUS lists, whatever there is', () => {
    expect(idsOn(machine([]), { KSHOT_GPUS: '0,1' })).toEqual(['0', '1']);
    expect(idsOn(machine(['dev/nvidia0']), { KSHOT_GPUS: 'none' })).toEqual([]);
    expect(idsOn(machine(['dev/nvidia0']), { KSHOT_GPUS: '4', CUDA_VISIBLE_DEVICES: '0' })).toEqual(['4']);
  });
});

describe('the environment of a process that was given GPUs', () => {
  it('shows CUDA these alone, in the order that their indices refer to', () => {
    const given = [
      { id: '3', index: 3 },
      { id: '1', index: 1 },
    ];
    expect(gpuEnvironment(given, {})).toEqual({ CUDA_VISIBLE_DEVICES: '3,1', KSHOT_GPU: '3,1' });
    expect(gpuEnvironment(given, { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' })).toMatchObject({
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    });
  });

  it('is left as it is where it was given none', () => {
    // A GPU that CUDA_VISIBLE_DEVICES keeps from kshot is kept from what it starts, too.
    expect(gpuEnvironment([softwareGpu], {})).toEqual({ CUDA_VISIBLE_DEVICES: '', KSHOT_GPU: 'software' });
    expect(gpuEnvironment([], { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' })).toEqual({});
  });
});
