import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOfException } from '../../src/base/failure-of-exception.js';
import { temporaryProject } from '../support/temporary-project.js';

/** What Node throws where a module of a package is loaded that wants something else. */
function errorOf(wanted: string): unknown {
  const project = temporaryProject({});
  const file = project.path('node_modules/outer/index.cjs');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `require(${JSON.stringify(wanted)})`);
  writeFileSync(
    project.path('node_modules/outer/package.json'),
    JSON.stringify({ optionalDependencies: { '@scope/native-part': '1.2.3-r.4' } }),
  );
  try {
    createRequire(import.meta.url)(file);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('what is missing when a module is loaded', () => {
  it('is a package to install, in the version that the package around wants, however deep the cause', () => {
    const expected = {
      reason: 'package-missing',
      message: 'the package @scope/native-part is not installed',
      hint: 'npm install @scope/native-part@1.2.3-r.4',
    };
    const error = errorOf('@scope/native-part/part.node');
    expect(failureOfException(error)).toMatchObject(expected);
    expect(failureOfException(new Error('no native binding', { cause: error }))).toMatchObject(expected);
  });

  it('has no version where nobody names one', () => {
    expect(failureOfException(errorOf('nowhere-to-be-found'))).toMatchObject({
      hint: 'npm install nowhere-to-be-found',
    });
  });

  it('is a bug where it is a file', () => {
    expect(failureOfException(errorOf('./gone.cjs'))).toMatchObject({ reason: 'bug' });
  });
});
