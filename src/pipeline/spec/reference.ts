import { parse } from 'yaml';
import { closingBracket, splitOutside } from '../../base/bracketed-text.js';
import { canonicalText } from '../../base/canonical.js';
import type { Json } from '../../base/json.js';
import { composeDocuments } from '../text/nesting.js';

/** What stands under `in`: `split`, `split.train`, `tune[inner_lr=0.02].metrics`. */
export interface Reference {
  readonly text: string;
  readonly step: string;
  /** Parameters that single out nodes of a matrix step. */
  readonly selector: readonly { readonly name: string; readonly value: Json }[];
  /** Port and sub-ports. */
  readonly ports: readonly string[];
}

/** Reads a reference; undefined where the text is none. */
export function parseReference(text: string): Reference | undefined {
  const step = /^[A-Za-z_][\w-]*/.exec(text)?.[0];
  if (step === undefined) return undefined;
  let rest = text.slice(step.length);
  let selector: Reference['selector'] = [];
  if (rest.startsWith('[')) {
    const end = closingBracket(rest);
    const read = end === undefined ? undefined : parseSelector(rest.slice(1, end));
    if (end === undefined || read === undefined) return undefined;
    selector = read;
    rest = rest.slice(end + 1);
  }
  if (!/^(\.[\w-]+)*$/.test(rest)) return undefined;
  return { text, step, selector, ports: rest === '' ? [] : rest.slice(1).split('.') };
}

function parseSelector(text: string): Reference['selector'] | undefined {
  const parts = splitOutside(text, ',');
  const selector: { name: string; value: Json }[] = [];
  for (const part of parts) {
    const match = /^\s*([\w.-]+)\s*=(.*)$/s.exec(part);
    if (match === null) return undefined;
    try {
      const value = valueIn(match[2] ?? '');
      // No value of a matrix is what this throws at: a number without end, bytes.
      canonicalText(value);
      selector.push({ name: match[1] ?? '', value });
    } catch {
      return undefined;
    }
  }
  return selector;
}

/** The value of a YAML text. @throws where it has none, more than one, or one that is nested too deeply */
function valueIn(text: string): Json {
  const [document, ...more] = composeDocuments(text, { uniqueKeys: true });
  const [error] = more.length > 0 ? [new Error('there is a second document')] : (document?.errors ?? []);
  if (error !== undefined) throw error;
  return (document?.toJS() ?? null) as Json;
}

/** Whether a value of a matrix is one that a selector asks for, or the selector does not name it. */
export function isSelected(
  { name, value }: { readonly name: string; readonly value: Json },
  selector: Reference['selector'],
): boolean {
  return selector.every((wish) => wish.name !== name || canonicalText(wish.value) === canonicalText(value));
}

/** `inner_lr=0.02,steps=[5]`: how a combination of a matrix is written in node ids and references. */
export function labelOf(values: readonly { readonly name: string; readonly value: Json }[]): string {
  return values.map(({ name, value }) => `${name}=${valueLabel(value)}`).join(',');
}

function valueLabel(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  // Text that YAML would read as something else, or that holds the label's own signs, is quoted.
  return /^[A-Za-z_./][\w./-]*$/.test(value) && typeof parse(value) === 'string'
    ? value
    : JSON.stringify(value);
}
