import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { builtFile } from '../../base/files/built-file.js';
import { kshotVersion } from '../kshot-version.js';

/** What must be the same where a job is asked for and where it starts, or it would compute something else. */
export interface Build {
  readonly kshot: string;
  /** Of the code of all kinds and engines. */
  readonly code: string;
  readonly node: string;
  /** Operating system and processor. */
  readonly machine: string;
}

/** This process's. */
export function ownBuild(): Build {
  const code = readFileSync(builtFile('code-digests.json'));
  return {
    kshot: kshotVersion(),
    code: createHash('sha256').update(code).digest('hex'),
    node: process.version,
    machine: `${process.platform} ${process.arch}`,
  };
}

/** How another build differs from that which was asked for: a clause for people; undefined where it does not. */
export function differenceOf(asked: Build, found: Build): string | undefined {
  const names: readonly (readonly [keyof Build, string])[] = [
    ['kshot', 'kshot'],
    ['node', 'Node'],
    ['machine', 'a machine of'],
    ['code', 'code with the digest'],
  ];
  const differences = names.flatMap(([name, word]) =>
    asked[name] === found[name] ? [] : [`${word} ${shown(found[name])} there, ${shown(asked[name])} here`],
  );
  return differences.length === 0 ? undefined : differences.join('; ');
}

function shown(text: string): string {
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;
}
