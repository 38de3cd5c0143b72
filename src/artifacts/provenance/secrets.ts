import { isJsonObject } from '../../base/json.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';

/** What is not to be written down, and the name of the variable that holds it. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** Shorter values are of other kinds, and stand in texts by chance. */
const leastLength = 8;

/** The values of variables whose names say that they are secret: of this process, and of the environment of programs. */
export function secretsOf(nodes: readonly Pick<GraphNode, 'parameters'>[]): readonly Secret[] {
  const ofPrograms = nodes.flatMap(({ parameters: { env } }) =>
    isJsonObject(env) ? Object.entries(env) : [],
  );
  return [...Object.entries(process.env), ...ofPrograms].flatMap(([name, value]) =>
    typeof value === 'string' && value.length >= leastLength && isSecretName(name) ? [{ name, value }] : [],
  );
}

function isSecretName(name: string): boolean {
  return /key|token|secret|passw|credential|auth(?!or)/i.test(name);
}

/** A text, or bytes, with the names of variables in the place of what they hold. */
export function withoutSecrets(text: string, secrets: readonly Secret[]): string;
export function withoutSecrets(bytes: Buffer, secrets: readonly Secret[]): Buffer;
export function withoutSecrets(given: string | Buffer, secrets: readonly Secret[]): string | Buffer {
  if (typeof given !== 'string') {
    const inBytes = secrets.map(({ name, value }) => ({
      name,
      value: Buffer.from(value).toString('latin1'),
    }));
    return Buffer.from(withoutSecrets(given.toString('latin1'), inBytes), 'latin1');
  }
  return secrets.reduce((text, { name, value }) => text.replaceAll(value, () => `<${name}>`), given);
}
