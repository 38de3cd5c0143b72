import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type Scalar,
} from 'yaml';
import type { Failure, Location } from '../../base/failure.js';
import { isName, noName } from '../../base/own-properties.js';
import { failed, type Result, success } from '../../base/result.js';
import { failureAt, type LocatedEntry, type LocatedScalar, type LocatedValue } from './located-value.js';
import { composeDocuments, TooDeep } from './nesting.js';

/** Values that aliases may stand for, all together; a file within its size limit can mean billions. */
const aliasedValuesLimit = 100_000;
const tags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

export interface YamlSource {
  /** Shown in locations. */
  readonly file: string;
  /** What stands on the first line before the text (`--set` shows the whole argument). */
  readonly prefix?: string;
}

/**
 * Reads one YAML 1.2 document that holds nothing but what JSON can say: no tags of one's own, no keys that are not
 * text, no key twice, no infinities. Aliases are followed up to a limit.
 */
export function parseYaml(text: string, { file, prefix = '' }: YamlSource): Result<LocatedValue, Failure[]> {
  const locate = createLocator(text, file, prefix);
  const reader = new NodeReader(locate);
  const documents = documentsIn(text);
  if (documents instanceof TooDeep) {
    reader.refuse([documents.offset, documents.offset + 1], 'values are nested too deeply here');
    return failed(reader.failures);
  }
  refuseSyntax(documents, locate, reader);
  const contents = documents[0]?.contents;
  if (reader.failures.length > 0) return failed(reader.failures);
  if (contents == null) return success(nothingAt(locate(0, 1)));
  const { value } = reader.read(contents);
  return reader.failures.length > 0 ? failed(reader.failures) : success(value);
}

/** Refuses what the YAML library finds wrong, and a second document. */
function refuseSyntax(documents: readonly Document.Parsed[], locate: Locator, reader: NodeReader): void {
  const lines = new Set<number>();
  for (const { message, pos } of documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])) {
    const { line, lineText } = locate(...pos);
    // The first of a line, because others follow from it; so does all that the parser then finds out of place.
    const follows = lines.has(line) || (lines.size > 0 && message.includes('in YAML stream'));
    if (!follows) reader.refuse(pos, sentence(message), quotingHint(lineText));
    lines.add(line);
  }
  const second = documents[1]?.range[0];
  if (second !== undefined) {
    reader.refuse([second, second + 1], 'a second document begins here', 'write one pipeline a file');
  }
}

/** Where something begins and ends in the text. */
type Span = readonly [start: number, end: number];

/** A value, and how many values it is made of. */
interface SizedValue {
  readonly value: LocatedValue;
  readonly size: number;
}

/** Makes located values of what the YAML library read, and keeps what is wrong with them. */
class NodeReader {
  readonly failures: Failure[] = [];
  private readonly anchored = new Map<string, SizedValue | 'open'>();
  private aliasedValues = 0;

  constructor(private readonly locate: Locator) {}

  refuse([start, end]: Span, message: string, hint?: string): void {
    this.failures.push(failureAt({ location: this.locate(start, end) }, 'yaml-syntax', message, { hint }));
  }

  read(node: Node): SizedValue {
    const [start, end] = node.range ?? [0, 1];
    if (isAlias(node)) return this.readAlias(node.source, [start, end]);
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) this.anchored.set(anchor, 'open');
    const result = this.readContent(node, [start, end]);
    if (anchor !== undefined) this.anchored.set(anchor, result);
    return result;
  }

  private nothing([start, end]: Span): SizedValue {
    return { value: nothingAt(this.locate(start, end)), size: 1 };
  }

  private readAlias(name: string, span: Span): SizedValue {
    const target = this.anchored.get(name);
    if (target === undefined || target === 'open') {
      this.refuse(span, `the alias *${name} stands for ${target ? 'what it is part of' : 'nothing'}`);
      return this.nothing(span);
    }
    const before = this.aliasedValues;
    this.aliasedValues += target.size;
    if (before <= aliasedValuesLimit && this.aliasedValues > aliasedValuesLimit) {
      const message = `the aliases up to here stand for more than ${aliasedValuesLimit} values`;
      this.failures.push(failureAt({ location: this.locate(...span) }, 'yaml-alias-bomb', message));
    }
    return target;
  }

  private readContent(node: Node, span: Span): SizedValue {
    if ('tag' in node && node.tag !== undefined && !tags.has(node.tag)) {
      this.refuse(span, `the tag ${node.tag} has no meaning in a pipeline`, 'leave the tag out');
      return this.nothing(span);
    }
    if (isMap(node)) return this.readMap(node.items, span);
    if (isSeq(node)) {
      const elements = node.items.map((item) => this.read(item as Node));
      return {
        value: { type: 'list', elements: elements.map(({ value }) => value), location: this.locate(...span) },
        size: elements.reduce((sum, { size }) => sum + size, 1),
      };
    }
    return isScalar(node) ? this.readScalar(node, span) : this.nothing(span);
  }

  private readMap(items: readonly Pair<unknown, unknown>[], span: Span): SizedValue {
    const entries = new Map<string, LocatedEntry>();
    let size = 1;
    for (const { key, value } of items) {
      const keyNode = key as Node;
      const [start, end] = keyNode.range ?? [span[0], span[0] + 1];
      const below = value === null ? undefined : this.read(value as Node);
      size += below?.size ?? 1;
      const location = this.locate(start, end);
      const objection = objectionToKey(keyNode, value, entries);
      if (objection !== undefined) this.refuse([start, end], objection.message, objection.hint);
      // A key that is objected to by nothing is text.
      else
        entries.set(String((keyNode as Scalar).value), {
          location,
          value: below?.value ?? nothingAt(location),
        });
    }
    return { value: { type: 'map', entries, location: this.locate(...span) }, size };
  }

  private readScalar({ value, source }: Scalar, span: Span): SizedValue {
    const objection = objectionToScalar(value, source);
    if (objection !== undefined) {
      this.refuse(span, objection.message, objection.hint);
      return this.nothing(span);
    }
    return {
      // What is objected to by nothing is one of these.
      value: { type: 'scalar', value: value as LocatedScalar['value'], location: this.locate(...span) },
      size: 1,
    };
  }
}

interface Objection {
  readonly message: string;
  readonly hint?: string;
}

/** A key must be text that stands in its map once. */
function objectionToKey(
  key: Node,
  value: unknown,
  entries: ReadonlyMap<string, LocatedEntry>,
): Objection | undefined {
  if (!isScalar(key)) return { message: 'this is no name' };
  if (typeof key.value !== 'string') {
    const text = key.source ?? String(key.value);
    return { message: `${text} is no name`, hint: `write "${text}":` };
  }
  if (key.value === '<<' && isAlias(value)) {
    return { message: 'merge keys are not part of YAML 1.2', hint: 'use extends, or write the keys out' };
  }
  if (!isName(key.value)) return { message: `${key.value} ${noName.message}`, hint: noName.hint };
  const first = entries.get(key.value)?.location;
  if (first === undefined) return undefined;
  return { message: `${key.value} stands here a second time; it is on line ${first.line}` };
}

function objectionToScalar(value: unknown, source: string | undefined): Objection | undefined {
  if (typeof value === 'number') return objectionToNumber(value, source);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  return { message: 'this is neither text, a number, true, false nor null' };
}

function documentsIn(text: string): readonly Document.Parsed[] | TooDeep {
  try {
    // Keys are checked here: the library's own check compares each with all before it.
    return composeDocuments(text, { uniqueKeys: false });
  } catch (error) {
    if (error instanceof TooDeep) return error;
    throw error;
  }
}

/** A number must be finite, where it was written as a whole number that very number, and the same to every reader. */
function objectionToNumber(value: number, source = ''): Objection | undefined {
  if (!Number.isFinite(value) || (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value))) {
    return {
      message: 'this number cannot be kept exactly',
      hint: 'write a smaller number, or text in quotes',
    };
  }
  if (!/^[-+]?0\d/.test(source)) return undefined;
  return {
    message: `${source} begins with 0: one reader of YAML takes it for ${value}, another for another number or for text`,
    hint: `write ${value}, or, where it is text, "${source}" in quotes`,
  };
}

/** The mistakes that this format invites: brackets and braces that are text, without quotes. */
function quotingHint(lineText: string): string | undefined {
  const found = /(?<!["'\w-])([\w-]+\[[\w-]+=[^\]]*\][\w.-]*|\$\{[^}]*\})(?!["'])/.exec(lineText)?.[1];
  return found === undefined ? undefined : `write it in quotes: "${found}"`;
}

function sentence(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/^./, (first) => first.toLowerCase());
}

function nothingAt(location: Location): LocatedValue {
  return { type: 'scalar', value: null, location };
}

type Locator = (start: number, end: number) => Location;

/** Turns offsets into locations; lines are found by bisection and cut out once. */
function createLocator(text: string, file: string, prefix: string): Locator {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) counter.addNewLine(at + 1);
  const lines: string[] = [];
  const lineText = (line: number): string => {
    const known = lines[line];
    if (known !== undefined) return known;
    const start = counter.lineStarts[line - 1] ?? 0;
    const end = counter.lineStarts[line] ?? text.length;
    const found = (line === 1 ? prefix : '') + text.slice(start, end).replace(/\r?\n$/, '');
    lines[line] = found;
    return found;
  };
  return (start, end) => {
    const position = counter.linePos(Math.min(start, text.length));
    const line = Math.max(position.line, 1);
    const column = Math.max(position.col, 1) + (line === 1 ? prefix.length : 0);
    const onLine = lineText(line);
    const length = Math.max(1, Math.min(end - start, onLine.length - column + 1));
    return { file, line, column, length, lineText: onLine };
  };
}
