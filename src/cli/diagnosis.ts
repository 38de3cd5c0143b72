import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { arch, availableParallelism, cpus, freemem, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { type Failure, FailureError } from '../base/failure.js';
import { environmentFailure, failureOfException } from '../base/failure-of-exception.js';
import { chooseEngine, type EngineChoice } from '../engines/choose-engine.js';
import type { EngineDescriptor, EngineProbe, PackageVersions } from '../engines/engine.js';
import { gpuDevices } from '../engines/gpu-devices.js';
import { engines } from '../engines/registry.js';
import { packageVersions } from '../report/package-versions.js';
import { identityOf, readRegister } from '../report/register.js';
import { kshotVersion } from '../run/kshot-version.js';
import { folderObstacle } from '../store/folders.js';
import { openStore } from '../store/open-store.js';
import { type CacheSurvey, surveyCache } from '../store/survey-cache.js';
import { plainStyle, styleFor } from '../ui/style.js';
import { findPipeline, findRoot, pipelinesIn } from './find-pipeline.js';

/** The major version of Node that kshot needs at least. */
const leastNode = 20;
/** Less free disk than this is worth a warning. */
const littleDiskBytes = 2e9;

/** An engine, and whether it can compute here. */
export type DiagnosedEngine = Pick<EngineDescriptor, 'name' | 'summary' | 'gpu' | 'deterministic'> &
  EngineProbe;

/** What `kshot doctor --json` prints: what kshot found where it stands. */
export interface Diagnosis {
  readonly version: 1;
  readonly kshot: string;
  /** Versions of Node and of the packages that kshot needs; `DuckDB` is that of the library itself. */
  readonly versions: PackageVersions;
  /** What `engine: auto` stands for here. */
  readonly automatic: EngineChoice;
  readonly engines: readonly DiagnosedEngine[];
  readonly machine: {
    readonly os: string;
    readonly architecture: string;
    readonly cpu: string;
    readonly cores: number;
    /** The GPUs that steps may be given, as CUDA names them. */
    readonly gpus: readonly string[];
    /** Cores that this process may use, and so the CPU slots of a run. */
    readonly slots: number;
    readonly memory_bytes: number;
    readonly free_memory_bytes: number;
  };
  /** Null outside of a project. */
  readonly project: ProjectFacts | null;
  readonly terminal: {
    readonly stdout_is_terminal: boolean;
    readonly stderr_is_terminal: boolean;
    readonly columns: number | null;
    readonly term: string | null;
    readonly ci: boolean;
    readonly colors: boolean;
  };
  /** What must be mended before kshot can be used. */
  readonly problems: readonly Failure[];
  /** What is worth knowing and stops nothing. */
  readonly warnings: readonly Pick<Failure, 'message' | 'hint'>[];
}

export interface ProjectFacts {
  readonly root: string;
  readonly pipelines: readonly string[];
  /** The pipeline that a command without a FILE works on; null where it would ask. */
  readonly default_pipeline: string | null;
  readonly runs: number;
  readonly latest_run: string | null;
  readonly cache: CacheSurvey & { readonly folder: string };
  /** On the disk that holds the cache. */
  readonly free_disk_bytes: number;
}

type Warning = Diagnosis['warnings'][number];

interface Findings {
  readonly problems: Failure[];
  readonly warnings: Warning[];
}

/** Looks at everything that kshot needs: engines, packages, machine, project, cache and terminal. Changes nothing. */
export async function diagnose(options: {
  readonly root?: string;
  readonly color: boolean;
}): Promise<Diagnosis> {
  const findings: Findings = { problems: [], warnings: [] };
  const versions = await diagnoseVersions(findings);
  const { automatic, found } = await diagnoseEngines(findings);
  const project = await diagnoseProject(options.root, findings);
  return {
    version: 1,
    kshot: kshotVersion(),
    versions,
    automatic,
    engines: found,
    machine: machineFacts(),
    project,
    terminal: terminalFacts(options.color),
    ...findings,
  };
}

async function diagnoseVersions({ problems }: Findings): Promise<PackageVersions> {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < leastNode) {
    problems.push({
      reason: 'device-unavailable',
      message: `Node ${node} is too old`,
      hint: `install Node ${leastNode} or later`,
    });
  }
  try {
    const { withDatabase } = await import('../tables/database.js');
    const rows = await withDatabase({ threads: 1 }, (database) =>
      database.rows('SELECT version() AS version'),
    );
    return { node, DuckDB: String(rows[0]?.['version']).replace(/^v/, ''), ...packageVersions() };
  } catch (error) {
    problems.push({
      reason: 'device-unavailable',
      message: `DuckDB cannot be loaded: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      hint: 'npm ci installs the library for this machine; a node_modules copied from another holds that one’s',
      cause: error,
    });
    return { node, ...packageVersions() };
  }
}

/** Probes every engine anew, whatever earlier probes came to. */
async function diagnoseEngines({
  problems,
}: Findings): Promise<{ readonly automatic: EngineChoice; readonly found: readonly DiagnosedEngine[] }> {
  const found = await Promise.all(
    Object.values(engines).map(
      async ({ name, summary, gpu, deterministic, probe }): Promise<DiagnosedEngine> => {
        return { name, summary, gpu, deterministic, ...(await probe()) };
      },
    ),
  );
  const probeOf = (engine: string): DiagnosedEngine => {
    // Choices are made among the engines that there are.
    return found.find(({ name }) => name === engine)!;
  };
  const automatic = await chooseEngine('auto', { gpus: gpuDevices(), probe: async (name) => probeOf(name) });
  const chosen = probeOf(automatic.engine);
  if (!chosen.available) {
    problems.push({
      reason: 'engine-unavailable',
      message: `the engine ${chosen.name}, which auto stands for, is not available: ${chosen.why}`,
      hint: chosen.mend ?? 'name another with --engine',
    });
  }
  return { automatic, found };
}

function machineFacts(): Diagnosis['machine'] {
  const processors = cpus();
  return {
    os: `${type()} ${release()}`,
    architecture: arch(),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    gpus: gpuDevices().map(({ id }) => id),
    slots: availableParallelism(),
    // A container may be given less than the machine has.
    memory_bytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    free_memory_bytes: freemem(),
  };
}

function terminalFacts(color: boolean): Diagnosis['terminal'] {
  const { stdout, stderr, env } = process;
  return {
    stdout_is_terminal: stdout.isTTY === true,
    stderr_is_terminal: stderr.isTTY === true,
    columns: stderr.columns ?? stdout.columns ?? null,
    term: env['TERM'] ?? null,
    ci: (env['CI'] ?? '') !== '',
    colors: styleFor(stderr, env, color) !== plainStyle,
  };
}

async function diagnoseProject(given: string | undefined, findings: Findings): Promise<ProjectFacts | null> {
  const { problems, warnings } = findings;
  const folder = process.cwd();
  const found = findRoot(folder, given);
  if (!found.ok) {
    // Naming a folder that is not there is a mistake; standing outside of a project is none.
    if (given === undefined) warnings.push(found.failure);
    else problems.push(found.failure);
    return null;
  }
  const root = found.value;
  const cacheFolder = join(root, 'cache');
  for (const place of [cacheFolder, join(root, 'artifacts')]) {
    const refusal = folderObstacle(place) ?? refusalToWrite(place);
    if (refusal !== undefined && !problems.some(({ message }) => message === refusal.message)) {
      problems.push(refusal);
    }
  }
  const store = await attempt(findings, () => openStore(cacheFolder));
  const cache = store === undefined ? undefined : await attempt(findings, async () => surveyCache(store));
  const register = await attempt(findings, async () => readRegister(root));
  const latest = register?.runs.at(-1);
  const pipeline = findPipeline(root, folder);
  const facts: ProjectFacts = {
    root,
    pipelines: pipelinesIn(root).map((name) => `pipelines/${name}`),
    default_pipeline: pipeline.ok ? pipeline.value : null,
    runs: register?.runs.length ?? 0,
    latest_run: latest === undefined ? null : identityOf(latest),
    cache: { folder: cacheFolder, ...(cache ?? emptySurvey) },
    free_disk_bytes: freeBytes(root),
  };
  warnings.push(...warningsOfProject(facts));
  return facts;
}

const emptySurvey: CacheSurvey = {
  entries: 0,
  objects: 0,
  bytes: 0,
  incomplete: 0,
  unreadable: 0,
  partial: { count: 0, bytes: 0 },
  quarantine: { count: 0, bytes: 0 },
  locks: { live: [], dead: 0, foreign: [] },
};

function warningsOfProject({ pipelines, cache, free_disk_bytes: free }: ProjectFacts): readonly Warning[] {
  const results = (count: number) => (count === 1 ? '1 result' : `${count} results`);
  return [
    ...(pipelines.length > 0
      ? []
      : [{ message: 'there is no pipeline in pipelines/', hint: 'write pipelines/NAME.yaml' }]),
    ...(free >= littleDiskBytes
      ? []
      : [{ message: 'little disk is free', hint: 'kshot gc --dry-run says what could go' }]),
    ...(cache.incomplete === 0
      ? []
      : [
          {
            message: `${results(cache.incomplete)} in the cache with a file that is missing or of another size`,
            hint: 'kshot run computes again what a pipeline needs; kshot cache verify reads every byte',
          },
        ]),
    ...(cache.unreadable === 0
      ? []
      : [
          {
            message: `${results(cache.unreadable)} in the cache that this version of kshot cannot read`,
            hint: 'kshot cache verify sets aside what is broken',
          },
        ]),
    ...(cache.quarantine.count === 0
      ? []
      : [
          {
            message: `${cache.quarantine.count === 1 ? '1 file was' : `${cache.quarantine.count} files were`} bad and kept aside in the cache`,
            hint: 'check the disk, and the rest with kshot cache verify; kshot gc removes them after a week',
          },
        ]),
    ...cache.locks.foreign.map(({ path, owner }) => ({
      message: `a lock in the cache is of ${owner}, which from here may or may not run`,
      hint: `if no kshot uses this cache there any more, remove ${path}`,
    })),
  ];
}

/** Why nothing can be written into a folder, or made where there is none yet. */
function refusalToWrite(folder: string): Failure | undefined {
  let at = folder;
  while (!existsSync(at)) at = dirname(at);
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return environmentFailure(error, `writing in ${folder}`) ?? failureOfException(error);
  }
}

async function attempt<Value>(
  { problems }: Findings,
  look: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await look();
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : environmentFailure(error);
    if (failure === undefined) throw error;
    if (!problems.some(({ message }) => message === failure.message)) problems.push(failure);
    return undefined;
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
