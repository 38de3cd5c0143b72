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
  const found = [...Object.entries(process.env), ...ofPrograms].flatMap(([name, value]) =>
    typeof value === 'string' && isSecretName(name)
      ? // A key of several lines is shown by a diff with something before each.
        value
          .split(/\r?\n/)
          .filter((line) => line.length >= leastLength)
          .map((line) => ({ name, value: line }))
      : [],
  );
  // The longest first: one may begin with another.
  return found.sort((one, other) => other.value.length - one.value.length);
}

/** A key or token is what a name ends in: TOKENIZER and KEY_COLUMN hold none. */
function isSecretName(name: string): boolean {
  return /secret|passw|passphrase|credential|(key|token|auth|authorization)s?(_id|_data|_value)?$/i.test(
    name,
  );
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
