import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether Debian's slurmctld, slurmd, slurm-client and munge are installed. */
export const hasSlurmDaemons = ['slurmctld', 'slurmd', 'munged', 'sbatch'].every((name) =>
  ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'].some((folder) =>
    existsSync(join(folder, name)),
  ),
);

/** A real Slurm of one node. */
export interface OneNodeSlurm {
  readonly folder: string;
  /** What its commands need in their environment; also set in this process until `stop`. */
  readonly environment: { readonly SLURM_CONF: string };
  /** Runs one of its commands; gives what it printed. */
  command(program: string, ...words: readonly string[]): string;
  /** The process id of a daemon. */
  daemon(name: 'slurmctld' | 'slurmd'): number;
  /** Starts again what has been ended of it. */
  restart(): void;
  stop(): void;
}

/** Starts one in a temporary folder: a second or two. */
export function startSlurm(settings: { readonly [name: string]: string } = {}): OneNodeSlurm {
  // Short: a socket's path has 107 bytes, and the name of the host is in it.
  const folder = mkdtempSync(join(tmpdir(), 'ks-'));
  const environment = { SLURM_CONF: join(folder, 'slurm.conf') };
  const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const up = () =>
    execFileSync(script('./slurm-up.sh'), [folder, '4'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...settings },
    });
  up();
  const before = process.env['SLURM_CONF'];
  Object.assign(process.env, environment);
  const command: OneNodeSlurm['command'] = (program, ...words) =>
    execFileSync(program, [...words], { encoding: 'utf8', env: { ...process.env, ...environment } });
  return {
    folder,
    environment,
    command,
    daemon: (name) => Number(execFileSync('cat', [join(folder, `${name}.pid`)], { encoding: 'utf8' })),
    restart: up,
    stop() {
      if (before === undefined) delete process.env['SLURM_CONF'];
      else process.env['SLURM_CONF'] = before;
      execFileSync(script('./slurm-down.sh'), [folder], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
