import type { FailureReason } from '../../base/failure.js';
import { FailureError } from '../../base/failure.js';
import type { Tree } from '../../base/files/tree.js';
import { suggestion } from '../../base/nearest-name.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Content, Label, OutputPort, PortShape } from '../../kinds/port.js';
import { declarableContents } from '../../kinds/program/typed/typed-output.js';

/** Where an input's leaf will come from: a leaf of an output of another node. */
export interface Source {
  readonly node: string;
  /** Port, then path inside it: `train/pairs`. */
  readonly path: string;
}

/** What a step gives: a tree of sources of which planning still knows contents and the names of list elements. */
export type PortTree =
  | { readonly type: 'file'; readonly source: Source; readonly content: Content }
  | {
      readonly type: 'bundle';
      readonly ports: { readonly [name: string]: PortTree };
      /** Reached by their names, and no part of the whole. */
      readonly beside?: { readonly [name: string]: PortTree };
    }
  | {
      readonly type: 'list';
      readonly elements: readonly PortTree[];
      readonly labels: readonly Label[];
      /** The pieces, in order, of the one curve of a training in segments: a file of it has them all. */
      readonly isCurve?: boolean;
    };

/** A bundle of what a step gives. */
export type PortBundle = PortTree & { readonly type: 'bundle' };

/** Why one thing cannot stand where another is wanted. */
export interface Mismatch {
  readonly reason: FailureReason;
  readonly message: string;
  readonly hint?: string;
}

/** What stands in a list and in the lists in it, in order, each with its whole label; one thing alone as it is. */
export function flattened(
  tree: PortTree,
  label: Label = [],
): readonly { readonly element: PortTree; readonly label: Label }[] {
  if (tree.type !== 'list') return [{ element: tree, label }];
  return tree.elements.flatMap((element, index) =>
    flattened(element, [...label, ...(tree.labels[index] ?? [])]),
  );
}

/** The outputs of a node as a bundle. */
export function treeOfOutputs(node: string, outputs: { readonly [port: string]: OutputPort }): PortBundle {
  return bundleOf(outputs, (port, { shape }) => treeOfShape(node, port, shape));
}

function treeOfShape(node: string, path: string, shape: PortShape): PortTree {
  switch (shape.type) {
    case 'file':
      return { type: 'file', source: { node, path }, content: shape.content };
    case 'bundle':
      return bundleOf(shape.ports, (name, port) => treeOfShape(node, `${path}/${name}`, port));
    case 'list':
      return {
        type: 'list',
        elements: (shape.labels ?? []).map((_, index) => treeOfShape(node, `${path}/${index}`, shape.of)),
        labels: shape.labels ?? [],
      };
    case 'any':
    case 'either':
      throw new FailureError({
        reason: 'bug',
        message: `${node}: output ${path} is declared as ${shape.type}, and planning gave it no shape`,
      });
  }
}

/** The shape that an output must have to give such a tree. */
export function shapeOfTree(tree: PortTree): PortShape {
  switch (tree.type) {
    case 'file':
      return { type: 'file', content: tree.content };
    case 'bundle':
      return {
        type: 'bundle',
        ports: Object.fromEntries(
          Object.entries(tree.ports).map(([name, port]) => [name, shapeOfTree(port)]),
        ),
      };
    case 'list': {
      const [first] = tree.elements;
      const of: PortShape = first === undefined ? { type: 'any' } : shapeOfTree(first);
      return { type: 'list', of, labels: tree.labels };
    }
  }
}

function bundleOf<Value>(
  values: { readonly [name: string]: Value },
  treeOf: (name: string, value: Value) => PortTree,
): PortBundle {
  const ports = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, treeOf(name, value)]),
  );
  return { type: 'bundle', ports };
}

/** Follows port names down; through a list, in each of its elements. `text` is what the user wrote. */
export function portAt(tree: PortTree, names: readonly string[], text: string): Result<PortTree, Mismatch> {
  const [name, ...rest] = names;
  if (name === undefined) return success(tree);
  if (tree.type === 'list') {
    const elements: PortTree[] = [];
    for (const element of tree.elements) {
      const below = portAt(element, names, text);
      if (!below.ok) return below;
      elements.push(below.value);
    }
    return success({ ...tree, elements });
  }
  const below = portNamed(tree, name);
  if (below !== undefined) return portAt(below, rest, text);
  const known = tree.type === 'bundle' ? Object.keys({ ...tree.ports, ...tree.beside }) : [];
  const start = text.slice(0, text.length - names.join('.').length);
  return failed({
    reason: 'unknown-port',
    message: `there is no port ${start}${name}`,
    ...hintOf(suggestion(name, known, (one) => `${start}${one}`)),
  });
}

function portNamed(tree: PortTree, name: string): PortTree | undefined {
  if (tree.type !== 'bundle') return undefined;
  const ports = Object.hasOwn(tree.ports, name) ? tree.ports : (tree.beside ?? {});
  return Object.hasOwn(ports, name) ? ports[name] : undefined;
}

/**
 * What of `given` goes into an input of that shape: undeclared ports are left out, a bundle gives the port that a file
 * is wanted from, one thing is a list of one, and lists in a list are one list.
 *
 * @param port The input's name, or inside a bundle the sub-port's.
 * @param text What the user wrote.
 */
export function project(
  given: PortTree,
  shape: PortShape,
  port: string,
  text: string,
): Result<Tree<Source>, Mismatch> {
  switch (shape.type) {
    case 'any':
      return success(sourcesOf(shape.lone === 'file' ? unwrapped(given) : given));
    case 'file':
      return projectFile(given, shape, port, text);
    case 'either': {
      const projections = shape.of.map((one) => project(given, one, port, text));
      return projections.find(({ ok }) => ok) ?? failed(mismatch(given, shape, port, text));
    }
    case 'list': {
      const elements: Tree<Source>[] = [];
      for (const { element } of flattened(given)) {
        const projected = project(element, shape.of, port, text);
        if (!projected.ok) {
          const isOne = given.type !== 'list' && projected.failure.reason === 'wrong-port';
          return isOne ? failed(mismatch(given, shape, port, text)) : projected;
        }
        elements.push(projected.value);
      }
      return success({ type: 'list', elements });
    }
    case 'bundle':
      return projectBundle(given, shape, port, text);
  }
}

function projectBundle(
  given: PortTree,
  shape: Extract<PortShape, { type: 'bundle' }>,
  port: string,
  text: string,
): Result<Tree<Source>, Mismatch> {
  if (given.type === 'list') return failed(mismatch(given, shape, port, text));
  const wanted = Object.entries(shape.ports);
  const ports: { [name: string]: Tree<Source> } = {};
  for (const [name, below] of wanted) {
    const named = portNamed(given, name);
    // Where one thing is wanted, it may be what is given, or have another name.
    const part = named ?? (wanted.length === 1 ? given : undefined);
    const projected = part && project(part, below, name, named === undefined ? text : `${text}.${name}`);
    if (projected?.ok === true) ports[name] = projected.value;
    else if (projected === undefined || (part === given && given.type === 'bundle')) {
      return failed(mismatch(given, shape, port, text));
    } else return projected;
  }
  return success({ type: 'bundle', ports });
}

/** Bundles of a single file as that file, in a list too. */
export function unwrapped(tree: PortTree): PortTree {
  if (tree.type === 'list') return { ...tree, elements: tree.elements.map(unwrapped) };
  const [only, ...others] = tree.type === 'bundle' ? Object.values(tree.ports) : [];
  return only?.type === 'file' && others.length === 0 ? only : tree;
}

/** Whether a node without outputs is given, itself or in a list: nothing would connect it to what takes it. */
export function givesNothing(tree: PortTree): boolean {
  if (tree.type === 'bundle') return Object.keys(tree.ports).length === 0;
  return tree.type === 'list' && tree.elements.some(givesNothing);
}

function projectFile(
  given: PortTree,
  shape: Extract<PortShape, { type: 'file' }>,
  port: string,
  text: string,
): Result<Tree<Source>, Mismatch> {
  if (given.type === 'file') {
    const fits = given.content === shape.content || shape.content === 'bytes';
    return fits ? success(sourcesOf(given)) : failed(mismatch(given, shape, port, text));
  }
  if (given.type === 'list') return failed(mismatch(given, shape, port, text));
  const named = portNamed(given, port);
  if (named !== undefined) return project(named, shape, port, `${text}.${port}`);
  const fitting = Object.entries(given.ports).filter(
    ([, below]) => below.type === 'file' && below.content === shape.content,
  );
  const [only, another] = fitting;
  if (only === undefined) return failed(mismatch(given, shape, port, text));
  if (another === undefined) return success(sourcesOf(only[1]));
  const choices = fitting.map(([name]) => `${text}.${name}`);
  return failed({
    reason: 'ambiguous-port',
    message: `${port} wants ${describeShape(shape)}, and ${text} has more than one`,
    hint: `write ${choices.join(' or ')}`,
  });
}

function sourcesOf(tree: PortTree): Tree<Source> {
  switch (tree.type) {
    case 'file':
      return { type: 'file', leaf: tree.source };
    case 'list':
      return { type: 'list', elements: tree.elements.map(sourcesOf) };
    case 'bundle':
      return {
        type: 'bundle',
        ports: Object.fromEntries(Object.entries(tree.ports).map(([name, port]) => [name, sourcesOf(port)])),
      };
  }
}

function mismatch(given: PortTree, shape: PortShape, port: string, text: string): Mismatch {
  const message = `${port} wants ${describeShape(shape)}, ${text} is ${describeTree(given)}`;
  if (given.type === 'list') {
    const [first] = flattened(given);
    const fits = first !== undefined && project(first.element, shape, port, text).ok;
    const hint = fits ? `write over: { ${port}: ${text} } for a node each, or name one element` : undefined;
    return { reason: 'wrong-port', message, ...hintOf(hint) };
  }
  if (given.type === 'file') return { reason: 'wrong-port', message, ...hintOf(declaration(given, shape)) };
  const below = Object.entries(given.ports);
  const names = (ports: typeof below) => ports.map(([name]) => `${text}.${name}`).join(' or ');
  const fits = (tree: PortTree, name: string) => project(tree, shape, port, `${text}.${name}`).ok;
  const fitting = below.filter(([name, tree]) => fits(tree, name));
  if (fitting.length > 0) return { reason: 'wrong-port', message, hint: `write ${names(fitting)}` };
  // A list that was chosen, of which each element fits.
  const lists = below.filter(
    ([name, tree]) => tree.type === 'list' && flattened(tree).some(({ element }) => fits(element, name)),
  );
  const hint = lists.length === 0 ? undefined : `write over: { ${port}: ${names(lists)} } for a node each`;
  return { reason: 'wrong-port', message, ...hintOf(hint) };
}

/** How a program says of bytes that they are what is wanted here. */
function declaration(given: PortTree & { type: 'file' }, shape: PortShape): string | undefined {
  if (shape.type === 'list') return declaration(given, shape.of);
  if (given.content !== 'bytes' || shape.type !== 'file') return undefined;
  const content = declarableContents.find((declarable) => declarable === shape.content);
  if (content === undefined) return undefined;
  return `where a program writes ${content}, its step says so: outputs: { NAME: { path: PATH, as: ${content} } }`;
}

/** `a model`, `pairs+episodes+items`, `a list of metrics`. */
function describeShape(shape: PortShape): string {
  switch (shape.type) {
    case 'any':
      return 'anything';
    case 'file':
      return withArticle(shape.content);
    case 'list':
      return `a list of ${describeShape(shape.of).replace(/^an? /, '')}`;
    case 'either':
      return shape.of.map(describeShape).join(' or ');
    case 'bundle':
      return Object.keys(shape.ports).join('+');
  }
}

/** The same of what is given. */
export function describeTree(tree: PortTree): string {
  switch (tree.type) {
    case 'file':
      return withArticle(tree.content);
    case 'bundle':
      return Object.keys(tree.ports).join('+');
    case 'list': {
      const element = tree.elements[0];
      return `a list of ${tree.elements.length}${element === undefined ? '' : ` (${describeTree(element)} each)`}`;
    }
  }
}

function withArticle(content: Content): string {
  // The contents that are plural or cannot be counted need no article.
  if (/s$|state$|history$|bytes$/.test(content)) return content;
  return /^[aeiou]/.test(content) ? `an ${content}` : `a ${content}`;
}

function hintOf(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}
