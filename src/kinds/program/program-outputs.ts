import { normalize } from 'node:path';

const relativePath = { type: 'string', minLength: 1 } as const;

/** The parameter `outputs`: what a program writes, by output port. */
export const outputsParameter = {
  description: 'Output ports and the files, relative to the fresh folder, that the program writes for them.',
  type: 'object',
  propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  additionalProperties: {
    anyOf: [
      relativePath,
      {
        type: 'object',
        properties: { path: { description: 'Where the program writes it.', ...relativePath } },
        required: ['path'],
        additionalProperties: false,
      },
    ],
  },
  default: {},
} as const;

/** By output port the file, relative to the fresh folder, without `../` and the like. */
export function outputPaths(outputs: { readonly [port: string]: string | { readonly path: string } }): {
  readonly [port: string]: string;
} {
  return Object.fromEntries(
    Object.entries(outputs).map(([port, output]) => [
      port,
      normalize(typeof output === 'string' ? output : output.path),
    ]),
  );
}
