import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import type { Failure, Location } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { failureAt, type LocatedEntry, type LocatedValue } from './located-value.js';
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
  const failures: Failure[] = [];
  const refuse = (start: number, end: number, message: string, hint?: string): void => {
    failures.push(failureAt({ location: locate(start, end) }, 'yaml-syntax', message, { hint }));
  };

  const documents = documentsIn(text);
  if (documents instanceof TooDeep) {
    refuse(documents.offset, documents.offset + 1, 'values are nested too deeply here');
    return failed(failures);
  }
  const lines = new Set<number>();
  for (const { message, pos } of documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])) {
    const { line, lineText } = locate(...pos);
    // The first of a line, because others follow from it; so does all that the parser then finds out of place.
    const follows = lines.has(line) || (lines.size > 0 && message.includes('in YAML stream'));
    if (!follows) refuse(pos[0], pos[1], sentence(message), quotingHint(lineText));
    lines.add(line);
  }
  const second = documents[1];
  if (second !== undefined) {
    refuse(
      second.range[0],
      second.range[0] + 1,
      'a second document begins here',
      'write one pipeline a file',
    );
  }
  const document = documents[0];
  if (failures.length > 0) return failed(failures);
  if (document?.contents == null) return success(nothingAt(locate(0, 1)));

  const anchored = new Map<string, { readonly value: LocatedValue; readonly size: number } | 'open'>();
  let aliased = 0;
  let bomb = false;

  const read = (node: Node): { value: LocatedValue; size: number } => {
    const [start, end] = node.range ?? [0, 1];
    if (isAlias(node)) {
      const target = anchored.get(node.source);
      if (target === undefined || target === 'open') {
        refuse(
          start,
          end,
          `the alias *${node.source} stands for ${target ? 'what it is part of' : 'nothing'}`,
        );
        return { value: nothingAt(locate(start, end)), size: 1 };
      }
      aliased += target.size;
      if (aliased > aliasedValuesLimit && !bomb) {
        bomb = true;
        failures.push(
          failureAt(
            { location: locate(start, end) },
            'yaml-alias-bomb',
            `the aliases up to here stand for more than ${aliasedValuesLimit} values`,
          ),
        );
      }
      return target;
    }
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) anchored.set(anchor, 'open');
    const result = readValue(node, start, end);
    if (anchor !== undefined) anchored.set(anchor, result);
    return result;
  };

  const readValue = (node: Node, start: number, end: number) => {
    const location = locate(start, end);
    const nothing = { value: nothingAt(location), size: 1 };
    if ('tag' in node && node.tag !== undefined && !tags.has(node.tag)) {
      refuse(start, end, `the tag ${node.tag} has no meaning in a pipeline`, 'leave the tag out');
      return nothing;
    }
    if (isMap(node)) {
      const entries = new Map<string, LocatedEntry>();
      let size = 1;
      for (const { key, value } of node.items) {
        const keyNode = key as Node;
        const [keyStart, keyEnd] = keyNode.range ?? [start, start + 1];
        const below = value === null ? undefined : read(value as Node);
        size += below?.size ?? 1;
        if (!isScalar(keyNode) || typeof keyNode.value !== 'string') {
          const text = isScalar(keyNode) ? (keyNode.source ?? String(keyNode.value)) : 'this';
          refuse(keyStart, keyEnd, `${text} is no name`, isScalar(keyNode) ? `write "${text}":` : undefined);
        } else if (keyNode.value === '<<' && isAlias(value)) {
          refuse(
            keyStart,
            keyEnd,
            'merge keys are not part of YAML 1.2',
            'use extends, or write the keys out',
          );
        } else if (entries.has(keyNode.value)) {
          const first = entries.get(keyNode.value)?.location;
          refuse(
            keyStart,
            keyEnd,
            `${keyNode.value} stands here a second time; it is on line ${first?.line}`,
          );
        } else {
          const keyLocation = locate(keyStart, keyEnd);
          entries.set(keyNode.value, {
            location: keyLocation,
            value: below?.value ?? nothingAt(keyLocation),
          });
        }
      }
      return { value: { type: 'map', entries, location } as const, size };
    }
    if (isSeq(node)) {
      const elements = node.items.map((item) => read(item as Node));
      const size = elements.reduce((sum, element) => sum + element.size, 1);
      return {
        value: { type: 'list', elements: elements.map(({ value }) => value), location } as const,
        size,
      };
    }
    const value = isScalar(node) ? node.value : null;
    if (typeof value === 'number') {
      const objection = objectionToNumber(value, isScalar(node) ? node.source : undefined);
      if (objection !== undefined) {
        refuse(start, end, objection.message, objection.hint);
        return nothing;
      }
    }
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      refuse(start, end, 'this is neither text, a number, true, false nor null');
      return nothing;
    }
    return {
      value: { type: 'scalar', value: value as null | string | number | boolean, location } as const,
      size: 1,
    };
  };

  const { value } = read(document.contents);
  return failures.length > 0 ? failed(failures) : success(value);
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
function objectionToNumber(
  value: number,
  source = '',
): { readonly message: string; readonly hint: string } | undefined {
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

/** Turns offsets into locations; lines are found by bisection and cut out once. */
function createLocator(text: string, file: string, prefix: string) {
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
  return (start: number, end: number): Location => {
    const position = counter.linePos(Math.min(start, text.length));
    const line = Math.max(position.line, 1);
    const column = Math.max(position.col, 1) + (line === 1 ? prefix.length : 0);
    const onLine = lineText(line);
    const length = Math.max(1, Math.min(end - start, onLine.length - column + 1));
    return { file, line, column, length, lineText: onLine };
  };
}
