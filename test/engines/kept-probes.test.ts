import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { forgetProbes, keepProbe, keptProbe } from '../../src/engines/kept-probes.js';

const probe = { available: true, device: 'a GPU', versions: { webgpu: '1.0.0' } } as const;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-test-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('what a probe came to is kept for each engine, and forgotten when asked to', () => {
  expect(keptProbe(folder, 'tfjs:webgpu')).toBeUndefined();
  keepProbe(folder, 'tfjs:webgpu', probe);
  keepProbe(folder, 'tfjs:tensorflow', { available: false, why: 'not installed', versions: {} });
  expect(keptProbe(folder, 'tfjs:webgpu')).toEqual(probe);
  expect(keptProbe(folder, 'tfjs:tensorflow')?.available).toBe(false);
  forgetProbes(folder);
  expect(keptProbe(folder, 'tfjs:webgpu')).toBeUndefined();
});

it('it counts no more where the devices or the drivers are others', () => {
  keepProbe(folder, 'tfjs:webgpu', probe);
  for (const name of ['KSHOT_GPUS', 'VK_ICD_FILENAMES']) {
    vi.stubEnv(name, '7');
    expect(keptProbe(folder, 'tfjs:webgpu'), name).toBeUndefined();
    vi.unstubAllEnvs();
    expect(keptProbe(folder, 'tfjs:webgpu'), name).toEqual(probe);
  }
});

it('nothing is kept where nothing can be written, and that is no failure', () => {
  const place = join(folder, 'a-file');
  writeFileSync(place, 'is in the way');
  keepProbe(place, 'tfjs:webgpu', probe);
  expect(readFileSync(place, 'utf8')).toBe('is in the way');
  expect(keptProbe(place, 'tfjs:webgpu')).toBeUndefined();
});
