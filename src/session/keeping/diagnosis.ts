import { arch, cpus, freemem, release, totalmem, type } from 'node:os';
import type { Failure } from '../../base/failure.js';
import { missingPackageFailure } from '../../base/missing-package.js';
import { chooseEngine, type EngineChoice } from '../../engines/choose-engine.js';
import type { EngineDescriptor, EngineProbe, PackageVersions } from '../../engines/engine.js';
import { gpuDevices } from '../../engines/gpu-devices.js';
import { probeEngine } from '../../engines/probe-engine.js';
import { engines } from '../../engines/registry.js';
import { torchInterpreter } from '../../engines/torch/torch-interpreter.js';
import type { ChosenPython } from '../../kinds/chosen-python.js';
import { choosePython } from '../../pipeline/choose-python.js';
import { packageVersions } from '../../report/package-versions.js';
import { kshotVersion } from '../../run/kshot-version.js';
import { machineSlots } from '../../run/local/machine.js';
import { findRoot } from '../planning/find-pipeline.js';
import { diagnoseProject, type Findings, type ProjectFacts, type Warning } from './project-diagnosis.js';

/** The major version of Node that kshot needs at least. */
const leastNode = 20;
/** An engine, and whether it can compute here. */
export type DiagnosedEngine = Pick<EngineDescriptor, 'name' | 'summary' | 'gpu' | 'deterministic'> &
  EngineProbe;

/** What kshot found where it stands. */
export interface Diagnosis {
  readonly version: 1;
  readonly kshot: string;
  /** Versions of Node and of the packages that kshot needs; `DuckDB` is that of the library itself. */
  readonly versions: PackageVersions;
  /** What `engine: auto` stands for here. */
  readonly automatic: EngineChoice;
  readonly engines: readonly DiagnosedEngine[];
  /** What steps in Python and the engine torch are run by, and what says so. */
  readonly python: { readonly program: string; readonly from: ChosenPython['from'] | 'PATH' };
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
  /** What must be mended before kshot can be used. */
  readonly problems: readonly Failure[];
  /** What is worth knowing and stops nothing. */
  readonly warnings: readonly Warning[];
}

/** Where to look, and with what. */
export interface DiagnosisPlace {
  readonly folder: string;
  /** Of the project; default: the nearest from `folder` upwards. */
  readonly root?: string | undefined;
  /** As `--python` names it. */
  readonly python?: string | undefined;
}

/** Looks at everything that kshot needs: engines, packages, machine, and the project with its cache. Changes nothing. */
export async function diagnose({ folder, root, python: asked }: DiagnosisPlace): Promise<Diagnosis> {
  const findings: Findings = { problems: [], warnings: [] };
  const python = await diagnosePython(folder, root, asked, findings);
  const versions = await diagnoseVersions(findings);
  await diagnoseDrawing(findings);
  const { automatic, found } = await diagnoseEngines(findings, python?.program);
  const project = await diagnoseProject(folder, root, findings);
  return {
    version: 1,
    kshot: kshotVersion(),
    versions,
    automatic,
    engines: found,
    python: python ?? { program: torchInterpreter(), from: 'PATH' },
    machine: machineFacts(),
    project,
    ...findings,
  };
}

/** The one that was chosen, by the settings of the project where this is one. */
async function diagnosePython(
  folder: string,
  given: string | undefined,
  asked: string | undefined,
  { problems }: Findings,
): Promise<ChosenPython | undefined> {
  const found = findRoot(folder, given);
  const chosen = await choosePython({ root: found.ok ? found.value : folder, folder }, asked);
  if (chosen.ok) return chosen.value;
  for (const failure of chosen.failure) problems.push(failure);
  return undefined;
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
    const { withDatabase } = await import('../../tables/database.js');
    const rows = await withDatabase({ threads: 1 }, (database) =>
      database.rows('SELECT version() AS version'),
    );
    return { node, DuckDB: String(rows[0]?.['version']).replace(/^v/, ''), ...packageVersions() };
  } catch (error) {
    problems.push(notLoaded('DuckDB', error));
    return { node, ...packageVersions() };
  }
}

/** Of what draws figures, whose library for this machine is a package of its own, as DuckDB's is. */
async function diagnoseDrawing({ problems }: Findings): Promise<void> {
  try {
    await import('@napi-rs/canvas');
  } catch (error) {
    problems.push(notLoaded('@napi-rs/canvas, which draws the figures of reports,', error));
  }
}

function notLoaded(what: string, error: unknown): Failure {
  const { reason = 'device-unavailable', message, hint } = missingPackageFailure(error) ?? {};
  const why = message ?? (error instanceof Error ? error.message.split('\n')[0] : String(error));
  const install =
    'npm ci installs the library for this machine, unless it leaves out optional packages; a node_modules copied from another machine holds that one’s';
  return {
    reason,
    message: `${what} cannot be loaded: ${why}`,
    hint: hint === undefined ? install : `${hint}; ${install}`,
    cause: error,
  };
}

/** Probes every engine anew, whatever earlier probes came to. */
async function diagnoseEngines(
  { problems }: Findings,
  python?: string,
): Promise<{ readonly automatic: EngineChoice; readonly found: readonly DiagnosedEngine[] }> {
  const found = await Promise.all(
    Object.values(engines).map(async ({ name, summary, gpu, deterministic }): Promise<DiagnosedEngine> => {
      return { name, summary, gpu, deterministic, ...(await probeEngine(name, python)) };
    }),
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
      hint: chosen.remedy ?? 'name another with --engine',
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
    slots: machineSlots(),
    // A container may be given less than the machine has.
    memory_bytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    free_memory_bytes: freemem(),
  };
}
