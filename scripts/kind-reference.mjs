// Writes docs/kinds.md, the reference of every kind, from the kinds themselves; with --check only says whether it is
// as it would be written.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeKind } from '../dist/kinds/described-kind.js';
import { kinds } from '../dist/kinds/registry.js';

const file = fileURLToPath(new URL('../docs/kinds.md', import.meta.url));

const code = (text) => `\`${text}\``;
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const ruleText = (rule) => rule.replace(/^(learns|chooses):/, '**$1**:');

function section({ name, summary, remarks, inputs, outputs, parameters, anyParameters }) {
  const inputRows = inputs.map(({ name, takes, rules, description }) => [
    name === undefined ? 'any name' : code(name),
    takes,
    rules.map(ruleText).join('; '),
    description,
  ]);
  const outputRows = outputs.map(({ name, gives, splits, description }) => [
    code(name),
    gives,
    splits,
    description,
  ]);
  const parameterRows = parameters.map((one) => [
    code(one.name),
    one.type,
    one.required ? 'required' : one.default === undefined ? '' : code(JSON.stringify(one.default)),
    one.range,
    one.description,
  ]);
  const withoutRows = anyParameters === undefined ? 'No parameters.' : `Parameters: ${anyParameters}`;
  return [
    `## \`${name}\``,
    summary,
    remarks.join(' '),
    inputs.length === 0 ? 'No inputs.' : table(['input', 'takes', 'rule', 'what it is'], inputRows),
    outputs.length === 0
      ? 'Outputs: those that the step declares.'
      : table(['output', 'gives', 'splits', 'what it is'], outputRows),
    parameters.length === 0
      ? withoutRows
      : table(['parameter', 'type', 'default', 'range', 'what it is'], parameterRows),
  ].join('\n\n');
}

const anchor = (name) => name.replaceAll('.', '');
const all = Object.values(kinds).sort((one, other) => (one.name < other.name ? -1 : 1));
const text = `<!-- Generated from src/kinds by npm run reference; edits here are lost. -->

# Kinds

Everything that a step's \`kind:\` can be, with its inputs, outputs and parameters. Editors show the same while you type, from \`schemas/pipeline.schema.json\`. How steps fit together is in [pipelines.md](pipelines.md); how to add a kind in [writing-a-kind.md](writing-a-kind.md).

A port that **learns** or **chooses** takes no data that was computed from the test split; such a step is refused before anything runs. *Splits* says from which splits (train, val, test) an output counts as computed.

${table(
  ['kind', 'what it does'],
  all.map((kind) => [`[\`${kind.name}\`](#${anchor(kind.name)})`, kind.summary]),
)}

${all.map((kind) => section(describeKind(kind))).join('\n\n')}
`;

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.log('docs/kinds.md is not what npm run reference writes');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, text);
}
