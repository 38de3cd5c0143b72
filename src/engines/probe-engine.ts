import { fileURLToPath } from 'node:url';
import { builtFile } from '../base/files/built-file.js';
import type { EngineDescriptor, EngineProbe } from './engine.js';
import { installedVersions } from './installed-version.js';
import { engines } from './registry.js';

/**
 * Whether the engine can compute here: its optional packages are looked for first, then it is asked itself.
 *
 * @param python of an engine that computes in one, absolute; default: the first python3 of PATH
 */
export async function probeEngine(name: string, python?: string): Promise<EngineProbe> {
  const engine = engines[name];
  if (engine === undefined) return { available: false, why: `there is no engine ${name}`, versions: {} };
  const versions = installedVersions(engine.packages);
  const platform = `${process.platform}-${process.arch}`;
  if (engine.platforms?.includes(platform) === false) {
    return {
      available: false,
      why: `there is no ${engine.packages.join(' and ')} for ${platform}`,
      remedy: '--engine tfjs:webgpu computes on any GPU',
      versions,
    };
  }
  const missing = engine.packages.filter((one) => versions[one] === undefined);
  if (missing.length === 0) return await engine.probe(python);
  return {
    available: false,
    why: `the package${missing.length === 1 ? '' : 's'} ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`,
    remedy: installing({ ...engine, packages: missing }),
    versions,
  };
}

/** What installs an engine's packages. */
export function installing({
  packages,
  installer,
  installNote,
}: Pick<EngineDescriptor, 'packages' | 'installer' | 'installNote'>): string {
  const command =
    installer === undefined
      ? `npm install ${packages.join(' ')}`
      : `node ${fileURLToPath(builtFile(`../scripts/${installer}`))}`;
  return `${command}${installNote === undefined ? '' : `, ${installNote}`}`;
}
