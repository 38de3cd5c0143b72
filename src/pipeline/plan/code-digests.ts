import { readFileSync } from 'node:fs';
import { sha256 } from '../../base/canonical.js';
import { builtFile } from '../../base/files/built-file.js';
import type { EngineProbe } from '../../engines/engine.js';
import { installedVersions } from '../../engines/installed-version.js';
import { engines } from '../../engines/registry.js';
import type { Digest } from '../../store/entry.js';

/**
 * What the build found of the code: for each kind and each engine a manifest that lists its modules, assets and
 * packages with their digests, and the manifest's own digest.
 */
export interface CodeDigests {
  readonly kinds: { readonly [kind: string]: CodeDigest };
  readonly engines: { readonly [engine: string]: CodeDigest };
}

export interface CodeDigest {
  /** sha256 of `manifest`: what enters the key. */
  readonly digest: Digest;
  /** Lines `<path or package@version> <sha256>`, sorted; kept as an object in the store for `explain`. */
  readonly manifest: string;
}

/** Reads `dist/code-digests.json`, which the build writes. */
export function readCodeDigests(): CodeDigests {
  return JSON.parse(readFileSync(builtFile('code-digests.json'), 'utf8')) as CodeDigests;
}

/** Packages that compute: another version of one may give other numbers. */
const computing = /^(?:@tensorflow\/[\w-]+|webgpu)(?=@)/;

/**
 * The codes with the engines' manifests (of those named) as of the packages that are installed: the build lists the
 * versions of the lockfile, and what another version computed must be told apart from that. A package that is not
 * installed counts as the locked one, so that a machine without it makes the same plan. What is no package of kshot's
 * and computes for an engine all the same, its probe tells the version of.
 */
export async function installedCode(
  codes: CodeDigests,
  used: Iterable<string>,
  probe: (engine: string) => Promise<EngineProbe>,
): Promise<CodeDigests> {
  const changed: { [engine: string]: CodeDigest } = {};
  for (const name of used) {
    const code = codes.engines[name];
    if (code === undefined) continue;
    const lines = code.manifest.split('\n');
    const installed = installedVersions(new Set(lines.flatMap((line) => computing.exec(line)?.[0] ?? [])));
    const foreign = await foreignVersions(name, probe);
    const manifest = [...foreign, ...lines]
      .map((line) => {
        const version = installed[computing.exec(line)?.[0] ?? ''];
        return version === undefined ? line : line.replace(/@[^@]*$/, `@${version}`);
      })
      .join('\n');
    if (manifest !== code.manifest) changed[name] = { manifest, digest: sha256(manifest) };
  }
  return { ...codes, engines: { ...codes.engines, ...changed } };
}

async function foreignVersions(
  engine: string,
  probe: (engine: string) => Promise<EngineProbe>,
): Promise<readonly string[]> {
  const { keyedVersions = [] } = engines[engine] ?? {};
  if (keyedVersions.length === 0) return [];
  const { versions } = await probe(engine);
  return keyedVersions.map((name) => `${name}@${versions[name] ?? 'missing'}`);
}
