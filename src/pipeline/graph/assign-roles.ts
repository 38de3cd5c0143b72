import type { Failure } from '../../base/failure.js';
import { leavesOf, type Tree } from '../../base/files/tree.js';
import { joined, own } from '../../base/own-properties.js';
import { type Role, type Roles, unionOfRoles } from '../../base/role.js';
import type { Origin, OutputPort, PortShape } from '../../kinds/port.js';
import type { WaiverSpec } from '../spec/spec.js';
import { failureAt, type ReportFailure } from '../text/located-value.js';
import type { DraftNode, FileOrigin, Graph, GraphNode, LocatedFile } from './graph.js';
import type { Source } from './port-tree.js';

export interface RolesAssigned {
  readonly nodes: readonly GraphNode[];
  readonly waivers: Graph['waivers'];
}

/**
 * Finds the roles of every output from those of the inputs it is computed from, and refuses steps that learn or choose
 * from test data, unless they are waived. A waiver that is not needed is an error, but where it names a file that is
 * read: that this is of test data is known only where the run is that made it.
 *
 * @param drafts In an order in which every input comes earlier.
 * @param origins What is known of files of the project, by their paths as steps name them.
 */
export function assignRoles(
  drafts: readonly DraftNode[],
  waivers: readonly WaiverSpec[],
  report: ReportFailure,
  origins: FileOrigins = new Map(),
): RolesAssigned {
  const view = viewOf(drafts, origins);
  const waived = new Map<WaiverSpec, readonly string[]>();
  const refused = new Set<string>();
  const viewOfStep = createViews(drafts, waivers, view);
  const judge = (draft: DraftNode, name: string, path: readonly string[], left: Leak | undefined) => {
    const waiver = waiverOf(draft, left === undefined ? path[0] : undefined, waivers);
    // One failure says it for all the nodes of a step.
    const place = JSON.stringify([draft.step, name]);
    if (waiver !== undefined) waived.set(waiver, waived.get(waiver) ?? path);
    else if (left !== undefined && !refused.has(place)) report(left.failure());
    refused.add(place);
  };
  for (const draft of drafts) {
    const leaks = leaksOf(draft, view);
    if (leaks.size === 0) continue;
    // What a waiver of one file lets through hides no leak from elsewhere.
    const rest = viewOfStep(draft.step);
    const left = rest === view ? leaks : leaksOf(draft, rest);
    for (const [name, { path }] of leaks) judge(draft, name, path, left.get(name));
  }
  for (const waiver of waivers.filter((one) => !waived.has(one))) {
    for (const failure of objectionsTo(waiver, drafts)) report(failure);
  }
  return {
    nodes: [...view.nodes.values()],
    waivers: [...waived].map(([{ step, reason }, path]) => ({ step, reason, path })),
  };
}

/** What lets a leak through: by a file, a waiver of files, of that one if there is one; else a waiver without. */
function waiverOf(
  { step }: DraftNode,
  file: string | undefined,
  waivers: readonly WaiverSpec[],
): WaiverSpec | undefined {
  const own = waivers.filter((one) => one.step === step);
  const ofFiles = own.filter((one) => one.file !== undefined);
  if (file === undefined) return own.find((one) => one.file === undefined);
  return ofFiles.find((one) => one.file === file) ?? ofFiles[0];
}

/** What is wrong with a waiver that let nothing through; nothing where another clone may need it. */
function objectionsTo(waiver: WaiverSpec, drafts: readonly DraftNode[]): readonly Failure[] {
  const { step, file } = waiver;
  if (file !== undefined && readsFile(step, file, drafts)) return [];
  const message =
    file === undefined
      ? `${step} needs no waiver: it learns and chooses from no test data`
      : `neither ${step} nor a step before it reads ${file}`;
  return [failureAt(waiver, 'invalid-value', message, { hint: 'take the waiver out' })];
}

type FileOrigins = ReadonlyMap<string, FileOrigin>;
type AssignedNode = GraphNode & DraftNode;
type RoleReader = (tree: Tree<Source>) => Roles;

/** The nodes with their roles, given what is known of files. */
interface View {
  readonly nodes: ReadonlyMap<string, AssignedNode>;
  readonly rolesOf: RoleReader;
  readonly origins: FileOrigins;
}

function viewOf(drafts: readonly DraftNode[], origins: FileOrigins): View {
  const nodes = new Map<string, AssignedNode>();
  const rolesOf = createRoleReader(nodes);
  for (const draft of drafts)
    nodes.set(draft.id, joined(draft, { roles: rolesOfOutputs(draft, rolesOf, origins) }));
  return { nodes, rolesOf, origins };
}

/** For a step, as if nothing were known of the files that are waived for it. */
function createViews(
  drafts: readonly DraftNode[],
  waivers: readonly WaiverSpec[],
  whole: View,
): (step: string) => View {
  const views = new Map<string, View>();
  return (step) => {
    const waived = waivers.flatMap((one) => (one.step === step ? (one.file ?? []) : []));
    if (!waived.some((file) => whole.origins.has(file))) return whole;
    const rest = new Map([...whole.origins].filter(([path]) => !waived.includes(path)));
    const view = views.get(step) ?? viewOf(drafts, rest);
    views.set(step, view);
    return view;
  };
}

interface Leak {
  readonly path: readonly string[];
  failure(): Failure;
}

/** By the input that a node learns or chooses from although it comes from test data; of the node's own files by none. */
function leaksOf(draft: DraftNode, view: View): ReadonlyMap<string, Leak> {
  const leaks = new Map<string, Leak>();
  for (const [name, tree] of leakingInputs(draft, view.rolesOf)) {
    const { file, places } = pathFromTest(tree, view);
    const path = [...places, `${draft.id}.${name}`];
    const fromFile = file && originText(file, view.origins);
    leaks.set(name, { path, failure: () => leakFailure(draft, name, path, fromFile) });
  }
  const file = draft.usesFilesTo === undefined ? undefined : testFileOf(draft.files, view.origins);
  if (file !== undefined) {
    const path = [file.path, draft.id];
    leaks.set('', { path, failure: () => fileFailure(draft, file, view.origins) });
  }
  return leaks;
}

/** Reads the roles of trees of which all nodes have theirs; those of a tree once. */
function createRoleReader(nodes: ReadonlyMap<string, AssignedNode>): RoleReader {
  const known = new WeakMap<Tree<Source>, Roles>();
  return (tree) => {
    const found = known.get(tree);
    if (found !== undefined) return found;
    const roles = new Set<Role>();
    for (const { leaf } of leavesOf(tree)) {
      for (const role of nodes.get(leaf.node)?.roles[leaf.path] ?? []) roles.add(role);
    }
    const union = unionOfRoles([[...roles]]);
    known.set(tree, union);
    return union;
  };
}

/** The inputs that a node learns or chooses from although they come from test data. */
function leakingInputs(
  { inputs, ports }: DraftNode,
  rolesOf: RoleReader,
): readonly (readonly [string, Tree<Source>])[] {
  return Object.entries(inputs).filter(([name, tree]) => {
    const port = own(ports, name);
    return (port?.learns === true || port?.chooses === true) && rolesOf(tree).includes('test');
  });
}

function leakFailure(
  { step, ports, inputLocations, location }: DraftNode,
  input: string,
  path: readonly string[],
  fromFile: string | undefined,
): Failure {
  const verb = own(ports, input)?.learns === true ? 'learns' : 'chooses';
  const from = fromFile === undefined ? '' : `: ${fromFile}`;
  const message = `${step} ${verb} from ${input}, which comes from test data${from}`;
  return failureAt({ location: own(inputLocations, input) ?? location }, 'test-leak', message, {
    details: [path.join(' -> ')],
    hint:
      fromFile === undefined
        ? `use val for this, or say why it is right: waive: [{ step: ${step}, reason: ... }]`
        : fileHint(step, path[0] ?? ''),
  });
}

function fileFailure({ step, usesFilesTo }: DraftNode, file: LocatedFile, origins: FileOrigins): Failure {
  const verb = usesFilesTo === 'learn' ? 'learns' : 'chooses';
  const message = `${step} ${verb} from test data: ${originText(file, origins)}`;
  return failureAt(file, 'test-leak', message, { hint: fileHint(step, file.path) });
}

function fileHint(step: string, file: string): string {
  return `choose another file, or say why it is right: waive: [{ step: ${step}, file: ${file}, reason: ... }]`;
}

function originText({ path }: LocatedFile, origins: FileOrigins): string {
  const origin = origins.get(path);
  return origin === undefined ? path : `${path} is ${origin.source} of the run ${origin.run}`;
}

function testFileOf(files: readonly LocatedFile[], origins: FileOrigins): LocatedFile | undefined {
  return origins.size === 0 ? undefined : files.find(({ path }) => origins.get(path)?.roles.includes('test'));
}

/** Whether a step, or one that it takes something from, names a file. */
function readsFile(step: string, file: string, drafts: readonly DraftNode[]): boolean {
  const wanted = new Set<string>();
  for (const node of drafts.toReversed()) {
    if (node.step !== step && !wanted.has(node.id)) continue;
    if (node.files.some(({ path }) => path === file)) return true;
    for (const tree of Object.values(node.inputs)) {
      for (const { leaf } of leavesOf(tree)) wanted.add(leaf.node);
    }
  }
  return false;
}

/** The places that a value of role test went through, from the test data on, and the file that this is, if it is one. */
function pathFromTest(
  tree: Tree<Source>,
  { nodes, rolesOf, origins }: View,
): { readonly places: readonly string[]; readonly file: LocatedFile | undefined } {
  const path: string[] = [];
  let file: LocatedFile | undefined;
  let current: Tree<Source> | undefined = tree;
  let derivedFrom: string | undefined;
  while (current !== undefined) {
    const source = sourceOfRole(current, 'test', rolesOf);
    if (source === undefined) break;
    // Every source is a leaf of an earlier node's declared output.
    const node = nodes.get(source.node)!;
    // A derived port is shown as the step's own, which it is made from.
    if (node.id !== derivedFrom) {
      path.unshift(`${node.derivedFrom ?? node.id}.${source.path.replaceAll('/', '.')}`);
    }
    derivedFrom = node.derivedFrom;
    const port = source.path.split('/')[0]!;
    const origin = originOf(source.path, own(node.outputs, port)!);
    current = contributing(node, port, origin).find((one) => rolesOf(one).includes('test'));
    if (current === undefined && origin.role !== 'test')
      file = testFileOf(contributingFiles(node, origin), origins);
  }
  if (file !== undefined) path.unshift(file.path);
  return { places: path, file };
}

function rolesOfOutputs(node: DraftNode, rolesOf: RoleReader, origins: FileOrigins): GraphNode['roles'] {
  return Object.fromEntries(
    Object.entries(node.outputs).flatMap(([name, output]) => {
      const rolesFrom = (origin: Origin) => {
        // A split of test data is test data still.
        const own = origin.role === undefined ? [] : [origin.role];
        const files = origins.size === 0 ? [] : contributingFiles(node, origin);
        const ofFiles = files.map(({ path }) => origins.get(path)?.roles ?? []);
        return unionOfRoles([own, ...contributing(node, name, origin).map(rolesOf), ...ofFiles]);
      };
      const ofPort = rolesFrom(output);
      return leafPaths(output.shape, name).map((path) => {
        const origin = originOf(path, output);
        return [path, origin === output ? ofPort : rolesFrom(origin)] as const;
      });
    }),
  );
}

/** What decides the roles of a leaf of a port (`train/items`): its own declaration, else the port's. */
function originOf(path: string, output: OutputPort): Origin {
  return own(output.leaves, path.split('/').slice(1).join('/')) ?? output;
}

function contributingFiles(
  { files }: Pick<DraftNode, 'files'>,
  { files: names }: Origin,
): readonly LocatedFile[] {
  return names === undefined ? files : files.filter(({ name }) => names.includes(name));
}

/** The input trees that an output is computed from. */
function contributing({ inputs, ports }: DraftNode, name: string, { from }: Origin): readonly Tree<Source>[] {
  if (from !== undefined) {
    return from.flatMap((path) => {
      const [port = '', ...below] = path.split('.');
      return below.reduce(subPort, own(inputs, port)) ?? [];
    });
  }
  return Object.entries(inputs).map(([port, tree]) => {
    // A kind that takes anything, like a command, declares nothing about what it does with the parts.
    const passes = own(ports, port)?.shape.type === 'bundle';
    return (passes ? subPort(tree, name) : undefined) ?? tree;
  });
}

function subPort(tree: Tree<Source> | undefined, name: string): Tree<Source> | undefined {
  return tree?.type === 'bundle' && Object.hasOwn(tree.ports, name) ? tree.ports[name] : undefined;
}

function sourceOfRole(tree: Tree<Source>, role: Role, rolesOf: RoleReader): Source | undefined {
  for (const { leaf } of leavesOf(tree)) {
    if (rolesOf({ type: 'file', leaf }).includes(role)) return leaf;
  }
  return undefined;
}

function leafPaths(shape: PortShape, path: string): readonly string[] {
  if (shape.type === 'list') {
    return (shape.labels ?? []).flatMap((_, index) => leafPaths(shape.of, `${path}/${index}`));
  }
  if (shape.type !== 'bundle') return [path];
  return Object.entries(shape.ports).flatMap(([name, port]) => leafPaths(port, `${path}/${name}`));
}
