import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { runNames } from '../../artifacts/find-run.js';
import { identityOf, type RunRecord, readRegister } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import { isFolderAt } from '../../base/files/user-path.js';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { stepOfNode } from '../../base/node-id.js';
import { own } from '../../base/own-properties.js';
import { declaredNames, flatDeclared } from '../../kinds/declared-values.js';
import { findPipeline, findRoot, isPipelineName } from '../../session/planning/find-pipeline.js';
import type { Completion, CompletionSources, CompletionTopics } from './complete.js';

/** How many runs are offered, and looked at for the names of their nodes. */
const mostRuns = 50;

/**
 * Looks names up in the project that `folder` is in. Reads files only, and as few as it can: a pipeline is parsed and
 * not checked, nodes are those of its latest run where there is one.
 */
export function createCompletionSources(folder: string): CompletionSources {
  const inProject =
    (look: (root: string, topics: CompletionTopics) => Promise<readonly Completion[]>) =>
    async (topics: CompletionTopics) => {
      const root = findRoot(folder, topics.root);
      return root.ok ? await look(root.value, topics) : [];
    };
  return {
    pipelines: inProject(async (root, { word }) => pipelinesAt(root, folder, word)),
    steps: inProject(async (root, topics) => {
      const pipeline = await pipelineOf(root, folder, topics);
      if (pipeline === undefined) return [];
      const steps = await withOpenSteps(stepsOf(pipeline.value), topics.word, pipeline.value);
      return await withNodes(steps, topics.word, () => nodesOf(root, pipeline.file));
    }),
    logged: inProject(async (root, { word }) => {
      const nodes = latestOfEach(runsOf(root)).flatMap((record) => nodesOfRun(root, record));
      const steps = new Map(nodes.map(({ step, kind }) => [step, kind]));
      const named = [...steps].map(([value, description]) => ({
        value,
        description,
        isOpen: nodes.filter(({ step }) => step === value).length > 1,
      }));
      return await withNodes(named, word, async () => nodes.map(({ id }) => id));
    }),
    outputs: inProject(async (root, { word }) =>
      outputNames(
        latestOfEach(runsOf(root)).flatMap((record) => readManifest(root, identityOf(record))?.nodes ?? []),
        word,
      ),
    ),
    runs: inProject(async (root) => {
      const runs = runsOf(root);
      const started = new Map(
        runs.flatMap((one) => [
          [identityOf(one), one.started_at] as const,
          [one.run, one.started_at] as const,
        ]),
      );
      const names = new Set([
        ...runNames(runs.slice(-mostRuns)),
        ...runs.slice(-mostRuns).map(({ run }) => run),
      ]);
      return [...names].map((value) => ({ value, description: started.get(value) ?? '' }));
    }),
    parameters: inProject(async (root, topics) => {
      const pipeline = await pipelineOf(root, folder, topics);
      return pipeline === undefined ? [] : await parametersOf(pipeline.value, topics.word);
    }),
    engines: async () => {
      const { engineGroups, engines } = await import('../../engines/registry.js');
      return [
        ...engineGroups.map((value) => ({ value, description: 'the best that is available' })),
        ...Object.values(engines).map(({ name, summary }) => ({ value: name, description: summary })),
      ];
    },
    kinds: async () => {
      const { kinds } = await import('../../kinds/registry.js');
      return Object.values(kinds).map(({ name, summary }) => ({ value: name, description: summary }));
    },
    metrics: async () => {
      const { metricNames } = await import('../../statistics/metrics.js');
      return [...metricNames, 'all'].map((value) => ({ value, description: '' }));
    },
    folders: async ({ word }) => entriesAt(folder, word, false),
  };
}

function runsOf(root: string): readonly RunRecord[] {
  return readRegister(root).runs;
}

/** The pipelines of the project; in a folder that the word names, all files that could be some. */
function pipelinesAt(root: string, folder: string, word: string): readonly Completion[] {
  const own = entriesAt(root, 'pipelines/', true).filter(({ value }) => !value.endsWith('/'));
  const others = word.includes('/') ? entriesAt(folder, word, true) : [];
  return [...new Map([...own, ...others].map((one) => [one.value, one])).values()];
}

/** The folders, and the pipelines if wanted, that begin as a path does. */
function entriesAt(folder: string, word: string, pipelines: boolean): readonly Completion[] {
  const named = word.slice(0, word.lastIndexOf('/') + 1);
  const at = resolve(folder, named === '' ? '.' : named);
  if (!isFolderAt(at)) return [];
  return readdirSync(at, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) => {
      if (entry.isDirectory()) return [{ value: `${named}${entry.name}/`, description: '', isOpen: true }];
      return pipelines && isPipelineName(entry.name)
        ? [{ value: `${named}${entry.name}`, description: 'pipeline' }]
        : [];
    });
}

/** The pipeline that is named, or that would be taken, as it is written. */
async function pipelineOf(
  root: string,
  folder: string,
  { file }: CompletionTopics,
): Promise<{ readonly file: string; readonly value: JsonObject } | undefined> {
  const found = findPipeline(root, folder, file);
  if (!found.ok) return undefined;
  const { readPipeline } = await import('../../pipeline/text/read-pipeline.js');
  const read = readPipeline(root, found.value);
  if (!read.ok) return undefined;
  const { toJsonObject } = await import('../../pipeline/text/located-value.js');
  return { file: found.value, value: toJsonObject(read.value) };
}

function stepsOf(pipeline: JsonObject): readonly Completion[] {
  return Object.entries(objectAt(pipeline, 'steps')).map(([value, step]) => ({
    value,
    description: isJsonObject(step) && typeof step['kind'] === 'string' ? step['kind'] : '',
  }));
}

/** Says of the only step that goes on from a word whether it has nodes to go on to. */
async function withOpenSteps(
  steps: readonly Completion[],
  word: string,
  pipeline: JsonObject,
): Promise<readonly Completion[]> {
  const [only, ...others] = steps.filter(({ value }) => value.startsWith(word));
  if (only === undefined || others.length > 0) return steps;
  const { matrix, over, segments } = objectAt(objectAt(pipeline, 'steps'), only.value);
  const { kinds } = await import('../../kinds/registry.js');
  const isOpen =
    [matrix, over, segments].some((one) => one !== undefined) ||
    own(kinds, only.description)?.segmentation !== undefined;
  return steps.map((step) => (step === only ? { ...step, isOpen } : step));
}

/** The steps, and the nodes of the one that the word has named. */
async function withNodes(
  steps: readonly Completion[],
  word: string,
  nodes: () => Promise<readonly string[]>,
): Promise<readonly Completion[]> {
  const step = steps.find(({ value }) => value === stepOfNode(word));
  if (step === undefined) return steps;
  const own = (await nodes()).filter((id) => id !== step.value && stepOfNode(id) === step.value);
  return [...steps, ...[...new Set(own)].map((value) => ({ value, description: step.description }))];
}

/** The nodes of a pipeline: as its latest run had them, else as they are now. */
async function nodesOf(root: string, file: string): Promise<readonly string[]> {
  const record = runsOf(root).findLast((one) => one.file === file);
  const known = record === undefined ? [] : nodesOfRun(root, record).map(({ id }) => id);
  if (known.length > 0) return known;
  const { loadPipeline } = await import('../../pipeline/load-pipeline.js');
  const graph = await loadPipeline({ root, file, guardsTestData: false });
  const nodes = graph.ok ? graph.value.nodes : [];
  return nodes.filter(({ derivedFrom }) => derivedFrom === undefined).map(({ id }) => id);
}

/** Those that the pipeline itself names: what is derived from them goes with them. */
function nodesOfRun(root: string, record: RunRecord): readonly ManifestNode[] {
  const nodes = readManifest(root, identityOf(record))?.nodes ?? [];
  return nodes.filter(({ derived_from }) => derived_from === undefined);
}

/** `STEP.PORT` of what runs list, and of the step that the word has named `NODE.PORT`. */
function outputNames(nodes: readonly ManifestNode[], word: string): readonly Completion[] {
  const step = stepOfNode(word).split('.')[0];
  const names = nodes.flatMap(({ id, step: own, kind, derived_from: shownAs, outputs }) =>
    // The file of a port that has several is no name of an input.
    Object.keys(outputs)
      .map((path) => path.replace(/\/.*/, ''))
      .flatMap((port) => (own === step ? [own, shownAs ?? id] : [own]).map((at) => [`${at}.${port}`, kind])),
  );
  return [...new Map(names as [string, string][])].map(([value, description]) => ({ value, description }));
}

/** The latest run of every pipeline, the latest of all first. */
function latestOfEach(runs: readonly RunRecord[]): readonly RunRecord[] {
  const latest = new Map<string, RunRecord>();
  for (const record of runs.toReversed())
    if (!latest.has(record.pipeline)) latest.set(record.pipeline, record);
  return [...latest.values()].slice(0, mostRuns);
}

async function parametersOf(pipeline: JsonObject, word: string): Promise<readonly Completion[]> {
  const [, step] = /^steps\.([^.]+)\.with\./.exec(word) ?? [];
  if (step !== undefined) return await parametersOfStep(pipeline, step, word);
  const [, swept] = /^steps\.([^.]+)\.matrix\./.exec(word) ?? [];
  if (swept !== undefined) return await axesOfStep(pipeline, swept, word);
  const params = Object.entries(objectAt(pipeline, 'params')).flatMap(([name, value]) =>
    assignments(`params.${name}`, value, [], word),
  );
  const steps = stepsOf(pipeline).map(({ value, description }) => ({
    value: `steps.${value}.with.`,
    description,
    isOpen: true,
  }));
  return [...params, ...steps];
}

async function parametersOfStep(
  pipeline: JsonObject,
  name: string,
  word: string,
): Promise<readonly Completion[]> {
  const step = objectAt(objectAt(pipeline, 'steps'), name);
  const given = objectAt(step, 'with');
  const { kinds } = await import('../../kinds/registry.js');
  const kind = typeof step['kind'] === 'string' ? own(kinds, step['kind']) : undefined;
  const properties = kind === undefined ? {} : objectAt(kind.parameters.schema as JsonObject, 'properties');
  const named = [...new Set([...Object.keys(given), ...Object.keys(properties)])].flatMap((parameter) => {
    const schema = objectAt(properties, parameter);
    const value = own(given, parameter) ?? schema['default'];
    return assignments(`steps.${name}.with.${parameter}`, value, valuesIn(schema), word);
  });
  const { declarations } = kind ?? {};
  if (declarations === undefined) return named;
  const declared = Object.entries(flatDeclared(objectAt(given, declarations)));
  return [
    ...named,
    ...declared.flatMap(([one, value]) =>
      assignments(`steps.${name}.with.${declarations}.${one}`, value, [], word),
    ),
  ];
}

/** What a step's matrix can go over, with the values that it goes over now. */
async function axesOfStep(pipeline: JsonObject, name: string, word: string): Promise<readonly Completion[]> {
  const step = objectAt(objectAt(pipeline, 'steps'), name);
  const matrix = objectAt(step, 'matrix');
  const { kinds } = await import('../../kinds/registry.js');
  const kind = typeof step['kind'] === 'string' ? own(kinds, step['kind']) : undefined;
  const names =
    kind?.declarations === undefined
      ? Object.keys(objectAt((kind?.parameters.schema ?? {}) as JsonObject, 'properties'))
      : declaredNames(objectAt(objectAt(step, 'with'), kind.declarations));
  return [...new Set([...Object.keys(matrix), ...names])].flatMap((one) =>
    assignments(`steps.${name}.matrix.${one}`, own(matrix, one), [], word),
  );
}

/** `PATH=`, and once that is written the values that could follow: those there are, and the one there is. */
function assignments(
  path: string,
  value: Json | undefined,
  others: readonly Json[],
  word: string,
): readonly Completion[] {
  const now = value === undefined ? '' : JSON.stringify(value);
  if (!word.startsWith(`${path}=`))
    return [{ value: `${path}=`, description: now === '' ? '' : `now ${now}`, isOpen: true }];
  const values = new Set(
    [...(value === undefined ? [] : [value]), ...others].map((one) =>
      typeof one === 'string' ? one : JSON.stringify(one),
    ),
  );
  return [...values].map((one) => ({
    value: `${path}=${one}`,
    description: one === value || one === now ? 'as it is' : '',
  }));
}

/** The values that a schema lists. */
function valuesIn(schema: JsonObject): readonly Json[] {
  if (Array.isArray(schema['enum'])) return schema['enum'] as readonly Json[];
  return schema['type'] === 'boolean' ? [true, false] : [];
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(value) ? value : {};
}
