import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runsSlowTests } from '../support/slow-tests.js';

interface Row {
  readonly family: string;
  readonly tasks: number;
  readonly milliseconds: readonly number[];
  readonly device?: string;
  readonly gradientError?: number;
  readonly failed?: string;
  readonly checks?: readonly { readonly call: string; readonly error: number }[];
  readonly programs?: readonly { readonly name: string; readonly dispatches: number }[];
}

const builder = fileURLToPath(new URL('../../bench/gpu/build-bundle.mjs', import.meta.url));
const isLinux = process.platform === 'linux' && process.arch === 'x64';
const dawn = fileURLToPath(new URL('../../node_modules/webgpu', import.meta.url));
// Its programs are held to the reference in test/engines/tfjs, on the same driver.
const here = isLinux && existsSync(dawn) && runsSlowTests;
if (!here)
  console.warn(
    'skipping the GPU bundle, which takes a minute or two: KSHOT_SLOW_TESTS=1 builds it, on Linux x86-64 with the package webgpu',
  );
const hasSoftware = existsSync('/usr/lib/chromium/vk_swiftshader_icd.json');
if (here && !hasSoftware)
  console.warn("skipping the GPU bundle's WebGPU: Debian's chromium is not installed");
const hasTorch = spawnSync('/usr/bin/python3', ['-c', 'import torch, numpy']).status === 0;

describe.skipIf(!here)('the GPU bundle', () => {
  let folder = '';
  const run = (...args: string[]) =>
    spawnSync(join(folder, 'kshot-gpu/run.sh'), args, {
      cwd: folder,
      encoding: 'utf8',
      // What a bare machine has: nothing of this checkout, and no other Node.
      env: { PATH: '/usr/bin:/bin' },
    });
  const rows = () =>
    (JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as { readonly rows: readonly Row[] })
      .rows;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kshot-bundle-'));
    const archive = join(folder, 'kshot-gpu.tar.gz');
    execFileSync(process.execPath, [builder, '--out', archive], { stdio: 'pipe' });
    execFileSync('tar', ['-xzf', archive, '-C', folder]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is one file of less than 60 MiB', () => {
    expect(statSync(join(folder, 'kshot-gpu.tar.gz')).size).toBeLessThan(60 * 2 ** 20);
  });

  it('measures kshot and PyTorch on one gradient, with nothing but itself', () => {
    const adapter = hasSoftware ? 'software' : 'none';
    const { status, stdout, stderr } = run('--adapter', adapter, '--tasks', '1', '--repeats', '1');
    expect(stderr).toBe('');
    expect(stdout).toContain(hasTorch ? 'PyTorch: 1.' : 'PyTorch: not measured');
    const found = rows();
    expect(found.map(({ family }) => family)).toEqual([
      'wasm',
      ...(hasSoftware ? ['webgpu-fused'] : []),
      ...(hasTorch ? ['batched', 'loop'] : []),
    ]);
    for (const { family, failed, milliseconds, gradientError } of found) {
      expect(failed, family).toBeUndefined();
      expect(milliseconds, family).toHaveLength(1);
      if (family !== 'wasm') expect(gradientError, family).toBeLessThan(1e-4);
    }
    const fused = found.find(({ family }) => family === 'webgpu-fused');
    if (hasSoftware) {
      expect(fused?.checks).toHaveLength(7);
      for (const { call, error } of fused?.checks ?? []) expect(error, call).toBeLessThan(1e-4);
      expect(fused?.programs?.reduce((sum, { dispatches }) => sum + dispatches, 0)).toBe(96);
    }
    expect(readFileSync(join(folder, 'table.md'), 'utf8')).toMatch(/^\| wasm, \d+ threads? \| cpu \| /m);
    expect(status).toBe(0);
  });

  it('says within seconds, with what the Vulkan loader says, that there is no such device', () => {
    const { status, stdout, stderr } = run('--adapter', 'hardware', '--tasks', '3');
    expect(stdout).toContain('libEGL_nvidia.so.0: cannot open shared object file');
    expect(stderr).toContain('Vulkan lists no hardware device');
    expect(status).toBe(36);
  });
});
