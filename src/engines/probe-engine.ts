import type { EngineProbe } from './engine.js';
import { installedVersions } from './installed-version.js';
import { engines } from './registry.js';

/** Whether the engine can compute here: its optional packages are looked for first, then it is asked itself. */
export async function probeEngine(name: string): Promise<EngineProbe> {
  const engine = engines[name];
  if (engine === undefined) return { available: false, why: `there is no engine ${name}`, versions: {} };
  const versions = installedVersions(engine.packages);
  const missing = engine.packages.filter((one) => versions[one] === undefined);
  if (missing.length === 0) return await engine.probe();
  return {
    available: false,
    why: `the package${missing.length === 1 ? '' : 's'} ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`,
    mend: `npm install ${missing.join(' ')}`,
    versions,
  };
}
