import { expect, it } from 'vitest';
import { sha256 } from '../../../src/base/canonical.js';
import { installedVersions } from '../../../src/engines/installed-version.js';
import { engines } from '../../../src/engines/registry.js';
import { type CodeDigests, installedCode, readCodeDigests } from '../../../src/pipeline/plan/code-digests.js';

const core = '@tensorflow/tfjs-core';
const installed = installedVersions([core])[core] ?? '';

function codesWith(manifest: string): CodeDigests {
  const code = { manifest, digest: sha256(manifest) };
  return { kinds: {}, engines: { 'tfjs:cpu': code, other: code } };
}

const withTorch = (torch: string) => async () => ({ available: true, versions: { torch } }) as const;
const unasked = async () => {
  throw new Error('nothing is to be probed');
};

it('what is installed as the lockfile says leaves the digests of the build', async () => {
  const codes = readCodeDigests();
  // Of the others a probe tells what they compute with.
  const locked = Object.keys(codes.engines).filter((name) => engines[name]?.keyedVersions === undefined);
  expect(locked).toContain('wasm');
  expect(await installedCode(codes, locked, unasked)).toEqual(codes);
});

it('PyTorch’s version is in the digest of the engine that computes with it, and the worker in Python is, too', async () => {
  const codes = readCodeDigests();
  const codeOf = async (torch: string) =>
    (await installedCode(codes, ['torch'], withTorch(torch))).engines['torch'];
  const [old, later] = [await codeOf('2.1.0'), await codeOf('2.2.0')];
  expect(old?.manifest).toBe(`torch@2.1.0\n${codes.engines['torch']?.manifest}`);
  expect(old?.digest).not.toBe(later?.digest);
  expect(old?.manifest).toMatch(/^python\/kshot_torch.py [0-9a-f]{64}$/m);
});

it('another version of a package that computes gives an engine another digest, of a manifest that tells it', async () => {
  const codes = codesWith(`${core}@0.0.1\nlong@0.0.1\nsrc/engines/x abc\n`);
  const { engines } = await installedCode(codes, ['tfjs:cpu'], unasked);
  const manifest = `${core}@${installed}\nlong@0.0.1\nsrc/engines/x abc\n`;
  expect(engines['tfjs:cpu']).toEqual({ manifest, digest: sha256(manifest) });
  // Nobody asked about the other.
  expect(engines['other']).toBe(codes.engines['other']);
});

it('a package that is not installed counts as the locked one', async () => {
  const codes = codesWith('@tensorflow/tfjs-of-tomorrow@9.9.9\n');
  expect(await installedCode(codes, ['tfjs:cpu'], unasked)).toEqual(codes);
});

it('a program’s code is what decides how it is started, without a package', () => {
  const { command, python } = readCodeDigests().kinds;
  const modules = command?.manifest
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(modules).toEqual([
    'src/base/json',
    'src/base/number-text',
    'src/kinds/declared-values',
    'src/kinds/program/launch',
  ]);
  expect(python).toEqual(command);
});

it('a kind’s code is its body and what that reaches, and nothing that declares a kind', () => {
  const { command: _, python: __, ...kinds } = readCodeDigests().kinds;
  const fileOf = (name: string) => name.replace(/[._]/g, '-');
  const declarations = Object.keys(kinds).map((name) => new RegExp(`^src/kinds/[\\w/]+/${fileOf(name)}$`));
  for (const [name, { manifest }] of Object.entries(kinds)) {
    const modules = manifest.split('\n').map((line) => line.split(' ')[0] ?? '');
    const body = new RegExp(`^src/kinds/[\\w/]+/${fileOf(name)}-body$`);
    expect(modules.filter((module) => body.test(module))).toHaveLength(1);
    expect(modules.filter((module) => declarations.some((one) => one.test(module)))).toEqual([]);
    expect(modules).not.toContain('src/kinds/parameters');
  }
});

it('an engine’s code is what it loads: nothing of TensorFlow.js where it computes in programs of its own', () => {
  const { engines } = readCodeDigests();
  expect(engines['tfjs:webgpu']?.manifest).toContain('src/engines/tfjs/webgpu/fused-passes');
  expect(engines['tfjs:webgpu']?.manifest).not.toContain('@tensorflow');
  expect(engines['tfjs:webgpu-plain']?.manifest).toMatch(/^@tensorflow\/tfjs-backend-webgpu@/m);
});
