// Writes docs/kinds.md, the reference of every kind, from the kinds themselves; with --check only says whether it is
// as it would be written.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kinds } from '../dist/kinds/registry.js';

const file = fileURLToPath(new URL('../docs/kinds.md', import.meta.url));

/** A name that stands for any, where a kind's ports are as many as a step writes. */
const anyName = 'NAME';

const code = (text) => `\`${text}\``;
const list = (names) => names.map(code).join(', ');
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Text that must be there: a reference with holes is a mistake of the kind's. */
function described(owner, { description }) {
  if (typeof description !== 'string' || description === '') throw new Error(`${owner} has no description`);
  return description;
}

function shapeOf(shape) {
  switch (shape.type) {
    case 'file':
      return shape.content;
    case 'bundle':
      return `{ ${Object.entries(shape.ports)
        .map(([name, below]) => (shapeOf(below) === name ? name : `${name}: ${shapeOf(below)}`))
        .join(', ')} }`;
    case 'list':
      return `list of ${shapeOf(shape.of)}`;
    case 'either':
      return shape.of.map(shapeOf).join(' or ');
    case 'any':
      return 'anything';
    default:
      throw new Error(`unknown shape ${JSON.stringify(shape)}`);
  }
}

function ruleOf({ learns, chooses, required }) {
  return [
    learns ? '**learns**: no test data' : '',
    chooses ? '**chooses**: no test data' : '',
    required === false ? 'optional' : '',
  ]
    .filter((rule) => rule !== '')
    .join('; ');
}

/** Input ports; the one by which a segment takes the one before it is no port of a step. */
function inputsOf({ inputs, segmentation, parameters }) {
  if (typeof inputs !== 'function') {
    return Object.entries(inputs).filter(([name]) => name !== segmentation?.carry.input);
  }
  const plain = inputs({ parameters: parameters.complete({}), inputNames: [anyName] });
  const booleans = booleansOf(parameters.schema);
  return Object.entries(plain).map(([name, port]) => {
    const rules = booleans.flatMap((parameter) => {
      const other = inputs({ parameters: parameters.complete({ [parameter]: true }), inputNames: [name] })[
        name
      ];
      return ruleOf(other) === ruleOf(port) ? [] : [`${ruleOf(other)}, where \`${parameter}: true\``];
    });
    return [name, { ...port, rules }];
  });
}

function booleansOf({ properties = {} }) {
  return Object.keys(properties).filter((name) => properties[name].type === 'boolean');
}

/** Output ports of a step: those of its nodes, and the lists over its segments in place of a segment's own. */
function outputsOf({ outputs, derived, segmentation, parameters }) {
  if (derived !== undefined)
    return [...derivedOf(derived), ...outputsOf({ outputs, segmentation, parameters })];
  const always = typeof outputs === 'function' ? outputs(parameters.complete({})) : outputs;
  const sometimes =
    typeof outputs !== 'function'
      ? []
      : booleansOf(parameters.schema).flatMap((parameter) =>
          Object.entries(outputs(parameters.complete({ [parameter]: true })))
            .filter(([name]) => always[name] === undefined)
            .map(([name, port]) => [name, { ...port, where: `only with \`${parameter}: true\`` }]),
        );
  if (segmentation === undefined) return [...Object.entries(always), ...sometimes];
  const { lists, last } = segmentation;
  return [
    ...Object.entries(lists).map(([name, port]) => [
      name,
      { ...always[port], shape: { type: 'list', of: always[port].shape }, where: 'one for each segment' },
    ]),
    ...Object.entries(last).map(([name, port]) => [name, { ...always[port], where: "the last segment's" }]),
  ];
}

/** Ports that nodes of their own make from the others. */
function derivedOf(derived) {
  return Object.entries(derived).map(([name, { kind }]) => [
    name,
    { ...kind.outputs[name], where: `derived: by ${code(kind.name)} in the node \`NODE/${name}\`` },
  ]);
}

function rolesOf({ role, from }, inputs) {
  if (role !== undefined) return `is ${role}`;
  if (inputs.length === 0) return 'none';
  if (from === undefined) return 'as the inputs';
  return from.length === 0 ? 'none' : `as ${list(from)}`;
}

function typeOf(schema) {
  if (schema.enum !== undefined) return schema.enum.map((one) => code(JSON.stringify(one))).join(', ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${nested(typeOf(schema.items ?? {}))}`;
  if (schema.type === 'object' && schema.properties === undefined)
    return schema.additionalProperties === undefined
      ? 'mapping'
      : `mapping of names to ${nested(typeOf(schema.additionalProperties))}`;
  if (schema.type === 'object') return `mapping of ${list(Object.keys(schema.properties))}`;
  const names = { string: 'text', integer: 'whole number', boolean: 'true or false' };
  return [schema.type ?? 'anything']
    .flat()
    .map((type) => names[type] ?? type)
    .join(' or ');
}

const nested = (type) => (type.includes(' or ') ? `(${type})` : type);

/** What values are allowed, of a schema or of those below it. */
const rangeOf = (schema) => [...new Set(rangesOf(schema))].join('; ');

function rangesOf(schema) {
  const { minimum, maximum, exclusiveMinimum, anyOf, items } = schema;
  const own = [
    minimum === undefined || maximum === undefined ? '' : `${minimum} to ${number(maximum)}`,
    minimum === undefined || maximum !== undefined ? '' : `from ${minimum}`,
    maximum === undefined || minimum !== undefined ? '' : `to ${number(maximum)}`,
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    schema.type === 'array' && schema.minItems > 0 ? 'not empty' : '',
    schema.uniqueItems === true ? 'no value twice' : '',
  ].filter((range) => range !== '');
  return [...own, ...[...(anyOf ?? []), ...(items === undefined ? [] : [items])].flatMap(rangesOf)];
}

function number(value) {
  return value === Number.MAX_SAFE_INTEGER ? '2⁵³ − 1' : value.toLocaleString('en-US').replaceAll(',', ' ');
}

function defaultOf(name, schema, required) {
  if (required.includes(name)) return 'required';
  if (schema.default === undefined) return '';
  // A mapping that is empty unless filled says nothing that its rows do not.
  if (schema.properties !== undefined && Object.keys(schema.default).length === 0) return '';
  return code(JSON.stringify(schema.default));
}

function parameterRows(kind, { properties = {}, required = [] }, prefix = '') {
  return Object.entries(properties).flatMap(([name, schema]) => [
    [
      code(prefix + name),
      typeOf(schema),
      defaultOf(name, schema, required),
      rangeOf(schema),
      described(`${kind.name}: ${prefix}${name}`, schema),
    ],
    ...parameterRows(kind, schema, `${prefix}${name}.`),
  ]);
}

function remarksOf(kind) {
  const { usesEngine, slots, deterministic, segmentation, parameters, undeclaredFiles, timeoutSeconds } =
    kind;
  const { settings } = parameters;
  return [
    usesEngine ? 'Computes with an engine: its name and digest are in the key.' : '',
    slots === 'free' ? 'Uses all free CPU slots.' : 'Uses one CPU slot.',
    segmentation
      ? `A chain of nodes, counted by ${list(segmentation.countedBy)}: raising the number runs only the new ones.`
      : '',
    settings.length > 0 ? `The port \`settings\` may give ${list(settings)} in place of \`with\`.` : '',
    undeclaredFiles ? 'A file that it names and does not declare is refused at planning.' : '',
    timeoutSeconds ? 'May be given a time limit, which is in no key.' : '',
    typeof deterministic === 'function'
      ? 'Equal inputs are not taken to give equal bytes unless the step says so.'
      : deterministic === false
        ? 'Equal inputs need not give equal bytes.'
        : '',
  ]
    .filter((remark) => remark !== '')
    .join(' ');
}

function section(kind) {
  const inputs = inputsOf(kind).map(([name, port]) => [
    name === anyName ? 'any name' : code(name),
    shapeOf(port.shape),
    [ruleOf(port), ...(port.rules ?? [])].filter((rule) => rule !== '').join('; '),
    described(`${kind.name}: ${name}`, port),
  ]);
  const outputs = outputsOf(kind).map(([name, port]) => [
    code(name),
    shapeOf(port.shape),
    rolesOf(port, inputs),
    [described(`${kind.name}: ${name}`, port), port.where === undefined ? '' : `(${port.where})`]
      .join(' ')
      .trim(),
  ]);
  const parameters = parameterRows(kind, kind.parameters.schema);
  return [
    `## \`${kind.name}\``,
    kind.summary,
    remarksOf(kind),
    inputs.length === 0 ? 'No inputs.' : table(['input', 'takes', 'rule', 'what it is'], inputs),
    outputs.length === 0
      ? 'Outputs: those that the step declares.'
      : table(['output', 'gives', 'splits', 'what it is'], outputs),
    parameters.length === 0
      ? kind.parameters.schema.additionalProperties === false
        ? 'No parameters.'
        : `Parameters: ${described(kind.name, kind.parameters.schema)}`
      : table(['parameter', 'type', 'default', 'range', 'what it is'], parameters),
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

${all.map(section).join('\n\n')}
`;

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.log('docs/kinds.md is not what npm run reference writes');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, text);
}
