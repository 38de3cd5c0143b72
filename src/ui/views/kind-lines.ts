import { greatest } from '../../base/extremes.js';
import type { DescribedKind } from '../../kinds/described-kind.js';
import type { DescribedParameter } from '../../kinds/described-parameters.js';
import type { Style } from '../style.js';

/** A line for each kind: its name and what it does. */
export function kindList(
  kinds: readonly Pick<DescribedKind, 'name' | 'summary'>[],
  style: Style,
): readonly string[] {
  return inColumns(
    kinds.map(({ name, summary }) => [name, summary]),
    style,
    '',
  );
}

/** All that there is to know of a kind, a line for each port and parameter; to be broken between words. */
export function kindLines(kind: DescribedKind, style: Style): readonly string[] {
  const { name, summary, remarks, inputs, outputs, parameters, anyParameters } = kind;
  const section = (title: string, rows: readonly (readonly [string, string])[], otherwise: string) =>
    rows.length > 0
      ? ['', style.bold(title), ...inColumns(rows, style, '  ')]
      : ['', `${style.bold(title)}: ${otherwise}`];
  return [
    style.bold(name),
    summary,
    remarks.join(' '),
    ...section(
      'inputs',
      inputs.map(({ name = 'any name', takes, rules, description }) => [
        name,
        sentence([takes, ...rules], description),
      ]),
      'none',
    ),
    ...section(
      'outputs',
      outputs.map(({ name, gives, splits, description }) => [
        name,
        sentence([gives, `splits: ${splits}`], description),
      ]),
      'those that the step declares',
    ),
    ...section(
      'parameters',
      parameters.map((parameter) => [parameter.name, parameterText(parameter)]),
      anyParameters ?? 'none',
    ),
  ];
}

function parameterText({ type, required, default: value, range, description }: DescribedParameter): string {
  const facts = [
    type,
    ...(range === '' ? [] : [range]),
    ...(required ? ['required'] : []),
    ...(value === undefined ? [] : [`default ${JSON.stringify(value)}`]),
  ];
  return sentence(facts, description);
}

function sentence(facts: readonly string[], description: string): string {
  return `${facts.join('; ')}. ${description}`;
}

function inColumns(
  rows: readonly (readonly [string, string])[],
  style: Style,
  indent: string,
): readonly string[] {
  const width = greatest(rows.map(([name]) => name.length));
  return rows.map(
    ([name, text]) => `${indent}${style.cyan(name)}${' '.repeat(width - name.length)}  ${text}`,
  );
}
