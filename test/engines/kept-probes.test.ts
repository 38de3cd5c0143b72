import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { builtFile } from '../../src/base/files/built-file.js';
import { forgetProbes, keepProbe, keptProbe } from '../../src/engines/kept-probes.js';
import { libraryLook } from '../../src/engines/tfjs/device/tensorflow-library.js';

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

const library = vi.hoisted(() => ({ look: undefined as string | undefined }));
vi.mock(import('../../src/engines/tfjs/device/tensorflow-library.js'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    libraryLook: (...at: Parameters<typeof original.libraryLook>) =>
      library.look ?? original.libraryLook(...at),
  };
});

afterEach(() => {
  library.look = undefined;
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

it('what TensorFlow came to without its library, or with another, counts no more once it has one', () => {
  const installed = join(folder, 'node_modules');
  const looks: string[] = [];
  const look = () => looks.push(libraryLook(installed));
  const put = (made: string) => {
    mkdirSync(join(folder, made, 'deps/lib'), { recursive: true });
    for (const name of ['deps', 'lib']) {
      rmSync(join(installed, name), { recursive: true, force: true });
      symlinkSync(join(folder, made, name), join(installed, name));
    }
  };
  mkdirSync(installed);
  look();
  put('for the CPU');
  look();
  mkdirSync(join(folder, 'for the CPU/lib/napi-v8'), { recursive: true });
  writeFileSync(join(folder, 'for the CPU/lib/napi-v8/tfjs_binding.node'), '');
  look();
  put('with CUDA');
  look();
  mkdirSync(join(folder, 'with CUDA/deps/nvidia'));
  look();
  expect(new Set(looks).size).toBe(5);
  expect(libraryLook(installed)).toBe(looks[4]);
});

it('a probe of TensorFlow is kept for the library that was there', () => {
  keepProbe(folder, 'tfjs:tensorflow', { available: false, why: 'it does not load', versions: {} });
  library.look = 'another';
  expect(keptProbe(folder, 'tfjs:tensorflow')).toBeUndefined();
  library.look = undefined;
  expect(keptProbe(folder, 'tfjs:tensorflow')?.available).toBe(false);
});

it('nothing is kept where nothing can be written, and that is no failure', () => {
  const place = join(folder, 'a-file');
  writeFileSync(place, 'is in the way');
  keepProbe(place, 'tfjs:webgpu', probe);
  expect(readFileSync(place, 'utf8')).toBe('is in the way');
  expect(keptProbe(place, 'tfjs:webgpu')).toBeUndefined();
});
