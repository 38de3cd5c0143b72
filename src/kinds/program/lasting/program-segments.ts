import type { JsonObject } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import { declaredValue, pathOfDeclared, withValueAt } from '../../declared-values.js';
import type { DeclaredSegments, Objection, Segmentation, StepShape } from '../../kind.js';
import type { InputPort } from '../../port.js';
import { fileOf } from '../../shapes.js';

/** The port, in and out, of what a segment keeps in KSHOT_STATE. */
export const statePort = 'state';
/** What a step in segments has beside its outputs: each of them as a list over all segments. */
const listsPort = 'segments';

/**
 * Cuts a program into segments by one of its params, which is in each the end of that segment: the program is never
 * told how far the last one goes, so that more of them change nothing of those that are done.
 */
export function segmentProgram({ of, every }: DeclaredSegments): Segmentation {
  const totalIn = (params: unknown) => Number(declaredValue(params as JsonObject, of));
  return {
    count: (numbers) => Math.ceil(Number(own(numbers, of)) / every),
    countedBy: [of],
    segment(parameters, index) {
      const { params = {} } = parameters;
      const end = Math.min((index + 1) * every, totalIn(params));
      const path = pathOfDeclared(params as JsonObject, of) ?? [of];
      const own = { ...parameters, params: withValueAt(params as JsonObject, path, end), segment: true };
      return { label: String(end), parameters: own };
    },
    labelledBy: of,
    carry: { output: statePort, input: statePort },
    ports: {
      inputs: ({ chooses }) => ({
        [statePort]: {
          shape: fileOf('folder'),
          description: 'What the first segment finds in KSHOT_STATE; each other what the one before it left.',
          required: false,
          chooses: chooses === true,
        } satisfies InputPort,
      }),
      outputs: {
        [statePort]: { shape: fileOf('folder'), description: 'What it left in KSHOT_STATE.' },
      },
    },
    check: (step) => objectionsTo(of, step as StepShape<Cut>),
    listsAt: listsPort,
  };
}

/** What segments depend on of a program's parameters. */
type Cut = JsonObject & { readonly params: JsonObject; readonly outputs: JsonObject };

function objectionsTo(of: string, { parameters }: StepShape<Cut>): readonly Objection[] {
  const { params, outputs } = parameters;
  const total = declaredValue(params, of);
  const taken = [statePort, listsPort].filter((name) => Object.hasOwn(outputs, name));
  const isCount = typeof total === 'number' && Number.isSafeInteger(total) && total > 0;
  return [
    ...(isCount
      ? []
      : [
          {
            message: `segments are of ${of}, which must be a whole number above 0, and is ${JSON.stringify(total)}`,
            path: ['params', ...(pathOfDeclared(params, of) ?? [])],
          },
        ]),
    ...taken.map((name) => ({
      message: `outputs.${name}: a step in segments has a port ${name} of its own; rename the output`,
      path: ['outputs', name],
    })),
  ];
}
