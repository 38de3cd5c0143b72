import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../base/files/built-file.js';
import type { EngineProbe } from './engine.js';

/** Longer than any driver takes to start, on a machine with other work. */
const timeoutMilliseconds = 60_000;

/** What a probe in a process of its own came to. */
export async function probeInProcess(name: string): Promise<EngineProbe> {
  const module = fileURLToPath(builtFile('engines/probe-process.js'));
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [module, name],
      { encoding: 'utf8', timeout: timeoutMilliseconds, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const answer = stdout.split('\n').findLast((line) => line.startsWith('{"available":'));
        if (answer !== undefined)
          return resolve(withMissingLibraries(JSON.parse(answer) as EngineProbe, stderr));
        resolve({
          available: false,
          why: `its driver or library ended the process that looked: ${endOf(error)}`,
          remedy: 'update the driver, or compute with --engine wasm',
          versions: {},
          passing: true,
        });
      },
    );
  });
}

/** Says of an engine that fell back to the CPU which libraries TensorFlow could not load: only its log tells. */
export function withMissingLibraries(probe: EngineProbe, log: string): EngineProbe {
  if (!probe.available || probe.software !== true) return probe;
  const names = new Set(
    [...log.matchAll(/Could not load dynamic library '([^']+)'/g)].flatMap(([, name]) => name ?? []),
  );
  if (names.size === 0) return probe;
  return { ...probe, device: `${probe.device ?? 'the CPU'} (${[...names].join(', ')} cannot be loaded)` };
}

function endOf(error: (Error & { readonly code?: unknown; readonly signal?: unknown }) | null): string {
  if (error === null) return 'it said nothing';
  if (typeof error.signal === 'string') return error.signal;
  return `exit code ${String(error.code)}`;
}
