import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { builtFile } from '../../src/base/files/built-file.js';
import { forgetProbes, keepProbe, keptProbe } from '../../src/engines/kept-probes.js';

const probe = { available: true, device: 'a GPU', versions: { webgpu: '1.0.0' } } as const;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-test-'));
});

const built = vi.hoisted(() => ({ digests: undefined as URL | undefined }));
vi.mock(import('../../src/base/files/built-file.js'), async (importOriginal) => {
  const original = await importOriginal();
  return { builtFile: (name) => built.digests ?? original.builtFile(name) };
});

afterEach(() => {
  built.digests = undefined;
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

it('it counts no more where the engines are of another version of kshot', () => {
  keepProbe(folder, 'tfjs:webgpu', probe);
  const other = join(folder, 'code-digests.json');
  writeFileSync(
    other,
    readFileSync(builtFile('code-digests.json'), 'utf8').replace(/[0-9a-f]{64}/, '0'.repeat(64)),
  );
  built.digests = pathToFileURL(other);
  expect(keptProbe(folder, 'tfjs:webgpu')).toBeUndefined();
});

it('nothing is kept where nothing can be written, and that is no failure', () => {
  const place = join(folder, 'a-file');
  writeFileSync(place, 'is in the way');
  keepProbe(place, 'tfjs:webgpu', probe);
  expect(readFileSync(place, 'utf8')).toBe('is in the way');
  expect(keptProbe(place, 'tfjs:webgpu')).toBeUndefined();
});
