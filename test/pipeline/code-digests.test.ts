import { expect, it } from 'vitest';
import { sha256 } from '../../src/base/canonical.js';
import { installedVersions } from '../../src/engines/installed-version.js';
import { type CodeDigests, installedCode, readCodeDigests } from '../../src/pipeline/code-digests.js';

const core = '@tensorflow/tfjs-core';
const installed = installedVersions([core])[core] ?? '';

function codesWith(manifest: string): CodeDigests {
  const code = { manifest, digest: sha256(manifest) };
  return { kinds: {}, engines: { 'tfjs:cpu': code, other: code } };
}

it('what is installed as the lockfile says leaves the digests of the build', () => {
  const codes = readCodeDigests();
  expect(installedCode(codes, Object.keys(codes.engines))).toEqual(codes);
});

it('another version of a package that computes gives an engine another digest, of a manifest that tells it', () => {
  const codes = codesWith(`${core}@0.0.1\nlong@0.0.1\nsrc/engines/x abc\n`);
  const { engines } = installedCode(codes, ['tfjs:cpu']);
  const manifest = `${core}@${installed}\nlong@0.0.1\nsrc/engines/x abc\n`;
  expect(engines['tfjs:cpu']).toEqual({ manifest, digest: sha256(manifest) });
  // Nobody asked about the other.
  expect(engines['other']).toBe(codes.engines['other']);
});

it('a package that is not installed counts as the locked one', () => {
  const codes = codesWith('@tensorflow/tfjs-of-tomorrow@9.9.9\n');
  expect(installedCode(codes, ['tfjs:cpu'])).toEqual(codes);
});
