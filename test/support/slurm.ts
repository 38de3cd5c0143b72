import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether Debian's slurmctld, slurmd, slurm-client and munge are installed. */
export const hasSlurmDaemons = ['slurmctld', 'slurmd', 'munged', 'sbatch'].every((name) =>
  ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'].some((folder) =>
    existsSync(join(folder, name)),
  ),
);

/** A real Slurm, whose nodes are all this machine. */
export interface TestSlurm {
  readonly folder: string;
  /** What its commands need in their environment; also set in this process until `stop`. */
  readonly environment: { readonly SLURM_CONF: string };
  /** Runs one of its commands; gives what it printed. */
  command(program: string, ...words: readonly string[]): string;
  /** The names of the nodes. */
  readonly nodes: readonly string[];
  /** Whether jobs get no more memory than they asked for. */
  readonly limitsMemory: boolean;
  /** The process id of `slurmctld`, or of the slurmd of a node. */
  daemon(name: string): number;
  /** Ends a node as a machine ends that loses its power: its slurmd and all that this has started, at once. */
  killNode(name: string): void;
  /** Starts again what has been ended of it. */
  restart(): void;
  stop(): void;
}

/** Starts one in a temporary folder: a second or two. */
export function startSlurm(nodes: 1 | 2 = 1): TestSlurm {
  // Short: a socket's path has 107 bytes, and the name of the host is in it.
  const folder = mkdtempSync(join(tmpdir(), 'ks-'));
  const environment = { SLURM_CONF: join(folder, 'slurm.conf') };
  const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const up = () =>
    execFileSync(script('./slurm-up.sh'), [folder, '4', String(nodes)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  up();
  const before = process.env['SLURM_CONF'];
  Object.assign(process.env, environment);
  const command: TestSlurm['command'] = (program, ...words) =>
    execFileSync(program, [...words], { encoding: 'utf8', env: { ...process.env, ...environment } });
  const daemon: TestSlurm['daemon'] = (name) => Number(readFileSync(join(folder, `${name}.pid`), 'utf8'));
  return {
    folder,
    environment,
    nodes: readdirSync(join(folder, 'spool')).sort(),
    limitsMemory: /TaskPlugin *= task\/cgroup/.test(command('scontrol', 'show', 'config')),
    command,
    daemon,
    killNode(name) {
      const all = processes();
      const scripts = all.filter(({ words }) => words.includes(join(folder, 'spool', name)));
      // The parent of a job's shell, and what it has started beside.
      const doomed = new Set([daemon(name), ...scripts.map(({ parent }) => parent)]);
      for (let before = 0; before < doomed.size; ) {
        before = doomed.size;
        for (const { id, parent } of all) if (doomed.has(parent)) doomed.add(id);
      }
      for (const id of doomed) {
        try {
          process.kill(id, 'SIGKILL');
        } catch {
          // It ended with one before it.
        }
      }
    },
    restart: up,
    stop() {
      if (before === undefined) delete process.env['SLURM_CONF'];
      else process.env['SLURM_CONF'] = before;
      execFileSync(script('./slurm-down.sh'), [folder], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function processes(): readonly { readonly id: number; readonly parent: number; readonly words: string }[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [, id, parent, words = ''] = /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? [];
    return { id: Number(id), parent: Number(parent), words };
  });
}
