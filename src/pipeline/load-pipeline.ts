import { basename, resolve } from 'node:path';
import type { Failure } from '../base/failure.js';
import { stepOfNode } from '../base/node-id.js';
import { failed, type Result, success } from '../base/result.js';
import type { EngineChoice } from '../engines/choose-engine.js';
import { chooseHere, type JobWishes } from '../engines/choose-here.js';
import type { ChosenPython } from '../kinds/chosen-python.js';
import type { Kind } from '../kinds/kind.js';
import { kinds as allKinds } from '../kinds/registry.js';
import { chooseCacheFolder } from './choose-cache.js';
import { type ChosenExecutor, localExecutor } from './choose-executor.js';
import { assignRoles } from './graph/assign-roles.js';
import { buildGraph } from './graph/build-graph.js';
import { nodesCalled, noNodeCalled } from './graph/called-nodes.js';
import type { DraftNode, FileOrigin, Graph, GraphNode } from './graph/graph.js';
import { loadValidators, type ParameterValidators } from './graph/parameter-errors.js';
import { resolveEngines } from './graph/resolve-engines.js';
import { openImportTracer } from './imports/import-tracer.js';
import { openInterpreterVersions } from './interpreter-versions.js';
import { nodesNeededBy } from './plan/resolve-inputs.js';
import { resolvePublications } from './spec/publications.js';
import { readSpec, type Spec } from './spec/spec.js';
import { applySets } from './text/apply-sets.js';
import { failureAt, type LocatedMap } from './text/located-value.js';
import { displayPath, readPipeline } from './text/read-pipeline.js';
import { substitute } from './text/substitute.js';

export interface LoadOptions {
  /** The project's root, absolute. */
  readonly root: string;
  /** The pipeline's file, absolute or relative to the root. */
  readonly file: string;
  /** `PATH=YAML` arguments of `--set`, later over earlier. */
  readonly sets?: readonly string[];
  /** Takes the place of the engine named at the top; an engine named on a step stays. */
  readonly engine?: string;
  /** The Python that was chosen for the project; default: the first python3 of PATH. */
  readonly python?: ChosenPython | undefined;
  /** Where steps run that do not say so themselves; default: on this machine. */
  readonly executor?: ChosenExecutor;
  /** What a name under `engine:` stands for, here or in a job; default: what this machine has. */
  readonly chooseEngine?: (asked: string, job?: JobWishes) => Promise<EngineChoice>;
  /** What is known of a file that a step reads, relative to the root or absolute; default: nothing. */
  readonly originOfFile?: (path: string) => Promise<FileOrigin | undefined>;
  /** Whether learning and choosing from test data is refused; default true, false where only names are looked for. */
  readonly guardsTestData?: boolean;
  /** Steps or node ids; the graph then holds only these and what they need. None: everything. */
  readonly targets?: readonly string[];
  /** The kinds there are, and their compiled schemas; kshot's own unless given. */
  readonly kinds?: { readonly [name: string]: Kind };
  readonly validators?: ParameterValidators;
}

/** Reads, checks and expands a pipeline. Fails with everything that is wrong with it, in the order of the file. */
export async function loadPipeline(options: LoadOptions): Promise<Result<Graph, Failure[]>> {
  const { root, kinds = allKinds } = options;
  const read = readPipeline(root, options.file);
  if (!read.ok) return read;
  const validators = options.validators ?? (await loadValidators());

  const failures: Failure[] = [];
  const report = (failure: Failure): void => {
    failures.push(failure);
  };
  const set = applySets(read.value, options.sets ?? [], kinds, report);
  const { pipeline, used } = substitute(set, report);
  const fallbackName = basename(options.file).replace(/\.ya?ml$/, '');
  const { executor = localExecutor } = options;
  const spec = readSpec(
    pipeline,
    { kinds, engine: options.engine, resources: executor.resources, fallbackName },
    report,
  );
  const folder = await chooseCacheFolder(root);
  if (!folder.ok) return folder;
  const cache = folder.value;
  const choose =
    options.chooseEngine ??
    ((asked: string, job?: JobWishes) => chooseHere(asked, cache, options.python?.program, job));
  const engines = await resolveEngines(spec, choose, executor);
  const interpreters = openInterpreterVersions(cache, root, options.python);
  const tracer = openImportTracer(cache, resolve(root), interpreters);
  const { nodes: drafts, values } = buildGraph(
    spec,
    { engines, executor, root, validators, interpreters, tracer },
    report,
  );
  const expanded = new Set(drafts.map(({ step }) => step));
  // Of a step that could not be expanded, it is not known whether it needs its waiver.
  const waivers = spec.waivers.filter(({ step }) => expanded.has(step));
  const origins = await originsOf(drafts, options);
  const refuse = options.guardsTestData === false ? () => undefined : report;
  const { nodes, waivers: needed } = assignRoles(drafts, waivers, refuse, origins);
  const stepNames = [...spec.steps.keys(), ...spec.broken];
  const publications = resolvePublications(
    spec.publications,
    {
      root,
      values,
      stepNames,
      read: filesReadBy(spec, drafts),
      patterns: [...new Set(drafts.flatMap(({ patterns = [] }) => patterns))],
    },
    report,
  );
  const targets = options.targets ?? [];
  // Of a step that could not be expanded, it is not known which nodes there are.
  const unexpanded = failures.length === 0 ? [] : stepNames.filter((name) => !expanded.has(name));
  const targeted = selectTargets(
    nodes,
    targets.filter((target) => !unexpanded.includes(stepOfNode(target))),
    report,
  );
  if (failures.length > 0) return failed(inFileOrder(withoutRepeats(failures)));

  const steps = new Set(targeted.map(({ step }) => step));
  const ids = new Set(targeted.map(({ id }) => id));
  return success({
    name: spec.name,
    root: resolve(root),
    file: displayPath(root, options.file),
    configuration: spec.configuration,
    params: spec.params,
    engine: engines.top.engine,
    engineAsked: spec.engine,
    engineReason: engines.top.why,
    ...(options.python === undefined ? {} : { python: options.python }),
    batch: executor.settings,
    nodes: targeted,
    values,
    publications: publications.filter(({ from }) =>
      from.type === 'output' ? from.sources.every(({ node }) => ids.has(node)) : targets.length === 0,
    ),
    publishedPaths: publications.map(({ path }) => path),
    waivers: needed.filter(({ step }) => steps.has(step)),
    warnings: withoutRepeats([
      ...unusedParameters(pipeline, used),
      ...targeted.flatMap(({ remarks = [] }) => remarks),
    ]),
  });
}

/** What is known of the files that steps read, by their paths as written. */
async function originsOf(
  nodes: readonly DraftNode[],
  { originOfFile }: LoadOptions,
): Promise<ReadonlyMap<string, FileOrigin>> {
  const origins = new Map<string, FileOrigin>();
  if (originOfFile === undefined) return origins;
  for (const path of filesNamedBy(nodes)) {
    const origin = await originOfFile(path);
    if (origin !== undefined) origins.set(path, origin);
  }
  return origins;
}

/** The pipeline's own files, and those that its steps name. */
function filesReadBy(spec: Spec, nodes: readonly DraftNode[]): readonly string[] {
  const own = [...spec.steps.values()].map(({ location }) => location.file);
  return [...new Set([...own, ...filesNamedBy(nodes)])];
}

function filesNamedBy(nodes: readonly DraftNode[]): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ files }) => files.map(({ path }) => path)));
}

/** The targets and all that they need, with what is derived from each, in the same order. */
function selectTargets(
  nodes: readonly GraphNode[],
  targets: readonly string[],
  report: (failure: Failure) => void,
): readonly GraphNode[] {
  if (targets.length === 0) return nodes;
  const wanted = new Set<string>();
  for (const target of targets) {
    const found = nodesCalled(nodes, target);
    for (const { id } of found) wanted.add(id);
    if (found.length > 0) continue;
    report(noNodeCalled(nodes, target, `there is no step ${target}`));
  }
  // From the end, everything that needs a node is met before it.
  for (const node of nodes.toReversed()) {
    if (!wanted.has(node.id)) continue;
    for (const id of nodesNeededBy(node)) wanted.add(id);
  }
  return nodes.filter(({ id, derivedFrom }) => wanted.has(derivedFrom ?? id));
}

function unusedParameters(pipeline: LocatedMap, used: ReadonlySet<string>): readonly Failure[] {
  const params = pipeline.entries.get('params')?.value;
  if (params?.type !== 'map') return [];
  const usedNames = new Set([...used].map((path) => path.split('.')[0]));
  return [...params.entries]
    .filter(([name]) => !usedNames.has(name))
    .map(([name, entry]) => failureAt(entry, 'unknown-parameter', `nothing uses params.${name}`));
}

/** What is wrong once is met in every combination of a matrix and at every use of a parameter. */
function withoutRepeats(failures: readonly Failure[]): readonly Failure[] {
  const seen = new Map<string, Failure>();
  for (const failure of failures) {
    const { file, line, column } = failure.location ?? {};
    const name = JSON.stringify([file, line, column, failure.reason, failure.message]);
    if (!seen.has(name)) seen.set(name, failure);
  }
  return [...seen.values()];
}

function inFileOrder(failures: readonly Failure[]): Failure[] {
  const files = [...new Set(failures.map(({ location }) => location?.file))];
  return failures.toSorted((a, b) => {
    const byFile = files.indexOf(a.location?.file) - files.indexOf(b.location?.file);
    const byLine = (a.location?.line ?? 0) - (b.location?.line ?? 0);
    return byFile || byLine || (a.location?.column ?? 0) - (b.location?.column ?? 0);
  });
}
