import {
  codeList,
  type DescribedParameter,
  describedAs,
  describedParameters,
} from './described-parameters.js';
import type { Derivation, Kind, StepShape } from './kind.js';
import type { InputPort, OutputPort, PortShape } from './port.js';

/** All that there is to know of a kind for who writes a step of it, in words; names and values stand between backticks. */
export interface DescribedKind {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Further sentences. */
  readonly remarks: readonly string[];
  readonly inputs: readonly DescribedInput[];
  /** Empty too where a step declares its own. */
  readonly outputs: readonly DescribedOutput[];
  readonly parameters: readonly DescribedParameter[];
  /** What is under `with` where no names are declared; absent where nothing may be. */
  readonly anyParameters?: string;
}

export interface DescribedInput {
  /** Absent where a step may give it any name. */
  readonly name?: string;
  readonly takes: string;
  /** Clauses; what learns or chooses begins so. */
  readonly rules: readonly string[];
  readonly description: string;
}

export interface DescribedOutput {
  readonly name: string;
  readonly gives: string;
  /** From which splits it counts as computed. */
  readonly splits: string;
  readonly description: string;
}

/** A name that stands for any, where a kind's ports are as many as a step writes. */
const anyName = 'NAME';

/** @throws Error where a port or a parameter has no description, which is a mistake of the kind's */
export function describeKind(kind: Kind): DescribedKind {
  const { name, summary, parameters } = kind;
  const inputs = describedInputs(kind);
  const described = describedParameters(name, parameters.schema);
  const isOpen = described.length === 0 && parameters.schema['additionalProperties'] !== false;
  return {
    name,
    summary,
    remarks: remarksOf(kind),
    inputs,
    outputs: describedOutputs(kind, inputs.length > 0),
    parameters: described,
    ...(isOpen ? { anyParameters: describedAs(name, parameters.schema['description']) } : {}),
  };
}

/** Input ports; the one by which a segment takes the one before it is no port of a step. */
function describedInputs(kind: Kind): readonly DescribedInput[] {
  const { name: owner, inputs, segmentation, parameters } = kind;
  const described = (name: string, port: InputPort, rules: readonly string[] = []): DescribedInput => ({
    ...(name === anyName ? {} : { name }),
    takes: shapeText(port.shape),
    rules: [...rulesOf(port), ...rules],
    description: describedAs(`${owner}: ${name}`, port.description),
  });
  if (typeof inputs !== 'function') {
    return Object.entries(inputs).flatMap(([name, port]) =>
      name === segmentation?.carry.input ? [] : [described(name, port)],
    );
  }
  const shape = (given: { readonly [name: string]: true }, name: string): StepShape => ({
    parameters: parameters.complete(given),
    inputNames: [name],
  });
  return Object.entries(inputs(shape({}, anyName))).map(([name, port]) => {
    const rules = booleansOf(kind).flatMap((parameter) => {
      const other = inputs(shape({ [parameter]: true }, name))[name];
      const text = other === undefined ? '' : rulesOf(other).join('; ');
      return text === rulesOf(port).join('; ') ? [] : [`${text}, where \`${parameter}: true\``];
    });
    return described(name, port, rules);
  });
}

function rulesOf({ learns, chooses, required }: InputPort): readonly string[] {
  return [
    ...(learns === true ? ['learns: no test data'] : []),
    ...(chooses === true ? ['chooses: no test data'] : []),
    ...(required === false ? ['optional'] : []),
  ];
}

function booleansOf({ parameters: { schema } }: Kind): readonly string[] {
  const properties = (schema['properties'] ?? {}) as { readonly [name: string]: { readonly type?: unknown } };
  return Object.keys(properties).filter((name) => properties[name]?.type === 'boolean');
}

type PlacedOutput = readonly [name: string, port: OutputPort, where?: string, shape?: PortShape];

function describedOutputs(kind: Kind, hasInputs: boolean): readonly DescribedOutput[] {
  return [...derivedOutputs(kind.derived), ...ownOutputs(kind)].map(([name, port, where, shape]) => ({
    name,
    gives: shapeText(shape ?? port.shape),
    splits: splitsOf(port, hasInputs),
    description: [
      describedAs(`${kind.name}: ${name}`, port.description),
      ...(where === undefined ? [] : [`(${where})`]),
    ].join(' '),
  }));
}

/** Output ports of a step: those of its nodes, and the lists over its segments in place of a segment's own. */
function ownOutputs(kind: Kind): readonly PlacedOutput[] {
  const { outputs, segmentation, parameters } = kind;
  const given = (set: { readonly [name: string]: true }) =>
    typeof outputs === 'function' ? outputs(parameters.complete(set)) : outputs;
  const always = given({});
  if (segmentation === undefined) {
    const sometimes = (typeof outputs === 'function' ? booleansOf(kind) : []).flatMap((parameter) =>
      Object.entries(given({ [parameter]: true })).flatMap(([name, port]): PlacedOutput[] =>
        always[name] === undefined ? [[name, port, `only with \`${parameter}: true\``]] : [],
      ),
    );
    return [...Object.entries(always), ...sometimes];
  }
  const { lists = {}, last = {} } = segmentation;
  const placed = (
    ports: { readonly [name: string]: string },
    where: string,
    shapeOf: (shape: PortShape) => PortShape,
  ) =>
    Object.entries(ports).flatMap(([name, own]): PlacedOutput[] => {
      const port = always[own];
      return port === undefined ? [] : [[name, port, where, shapeOf(port.shape)]];
    });
  return [
    ...placed(lists, 'one for each segment', (of) => ({ type: 'list', of })),
    ...placed(last, "the last segment's", (shape) => shape),
  ];
}

/** Ports that nodes of their own make from the others; those of programs follow from what a step declares. */
function derivedOutputs(derived: Kind['derived']): readonly PlacedOutput[] {
  if (typeof derived === 'function') return [];
  return Object.entries(derived ?? {}).flatMap(([name, { kind }]: [string, Derivation]): PlacedOutput[] => {
    const port = typeof kind.outputs === 'function' ? undefined : kind.outputs[name];
    const where = `derived: by \`${kind.name}\` in the node \`NODE/${name}\``;
    return port === undefined ? [] : [[name, port, where]];
  });
}

function splitsOf({ role, from }: OutputPort, hasInputs: boolean): string {
  if (role !== undefined) return `is ${role}`;
  if (!hasInputs || from?.length === 0) return 'none';
  return from === undefined ? 'as the inputs' : `as ${codeList(from)}`;
}

function shapeText(shape: PortShape): string {
  switch (shape.type) {
    case 'file':
      return shape.content;
    case 'bundle': {
      const parts = Object.entries(shape.ports).map(([name, below]) => {
        const text = shapeText(below);
        return text === name ? name : `${name}: ${text}`;
      });
      return `{ ${parts.join(', ')} }`;
    }
    case 'list':
      return `list of ${shapeText(shape.of)}`;
    case 'either':
      return shape.of.map(shapeText).join(' or ');
    case 'any':
      return 'anything';
  }
}

function remarksOf(kind: Kind): readonly string[] {
  const { usesEngine, slots, segmentation, parameters, undeclaredFiles } = kind;
  return [
    usesEngine === true ? 'Computes with an engine: its name and digest are in the key.' : '',
    slots === 'free' ? 'Uses all free CPU slots.' : 'Uses one CPU slot.',
    segmentation === undefined
      ? ''
      : `A chain of nodes, counted by ${codeList(segmentation.countedBy)}: raising the number runs only the new ones.`,
    parameters.settings.length === 0
      ? ''
      : `The port \`settings\` may give ${codeList(parameters.settings)} in place of \`with\`.`,
    undeclaredFiles === undefined ? '' : 'A file that it names and does not declare is refused at planning.',
    determinismOf(kind),
  ].filter((remark) => remark !== '');
}

function determinismOf({ deterministic }: Kind): string {
  if (typeof deterministic === 'function') {
    return 'Equal inputs are not taken to give equal bytes unless the step says so.';
  }
  return deterministic === false ? 'Equal inputs need not give equal bytes.' : '';
}
